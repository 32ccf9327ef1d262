//! What an OpenPGP key's file says is what all its copies say together; no person's address is told.

use jiff::Timestamp;

use super::keys::{day, written};
use super::{Fault, Report, key_files};
use crate::formats::openpgp::{KeyState, OpenPgpCertificate, WAIVABLE, without_address};
use crate::formats::trust_folder::{Folder, Key, Root, RootKind};

pub(super) fn check(folder: &Folder, report: &mut Report<'_>) {
    for (path, _, _, key) in key_files(folder) {
        let root = &key.root;
        if root.kind != Some(RootKind::OpenPgp) {
            if let Some(field) = foreign_field(root) {
                report.add(path, field, 0, Fault::NotOpenPgp { field });
            }
            continue;
        }
        for (start, nth, fault) in timeline(root).into_iter().chain(exceptions(root)) {
            report.add(path.clone(), start, nth, fault);
        }
        let told = root.uids.iter().chain([&root.name]);
        if root.release_team && told.into_iter().any(|text| text.contains('@')) {
            report.add(path.clone(), "uids", 0, Fault::PersonalAddress);
        }
        let Some(merged) = &key.merged else { continue };
        for (field, nth, written, computed) in facts(key, merged) {
            if written != computed {
                let absent = written.is_empty() && !field.starts_with('[');
                let fault = Fault::KeyDiffers {
                    field,
                    written,
                    computed,
                };
                // Without the line, a subkey's of the same name must not be pointed at.
                let start = if absent { "" } else { field };
                report.add(path.clone(), start, nth, fault);
            }
        }
        let (written, held) = (root.copies.len(), key.copies.len());
        if written != held {
            let fault = Fault::CopyCount { written, held };
            report.add(path.clone(), "[[copy]]", 0, fault);
        }
        if let Some(fault) = revoked_and_active(root, merged) {
            report.add(
                path,
                "[[status]]",
                root.statuses.len().saturating_sub(1),
                fault,
            );
        }
    }
}

/// A field of OpenPGP keys in the file of another key.
fn foreign_field(root: &Root) -> Option<&'static str> {
    [
        ("fingerprint", root.fingerprint.is_some()),
        ("fingerprint_only", root.fingerprint_only),
        ("uids", !root.uids.is_empty()),
        ("[[expiry]]", !root.expiry.is_empty()),
        ("[[subkey]]", !root.subkeys.is_empty()),
        ("[[copy]]", !root.copies.is_empty()),
    ]
    .into_iter()
    .find_map(|(field, there)| there.then_some(field))
}

fn timeline(root: &Root) -> Vec<(&'static str, usize, Fault)> {
    let mut found = vec![];
    let mut latest = None;
    for (nth, entry) in root.expiry.iter().enumerate() {
        let seen = entry.seen;
        if Some(seen) < latest {
            found.push(("[[expiry]]", nth, Fault::ExpiryOrder { seen }));
        }
        latest = latest.max(Some(seen));
        if entry.evidence.iter().all(|text| text.trim().is_empty()) {
            found.push(("[[expiry]]", nth, Fault::ExpiryWithoutEvidence { seen }));
        }
    }
    let copies = root.copies.iter().enumerate();
    found.extend(
        copies
            .filter(|(_, copy)| copy.source.trim().is_empty())
            .map(|(nth, _)| ("[[copy]]", nth, Fault::CopyWithoutSource)),
    );
    found
}

fn exceptions(root: &Root) -> Vec<(&'static str, usize, Fault)> {
    const START: &str = "[[policy_exception]]";
    let mut found = vec![];
    for (nth, one) in root.policy_exceptions.iter().enumerate() {
        if !WAIVABLE.contains(&one.waives.as_str()) {
            let waives = one.waives.clone();
            found.push((START, nth, Fault::NotWaivable { waives }));
        }
        if one.reason.trim().is_empty() || one.until.is_some_and(|until| until < one.recorded) {
            found.push((START, nth, Fault::EmptyException));
        }
    }
    found
}

/// Field, its place among equals, as written, as computed.
fn facts(key: &Key, merged: &OpenPgpCertificate) -> Vec<(&'static str, usize, String, String)> {
    let root = &key.root;
    let held = merged.keys();
    let states = merged.states(Timestamp::MAX);
    let Some(primary) = held.iter().find(|key| key.primary) else {
        return vec![];
    };
    let mut facts = vec![
        (
            "uids",
            0,
            listed(&root.uids),
            listed(&user_ids(root, merged)),
        ),
        (
            "algorithm",
            0,
            root.algorithm.clone(),
            primary.algorithm.to_string(),
        ),
        (
            "bits",
            0,
            root.bits.map_or_else(String::new, |bits| bits.to_string()),
            primary
                .bits
                .map_or_else(String::new, |bits| bits.to_string()),
        ),
        (
            "created",
            0,
            written(root.created),
            day(Some(primary.created)),
        ),
        ("expires", 0, written(root.expires), day(end(&states))),
    ];
    for (nth, subkey) in root.subkeys.iter().enumerate() {
        let said = format!(
            "{} {} {}",
            written(Some(subkey.created)),
            subkey.uses.join("+"),
            written(subkey.expires)
        );
        let born = held
            .iter()
            .find(|key| key.fingerprint == subkey.fingerprint);
        let state = states.iter().find(|state| state.key == subkey.fingerprint);
        let computed = format!(
            "{} {} {}",
            day(born.map(|key| key.created)),
            state.map(uses).unwrap_or_default(),
            day(state.and_then(|state| state.expires))
        );
        facts.push(("[[subkey]]", nth, said, computed));
    }
    for (nth, (said, copy)) in root.copies.iter().zip(&key.copies).enumerate() {
        let computed = end(&copy.states(Timestamp::MAX));
        facts.push(("[[copy]]", nth, written(said.expires), day(computed)));
    }
    facts
}

/// When the primary key ends.
fn end(states: &[KeyState]) -> Option<Timestamp> {
    states.iter().find(|state| state.primary)?.expires
}

/// What a subkey is for, as the folder writes it.
fn uses(state: &KeyState) -> String {
    let uses = [
        ("certify", state.may_certify),
        ("sign", state.may_sign),
        ("encrypt", state.may_encrypt),
        ("authenticate", state.may_authenticate),
    ];
    let named: Vec<_> = uses
        .iter()
        .filter(|(_, may)| *may)
        .map(|(use_, _)| *use_)
        .collect();
    named.join("+")
}

/// The user ids as the folder should tell them.
fn user_ids(root: &Root, merged: &OpenPgpCertificate) -> Vec<String> {
    let mut told = merged.user_ids();
    if root.release_team {
        told = told
            .iter()
            .filter_map(|user_id| without_address(user_id))
            .map(str::to_owned)
            .collect();
    }
    told
}

/// In one order and without repetitions: which comes first is nobody's statement.
fn listed(texts: &[String]) -> String {
    let mut texts = texts.to_vec();
    texts.sort();
    texts.dedup();
    texts.join("; ")
}

/// A certificate that revokes its primary key, and a timeline that does not follow.
fn revoked_and_active(root: &Root, merged: &OpenPgpCertificate) -> Option<Fault> {
    let states = merged.states(Timestamp::MAX);
    let primary = states.iter().find(|state| state.primary)?;
    primary.revocation.as_ref()?;
    let active = root
        .statuses
        .last()
        .is_some_and(|last| last.status.word() == "active");
    active.then_some(Fault::RevokedAndActive { key: primary.key })
}
