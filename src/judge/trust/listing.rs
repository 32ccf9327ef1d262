//! What a root programme's list says about a key, and whether it counts for a signature.
//!
//! A listing is what somebody else trusts. It never anchors: a root that only programmes list ends
//! a path that is at most `unpinned` (DESIGN 7). Lists speak about certificates, so a key counts when
//! one of its certificates does, and is distrusted when all of them are.

use jiff::Timestamp;

use crate::domain::{ListKind, ListedKey, Sha1, Sha256, Stance, Statement};
use crate::formats::digest::{digest, sha256};
use crate::formats::x509::Certificate;

/// By what a root is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootName<'a> {
    /// The subject in its canonical form.
    Subject(&'a [u8]),
    KeyIdentifier(&'a [u8]),
    Spki(Sha256),
}

/// How one list of an accepted programme, on the day when it was last seen, stands to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub programme: String,
    pub list: ListKind,
    /// When the programme published it.
    pub seen: Timestamp,
    /// When this instance learnt of it.
    pub known_from: Timestamp,
    /// Whether the list carries a signature, and it holds.
    pub is_signed: bool,
    /// What it says of each certificate of the key.
    pub certificates: Vec<Vec<Statement>>,
}

/// That a programme takes its trust back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distrust {
    /// `None`: always.
    pub since: Option<Timestamp>,
    /// Whether only what is newer than the date is distrusted (`distrust-after`, `not-before`).
    pub newer_only: bool,
}

impl Distrust {
    /// Whether it speaks against a signature made at `signed` by a certificate that begins at
    /// `issued`.
    #[must_use]
    pub fn bars(&self, issued: Timestamp, signed: Timestamp) -> bool {
        self.since
            .is_none_or(|since| since <= signed || self.newer_only && since <= issued)
    }
}

impl Listing {
    /// Whether the list allows the key to sign code at some time.
    #[must_use]
    pub fn is_for_code(&self) -> bool {
        let allows = |one: &Statement| one.stance == Stance::Allowed && is_about_code(one);
        self.list == ListKind::CodeSigning || self.certificates.iter().flatten().any(allows)
    }

    /// Whether the programme trusts the key for the code signature of a certificate that begins at
    /// `issued`, made at `signed`. Where nothing establishes that time, `signed` is the instant of
    /// judgement.
    #[must_use]
    pub fn counts(&self, issued: Timestamp, signed: Timestamp) -> bool {
        self.certificates
            .iter()
            .any(|statements| self.counts_by(statements, issued, signed))
    }

    fn counts_by(&self, statements: &[Statement], issued: Timestamp, signed: Timestamp) -> bool {
        // A list of its own for code signing says by being it what others say in words.
        let mut allowed = self.list == ListKind::CodeSigning;
        for statement in statements.iter().filter(|one| is_about_code(one)) {
            let begun = |at: Timestamp| statement.from.is_none_or(|from| from <= at);
            match statement.stance {
                Stance::Allowed => {
                    allowed |= begun(signed) && statement.until.is_none_or(|until| signed < until);
                }
                Stance::Denied if begun(signed) => return false,
                Stance::NoNewIssuance if begun(signed) || begun(issued) => return false,
                _ => {}
            }
        }
        allowed
    }

    /// Whether the programme distrusts the key for signing code: that of its certificates which is
    /// distrusted last decides.
    #[must_use]
    pub fn distrust(&self) -> Option<Distrust> {
        let of_each = self.certificates.iter().map(|statements| {
            let all = statements.iter().filter(|one| is_about_code(one));
            let all = all.filter_map(|one| match one.stance {
                Stance::Denied => Some((false, one.from)),
                Stance::NoNewIssuance => Some((true, one.from)),
                _ => None,
            });
            // An outright denial says more than one of newer signatures; then the earliest.
            all.min()
        });
        let all: Option<Vec<_>> = of_each.collect();
        let (newer_only, since) = all?.into_iter().max()?;
        Some(Distrust { since, newer_only })
    }
}

fn is_about_code(statement: &Statement) -> bool {
    matches!(statement.about.as_str(), "code-signing" | "any")
}

