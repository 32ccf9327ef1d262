//! `schema`: what the JSON schema of CSAF 2.0 asks of fields, their types and their words.
//!
//! Not the whole schema: those rules whose breach would make another check look past something, or
//! a reader lose something.

use jiff::Timestamp;
use serde_json::Value;

use super::Report;
use super::subject::Subject;
use super::version::Version;
use crate::formats::csaf::Found;

/// What a field must be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Object,
    /// With one item at least.
    List,
    /// Not empty.
    Text,
    /// A time (RFC 3339).
    Time,
    Version,
    /// One of the words that the schema knows.
    Word(&'static [&'static str]),
}

const NOTE: Kind = Kind::Word(&[
    "description",
    "details",
    "faq",
    "general",
    "legal_disclaimer",
    "other",
    "summary",
]);
const BRANCH: Kind = Kind::Word(&[
    "architecture",
    "host_name",
    "language",
    "legacy",
    "patch_level",
    "product_family",
    "product_name",
    "product_version",
    "product_version_range",
    "service_pack",
    "specification",
    "vendor",
]);
const PUBLISHER: Kind = Kind::Word(&[
    "coordinator",
    "discoverer",
    "other",
    "translator",
    "user",
    "vendor",
]);
const RELATIONSHIP: Kind = Kind::Word(&[
    "default_component_of",
    "external_component_of",
    "installed_on",
    "installed_with",
    "optional_component_of",
]);
const FLAG: Kind = Kind::Word(&[
    "component_not_present",
    "inline_mitigations_already_exist",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_not_present",
]);
const PARTY: Kind = Kind::Word(&["coordinator", "discoverer", "other", "user", "vendor"]);
const INVOLVEMENT: Kind = Kind::Word(&[
    "completed",
    "contact_attempted",
    "disputed",
    "in_progress",
    "not_contacted",
    "open",
]);
const REMEDIATION: Kind = Kind::Word(&[
    "mitigation",
    "no_fix_planned",
    "none_available",
    "vendor_fix",
    "workaround",
]);
const REFERENCE: Kind = Kind::Word(&["external", "self"]);
const STATUS: Kind = Kind::Word(&["draft", "final", "interim"]);
const THREAT: Kind = Kind::Word(&["exploit_status", "impact", "target_set"]);
const LABEL: Kind = Kind::Word(&["AMBER", "GREEN", "RED", "WHITE"]);

/// Fields that must be there wherever their parent is: parent, key, kind.
const REQUIRED: [(&str, &str, Kind); 50] = [
    ("", "document", Kind::Object),
    ("/document", "category", Kind::Text),
    ("/document", "csaf_version", Kind::Word(&["2.0"])),
    ("/document", "publisher", Kind::Object),
    ("/document", "title", Kind::Text),
    ("/document", "tracking", Kind::Object),
    ("/document/aggregate_severity", "text", Kind::Text),
    ("/document/distribution/tlp", "label", LABEL),
    ("/document/notes[]", "category", NOTE),
    ("/document/notes[]", "text", Kind::Text),
    ("/document/publisher", "category", PUBLISHER),
    ("/document/publisher", "name", Kind::Text),
    ("/document/publisher", "namespace", Kind::Text),
    ("/document/references[]", "summary", Kind::Text),
    ("/document/references[]", "url", Kind::Text),
    ("/document/tracking", "current_release_date", Kind::Time),
    ("/document/tracking", "id", Kind::Text),
    ("/document/tracking", "initial_release_date", Kind::Time),
    ("/document/tracking", "revision_history", Kind::List),
    ("/document/tracking", "status", STATUS),
    ("/document/tracking", "version", Kind::Version),
    ("/document/tracking/revision_history[]", "date", Kind::Time),
    (
        "/document/tracking/revision_history[]",
        "number",
        Kind::Version,
    ),
    (
        "/document/tracking/revision_history[]",
        "summary",
        Kind::Text,
    ),
    ("/product_tree/branches[]*", "category", BRANCH),
    ("/product_tree/branches[]*", "name", Kind::Text),
    ("/product_tree/branches[]*/product", "name", Kind::Text),
    (
        "/product_tree/branches[]*/product",
        "product_id",
        Kind::Text,
    ),
    ("/product_tree/full_product_names[]", "name", Kind::Text),
    (
        "/product_tree/full_product_names[]",
        "product_id",
        Kind::Text,
    ),
    ("/product_tree/product_groups[]", "group_id", Kind::Text),
    ("/product_tree/product_groups[]", "product_ids", Kind::List),
    ("/product_tree/relationships[]", "category", RELATIONSHIP),
    (
        "/product_tree/relationships[]",
        "full_product_name",
        Kind::Object,
    ),
    (
        "/product_tree/relationships[]",
        "product_reference",
        Kind::Text,
    ),
    (
        "/product_tree/relationships[]",
        "relates_to_product_reference",
        Kind::Text,
    ),
    ("/vulnerabilities[]/cwe", "id", Kind::Text),
    ("/vulnerabilities[]/cwe", "name", Kind::Text),
    ("/vulnerabilities[]/flags[]", "label", FLAG),
    ("/vulnerabilities[]/ids[]", "system_name", Kind::Text),
    ("/vulnerabilities[]/ids[]", "text", Kind::Text),
    ("/vulnerabilities[]/involvements[]", "party", PARTY),
    ("/vulnerabilities[]/involvements[]", "status", INVOLVEMENT),
    ("/vulnerabilities[]/notes[]", "category", NOTE),
    ("/vulnerabilities[]/notes[]", "text", Kind::Text),
    ("/vulnerabilities[]/remediations[]", "category", REMEDIATION),
    ("/vulnerabilities[]/remediations[]", "details", Kind::Text),
    ("/vulnerabilities[]/scores[]", "products", Kind::List),
    ("/vulnerabilities[]/threats[]", "category", THREAT),
    ("/vulnerabilities[]/threats[]", "details", Kind::Text),
];

