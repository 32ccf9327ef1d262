//! From a stored packet and its digest to a checked signature: the mathematics, by every key at hand.

use super::OpenPgpFacts;
use crate::domain::Crypto;
use crate::formats::limits;
use crate::formats::openpgp::{
    CertificateFile, Issuer, Mathematics, OpenPgpCertificate, OpenPgpSignature, SignatureType,
    check,
};
use crate::judge::facts::{ObjectKind, SignatureFacts, SignatureObject};
use crate::judge::signatures::blank;
use crate::judge::trust::View;

/// Reads and checks one stored packet; keys come from beside it and from the view.
pub(in crate::judge) fn signature_of(object: &SignatureObject, view: &dyn View) -> SignatureFacts {
    let mut facts = blank(object);
    let behind_cleartext = object.kind == ObjectKind::OpenPgpCleartext;
    let signature = match OpenPgpSignature::read_one(&object.bytes, behind_cleartext) {
        Ok(signature) => signature,
        Err(error) => {
            facts.detail = match &object.raw {
                Some(raw) => raw.form.clone(),
                None => error.to_string(),
            };
            return facts;
        }
    };
    let offered = offered(object);
    let recorded = recorded(&signature, &offered, view);
    let mut copies = offered.clone();
    copies.extend(recorded.iter().cloned());
    // Where copies do not merge, what is recorded counts: a copy that came along may leave out a
    // revocation.
    let certificates = OpenPgpCertificate::merge(copies).unwrap_or_else(|_| recorded.clone());
    let digest = object.digests.first().map(|(_, digest)| digest.as_slice());
    let check = check(&signature, digest, &certificates);
    facts.crypto = check.mathematics.crypto();
    facts.detail = match &check.mathematics {
        Mathematics::Good => String::new(),
        Mathematics::Bad(reason) => reason.to_string(),
        Mathematics::Unchecked(reason) => reason.to_string(),
    };
    // A text signature holds for every way to write line ends, so that many headers would fit it.
    if object.kind == ObjectKind::OpenPgpRpm && signature.signature_type != SignatureType::Binary {
        facts.crypto = Crypto::Unchecked;
        facts.detail = "not a signature over bytes (type 00)".to_owned();
    }
    // That the signed text is not the file it lies beside is known only while both are at hand. It
    // takes away and never gives: a signature that does not hold is forged, whatever was noted.
    if let Some(raw) = &object.raw
        && raw.crypto != Crypto::Good
        && facts.crypto != Crypto::Bad
    {
        facts.crypto = raw.crypto;
        facts.detail.clone_from(&raw.form);
    }
    facts.claimed_time = signature.created;
    facts.signer_named = signature.issuer_text();
    facts.openpgp = Some(Box::new(OpenPgpFacts {
        signature,
        check,
        certificates,
        offered,
        recorded,
    }));
    facts
}

/// The view's copies of every certificate that could have signed: of the keys that the signature names,
/// and of the primary keys that came along. A signature need not name its key, and may name a subkey
/// that only a copy beside it holds; what is recorded of the primary key counts all the same.
fn recorded(
    signature: &OpenPgpSignature,
    offered: &[OpenPgpCertificate],
    view: &dyn View,
) -> Vec<OpenPgpCertificate> {
    let mut issuers = signature.issuers.clone();
    for certificate in offered {
        let primary = Issuer::Fingerprint(certificate.fingerprint());
        if !issuers.contains(&primary) {
            issuers.push(primary);
        }
    }
    view.openpgp_certificates(&issuers)
}

/// The certificates that lay beside the signature; what cannot be read is none.
fn offered(object: &SignatureObject) -> Vec<OpenPgpCertificate> {
    object
        .certificates
        .iter()
        .take(limits::CERTIFICATES)
        .filter_map(|bytes| CertificateFile::read(bytes).ok())
        .flat_map(|file| file.certificates)
        .collect()
}