/// Every name under which a list may hold a certificate.
#[must_use]
pub fn names_in_lists(certificate: &Certificate) -> Vec<ListedKey> {
    let mut sha1 = [0; 20];
    let hash = digest(crate::domain::HashAlgorithm::Sha1, certificate.der());
    sha1.copy_from_slice(&hash);
    let issued = [certificate.issuer().der(), certificate.serial()].concat();
    vec![
        ListedKey::Spki(certificate.spki_sha256()),
        ListedKey::CertificateSha256(certificate.sha256()),
        ListedKey::CertificateSha1(Sha1(sha1)),
        ListedKey::IssuerAndSerial(sha256(&issued)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// `+code`, `-any 50`, `after-code 50`: stance, purpose and since when.
    fn statement(text: &str) -> Statement {
        let mut words = text.split(' ');
        let (stance, about) = match words.next().unwrap().split_at(1) {
            ("+", about) => (Stance::Allowed, about),
            ("-", about) => (Stance::Denied, about),
            (">", about) => (Stance::NoNewIssuance, about),
            ("~", about) => (Stance::MustVerify, about),
            other => panic!("{other:?}"),
        };
        let about = match about {
            "code" => "code-signing",
            "web" => "server-auth",
            other => other,
        };
        Statement {
            about: about.to_owned(),
            stance,
            from: words.next().map(|word| second(word.parse().unwrap())),
            until: None,
            reason: String::new(),
        }
    }

    fn listing(list: ListKind, certificates: &[&[&str]]) -> Listing {
        Listing {
            programme: "harbour".to_owned(),
            list,
            seen: second(0),
            known_from: second(0),
            is_signed: false,
            certificates: certificates
                .iter()
                .map(|texts| texts.iter().map(|text| statement(text)).collect())
                .collect(),
        }
    }

    #[test]
    fn states_of_a_list_are_honoured() {
        use ListKind::{AuthRoot, CodeSigning};
        // list, what it says of each certificate, leaf from, signed at, counts, distrust
        type Case<'a> = (ListKind, &'a [&'a [&'a str]], i64, i64, bool, &'a str);
        let cases: [Case<'_>; 17] = [
            (AuthRoot, &[&["+code"]], 10, 20, true, ""),
            (AuthRoot, &[&["+any"]], 10, 20, true, ""),
            (AuthRoot, &[&["+web"]], 10, 20, false, ""),
            (AuthRoot, &[&[]], 10, 20, false, ""),
            (AuthRoot, &[&["~code"]], 10, 20, false, ""),
            (CodeSigning, &[&[]], 10, 20, true, ""),
            (CodeSigning, &[&["-code"]], 10, 20, false, "always"),
            (AuthRoot, &[&["+any", "-code"]], 10, 20, false, "always"),
            (AuthRoot, &[&["+any", "-web"]], 10, 20, true, ""),
            (AuthRoot, &[&["+code", "-any 50"]], 10, 49, true, "50"),
            (AuthRoot, &[&["+code", "-any 50"]], 10, 50, false, "50"),
            (
                AuthRoot,
                &[&["+code", ">code 50"]],
                10,
                49,
                true,
                "newer 50",
            ),
            (
                AuthRoot,
                &[&["+code", ">code 50"]],
                10,
                50,
                false,
                "newer 50",
            ),
            (
                AuthRoot,
                &[&["+code", ">code 50"]],
                51,
                49,
                false,
                "newer 50",
            ),
            (
                AuthRoot,
                &[&["+code", "-any 50"], &["+code"]],
                10,
                60,
                true,
                "",
            ),
            (
                AuthRoot,
                &[&["+code", "-any 50"], &["-code 70"]],
                10,
                60,
                false,
                "70",
            ),
            (AuthRoot, &[&[">any 50", "-any 60"]], 10, 20, false, "60"),
        ];
        for (list, says, issued, signed, counts, distrust) in cases {
            let listing = listing(list, says);
            assert_eq!(
                listing.counts(second(issued), second(signed)),
                counts,
                "{says:?} at {signed}"
            );
            let told = listing.distrust().map_or_else(String::new, |found| {
                let since = found
                    .since
                    .map_or_else(|| "always".to_owned(), |at| at.as_second().to_string());
                format!("{}{since}", if found.newer_only { "newer " } else { "" })
            });
            assert_eq!(told, distrust, "{says:?}");
        }
    }
}
