//! A signature that lies apart from what it covers, and the objects made from it.

use std::collections::BTreeSet;

use super::measured::Measured;
use super::openpgp::Said;
use crate::domain::{Crypto, HashAlgorithm};
use crate::formats::cms::{SignedData, Trailing, looks_like_attributes};
use crate::formats::digest::sha256;
use crate::formats::minisign::{Algorithm, MinisignSignature};
use crate::formats::openpgp::{CertificateFile, Issuer, OpenPgpCertificate, OpenPgpSignature};
use crate::formats::package::Sidecar;
use crate::formats::public_key::KeyNumber;
use crate::formats::raw_signature::{HASHES, Message, RawSignatureError, check};
use crate::formats::signify::SignifySignature;
use crate::formats::sshsig::SshSignature;
use crate::formats::x509::Certificate;
use crate::formats::{algorithm, limits};
use crate::judge::facts::{ObjectKind, RawOutcome, SignatureObject};
use crate::judge::trust::View;

/// One detached signature, told by its content and not by its name.
#[derive(Debug)]
pub(super) struct Detached {
    place: String,
    /// The file as it was shipped.
    bytes: Vec<u8>,
    content: Sidecar,
    openpgp: Option<Said>,
}

/// The keys that lie beside signatures: certificates, and bare public keys; and where else to look
/// for the latter.
#[derive(Debug, Clone)]
pub(super) struct Keys<'v> {
    /// DER certificates, then DER SubjectPublicKeyInfos.
    der: Vec<Vec<u8>>,
    /// Bare keys by the number that signatures name.
    numbered: Vec<(KeyNumber, Vec<u8>)>,
    openpgp: Vec<OpenPgpCertificate>,
    view: &'v dyn View,
}

impl<'v> Keys<'v> {
    pub(super) fn new(view: &'v dyn View) -> Self {
        Self {
            der: vec![],
            numbered: vec![],
            openpgp: vec![],
            view,
        }
    }

    pub(super) fn view(&self) -> &'v dyn View {
        self.view
    }

    /// The keys at hand with that number.
    fn at_hand(&self, number: KeyNumber) -> Vec<Vec<u8>> {
        let with_number = self.numbered.iter().filter(|(known, _)| *known == number);
        with_number.map(|(_, spki)| spki.clone()).collect()
    }

    /// Adds what a file holds; `false` when it holds no key. A CMS without signers is a bag of
    /// certificates.
    pub(super) fn add(&mut self, bytes: &[u8]) -> bool {
        let mut numbered = vec![];
        let known = self.openpgp.len();
        let found: Vec<Vec<u8>> = match Sidecar::of(bytes) {
            Sidecar::Keys(file) => {
                let certificates = file.certificates.iter().map(|c| c.der().to_vec());
                certificates.chain(file.keys).collect()
            }
            Sidecar::SignedData(der) => {
                let bundle = crate::formats::cms::certificate_bundle(&der).unwrap_or_default();
                bundle.iter().map(|c| c.der().to_vec()).collect()
            }
            Sidecar::PublicKeys(keys) => keys
                .into_iter()
                .map(|key| {
                    let number = key.number();
                    numbered.extend(number.map(|number| (number, key.spki.clone())));
                    key.spki
                })
                .collect(),
            Sidecar::OpenPgpKeys => {
                let file = CertificateFile::read(bytes).unwrap_or_default();
                self.openpgp.extend(file.certificates);
                vec![]
            }
            Sidecar::OpenPgp
            | Sidecar::OpenPgpCleartext
            | Sidecar::Minisign(_)
            | Sidecar::Signify(_)
            | Sidecar::Sshsig(_)
            | Sidecar::Bare(_) => vec![],
        };
        self.numbered.extend(numbered);
        self.numbered.truncate(limits::CERTIFICATES);
        let holds = !found.is_empty() || self.openpgp.len() > known;
        let mut room = limits::KEYS
            - self
                .der
                .iter()
                .map(Vec::len)
                .sum::<usize>()
                .min(limits::KEYS);
        for der in found {
            if self.der.len() >= limits::CERTIFICATES || der.len() > room {
                break;
            }
            room -= der.len();
            self.der.push(der);
        }
        holds
    }

    /// The OpenPGP certificates at hand that hold a key which one of the issuers means, as packets;
    /// where the signature names nobody, the first few of all.
    pub(super) fn openpgp(&self, issuers: &[Issuer]) -> Vec<Vec<u8>> {
        self.openpgp
            .iter()
            .filter(|certificate| issuers.is_empty() || !certificate.keys_meant(issuers).is_empty())
            .take(limits::SIGNER_CANDIDATES)
            .filter_map(|certificate| {
                // What others certified may prove that a vendor's old key vouches for this one.
                let whole = certificate.to_bytes().ok();
                whole
                    .filter(|bytes| bytes.len() <= limits::CERTIFICATE)
                    .or_else(|| certificate.to_own_bytes().ok())
            })
            .filter(|bytes| bytes.len() <= limits::CERTIFICATE)
            .collect()
    }

    pub(super) fn len(&self) -> usize {
        self.der.len()
    }

    /// Adds other keys before these: what a caller names comes first.
    pub(super) fn prefer(&mut self, other: Self) {
        self.der.splice(0..0, other.der);
        self.numbered.splice(0..0, other.numbered);
        self.openpgp.splice(0..0, other.openpgp);
    }
}

