//! Status records, which of them are in force, and which holds at an instant (DESIGN 5).

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::{AnchorId, Purpose, RecordId, Status};
use crate::formats::trust_folder::ValidFromIs;

/// For whom a record speaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody: shared keys and TSA keys.
    Global,
    /// One vendor, by slug.
    Vendor(String),
}

/// Whose word a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A trust folder: the shipped one, or another that is authority here.
    Folder,
    /// A folder that is no authority: what it says is only proposed.
    Proposals,
    /// A root programme.
    Import,
    /// People of this instance.
    Person,
}

/// From `valid_from` on the anchor has this status; known since `known_from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub anchor: AnchorId,
    pub scope: Scope,
    pub purpose: Purpose,
    pub status: Status,
    pub valid_from: Timestamp,
    pub valid_from_is: ValidFromIs,
    /// When this instance, or the folder by its own claim, learnt it.
    pub known_from: Timestamp,
    pub evidence: Vec<String>,
    pub origin: Origin,
}

/// A record as it was learnt, before later ones are held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    pub id: RecordId,
    /// The earlier record that this one takes back.
    pub withdraws: Option<RecordId>,
    /// `None` when it does nothing else.
    pub record: Option<Record>,
}

/// The records that nothing takes back, in the order given: oldest knowledge first, and no record
/// before the one that it withdraws. Who withdraws a withdrawal brings the record back.
#[must_use]
pub fn in_force(known: Vec<KnownRecord>) -> Vec<Record> {
    let mut withdrawn = BTreeSet::new();
    for one in known.iter().rev() {
        if let Some(earlier) = one.withdraws
            && !withdrawn.contains(&one.id)
        {
            withdrawn.insert(earlier);
        }
    }
    known
        .into_iter()
        .filter(|one| !withdrawn.contains(&one.id))
        .filter_map(|one| one.record)
        .collect()
}

/// The record that holds at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub record: Record,
    /// The instant lies before the first observation that the record rests on.
    pub before_first_seen: bool,
}

/// Which of the records (of one anchor, scope and purpose, all in force) holds at `at`.
///
/// The greatest `valid_from` <= `at` wins, ties by latest known, then by later place in the list.
/// An anchoring record whose date is only an observation reaches back to `key_start`, unless an
/// earlier record anchors or condemns already: being announced does not contradict having been in
/// use unseen.
///
/// Three things stand above that order. A condemnation by this instance's own people holds whatever
/// a folder says later. So does one of a root programme that the settings let condemn, unless this
/// instance's own people have spoken. And what says nothing about our trust (`observed`, `proposed`) never hides
/// what does.
#[must_use]
pub fn resolve(records: &[Record], key_start: Timestamp, at: Timestamp) -> Option<Standing> {
    let chosen = |wanted: &dyn Fn(&Record) -> bool| {
        let chosen: Vec<&Record> = records.iter().filter(|record| wanted(record)).collect();
        latest(&chosen, key_start, at)
    };
    let own = chosen(&|record| record.origin == Origin::Person && !is_passive(record));
    let spoken = own.is_some();
    let programme = (!spoken).then(|| {
        let condemns =
            |record: &Record| record.origin == Origin::Import && record.status.condemns();
        chosen(&condemns)
    });
    own.filter(|standing| standing.record.status.condemns())
        .or_else(|| programme.flatten())
        .or_else(|| {
            // Where people have spoken, a programme's word has no place beside theirs.
            let beside = |record: &Record| !(spoken && record.origin == Origin::Import);
            chosen(&|record| !is_passive(record) && beside(record))
        })
        .or_else(|| chosen(&|_| true))
}

fn is_passive(record: &Record) -> bool {
    matches!(record.status, Status::Observed | Status::Proposed)
}

