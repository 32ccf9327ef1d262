//! `team list`, `subscription list` and `test`, `silence list`, `outbox list` and `show`, as columns.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::judge::watch::{Notice, Rehearsed, Subscription};
use crate::render::plain;
use crate::render::trust::table::table;

fn moment(at: Timestamp) -> String {
    at.strftime("%FT%RZ").to_string()
}

/// One row an address: team, address, role, whether it agreed, second contact after, origin.
#[must_use]
pub fn teams_text(rows: &[[String; 6]]) -> String {
    if rows.is_empty() {
        return "no teams; make one with `anchorwatch team add NAME ADDRESS`\n".to_owned();
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
    table(
        &[
            "team",
            "address",
            "contact",
            "agreed",
            "second after",
            "from",
        ],
        &rows,
    )
}

/// One row a subscription: number, team, what it asks for.
#[must_use]
pub fn subscriptions_text(rows: &[(i64, &str, &Subscription)]) -> String {
    if rows.is_empty() {
        return "no subscriptions; make one with `anchorwatch subscribe TEAM --vendor SLUG`\n"
            .to_owned();
    }
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|(id, team, wish)| {
            let list = |words: &[String]| {
                if words.is_empty() {
                    "all".to_owned()
                } else {
                    words.join(",")
                }
            };
            vec![
                id.to_string(),
                (*team).to_owned(),
                wish.vendor.clone(),
                list(&wish.kinds),
                wish.min_severity.word().to_owned(),
                list(&wish.products),
                list(&wish.keywords),
                when(wish),
            ]
        })
        .collect();
    table(
        &[
            "id", "team", "vendor", "kinds", "from", "products", "keywords", "when",
        ],
        &rows,
    )
}

fn when(wish: &Subscription) -> String {
    let digest = wish.digest.as_ref().map(ToString::to_string);
    let quiet = wish.quiet.as_ref().map(|quiet| format!("quiet {quiet}"));
    let parts: Vec<String> = [digest, quiet].into_iter().flatten().collect();
    if parts.is_empty() {
        "at once".to_owned()
    } else {
        parts.join(", ")
    }
}

/// What a subscription would have sent.
#[must_use]
pub fn rehearsal_text(mails: &[Rehearsed], notices: &[Notice], days: u32) -> String {
    let mut text = String::new();
    let mut events = 0;
    for mail in mails {
        let _ = writeln!(text, "{}  {}", moment(mail.due), plain(&mail.subject));
        for notice in mail.events.iter().filter_map(|place| notices.get(*place)) {
            events += 1;
            let _ = writeln!(
                text,
                "    {}  {}  {}  {}",
                moment(notice.at),
                notice.severity.word(),
                plain(&notice.kind),
                plain(notice.vendor.as_deref().unwrap_or("no vendor"))
            );
        }
    }
    let _ = writeln!(
        text,
        "{} events of the last {days} days in {} mails to each address",
        events,
        mails.len()
    );
    text
}

/// One row a silence: number, vendor, kind, until, who, why, held back, state.
#[must_use]
pub fn silences_text(rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return "no silences\n".to_owned();
    }
    table(
        &[
            "id",
            "vendor",
            "kind",
            "until",
            "who",
            "why",
            "held back",
            "state",
        ],
        rows,
    )
}

/// One row a mail: number, state, due, attempts, team, address, subject.
#[must_use]
pub fn outbox_text(rows: &[Vec<String>], standing: &str) -> String {
    let mut text = if rows.is_empty() {
        String::new()
    } else {
        table(
            &[
                "id", "state", "due", "attempts", "team", "address", "kind", "subject",
            ],
            rows,
        )
    };
    let _ = writeln!(text, "{standing}");
    text
}

/// A mail with its facts, events and attempts: `(name, value)` pairs, then a line each.
#[must_use]
pub fn shown_text(facts: &[(&str, String)], events: &[String], attempts: &[String]) -> String {
    let mut text = String::new();
    for (name, value) in facts {
        let _ = writeln!(text, "{name:<12} {}", plain(value));
    }
    for (name, lines) in [("tells", events), ("attempt", attempts)] {
        for line in lines {
            let _ = writeln!(text, "{name:<12} {}", plain(line));
        }
    }
    text
}