impl Detached {
    pub(super) fn of(place: String, bytes: Vec<u8>) -> Self {
        let content = Sidecar::of(&bytes);
        Self {
            place,
            openpgp: Said::of(&content, &bytes),
            content,
            bytes,
        }
    }

    /// The algorithms by which the covered bytes are wanted.
    pub(super) fn algorithms(&self) -> BTreeSet<HashAlgorithm> {
        match &self.content {
            Sidecar::Bare(_) => HASHES.into_iter().collect(),
            Sidecar::SignedData(der) => SignedData::from_der(der, Trailing::Nothing)
                .map(|signed| {
                    let named = signed.signers.iter().filter_map(|signer| {
                        algorithm::hash_algorithm(&signer.digest_algorithm.oid)
                    });
                    named.collect()
                })
                .unwrap_or_default(),
            Sidecar::Minisign(_) => BTreeSet::from([HashAlgorithm::Blake2b512]),
            Sidecar::Sshsig(bytes) => SshSignature::parse(bytes)
                .map(|signature| BTreeSet::from([signature.hash]))
                .unwrap_or_default(),
            Sidecar::Keys(_)
            | Sidecar::PublicKeys(_)
            | Sidecar::Signify(_)
            | Sidecar::OpenPgp
            | Sidecar::OpenPgpCleartext
            | Sidecar::OpenPgpKeys => BTreeSet::new(),
        }
    }

    /// How many bytes of the covered content must be held, beside its digests.
    pub(super) fn wants_whole(&self) -> u64 {
        match &self.content {
            Sidecar::Bare(_) => limits::WHOLE_MESSAGE,
            // Attributes passed off as content are no longer than the object they came from.
            Sidecar::SignedData(_) => limits::SIGNATURE_OBJECT as u64,
            // Only the older form of minisign signs the bytes themselves.
            Sidecar::Minisign(bytes) => MinisignSignature::parse(bytes)
                .ok()
                .filter(|signature| signature.algorithm == Algorithm::Legacy)
                .map_or(0, |_| limits::WHOLE_MESSAGE),
            Sidecar::Signify(bytes) => SignifySignature::parse(bytes)
                .ok()
                .filter(|signature| signature.embedded.is_none())
                .map_or(0, |_| limits::WHOLE_MESSAGE),
            Sidecar::OpenPgp | Sidecar::OpenPgpCleartext => {
                self.openpgp.as_ref().map_or(0, Said::wants_whole)
            }
            Sidecar::Keys(_)
            | Sidecar::PublicKeys(_)
            | Sidecar::Sshsig(_)
            | Sidecar::OpenPgpKeys => 0,
        }
    }

    /// The OpenPGP signatures that the covered bytes must be hashed for.
    pub(super) fn openpgp_signatures(&self) -> &[OpenPgpSignature] {
        self.openpgp.as_ref().map_or(&[], Said::signatures)
    }

    /// The objects, for content that was measured: one, or one a signature where the file holds several
    /// that stand for themselves.
    pub(super) fn objects(
        &self,
        measured: &Measured,
        keys: &Keys<'_>,
        covers: &str,
    ) -> Vec<SignatureObject> {
        match &self.openpgp {
            Some(said) => said.objects(&self.place, measured, keys, covers),
            None => vec![self.object(measured, keys, covers)],
        }
    }

    /// The object of everything but OpenPGP.
    pub(super) fn object(
        &self,
        measured: &Measured,
        keys: &Keys<'_>,
        covers: &str,
    ) -> SignatureObject {
        let mut certificates = keys.der.clone();
        let (kind, bytes, raw) = match &self.content {
            Sidecar::SignedData(der) => (ObjectKind::CmsDetached, der.clone(), None),
            Sidecar::Bare(bytes) => {
                let outcome = raw_outcome(bytes, &mut certificates, measured);
                (ObjectKind::Raw, bytes.clone(), Some(outcome))
            }
            Sidecar::Minisign(bytes) => {
                let raw = minisign_outcome(bytes, measured, keys, &mut certificates);
                (ObjectKind::Minisign, bytes.clone(), raw)
            }
            Sidecar::Signify(bytes) => {
                let raw = signify_outcome(bytes, measured, keys, &mut certificates);
                (ObjectKind::Signify, bytes.clone(), raw)
            }
            Sidecar::Sshsig(bytes) => {
                certificates.clear();
                (ObjectKind::Sshsig, bytes.clone(), None)
            }
            Sidecar::Keys(_)
            | Sidecar::PublicKeys(_)
            | Sidecar::OpenPgp
            | Sidecar::OpenPgpCleartext
            | Sidecar::OpenPgpKeys => (
                ObjectKind::Raw,
                self.bytes.clone(),
                Some(unchecked("a key or certificate, and no signature")),
            ),
        };
        let wanted = self.algorithms();
        SignatureObject {
            kind,
            place: self.place.clone(),
            bytes,
            certificates,
            digests: measured
                .digests()
                .filter(|(algorithm, _)| wanted.contains(algorithm))
                .map(|(algorithm, digest)| (algorithm, digest.to_vec()))
                .collect(),
            content_is_attributes: measured.whole().is_some_and(looks_like_attributes),
            covers: covers.to_owned(),
            raw,
        }
    }
}

