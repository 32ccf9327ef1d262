//! Status records, and which of them holds at an instant (DESIGN 5).

use jiff::Timestamp;

use crate::domain::{AnchorId, Purpose, Status};
use crate::formats::trust_folder::ValidFromIs;

/// For whom a record speaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody: shared keys and TSA keys.
    Global,
    /// One vendor, by slug.
    Vendor(String),
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
}

/// The record that holds at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub record: Record,
    /// The instant lies before the first observation that the record rests on.
    pub before_first_seen: bool,
}

/// Which of the records (of one anchor, scope and purpose, all known) holds at `at`.
///
/// The greatest `valid_from` <= `at` wins, ties by latest known, then by later place in the list.
/// An anchoring record whose date is only an observation reaches back to `key_start`, unless an
/// earlier record anchors or condemns already: being announced does not contradict having been in
/// use unseen.
#[must_use]
pub fn resolve(records: &[Record], key_start: Timestamp, at: Timestamp) -> Option<Standing> {
    let direct = records
        .iter()
        .enumerate()
        .filter(|(_, record)| record.valid_from <= at)
        .max_by_key(|(place, record)| (record.valid_from, record.known_from, *place))
        .map(|(_, record)| record);
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
            .map(|(_, record)| record);
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
                Some(_) => ValidFromIs::Observed,
                None => ValidFromIs::Stated,
            },
            known_from,
            evidence: vec![],
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
}
