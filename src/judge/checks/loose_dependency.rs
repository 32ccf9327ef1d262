//! `loose-dependency`: the manifest depends on something that any later version satisfies.
//!
//! A signature covers the package as it was; a range without an upper end lets whoever publishes the
//! dependency next decide what is installed with it.

use crate::domain::{Finding, FindingKind};
use crate::formats::manifest::Declared;

/// Words that name a moving target.
const MOVING: [&str; 13] = [
    "latest", "newest", "current", "any", "stable", "release", "main", "master", "head", "trunk",
    "develop", "nightly", "edge",
];
/// Ends of phrases without an upper end.
const OPEN_PHRASES: [&str; 8] = [
    "or later",
    "or newer",
    "or higher",
    "or above",
    "or greater",
    "and later",
    "and up",
    "+",
];

/// One finding for each loose dependency, at `place` (the manifest's path).
#[must_use]
pub fn check(declared: &Declared, place: &str) -> Vec<Finding> {
    declared
        .dependencies
        .iter()
        .filter(|dependency| is_loose(&dependency.requirement))
        .map(|dependency| {
            let kind = FindingKind::LooseDependency {
                dependency: dependency.name.clone(),
                range: match dependency.requirement.trim() {
                    "" => "no version".to_owned(),
                    range => range.to_owned(),
                },
            };
            Finding::new(kind, place)
        })
        .collect()
}

/// Whether a requirement has no upper end. An alternative (`||`) is as loose as its loosest part.
fn is_loose(requirement: &str) -> bool {
    let requirement = requirement.trim().to_lowercase();
    if requirement.contains("://") || requirement.starts_with("git@") {
        return !is_pinned_source(&requirement);
    }
    requirement.split("||").any(is_loose_range)
}

fn is_loose_range(range: &str) -> bool {
    let range = range.trim();
    let word = range.trim_start_matches(['=', '@', 'v', ' ']);
    if range.is_empty() || matches!(word, "*" | "x" | "") || MOVING.contains(&word) {
        return true;
    }
    if OPEN_PHRASES.iter().any(|phrase| range.ends_with(phrase)) {
        return true;
    }
    // Interval notation of Maven and NuGet: `[1.0,)`.
    if let Some(inside) = range.strip_prefix(['[', '(']) {
        return match inside.rsplit_once(',') {
            Some((_, upper)) => upper.trim_end_matches([')', ']', ' ']).trim().is_empty(),
            None => false,
        };
    }
    let lower = range.contains('>');
    let excludes = range.contains("!=");
    let rest = range.replace("!=", "").replace(">=", "").replace("=>", "");
    let upper = rest.contains(['<', '=', '~', '^']);
    (lower || excludes) && !upper
}

/// A source address is pinned when it names a digest or a whole commit.
fn is_pinned_source(address: &str) -> bool {
    address
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| {
            matches!(part.len(), 40 | 64 | 96 | 128) && part.chars().all(|c| c.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::manifest::Dependency;

    #[test]
    fn ranges_without_an_upper_end_are_loose() {
        let loose = [
            "",
            "*",
            "latest",
            "@latest",
            ">=1.0",
            ">1",
            ">= 1.0, != 1.5",
            "1.2+",
            "1.2 or later",
            "[1.0,)",
            "(1.0, )",
            "^1 || *",
            "!=1.3",
            "https://example.com/lib.tgz",
            "git+https://example.com/lib.git#main",
            "git@example.com:lib.git",
            "=>2",
        ];
        let fixed = [
            "1.2.3",
            "=1.2.3",
            "==1.2.3",
            "v1.2",
            ">=1.0 <2",
            ">=1.0, <=1.9",
            "~1.2",
            "^1.2",
            "~>1.2",
            "[1.0,2.0)",
            "[1.0]",
            "(,2.0]",
            "<2",
            "1.0 - 2.0",
            ">=1 <2 || ^3",
            "git+https://example.com/lib.git#0123456789abcdef0123456789abcdef01234567",
        ];
        for (requirements, expected) in [(&loose[..], true), (&fixed[..], false)] {
            for requirement in requirements {
                assert_eq!(is_loose(requirement), expected, "{requirement:?}");
            }
        }
    }

    #[test]
    fn the_finding_says_which_dependency_and_range() {
        let declared = Declared {
            dependencies: vec![
                Dependency {
                    name: "openssl".to_owned(),
                    requirement: ">=3".to_owned(),
                },
                Dependency {
                    name: "zlib".to_owned(),
                    requirement: "1.3.1".to_owned(),
                },
            ],
            ..Declared::default()
        };
        let expected = FindingKind::LooseDependency {
            dependency: "openssl".to_owned(),
            range: ">=3".to_owned(),
        };
        assert_eq!(
            check(&declared, "manifest.json"),
            [Finding::new(expected, "manifest.json")]
        );
    }
}