fn unchecked(form: &str) -> RawOutcome {
    RawOutcome {
        crypto: Crypto::Unchecked,
        form: form.to_owned(),
        weaknesses: vec![],
    }
}

/// The outcome of the older form, which needs the bytes themselves. Leaves in `certificates` the keys
/// with the signature's number.
fn minisign_outcome(
    bytes: &[u8],
    measured: &Measured,
    keys: &Keys<'_>,
    certificates: &mut Vec<Vec<u8>>,
) -> Option<RawOutcome> {
    certificates.clear();
    let signature = MinisignSignature::parse(bytes).ok()?;
    *certificates = keys.at_hand(signature.number);
    if signature.algorithm == Algorithm::Prehashed {
        return None;
    }
    let message = Message {
        digests: &[],
        whole: measured.whole(),
    };
    certificates.extend(keys.view.raw_keys_by_number(signature.number));
    first_that_holds(certificates, &|spki| {
        let checked = signature.check(spki, &message);
        checked.map_err(|fault| (fault.crypto(), fault.to_string()))
    })
}

/// As [`minisign_outcome`]; a text inside the signature must be the covered file, and needs no
/// outcome then.
fn signify_outcome(
    bytes: &[u8],
    measured: &Measured,
    keys: &Keys<'_>,
    certificates: &mut Vec<Vec<u8>>,
) -> Option<RawOutcome> {
    certificates.clear();
    let signature = SignifySignature::parse(bytes).ok()?;
    *certificates = keys.at_hand(signature.number);
    if let Some(text) = &signature.embedded {
        let same = sha256(text) == measured.sha256();
        return (!same).then(|| RawOutcome {
            crypto: Crypto::Bad,
            form: "the text inside the signature is another than the file's".to_owned(),
            weaknesses: vec![],
        });
    }
    certificates.extend(keys.view.raw_keys_by_number(signature.number));
    first_that_holds(certificates, &|spki| {
        let checked = signature.check(spki, measured.whole());
        checked.map_err(|fault| (fault.crypto(), fault.to_string()))
    })
}

type Check<'a> = dyn Fn(&[u8]) -> Result<(), (Crypto, String)> + 'a;

/// Tries the keys in order and puts the one that fits first; `None` without keys. That one does not
/// fit weighs more than that another could not be used.
fn first_that_holds(keys: &mut Vec<Vec<u8>>, check: &Check<'_>) -> Option<RawOutcome> {
    keys.truncate(limits::SIGNER_CANDIDATES);
    let mut worst: Option<RawOutcome> = None;
    for index in 0..keys.len() {
        match check(keys.get(index)?) {
            Ok(()) => {
                keys.swap(0, index);
                return Some(RawOutcome {
                    crypto: Crypto::Good,
                    form: "Ed25519 over the whole file".to_owned(),
                    weaknesses: vec![],
                });
            }
            Err((crypto, form)) if worst.as_ref().is_none_or(|one| one.crypto != Crypto::Bad) => {
                worst = Some(RawOutcome {
                    crypto,
                    form,
                    weaknesses: vec![],
                });
            }
            Err(_) => {}
        }
    }
    worst
}

/// Tries every key; the one that fits is put first, because it is the signer's.
fn raw_outcome(bytes: &[u8], keys: &mut [Vec<u8>], measured: &Measured) -> RawOutcome {
    let digests: Vec<(HashAlgorithm, Vec<u8>)> = measured
        .digests()
        .map(|(algorithm, digest)| (algorithm, digest.to_vec()))
        .collect();
    let message = Message {
        digests: &digests,
        whole: measured.whole(),
    };
    let mut worst: Option<RawSignatureError> = None;
    for index in 0..keys.len() {
        let Some(key) = keys.get(index) else { continue };
        let certificate = Certificate::from_der(key).ok();
        let spki = certificate
            .as_ref()
            .map_or(key.as_slice(), Certificate::spki);
        match check(spki, bytes, &message) {
            Ok(held) => {
                keys[..=index].rotate_right(1);
                return RawOutcome {
                    crypto: Crypto::Good,
                    form: held.form.to_string(),
                    weaknesses: held.weaknesses,
                };
            }
            // That no form fits weighs more than a key that could not be used.
            Err(error @ RawSignatureError::Mismatch { .. }) => worst = Some(error),
            Err(error) => {
                worst.get_or_insert(error);
            }
        }
    }
    match worst {
        None => unchecked("no certificate or key lies beside it"),
        Some(error @ RawSignatureError::Mismatch { .. }) => RawOutcome {
            crypto: Crypto::Bad,
            form: error.to_string(),
            weaknesses: vec![],
        },
        Some(error) => unchecked(&error.to_string()),
    }
}
