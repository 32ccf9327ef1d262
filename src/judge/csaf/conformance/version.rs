//! Version numbers of documents: integers, or semantic versions (CSAF 2.0 3.1.11).

use std::cmp::Ordering;

/// A version number. Build metadata is gone: no test looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    Integer(u64),
    Semantic {
        numbers: [u64; 3],
        /// Empty for a release.
        prerelease: Vec<Identifier>,
    },
}

/// Numbers come before words (Semantic Versioning 2.0.0, 11.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier {
    Number(u64),
    Word(String),
}

impl Version {
    /// `None` for what is neither.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, _build) = text.split_once('+').unwrap_or((text, ""));
        let (text, prerelease) = match text.split_once('-') {
            Some((text, prerelease)) => (text, Some(prerelease)),
            None => (text, None),
        };
        let numbers: Option<Vec<u64>> = text.split('.').map(number).collect();
        match numbers?[..] {
            [number] if prerelease.is_none() => Some(Self::Integer(number)),
            [major, minor, patch] => Some(Self::Semantic {
                numbers: [major, minor, patch],
                prerelease: match prerelease {
                    None => vec![],
                    Some(text) => text.split('.').map(identifier).collect::<Option<_>>()?,
                },
            }),
            _ => None,
        }
    }

    pub(super) fn major(&self) -> u64 {
        match self {
            Self::Integer(number) => *number,
            Self::Semantic {
                numbers: [major, ..],
                ..
            } => *major,
        }
    }

    pub(super) fn is_integer(&self) -> bool {
        matches!(self, Self::Integer(_))
    }

    pub(super) fn is_prerelease(&self) -> bool {
        matches!(self, Self::Semantic { prerelease, .. } if !prerelease.is_empty())
    }

    /// The same without its pre-release part.
    pub(super) fn released(&self) -> Self {
        match self {
            Self::Integer(number) => Self::Integer(*number),
            Self::Semantic { numbers, .. } => Self::Semantic {
                numbers: *numbers,
                prerelease: vec![],
            },
        }
    }
}

impl Ord for Version {
    /// An integer stands beside the semantic version of that major number.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |version: &Self| match version {
            Self::Integer(number) => [*number, 0, 0],
            Self::Semantic { numbers, .. } => *numbers,
        };
        let parts = |version: &Self| match version {
            Self::Integer(_) => vec![],
            Self::Semantic { prerelease, .. } => prerelease.clone(),
        };
        key(self).cmp(&key(other)).then_with(|| {
            let (own, theirs) = (parts(self), parts(other));
            // A release is later than what led to it.
            match (own.is_empty(), theirs.is_empty()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => own.cmp(&theirs),
            }
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Digits without a leading zero.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    (digits && !leading).then(|| text.parse().ok())?
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
        return None;
    }
    Some(match number(text) {
        Some(number) => Identifier::Number(number),
        None => Identifier::Word(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_precedence() {
        let ascending = [
            "0.9.5",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.9.0",
            "1.10.0",
        ];
        let read: Vec<Version> = ascending
            .iter()
            .map(|text| Version::parse(text).unwrap())
            .collect();
        assert!(read.is_sorted_by(|a, b| a < b));
        assert!(Version::parse("9") < Version::parse("10"));
        assert_eq!(Version::parse("1.0.0+a"), Version::parse("1.0.0+b"));
        for text in [
            "",
            "v1",
            "1.0",
            "1.0.0.0",
            "01",
            "1-rc",
            "1.0.0-",
            "1.0.0-a..b",
            "-1",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
