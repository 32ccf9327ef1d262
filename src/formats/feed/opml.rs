//! Lists of feeds as readers exchange them (OPML 2.0).

use super::repair::Repairs;
use super::tree::Element;
use super::{encoding, lexical, tree};
use crate::formats::limits;

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub url: String,
    /// As written: `rss` in most lists.
    pub kind: String,
    /// The outline that it stands in, when it has one: the vendor, in lists of ours.
    pub group: String,
}

/// Reads a list; `None` for what is no OPML.
#[must_use]
pub fn read_opml(bytes: &[u8]) -> Option<Vec<Outline>> {
    if bytes.len() > limits::FEED {
        return None;
    }
    let mut repairs = Repairs::default();
    let decoded = encoding::decode(bytes, None, &mut repairs);
    let clean = lexical::clean(&decoded.text, &mut repairs);
    let root = tree::build(&clean.text, &mut repairs)?;
    if !root.name.eq_ignore_ascii_case("opml") {
        return None;
    }
    let mut found = vec![];
    walk(&root, "", &mut found);
    Some(found)
}

/// Depth is bounded by the tree's.
fn walk(element: &Element, group: &str, found: &mut Vec<Outline>) {
    for child in element.elements() {
        let attribute = |name: &str| {
            let named = child.attributes.iter();
            named
                .filter(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
                .next()
        };
        if let Some(url) = attribute("xmlUrl") {
            found.push(Outline {
                url,
                kind: attribute("type").unwrap_or_else(|| "rss".to_owned()),
                group: group.to_owned(),
            });
            continue;
        }
        let own = attribute("text").or_else(|| attribute("title"));
        walk(child, own.as_deref().unwrap_or(group), found);
    }
}

/// Writes a list, grouped.
#[must_use]
pub fn write_opml(outlines: &[Outline]) -> String {
    let mut groups: Vec<&str> = outlines.iter().map(|one| one.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    \
         <title>anchorwatch sources</title>\n  </head>\n  <body>\n",
    );
    for group in groups {
        text.push_str(&format!("    <outline text=\"{}\">\n", escaped(group)));
        for one in outlines.iter().filter(|one| one.group == group) {
            let (kind, url) = (escaped(&one.kind), escaped(&one.url));
            text.push_str(&format!(
                "      <outline type=\"{kind}\" text=\"{url}\" xmlUrl=\"{url}\"/>\n"
            ));
        }
        text.push_str("    </outline>\n");
    }
    text.push_str("  </body>\n</opml>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let outline = |url: &str, kind: &str, group: &str| Outline {
            url: url.to_owned(),
            kind: kind.to_owned(),
            group: group.to_owned(),
        };
        let list = [
            outline("https://a.example/f?x=1&y=<2>", "rss", "acme \"A\""),
            outline("https://b.example/pm.json", "csaf", "bosun"),
        ];
        let text = write_opml(&list);
        assert_eq!(read_opml(text.as_bytes()).unwrap(), list);
        let bare = b"<opml><body><outline XMLURL='https://c.example/'/></body></opml>";
        assert_eq!(
            read_opml(bare).unwrap(),
            [outline("https://c.example/", "rss", "")]
        );
        for wrong in ["", "<rss/>", "{}"] {
            assert_eq!(read_opml(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
