//! From one event to the mails in which it is told, or to the reason why it is not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::notice::Notice;
use super::subscription::Subscription;
use crate::domain::Severity;
use crate::judge::trust::fits;

/// A team, its addresses and its wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its number in the store.
    pub team: i64,
    pub addresses: Vec<String>,
    pub subscriptions: Vec<Subscription>,
}

/// What somebody does not want to hear for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    pub id: i64,
    /// Patterns.
    pub vendor: String,
    pub kind: String,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Silence {
    fn covers(&self, notice: &Notice) -> bool {
        self.from <= notice.at
            && notice.at < self.until
            && fits(&self.vendor, notice.vendor.as_deref().unwrap_or_default())
            && fits(&self.kind, &notice.kind)
    }
}

/// Why an event that concerns somebody is not sent to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppressed {
    /// By the silence of this number.
    Silence(i64),
    /// Another mail tells it: a blast radius.
    Inhibited,
    /// It was told already.
    Duplicate,
}

/// Which waiting mail an event joins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grouping {
    /// The thread's.
    Thread(String),
    /// The digest that goes at this moment.
    Digest(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Send { due: Timestamp, grouping: Grouping },
    Suppress(Suppressed),
}

/// One address that an event concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    pub team: i64,
    pub address: String,
    pub decision: Decision,
}

/// Every team and address that the event concerns, each exactly once, ordered by both.
///
/// Several wishes of one team make one mail, the earliest. `already` is why nobody is to be told, if
/// there is such a reason. `window` is how long a mail waits for more of its thread. What is `high`
/// does not wait for the end of quiet hours; a digest holds everything, because it was asked for.
#[must_use]
pub fn route(
    notice: &Notice,
    recipients: &[Recipient],
    silences: &[Silence],
    already: Option<Suppressed>,
    window: SignedDuration,
) -> Vec<Routed> {
    let silenced = silences
        .iter()
        .find(|silence| silence.covers(notice))
        .map(|silence| Suppressed::Silence(silence.id));
    let suppressed = already.or(silenced);
    let mut found: BTreeMap<(i64, &str), Decision> = BTreeMap::new();
    for recipient in recipients {
        let earliest = recipient
            .subscriptions
            .iter()
            .filter(|wish| wish.wants(notice))
            .map(|wish| due(notice, wish, window))
            .min();
        let Some((due, grouping)) = earliest else {
            continue;
        };
        for address in &recipient.addresses {
            let decision = match suppressed {
                Some(reason) => Decision::Suppress(reason),
                None => Decision::Send {
                    due,
                    grouping: grouping.clone(),
                },
            };
            found.entry((recipient.team, address)).or_insert(decision);
        }
    }
    found
        .into_iter()
        .map(|((team, address), decision)| Routed {
            team,
            address: address.to_owned(),
            decision,
        })
        .collect()
}

