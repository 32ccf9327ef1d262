//! What a subscription would have sent: the same matching over events that were.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::notice::Notice;
use super::route::{Decision, Grouping, Recipient, route};
use super::subscription::Subscription;

/// A mail that would have gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    pub due: Timestamp,
    pub subject: String,
    /// The places in what was given.
    pub events: Vec<usize>,
}

/// The mails that one address would have got, in the order of their going. The notices are in the
/// order in which they happened; of several with one `dedup` key the first counts.
#[must_use]
pub fn rehearse(notices: &[Notice], wish: &Subscription, window: SignedDuration) -> Vec<Rehearsed> {
    let recipient = [Recipient {
        team: 0,
        addresses: vec![String::new()],
        subscriptions: vec![wish.clone()],
    }];
    let mut open: BTreeMap<Grouping, usize> = BTreeMap::new();
    let mut mails: Vec<Rehearsed> = vec![];
    let mut seen = std::collections::BTreeSet::new();
    for (place, notice) in notices.iter().enumerate() {
        if !seen.insert(&notice.dedup) {
            continue;
        }
        for routed in route(notice, &recipient, &[], None, window) {
            let Decision::Send { due, grouping } = routed.decision else {
                continue;
            };
            let waiting = open
                .get(&grouping)
                .and_then(|mail| mails.get_mut(*mail))
                .filter(|mail| mail.due > notice.at);
            if let Some(mail) = waiting {
                mail.due = mail.due.min(due);
                mail.events.push(place);
                continue;
            }
            let subject = match &grouping {
                Grouping::Thread(_) => notice.subject.clone(),
                Grouping::Digest(_) => "[anchorwatch] digest".to_owned(),
            };
            open.insert(grouping, mails.len());
            mails.push(Rehearsed {
                due,
                subject,
                events: vec![place],
            });
        }
    }
    mails.sort_by_key(|mail| mail.due);
    mails
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::watch::Happened;

    #[test]
    fn threads_and_digests_gather_what_would_have_come_one_by_one() {
        let notices: Vec<Notice> = [
            ("2026-03-04T10:00:00Z", "a"),
            ("2026-03-04T10:00:30Z", "a"),
            ("2026-03-04T10:00:40Z", "b"),
            ("2026-03-04T10:05:00Z", "a"),
            ("2026-03-05T09:00:00Z", "b"),
        ]
        .iter()
        .zip(1..)
        .map(|((at, thread), id)| {
            Notice::of(&Happened {
                id,
                at: at.parse().unwrap(),
                kind: "rotation-announced",
                vendor: Some("qt"),
                anchor: None,
                detail: &format!(r#"{{"thread":"{thread}"}}"#),
            })
        })
        .collect();
        let counted = |wish: &Subscription| -> Vec<Vec<usize>> {
            let mails = rehearse(&notices, wish, SignedDuration::from_secs(60));
            mails.into_iter().map(|mail| mail.events).collect()
        };
        let once = Subscription::to("*");
        assert_eq!(counted(&once), [vec![0, 1], vec![2], vec![3], vec![4]]);
        let daily = Subscription {
            digest: Some("daily@UTC".parse().unwrap()),
            ..once
        };
        assert_eq!(counted(&daily), [vec![0, 1, 2, 3], vec![4]]);
    }
}
