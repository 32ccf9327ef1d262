//! Signatures by bare keys (minisign, signify, SSHSIG, a public key beside a raw value): which key
//! made them, and what that key is worth. There is no path: the key itself is the anchor, or it is
//! unknown.

use super::context::Context;
use super::facts::{KeyFacts, ObjectKind, SignatureFacts, SignatureObject};
use super::link::{InDoubt, KeyIdentity, explain_by_posts};
use super::report::{ExplainedLevel, SignatureReport};
use super::signature::explain_by_keys;
use super::signatures::blank;
use super::standing::key_standing;
use super::time::signing_time;
use super::trust::View;
use crate::domain::{AnchorId, Crypto, Finding, FindingKind, Verdict};
use crate::formats::algorithm::Weakness;
use crate::formats::digest::sha256;
use crate::formats::minisign::MinisignSignature;
use crate::formats::public_key::{KeyNumber, SshError};
use crate::formats::raw_signature::Message;
use crate::formats::signify::SignifySignature;
use crate::formats::sshsig::{FILE_NAMESPACE, SshSignature, SshSignatureError};

/// Reads and checks one object of minisign or signify; keys come from beside it and from the view.
pub(super) fn numbered(object: &SignatureObject, view: &dyn View) -> SignatureFacts {
    let mut facts = blank(object);
    let message = Message {
        digests: &object.digests,
        whole: None,
    };
    if object.kind == ObjectKind::Minisign {
        match MinisignSignature::parse(&object.bytes) {
            Ok(signature) => {
                facts.claimed_time = signature.claimed_time();
                facts.key = Some(KeyFacts {
                    named: signature.number.minisign(),
                    number: Some(signature.number),
                    untrusted_comment: signature.untrusted_comment.clone(),
                    trusted_comment: Some(signature.trusted_comment.clone()),
                    ..KeyFacts::default()
                });
                let check = |spki: &[u8]| {
                    let checked = signature.check(spki, &message);
                    checked.map_err(|fault| (fault.crypto(), fault.to_string()))
                };
                try_keys(object, view, signature.number, &check, &mut facts);
            }
            Err(error) => unread(&mut facts, error.to_string()),
        }
    } else {
        match SignifySignature::parse(&object.bytes) {
            Ok(signature) => {
                facts.key = Some(KeyFacts {
                    named: signature.number.to_string(),
                    number: Some(signature.number),
                    untrusted_comment: signature.untrusted_comment.clone(),
                    ..KeyFacts::default()
                });
                let check = |spki: &[u8]| {
                    let checked = signature.check(spki, None);
                    checked.map_err(|fault| (fault.crypto(), fault.to_string()))
                };
                try_keys(object, view, signature.number, &check, &mut facts);
            }
            Err(error) => unread(&mut facts, error.to_string()),
        }
    }
    facts
}

type Checked = Result<(), (Crypto, String)>;

/// The stored outcome where the message itself was needed; else every key with that number, those at
/// hand first.
fn try_keys(
    object: &SignatureObject,
    view: &dyn View,
    number: KeyNumber,
    check: &dyn Fn(&[u8]) -> Checked,
    facts: &mut SignatureFacts,
) {
    let mut candidates = object.certificates.clone();
    if let Some(raw) = &object.raw {
        facts.crypto = raw.crypto;
        facts.detail = match raw.crypto {
            Crypto::Good => String::new(),
            Crypto::Bad | Crypto::Unchecked => raw.form.clone(),
        };
    } else {
        candidates.extend(view.raw_keys_by_number(number));
        facts.crypto = Crypto::Unchecked;
        let mut held = None;
        for (index, spki) in candidates.iter().enumerate() {
            match check(spki) {
                Ok(()) => {
                    held = Some(index);
                    break;
                }
                Err((crypto, detail)) if facts.crypto != Crypto::Bad => {
                    facts.crypto = crypto;
                    facts.detail = detail;
                }
                Err(_) => {}
            }
        }
        if let Some(index) = held {
            facts.crypto = Crypto::Good;
            facts.detail.clear();
            candidates.swap(0, index);
        }
    }
    // The key that fits stands first; when none does, the first is as good as any to be named.
    if let (Some(key), Some(spki)) = (&mut facts.key, candidates.first()) {
        key.id = Some(AnchorId::Raw(sha256(spki)));
    }
}

