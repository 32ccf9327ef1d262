//! The scan over all names of a container: duplicates, folded duplicates, links in the way.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::fault::Fault;
use super::member::{Member, MemberKind};
use super::path::resolve_link;

/// Every fault that shows only when all names are known.
pub(super) fn scan(members: &[Member]) -> Vec<Fault> {
    let mut faults = vec![];
    duplicates(members, &mut faults);
    folded_duplicates(members, &mut faults);
    links(members, &mut faults);
    faults
}

/// The name as a reader that ignores case and Unicode composition sees it. Upper before lower case
/// makes `ß` and `SS`, `ſ` and `s` one. Blanks and dots at the end of a part, which Windows drops,
/// do not count.
fn fold(name: &str) -> String {
    let lower: String = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        name.nfc()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .nfc()
            .collect()
    };
    if !lower.contains(['.', ' ']) {
        return lower;
    }
    let parts: Vec<&str> = lower
        .split('/')
        .map(|part| part.trim_end_matches(['.', ' ']))
        .collect();
    parts.join("/")
}

/// A directory may be named as often as a writer likes; it has no content.
fn duplicates(members: &[Member], faults: &mut Vec<Fault>) {
    let mut sorted: Vec<&Member> = members.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    for group in sorted.chunk_by(|a, b| a.path == b.path) {
        if let [first, _, ..] = group
            && group.iter().any(|member| !member.is_directory())
        {
            faults.push(Fault::DuplicateName {
                name: first.path.clone(),
            });
        }
    }
}

/// Every level of a path counts: `A/x` and `a/y` are two folders here and one folder there. Sorted
/// by folded path (each ending in `/`), all that share a folded folder stand together, so
/// neighbours suffice.
fn folded_duplicates(members: &[Member], faults: &mut Vec<Fault>) {
    let mut sorted: Vec<(String, &str)> = members
        .iter()
        .filter(|member| !member.path.is_empty())
        .map(|member| (fold(&member.path) + "/", member.path.as_str()))
        .collect();
    sorted.sort();
    for pair in sorted.windows(2) {
        let [(a_folded, a), (b_folded, b)] = pair else {
            continue;
        };
        let levels = a_folded
            .split('/')
            .zip(b_folded.split('/'))
            .take_while(|(a, b)| a == b)
            .zip(a.split('/').zip(b.split('/')));
        if levels.map(|(_, raw)| raw).any(|(a, b)| a != b) {
            faults.push(Fault::FoldedDuplicate {
                name: (*a).to_owned(),
                other: (*b).to_owned(),
            });
        }
    }
}

fn links(members: &[Member], faults: &mut Vec<Fault>) {
    // What stands in the way when a path goes through it: a link or a file.
    let obstacles: BTreeMap<&str, &Member> = members
        .iter()
        .filter(|member| !member.is_directory())
        .map(|member| (member.path.as_str(), member))
        .collect();
    for member in members {
        if let MemberKind::SymbolicLink { target } = &member.kind
            && resolve_link(&member.path, target).is_none()
        {
            faults.push(Fault::LinkLeaves {
                name: member.path.clone(),
                target: target.clone(),
            });
        }
        for (at, _) in member.path.match_indices('/') {
            let Some(parent) = member.path.get(..at).and_then(|name| obstacles.get(name)) else {
                continue;
            };
            faults.push(match parent.kind {
                MemberKind::SymbolicLink { .. } => Fault::ThroughLink {
                    name: member.path.clone(),
                    link: parent.path.clone(),
                },
                _ => Fault::FileAsFolder {
                    name: parent.path.clone(),
                    inside: member.path.clone(),
                },
            });
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_reader_takes_for_one_are_told() {
        let cases: [(&[&str], usize); 9] = [
            (&["a", "A"], 1),
            (&["a", "a.", "b"], 1),
            (&["a /x", "a/y"], 1),
            (&["STRASSE", "straße"], 1),
            (&["e\u{301}", "\u{e9}"], 1),
            (&["Lib/a", "lib/b", "LIB/c"], 2),
            (&["a-b", "a", "a.b", "ab"], 0),
            (&["d/a", "d/b", "e/a"], 0),
            (&["d", "d.d/a", "d-"], 0),
        ];
        for (paths, expected) in cases {
            let members: Vec<Member> = paths
                .iter()
                .map(|path| Member {
                    path: (*path).to_owned(),
                    kind: MemberKind::File,
                    size: 0,
                    packed: None,
                    modified: None,
                    mode: None,
                })
                .collect();
            let mut faults = vec![];
            folded_duplicates(&members, &mut faults);
            assert_eq!(faults.len(), expected, "{paths:?}: {faults:?}");
        }
    }
}