/// Fields that may be missing.
const OPTIONAL: [(&str, &str, Kind); 26] = [
    ("", "product_tree", Kind::Object),
    ("", "vulnerabilities", Kind::List),
    ("/document", "distribution", Kind::Object),
    ("/document", "lang", Kind::Text),
    ("/document", "notes", Kind::List),
    ("/document", "references", Kind::List),
    ("/document", "source_lang", Kind::Text),
    ("/document/references[]", "category", REFERENCE),
    ("/product_tree", "branches", Kind::List),
    ("/product_tree", "full_product_names", Kind::List),
    ("/product_tree", "product_groups", Kind::List),
    ("/product_tree", "relationships", Kind::List),
    ("/product_tree/branches[]*", "branches", Kind::List),
    ("/product_tree/branches[]*", "product", Kind::Object),
    ("/vulnerabilities[]", "cve", Kind::Text),
    ("/vulnerabilities[]", "cwe", Kind::Object),
    ("/vulnerabilities[]", "flags", Kind::List),
    ("/vulnerabilities[]", "ids", Kind::List),
    ("/vulnerabilities[]", "involvements", Kind::List),
    ("/vulnerabilities[]", "notes", Kind::List),
    ("/vulnerabilities[]", "product_status", Kind::Object),
    ("/vulnerabilities[]", "references", Kind::List),
    ("/vulnerabilities[]", "remediations", Kind::List),
    ("/vulnerabilities[]", "scores", Kind::List),
    ("/vulnerabilities[]", "threats", Kind::List),
    ("/vulnerabilities[]/involvements[]", "date", Kind::Time),
];

/// Lists whose items are objects.
const OBJECTS: [&str; 9] = [
    "/document/notes[]",
    "/document/references[]",
    "/document/tracking/revision_history[]",
    "/product_tree/branches[]*",
    "/product_tree/full_product_names[]",
    "/product_tree/product_groups[]",
    "/product_tree/relationships[]",
    "/vulnerabilities[]",
    "/vulnerabilities[]/product_status",
];

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let required = REQUIRED.iter().map(|rule| (rule, true));
    let optional = OPTIONAL.iter().map(|rule| (rule, false));
    // Rules of one parent stand together, so that it is looked for once.
    let mut parents: Option<(&str, Vec<Found<'_>>)> = None;
    for ((path, key, kind), required) in required.chain(optional) {
        let parents = match &parents {
            Some((known, found)) if known == path => found,
            _ => &parents.insert((path, subject.document.select(path))).1,
        };
        for parent in parents {
            let wrong = match parent.value.get(key) {
                None if required && parent.value.is_object() => Some("is missing"),
                None => None,
                Some(value) => kind.objection(value),
            };
            if let Some(wrong) = wrong {
                report.fail(format!("{}/{key}", parent.place), wrong);
            }
        }
    }
    for path in OBJECTS {
        for item in subject.document.select(path) {
            if !item.value.is_object() {
                report.fail(item.place, "is no object");
            }
        }
    }
}

impl Kind {
    /// What is wrong with a value of this kind.
    fn objection(self, value: &Value) -> Option<&'static str> {
        let text = value.as_str();
        let (holds, wrong) = match self {
            Self::Object => (value.is_object(), "is no object"),
            Self::List => (
                value.as_array().is_some_and(|list| !list.is_empty()),
                "is no list with items",
            ),
            Self::Text => (text.is_some_and(|text| !text.is_empty()), "is no text"),
            Self::Time => (
                text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
                "is no time",
            ),
            Self::Version => (
                text.is_some_and(|text| Version::parse(text).is_some()),
                "is no version number",
            ),
            Self::Word(words) => (
                text.is_some_and(|text| words.contains(&text)),
                "is no word that stands here",
            ),
        };
        (!holds).then_some(wrong)
    }
}
