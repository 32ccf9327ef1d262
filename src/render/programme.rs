//! What an import of a root programme's list found, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::plain::{plain, plain_json};
use crate::domain::{ListEntry, ListKind, ListedKey, Statement};
use crate::judge::programme::{
    ImportPlace, ImportReport, ListReport, ProgrammeContents, ProgrammeEvent,
};

/// The events as one document, ending in a line feed.
#[must_use]
pub fn import_json(report: &ImportReport) -> String {
    let events: Vec<_> = report.events().map(event_json).collect();
    plain_json(&format!("{:#}\n", json!({ "events": events })))
}

fn event_json(event: &ProgrammeEvent) -> Value {
    let spki = match event.key {
        ListedKey::Spki(spki) => Some(spki.to_string()),
        _ => None,
    };
    // A key that is known only by a hash of its certificate is named by that.
    let key = match event.key {
        ListedKey::Spki(_) | ListedKey::OpenPgp(_) => event.public_key.clone(),
        other => Some(other.to_string()),
    };
    let mut value = json!({
        "event": event.change.word(),
        "kind": event.form.word(),
        "spki_sha256": spki,
        "key": key,
        "role": event.role,
        "version": event.version,
        "name": event.name,
        "before": event.before,
        "after": event.after,
    });
    if let Some(fields) = value.as_object_mut() {
        match event.key {
            ListedKey::OpenPgp(fingerprint) => {
                fields.insert("fingerprint".to_owned(), fingerprint.to_string().into());
            }
            _ => {
                let certificate = event.certificate.map(|sha256| sha256.to_string());
                fields.insert("cert_sha256".to_owned(), certificate.into());
            }
        }
    }
    value
}

/// What was listed on a day, as one document, ending in a line feed.
#[must_use]
pub fn contents_json(contents: &ProgrammeContents) -> String {
    let lists: Vec<_> = contents
        .lists
        .iter()
        .map(|(seen, list)| {
            json!({
                "list": list.list.word(),
                "version": list.version,
                "seen": seen.to_string(),
                "entries": list.entries.iter().map(entry_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    let document = json!({
        "program": contents.programme,
        "at": contents.at.to_string(),
        "lists": lists,
    });
    plain_json(&format!("{document:#}\n"))
}

fn entry_json(entry: &ListEntry) -> Value {
    let words =
        |state: &[Statement]| -> Vec<String> { state.iter().map(ToString::to_string).collect() };
    let certificates: Vec<_> = entry
        .certificates
        .iter()
        .map(|certificate| {
            json!({
                "sha256": certificate.sha256.map(|hash| hash.to_string()),
                "sha1": certificate.sha1.map(|hash| hash.to_string()),
                "subject": certificate.subject,
                "issuer": certificate.issuer,
                "state": words(&certificate.state),
            })
        })
        .collect();
    json!({
        "kind": entry.form.word(),
        "id": entry.key.to_string(),
        "key": entry.public_key,
        "key_ids": entry.key_ids,
        "role": entry.role,
        "name": entry.name,
        "state": words(&entry.state),
        "certificates": certificates,
    })
}

/// What was listed on a day, for a person.
#[must_use]
pub fn contents_text(contents: &ProgrammeContents) -> String {
    let mut text = format!(
        "{} at {}: observed, not trusted\n",
        plain(&contents.programme),
        contents.at
    );
    if contents.lists.is_empty() {
        text.push_str("nothing had been seen by then\n");
    }
    for (seen, list) in &contents.lists {
        let version = list
            .version
            .map_or_else(String::new, |version| format!(" version {version}"));
        let _ = writeln!(
            text,
            "{}{version}, seen {seen}: {} entries",
            list.list.word(),
            list.entries.len()
        );
        for entry in &list.entries {
            let _ = write!(text, "  {}", entry.key);
            if let Some(role) = &entry.role {
                let _ = write!(text, " as {}", plain(role));
            }
            if let Some(name) = &entry.name {
                let _ = write!(text, " ({})", plain(name));
            }
            text.push('\n');
            let of_certificates = entry.certificates.iter().flat_map(|one| &one.state);
            for statement in entry.state.iter().chain(of_certificates) {
                let _ = writeln!(text, "    {}", plain(&statement.to_string()));
            }
        }
    }
    text
}

/// For a person: each list, where it was placed, and what changed in it.
#[must_use]
pub fn import_text(report: &ImportReport) -> String {
    let mut text = format!(
        "{}, seen {}: observed, not trusted\n",
        plain(&report.programme),
        report.seen
    );
    for list in &report.lists {
        one_list(list, &mut text);
    }
    text
}

fn one_list(list: &ListReport, text: &mut String) {
    let version = list
        .version
        .map_or_else(String::new, |version| format!(" version {version}"));
    let count = match list.entries {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let outcome = match list.place {
        ImportPlace::Known => "known already, nothing changed".to_owned(),
        ImportPlace::First => "the first that is known, nothing to compare with".to_owned(),
        ImportPlace::After(before) => match list.events.len() {
            0 => format!("no change since {before}"),
            1 => format!("1 change since {before}"),
            count => format!("{count} changes since {before}"),
        },
    };
    let _ = writeln!(text, "{}{version}: {count}, {outcome}", list.list.word());
    match list.signed_by {
        Some(by) if list.version != Some(by + 1) => {
            let _ = writeln!(
                text,
                "  signed by its own keys and those of version {by}; versions between them are missing"
            );
        }
        Some(by) => {
            let _ = writeln!(text, "  signed by its own keys and those of version {by}");
        }
        None if list.list == ListKind::TufRoot && list.place == ImportPlace::First => {
            text.push_str("  signed by its own keys; no older version vouches for it\n");
        }
        None => {}
    }
    for (role, then, now) in &list.thresholds {
        let _ = writeln!(text, "  threshold of {}: {then}, now {now}", plain(role));
    }
    for event in &list.events {
        one_event(event, text);
    }
    if let Some(next) = list.next {
        let _ = writeln!(text, "  what changed until {next} was computed anew");
    }
}

fn one_event(event: &ProgrammeEvent, text: &mut String) {
    let _ = write!(text, "  {:<15} {}", event.change.word(), event.key);
    if let Some(role) = &event.role {
        let _ = write!(text, " as {}", plain(role));
    }
    if let Some(name) = &event.name {
        let _ = write!(text, " ({})", plain(name));
    }
    text.push('\n');
    for (label, state) in [("before", &event.before), ("after", &event.after)] {
        if let Some(state) = state {
            let _ = writeln!(text, "    {label:<7}{}", plain(state));
        }
    }
}