fn latest(records: &[&Record], key_start: Timestamp, at: Timestamp) -> Option<Standing> {
    let direct = records
        .iter()
        .enumerate()
        .filter(|(_, record)| record.valid_from <= at)
        .max_by_key(|(place, record)| (record.valid_from, record.known_from, *place))
        .map(|(_, record)| *record);
    let settled = direct.is_some_and(|record| record.status.anchors() || record.status.condemns());
    if !settled && key_start <= at {
        let earliest = records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.valid_from > at)
            .min_by_key(|(place, record)| {
                (
                    record.valid_from,
                    std::cmp::Reverse((record.known_from, *place)),
                )
            })
            .map(|(_, record)| *record);
        if let Some(record) = earliest
            && record.status.anchors()
            && record.valid_from_is == ValidFromIs::Observed
        {
            return Some(Standing {
                record: record.clone(),
                before_first_seen: true,
            });
        }
    }
    direct.map(|record| Standing {
        record: record.clone(),
        before_first_seen: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Sha256;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(text: &str) -> Record {
        let mut words = text.split(' ');
        let status = Status::from_word(words.next().unwrap()).unwrap();
        let valid_from = second(words.next().unwrap().parse().unwrap());
        let known_from = second(words.next().unwrap().parse().unwrap());
        Record {
            anchor: AnchorId::X509(Sha256([0; 32])),
            scope: Scope::Global,
            purpose: Purpose::CodeSigning,
            status,
            valid_from,
            valid_from_is: match words.next() {
                Some("seen") => ValidFromIs::Observed,
                _ => ValidFromIs::Stated,
            },
            known_from,
            evidence: vec![],
            origin: match words.next() {
                Some("person") => Origin::Person,
                Some("import") => Origin::Import,
                _ => Origin::Folder,
            },
        }
    }

    #[test]
    fn the_latest_valid_record_holds() {
        // records (status, valid from, known from, seen only); the key starts at 10
        let cases = [
            (&["active 20 100"][..], 15, "none"),
            (&["active 20 100"], 20, "active"),
            (&["active 20 100 seen"], 15, "active early"),
            (&["active 20 100 seen"], 9, "none"),
            (&["active 20 100", "retired 30 100"], 29, "active"),
            (&["active 20 100", "retired 30 100"], 30, "retired"),
            (&["retired 30 100", "active 20 100"], 31, "retired"),
            (&["active 20 100", "distrusted 20 101"], 25, "distrusted"),
            (&["distrusted 20 101", "active 20 100"], 25, "distrusted"),
            (&["distrusted 20 100", "active 20 100"], 25, "active"),
            (
                &["announced 12 100", "active 20 100 seen"],
                15,
                "active early",
            ),
            (&["announced 12 100", "active 20 100"], 15, "announced"),
            (
                &["distrusted 12 100", "active 20 100 seen"],
                15,
                "distrusted",
            ),
            (
                &["retired 20 100 seen", "active 30 100 seen"],
                15,
                "retired early",
            ),
            (&["distrusted 20 100 seen"], 15, "none"),
            (&["announced 20 100", "active 30 100 seen"], 15, "none"),
            (&[], 15, "none"),
            // a person's distrust outlasts a folder's later word, and only that of a person
            (
                &["distrusted 20 100 - person", "active 30 200"],
                35,
                "distrusted",
            ),
            (
                &["distrusted 20 100 - person", "active 30 200 - person"],
                35,
                "active",
            ),
            (
                &["active 20 100 - person", "distrusted 30 200"],
                35,
                "distrusted",
            ),
            (
                &["distrusted 20 100 - person", "active 10 50"],
                15,
                "active",
            ),
            // a programme's distrust outlasts a folder's word, not that of people
            (
                &["distrusted 20 100 - import", "active 30 200"],
                35,
                "distrusted",
            ),
            (&["distrusted 20 100 - import", "active 30 200"], 15, "none"),
            (
                &["distrusted 20 100 - import", "active 10 200 - person"],
                35,
                "active",
            ),
            (
                &["active 20 100 - person", "distrusted 30 200 - import"],
                35,
                "active",
            ),
            // what says nothing hides nothing
            (&["active 20 100", "observed 30 200"], 35, "active"),
            (&["observed 20 100", "active 30 200"], 25, "observed"),
            (&["proposed 20 100"], 25, "proposed"),
            (
                &["proposed 20 100", "active 30 200 seen"],
                25,
                "active early",
            ),
        ];
        for (texts, at, expected) in cases {
            let records: Vec<_> = texts.iter().map(|text| record(text)).collect();
            let found = match resolve(&records, second(10), second(at)) {
                None => "none".to_owned(),
                Some(standing) if standing.before_first_seen => {
                    format!("{} early", standing.record.status.word())
                }
                Some(standing) => standing.record.status.word().to_owned(),
            };
            assert_eq!(found, expected, "{texts:?} at {at}");
        }
    }

    #[test]
    fn a_withdrawal_can_be_withdrawn() {
        // each row: id, what it withdraws (or -), status (or -); then the statuses left
        let cases = [
            (&["1 - active"][..], "active"),
            (&["1 - active", "2 1 -"], ""),
            (&["1 - active", "2 1 -", "3 2 -"], "active"),
            (&["1 - active", "2 1 retired"], "retired"),
            (&["1 - active", "2 1 retired", "3 2 -"], "active"),
            (&["1 - active", "2 1 -", "3 2 -", "4 3 -"], ""),
            (&["1 - active", "2 - retired", "3 1 -"], "retired"),
            (&["1 - active", "2 1 -", "3 1 -", "4 2 -"], ""),
        ];
        for (rows, expected) in cases {
            let id = |word: &str| RecordId(word.parse().unwrap());
            let known = rows.iter().map(|row| {
                let words: Vec<_> = row.split(' ').collect();
                KnownRecord {
                    id: id(words[0]),
                    withdraws: (words[1] != "-").then(|| id(words[1])),
                    record: (words[2] != "-").then(|| record(&format!("{} 1 1", words[2]))),
                }
            });
            let left: Vec<_> = in_force(known.collect())
                .iter()
                .map(|record| record.status.word())
                .collect();
            assert_eq!(left.join(" "), expected, "{rows:?}");
        }
    }
}
