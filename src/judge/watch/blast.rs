//! One mail about a condemned key instead of one for each package that hung on it.

use std::collections::BTreeMap;

/// A known package whose verdict changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck<'a> {
    pub file: &'a str,
    pub vendor: Option<&'a str>,
    pub anchor: Option<&'a str>,
    /// The verdict's word before and after.
    pub before: &'a str,
    pub after: &'a str,
}

/// What a condemned key took with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blast {
    pub anchor: String,
    pub vendor: Option<String>,
    /// The places in what was given.
    pub struck: Vec<usize>,
    /// The first few files, sorted.
    pub files: Vec<String>,
}

/// How many files are named.
const NAMED: usize = 20;

/// Gathers the packages that became `distrusted`, by key and vendor. Whatever is in a blast is not
/// told by itself.
#[must_use]
pub fn blasts(changed: &[Struck<'_>]) -> Vec<Blast> {
    let mut found: BTreeMap<(&str, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (place, one) in changed.iter().enumerate() {
        if one.after == "distrusted"
            && one.before != one.after
            && let Some(anchor) = one.anchor
        {
            found.entry((anchor, one.vendor)).or_default().push(place);
        }
    }
    found
        .into_iter()
        .map(|((anchor, vendor), struck)| {
            let mut files: Vec<String> = struck
                .iter()
                .filter_map(|place| Some(changed.get(*place)?.file.to_owned()))
                .collect();
            files.sort();
            files.dedup();
            files.truncate(NAMED);
            Blast {
                anchor: anchor.to_owned(),
                vendor: vendor.map(str::to_owned),
                struck,
                files,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condemned_key_is_told_once_for_each_vendor() {
        let one = |file, vendor, after| Struck {
            file,
            vendor: Some(vendor),
            anchor: Some("k"),
            before: "anchored",
            after,
        };
        let changed = [
            one("b.zip", "qt", "distrusted"),
            one("a.zip", "qt", "distrusted"),
            one("c.zip", "intel", "distrusted"),
            one("d.zip", "qt", "unanchored"),
        ];
        let found = blasts(&changed);
        let told: Vec<_> = found
            .iter()
            .map(|blast| {
                (
                    blast.vendor.as_deref(),
                    blast.struck.as_slice(),
                    blast.files.join(" "),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("intel"), [2].as_slice(), "c.zip".to_owned()),
                (Some("qt"), [0, 1].as_slice(), "a.zip b.zip".to_owned()),
            ]
        );
    }
}