/// Reads and checks one SSHSIG object, which brings its key along.
pub(super) fn ssh(object: &SignatureObject) -> SignatureFacts {
    let mut facts = blank(object);
    let signature = match SshSignature::parse(&object.bytes) {
        Ok(signature) => signature,
        Err(error) => {
            unread(&mut facts, error.to_string());
            if is_refusal(&error) {
                facts.crypto = Crypto::Unchecked;
            }
            return facts;
        }
    };
    facts.key = Some(KeyFacts {
        id: Some(AnchorId::Raw(sha256(&signature.key.spki()))),
        named: signature.fingerprint(),
        namespace: Some(signature.namespace.clone()),
        ..KeyFacts::default()
    });
    let message = Message {
        digests: &object.digests,
        whole: None,
    };
    match signature.check(&message) {
        Ok(weaknesses) => {
            facts.crypto = Crypto::Good;
            facts.weaknesses = weaknesses;
        }
        Err(fault) => {
            facts.crypto = fault.crypto();
            facts.detail = fault.to_string();
        }
    }
    facts
}

/// Whether the signature may be sound and only is not taken: that forges nothing.
fn is_refusal(error: &SshSignatureError) -> bool {
    matches!(
        error,
        SshSignatureError::Version(_)
            | SshSignatureError::Hash(_)
            | SshSignatureError::Algorithm { .. }
            | SshSignatureError::Encoding(SshError::Certificate | SshError::Unsupported { .. })
    )
}

fn unread(facts: &mut SignatureFacts, detail: String) {
    facts.crypto = Crypto::Bad;
    facts.detail = detail;
    facts.key = Some(KeyFacts::default());
}

/// The verdict on a signature by a bare key.
pub(super) fn judge_key(
    facts: &SignatureFacts,
    key: &KeyFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    report.key = Some(KeyFacts {
        // Signed only where the signature holds; before that it is anybody's text.
        trusted_comment: key
            .trusted_comment
            .clone()
            .filter(|_| facts.crypto == Crypto::Good),
        ..key.clone()
    });
    match facts.crypto {
        Crypto::Bad => {
            report.verdict = Verdict::Invalid;
            report.findings.push(found(FindingKind::SignatureBad {
                detail: facts.detail.clone(),
            }));
            return;
        }
        Crypto::Unchecked if key.id.is_none() && key.number.is_some() => {
            report.findings.push(found(FindingKind::KeyNotAtHand {
                signer: format!("{} key {}", facts.kind, key.named),
            }));
            return;
        }
        Crypto::Unchecked => {
            report.findings.push(found(FindingKind::SignatureUnchecked {
                detail: facts.detail.clone(),
            }));
            return;
        }
        Crypto::Good => {}
    }
    let time = signing_time(facts, context);
    report.time = time.time;
    report.findings.extend(time.findings);
    report
        .findings
        .extend(facts.weaknesses.iter().map(|weakness| {
            found(match *weakness {
                Weakness::Digest(algorithm) => FindingKind::WeakDigest { algorithm },
                Weakness::KeyBits(bits) => FindingKind::WeakKey { bits },
            })
        }));
    if let Some(form) = &facts.form {
        report
            .findings
            .push(found(FindingKind::RawSignatureForm { form: form.clone() }));
    }
    let Some(id) = &key.id else { return };
    let anchor = context.view.anchor(id);
    if let Some(namespace) = &key.namespace {
        let expected = match &anchor {
            Some(anchor) if !anchor.namespaces.is_empty() => anchor.namespaces.clone(),
            _ => vec![FILE_NAMESPACE.to_owned()],
        };
        if !expected.contains(namespace) {
            report.verdict = Verdict::Invalid;
            report.findings.push(found(FindingKind::WrongNamespace {
                found: namespace.clone(),
                expected,
            }));
            return;
        }
    }
    if let Some(meaning) = key_standing(id, time.time, context, &facts.place) {
        report.verdict = meaning.verdict;
        report.vendor = meaning.vendor;
        report.anchor = Some(meaning.anchor);
        report.findings.extend(meaning.findings);
        if report.verdict == Verdict::Unanchored {
            report.anchor = None;
            explain(id, key, facts, context, report);
        }
        return;
    }
    report.findings.push(found(FindingKind::UnknownKey {
        key: format!("{} ({id})", key.named),
    }));
    for known in key
        .number
        .into_iter()
        .flat_map(|number| context.view.raw_keys_by_number(number))
    {
        report.findings.push(found(FindingKind::LookAlikeKey {
            number: key.named.clone(),
            known: AnchorId::Raw(sha256(&known)).to_string(),
        }));
    }
    explain(id, key, facts, context, report);
}

fn explain(
    id: &AnchorId,
    key: &KeyFacts,
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    explain_by_keys(std::slice::from_ref(id), facts, context, report);
    if let Some(signer) = KeyIdentity::of_key_facts(key) {
        let doubt = InDoubt {
            signer,
            issuers: vec![],
            at_most: ExplainedLevel::Explained,
        };
        explain_by_posts(&doubt, &facts.place, context, report);
    }
}
