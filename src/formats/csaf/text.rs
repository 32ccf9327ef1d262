//! The texts of an advisory with their places, for whoever reads posts for keys.
//!
//! Names and numbers of products are left out, and so are the digests of their files: hex that is no
//! key's.

use super::document::Document;

/// Whether people or programs read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A title, a note, a summary.
    Prose,
    /// An address: a key file may hide behind it.
    Url,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// A JSON pointer (RFC 6901).
    pub place: String,
    pub kind: TextKind,
    /// Never empty.
    pub text: &'a str,
}

/// In the order in which they are told: what the document says of itself first.
const TEXTS: [(&str, TextKind); 31] = [
    ("/document/title", TextKind::Prose),
    ("/document/notes[]/title", TextKind::Prose),
    ("/document/notes[]/text", TextKind::Prose),
    ("/document/references[]/summary", TextKind::Prose),
    ("/document/references[]/url", TextKind::Url),
    (
        "/document/tracking/revision_history[]/summary",
        TextKind::Prose,
    ),
    ("/document/distribution/text", TextKind::Prose),
    ("/document/distribution/tlp/url", TextKind::Url),
    ("/document/aggregate_severity/text", TextKind::Prose),
    ("/document/publisher/contact_details", TextKind::Prose),
    ("/document/publisher/issuing_authority", TextKind::Prose),
    ("/document/publisher/namespace", TextKind::Url),
    ("/document/acknowledgments[]/summary", TextKind::Prose),
    ("/document/acknowledgments[]/urls[]", TextKind::Url),
    ("/product_tree/product_groups[]/summary", TextKind::Prose),
    ("/vulnerabilities[]/title", TextKind::Prose),
    ("/vulnerabilities[]/notes[]/title", TextKind::Prose),
    ("/vulnerabilities[]/notes[]/text", TextKind::Prose),
    ("/vulnerabilities[]/references[]/summary", TextKind::Prose),
    ("/vulnerabilities[]/references[]/url", TextKind::Url),
    ("/vulnerabilities[]/remediations[]/details", TextKind::Prose),
    ("/vulnerabilities[]/remediations[]/url", TextKind::Url),
    (
        "/vulnerabilities[]/remediations[]/entitlements[]",
        TextKind::Prose,
    ),
    (
        "/vulnerabilities[]/remediations[]/restart_required/details",
        TextKind::Prose,
    ),
    ("/vulnerabilities[]/threats[]/details", TextKind::Prose),
    ("/vulnerabilities[]/involvements[]/summary", TextKind::Prose),
    ("/vulnerabilities[]/involvements[]/contact", TextKind::Prose),
    (
        "/vulnerabilities[]/acknowledgments[]/summary",
        TextKind::Prose,
    ),
    ("/vulnerabilities[]/acknowledgments[]/urls[]", TextKind::Url),
    ("/document/tracking/aliases[]", TextKind::Prose),
    ("/vulnerabilities[]/ids[]/text", TextKind::Prose),
];

impl Document {
    /// Every text, from the head to the vulnerabilities. Hostile until somebody escapes it.
    #[must_use]
    pub fn texts(&self) -> Vec<Text<'_>> {
        TEXTS
            .iter()
            .flat_map(|(path, kind)| {
                self.select(path).into_iter().filter_map(|found| {
                    let text = found.text().filter(|text| !text.trim().is_empty())?;
                    Some(Text {
                        place: found.place,
                        kind: *kind,
                        text,
                    })
                })
            })
            .collect()
    }
}
