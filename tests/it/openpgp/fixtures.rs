//! Keys, subkeys and signatures that the tests make for themselves.

use std::time::{Duration, SystemTime};

use anchorwatch::formats::openpgp::{
    Assessment, CertificateFile, Digests, OpenPgpCertificate, OpenPgpSignature, assess,
};
use jiff::Timestamp;
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::crypto::KeyPair;
use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};

/// An instant of the tests.
pub(crate) fn day(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

pub(super) fn system(at: Timestamp) -> SystemTime {
    at.into()
}

/// A key with one signing subkey, born on a day.
pub(crate) fn with_subkey(born: &str) -> Cert {
    build(born, None)
}

/// The same, with primary key and subkey that end some days after.
pub(super) fn expiring(born: &str, days: u64) -> Cert {
    build(born, Some(Duration::from_secs(days * 86_400)))
}

fn build(born: &str, life: Option<Duration>) -> Cert {
    let (cert, _) = CertBuilder::new()
        .add_userid("Example Vendor <release@example.test>")
        .add_signing_subkey()
        .set_creation_time(system(day(born)))
        .set_validity_period(life)
        .generate()
        .unwrap();
    cert
}

/// The secret of the signing subkey, or of the primary key when there is none.
pub(super) fn signer(cert: &Cert) -> KeyPair {
    let key = cert
        .keys()
        .subkeys()
        .secret()
        .next()
        .map(|held| held.key().clone().role_into_unspecified())
        .unwrap_or_else(|| {
            cert.primary_key()
                .key()
                .clone()
                .parts_into_secret()
                .unwrap()
                .role_into_unspecified()
        });
    key.into_keypair().unwrap()
}

pub(super) fn primary(cert: &Cert) -> KeyPair {
    cert.primary_key()
        .key()
        .clone()
        .parts_into_secret()
        .unwrap()
        .into_keypair()
        .unwrap()
}

/// A binary detached signature over `data`, made on a day.
pub(crate) fn sign(cert: &Cert, data: &[u8], on: &str) -> Vec<u8> {
    sign_with(&mut signer(cert), data, on, HashAlgorithm::SHA256)
}

pub(super) fn sign_with(key: &mut KeyPair, data: &[u8], on: &str, hash: HashAlgorithm) -> Vec<u8> {
    let signature = SignatureBuilder::new(SignatureType::Binary)
        .set_hash_algo(hash)
        .set_signature_creation_time(system(day(on)))
        .unwrap()
        .sign_message(key, data)
        .unwrap();
    packet(signature)
}

pub(super) fn packet(signature: Signature) -> Vec<u8> {
    Packet::from(signature).to_vec().unwrap()
}

/// The public part, as a vendor would publish it.
pub(crate) fn public(cert: &Cert) -> Vec<u8> {
    cert.clone().strip_secret_key_material().to_vec().unwrap()
}

pub(crate) fn read(certificate: &[u8]) -> OpenPgpCertificate {
    let file = CertificateFile::read(certificate).unwrap();
    assert_eq!(file.left_out, vec![]);
    file.certificates.into_iter().next().unwrap()
}

pub(super) fn one(signature: &[u8]) -> OpenPgpSignature {
    let mut all = OpenPgpSignature::read_all(signature).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The three answers about one signature over `data`.
pub(super) fn judge(
    signature: &[u8],
    data: &[u8],
    certificates: &[OpenPgpCertificate],
    now: &str,
) -> Assessment {
    let signature = one(signature);
    let mut digests = Digests::new(std::slice::from_ref(&signature));
    digests.read(&mut &*data).unwrap();
    let digest = digests.of(&signature);
    assess(&signature, digest.as_deref(), certificates, day(now))
}

/// The same certificate with its self-signatures made again with SHA-1, on a day.
pub(super) fn rebound_with_sha1(cert: &Cert, on: &str) -> Cert {
    rebound(cert, on, HashAlgorithm::SHA1, None)
}

/// The same keys with self-signatures of their own, made on a day, and only those; the keys end some
/// days after that, when `days` says so.
pub(super) fn rebound(cert: &Cert, on: &str, hash: HashAlgorithm, days: Option<u64>) -> Cert {
    let mut key = primary(cert);
    let policy = StandardPolicy::at(system(day(on)));
    let valid = cert.with_policy(&policy, system(day(on))).unwrap();
    let born = cert.primary_key().key().creation_time();
    let life = days.map(|days| {
        let end = system(day(on)) + Duration::from_secs(days * 86_400);
        end.duration_since(born).unwrap()
    });
    let renew = |builder: SignatureBuilder| {
        builder
            .set_hash_algo(hash)
            .set_signature_creation_time(system(day(on)))
            .unwrap()
    };
    let renew_key =
        |builder: SignatureBuilder| renew(builder).set_key_validity_period(life).unwrap();
    let mut packets = vec![Packet::from(cert.primary_key().key().clone())];
    let user = valid.userids().next().unwrap();
    let builder = renew_key(SignatureBuilder::from(user.binding_signature().clone()));
    let binding = user.userid().bind(&mut key, cert, builder).unwrap();
    packets.push(user.userid().clone().into());
    packets.push(binding.into());
    for subkey in valid.keys().subkeys().secret() {
        let mut own = subkey.key().clone().into_keypair().unwrap();
        let back = renew(SignatureBuilder::new(SignatureType::PrimaryKeyBinding))
            .sign_primary_key_binding(&mut own, cert.primary_key().key(), subkey.key())
            .unwrap();
        let builder = renew_key(SignatureBuilder::from(subkey.binding_signature().clone()))
            .set_embedded_signature(back)
            .unwrap();
        let binding = subkey.key().bind(&mut key, cert, builder).unwrap();
        packets.push(Packet::from(subkey.key().clone()));
        packets.push(binding.into());
    }
    Cert::from_packets(packets.into_iter()).unwrap()
}
