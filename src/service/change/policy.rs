//! How many people a change takes, and whether they have said so.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::ask::{Ask, AskKind};
use crate::store::{Person, Word};

/// How many people per kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A root or a vendor's key; a withdrawal too, since it may bring one back.
    pub root: u8,
    /// A signer rule.
    pub rule: u8,
    /// Distrusting or retiring.
    pub distrust: u8,
    /// Registering people; fewer while fewer are registered.
    pub person: u8,
    /// Whether a vendor's own anchor may bring its next one in, without people: only by a proof of
    /// continuity, found when the key is proposed.
    pub promote_continuity_proof: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            root: 2,
            rule: 1,
            distrust: 1,
            person: 2,
            promote_continuity_proof: false,
        }
    }
}

/// Who has said so, out of how many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// `person:<name>`, or the operating system's user; sorted.
    pub people: Vec<String>,
    pub needed: u8,
    /// Nobody is registered, and the user of the machine speaks alone.
    pub single_person: bool,
    /// A fingerprint must be read out, and nobody has done so yet.
    pub unconfirmed: bool,
    /// With two or more, somebody else than the proposer must confirm.
    pub proposer_alone: bool,
    /// The old anchor's word is enough by policy; its id.
    pub promoted_by: Option<String>,
}

impl Tally {
    #[must_use]
    pub fn is_met(&self) -> bool {
        let people = self.people.len() >= usize::from(self.needed);
        self.promoted_by.is_some() || people && !self.unconfirmed && !self.proposer_alone
    }
}

impl Policy {
    /// Counts the words said to a proposal. A person counts by the signature of their key, once. The
    /// user of the machine counts only where nobody is registered and one is enough.
    #[must_use]
    pub fn tally(&self, ask: &Ask, words: &[Word], people: &[Person]) -> Tally {
        let policy = match ask.kind {
            AskKind::Root | AskKind::Withdraw => self.root,
            AskKind::Rule => self.rule,
            AskKind::Distrust | AskKind::Retire => self.distrust,
            AskKind::Person => {
                let registered = u8::try_from(people.len()).unwrap_or(u8::MAX);
                self.person.min(registered)
            }
        };
        let needed = policy.max(1);
        let registered = |speaker: &str| {
            people
                .iter()
                .any(|person| speaker == format!("person:{}", person.name))
        };
        let user_counts = people.is_empty() && needed == 1;
        let counts = |word: &&Word| {
            word.word != "reject"
                && if word.signature.is_some() {
                    registered(&word.speaker)
                } else {
                    user_counts
                }
        };
        let counted: Vec<&Word> = words.iter().filter(counts).collect();
        let speakers: BTreeSet<&str> = counted.iter().map(|word| word.speaker.as_str()).collect();
        let proposers: BTreeSet<&str> = counted
            .iter()
            .filter(|word| word.word == "propose")
            .map(|word| word.speaker.as_str())
            .collect();
        let confirmed_by_other = counted
            .iter()
            .any(|word| word.word == "confirm" && !proposers.contains(word.speaker.as_str()));
        let confirmed = counted.iter().any(|word| word.word == "confirm");
        // The proof was found when the key was proposed; what came later might speak against it.
        let just_proposed = matches!(words, [only] if only.word == "propose");
        let may_promote =
            self.promote_continuity_proof && ask.kind == AskKind::Root && just_proposed;
        Tally {
            people: speakers.into_iter().map(str::to_owned).collect(),
            needed,
            single_person: user_counts,
            unconfirmed: ask.kind.needs_fingerprint() && !confirmed,
            proposer_alone: needed >= 2 && !confirmed_by_other,
            promoted_by: ask.proven_by.clone().filter(|_| may_promote),
        }
    }
}