fn due(notice: &Notice, wish: &Subscription, window: SignedDuration) -> (Timestamp, Grouping) {
    if let Some(digest) = &wish.digest {
        let due = digest.due(notice.at);
        return (due, Grouping::Digest(due));
    }
    let soon = notice.at.checked_add(window).unwrap_or(notice.at);
    let due = match &wish.quiet {
        Some(quiet) if notice.severity < Severity::High => quiet.after(soon),
        _ => soon,
    };
    (due, Grouping::Thread(notice.thread.clone()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::judge::watch::Happened;

    const AT: &str = "2026-03-04T23:00:00Z";

    fn notice(kind: &str, vendor: &str) -> Notice {
        Notice::of(&Happened {
            id: 1,
            at: AT.parse().unwrap(),
            kind,
            vendor: Some(vendor),
            anchor: None,
            detail: r#"{"thread":"t"}"#,
        })
    }

    fn team(number: i64, wishes: &[Subscription]) -> Recipient {
        Recipient {
            team: number,
            addresses: vec![format!("t{number}@example.org")],
            subscriptions: wishes.to_vec(),
        }
    }

    fn told(routed: &[Routed]) -> String {
        let line = |one: &Routed| match &one.decision {
            Decision::Send { due, grouping } => format!("{} {due} {grouping:?}", one.address),
            Decision::Suppress(reason) => format!("{} {reason:?}", one.address),
        };
        routed.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn wishes_decide_when_and_in_which_mail() {
        let quiet = Subscription {
            quiet: Some("22:00-07:00".parse().unwrap()),
            ..Subscription::to("qt")
        };
        let daily = Subscription {
            digest: Some("daily@UTC".parse().unwrap()),
            ..Subscription::to("*")
        };
        let teams = [
            team(1, &[Subscription::to("qt")]),
            team(2, std::slice::from_ref(&quiet)),
            team(3, std::slice::from_ref(&daily)),
            team(4, &[daily, quiet]),
            team(5, &[Subscription::to("intel")]),
        ];
        let window = SignedDuration::from_secs(60);
        insta::assert_snapshot!(told(&route(&notice("rotation-announced", "qt"), &teams, &[], None, window)), @r#"
        t1@example.org 2026-03-04T23:01:00Z Thread("t")
        t2@example.org 2026-03-05T07:00:00Z Thread("t")
        t3@example.org 2026-03-05T08:00:00Z Digest(2026-03-05T08:00:00Z)
        t4@example.org 2026-03-05T07:00:00Z Thread("t")
        "#);
        // What is high waits for no morning.
        insta::assert_snapshot!(told(&route(&notice("blast-radius", "qt"), &teams, &[], None, window)), @r#"
        t1@example.org 2026-03-04T23:01:00Z Thread("t")
        t2@example.org 2026-03-04T23:01:00Z Thread("t")
        t3@example.org 2026-03-05T08:00:00Z Digest(2026-03-05T08:00:00Z)
        t4@example.org 2026-03-04T23:01:00Z Thread("t")
        "#);
    }

    #[test]
    fn a_silence_is_counted_and_ends() {
        let silence = |until: &str| Silence {
            id: 9,
            vendor: "q*".to_owned(),
            kind: "rotation-*".to_owned(),
            from: Timestamp::UNIX_EPOCH,
            until: until.parse().unwrap(),
        };
        let teams = [team(1, &[Subscription::to("*")])];
        let ask = |kind, silence| {
            let routed = route(
                &notice(kind, "qt"),
                &teams,
                &[silence],
                None,
                SignedDuration::ZERO,
            );
            routed[0].decision.clone()
        };
        let held = Decision::Suppress(Suppressed::Silence(9));
        assert_eq!(
            ask("rotation-announced", silence("2026-03-05T00:00:00Z")),
            held
        );
        assert_ne!(ask("rotation-announced", silence(AT)), held);
        assert_ne!(ask("source-broken", silence("2026-03-05T00:00:00Z")), held);
    }

    fn wish() -> impl Strategy<Value = Subscription> {
        let vendor = prop_oneof![Just("*"), Just("qt"), Just("intel"), Just("q?")];
        let kinds = prop_oneof![
            Just(vec![]),
            Just(vec!["rotation-*"]),
            Just(vec!["blast-radius"])
        ];
        let digest = prop_oneof![
            Just(None),
            Just(Some("daily@UTC")),
            Just(Some("weekly@Asia/Tokyo"))
        ];
        let quiet = prop_oneof![
            Just(None),
            Just(Some("22:00-07:00")),
            Just(Some("01:00-05:00@Europe/Berlin"))
        ];
        (vendor, kinds, digest, quiet, 0u8..3).prop_map(|(vendor, kinds, digest, quiet, least)| {
            Subscription {
                kinds: kinds.into_iter().map(str::to_owned).collect(),
                digest: digest.map(|text| text.parse().unwrap()),
                quiet: quiet.map(|text| text.parse().unwrap()),
                min_severity: [Severity::Note, Severity::Warning, Severity::High]
                    [usize::from(least)],
                ..Subscription::to(vendor)
            }
        })
    }

    proptest! {
        #[test]
        fn nothing_is_doubled_and_nothing_is_lost(
            wishes in prop::collection::vec(prop::collection::vec(wish(), 0..4), 0..6),
            kind in prop_oneof![Just("rotation-announced"), Just("blast-radius"), Just("advisory-new")],
            vendor in prop_oneof![Just("qt"), Just("intel"), Just("new")],
            silenced: bool,
        ) {
            let teams: Vec<Recipient> = wishes
                .iter()
                .enumerate()
                .map(|(number, wishes)| team(i64::try_from(number % 4).unwrap(), wishes))
                .collect();
            let notice = notice(kind, vendor);
            let silence = Silence {
                id: 1,
                vendor: "qt".to_owned(),
                kind: "*".to_owned(),
                from: Timestamp::UNIX_EPOCH,
                until: Timestamp::MAX,
            };
            let silences = if silenced { vec![silence] } else { vec![] };
            let routed = route(&notice, &teams, &silences, None, SignedDuration::from_secs(60));
            let concerned: BTreeSet<(i64, String)> = teams
                .iter()
                .filter(|team| team.subscriptions.iter().any(|wish| wish.wants(&notice)))
                .flat_map(|team| team.addresses.iter().map(|address| (team.team, address.clone())))
                .collect();
            let reached: Vec<(i64, String)> =
                routed.iter().map(|one| (one.team, one.address.clone())).collect();
            prop_assert_eq!(&reached, &concerned.into_iter().collect::<Vec<_>>());
            for one in &routed {
                match &one.decision {
                    Decision::Suppress(_) => prop_assert!(silenced && vendor == "qt"),
                    Decision::Send { due, .. } => {
                        prop_assert!(*due >= notice.at);
                        prop_assert!(notice.at.duration_until(*due) <= SignedDuration::from_hours(7 * 24));
                    }
                }
            }
        }
    }
}
