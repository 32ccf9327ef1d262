//! Keys, signatures and trust folders for the tests of bare keys.

use anchorwatch::domain::{HashAlgorithm, Sha256};
use anchorwatch::formats::digest::{digest, sha256};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An Ed25519 key with a number of one's choice.
pub(crate) struct Pair {
    pair: Ed25519KeyPair,
    pub(crate) number: [u8; 8],
}

impl Pair {
    pub(crate) fn new(seed: u8, number: u8) -> Self {
        Self {
            pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(),
            number: [number; 8],
        }
    }

    fn bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(crate) fn id(&self) -> String {
        let prefix = [0x30, 0x2a, 0x30, 0x05, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        format!("raw-{}", sha256(&[&prefix[..], self.bytes()].concat()))
    }

    /// As minisign and signify write it.
    pub(crate) fn public(&self) -> String {
        let value = [b"Ed", &self.number[..], self.bytes()].concat();
        format!("untrusted comment: a key\n{}\n", STANDARD.encode(value))
    }

    /// As SSH writes it.
    pub(crate) fn ssh_public(&self) -> String {
        format!("ssh-ed25519 {} a key\n", STANDARD.encode(self.wire()))
    }

    fn wire(&self) -> Vec<u8> {
        [string(b"ssh-ed25519"), string(self.bytes())].concat()
    }

    fn numbered(&self, letters: &[u8], message: &[u8]) -> (String, Vec<u8>) {
        let value = self.pair.sign(message).as_ref().to_vec();
        let whole = [letters, &self.number[..], &value].concat();
        (STANDARD.encode(whole), value)
    }

    pub(crate) fn signify(&self, message: &[u8]) -> String {
        let (value, _) = self.numbered(b"Ed", message);
        format!("untrusted comment: verify with a.pub\n{value}\n")
    }

    pub(crate) fn minisign(&self, message: &[u8], trusted: &str, prehashed: bool) -> String {
        let hash = digest(HashAlgorithm::Blake2b512, message);
        let (first, value) = if prehashed {
            self.numbered(b"ED", &hash)
        } else {
            self.numbered(b"Ed", message)
        };
        let global = self.pair.sign(&[&value, trusted.as_bytes()].concat());
        format!(
            "untrusted comment: signature\n{first}\ntrusted comment: {trusted}\n{}\n",
            STANDARD.encode(global.as_ref())
        )
    }

    pub(crate) fn sshsig(&self, message: &[u8], namespace: &str) -> String {
        let hashed = digest(HashAlgorithm::Sha512, message);
        let covered = [namespace.as_bytes(), b"", b"sha512"].map(string).concat();
        let signed = [b"SSHSIG", &covered[..], &string(&hashed)].concat();
        let value = self.pair.sign(&signed);
        let inner = [string(b"ssh-ed25519"), string(value.as_ref())].concat();
        let blob = [
            b"SSHSIG\0\0\0\x01".to_vec(),
            string(&self.wire()),
            covered,
            string(&inner),
        ];
        format!(
            "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
            STANDARD.encode(blob.concat())
        )
    }

    /// A gzip whose header signs the blocks behind it.
    pub(crate) fn signed_gzip(&self, content: &[u8], block: usize) -> Vec<u8> {
        let mut text = format!(
            "date=2026-11-22T00:00:00Z\nkey=a.sec\nalgorithm=SHA512/256\nblocksize={block}\n\n"
        );
        for part in content.chunks(block) {
            let hash = digest(HashAlgorithm::Sha512Over256, part);
            text += &format!("{}\n", Sha256(hash.try_into().unwrap()));
        }
        let comment = format!("{}{text}", self.signify(text.as_bytes()));
        let head = [0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 3];
        [&head[..], comment.as_bytes(), &[0], content].concat()
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// A trust folder of vendors with one raw key each: slug, key file, id, status, more TOML.
pub(crate) fn folder(keys: &[(&str, String, String, &str, &str)]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![];
    for (index, (slug, public, id, status, more)) in (0u8..).zip(keys) {
        // Another product of the vendor has a key of its own.
        let firmware = Pair::new(200 + index, 200 + index);
        let profile = format!(
            "schema = 1\nslug = \"{slug}\"\nname = \"{slug}\"\n\n[[product]]\nname = \"tool\"\nroots = [\"{id}\"]\n\n[[product]]\nname = \"firmware\"\nroots = [\"{}\"]\n",
            firmware.id()
        );
        files.push((format!("vendors/{slug}/vendor.toml"), profile.into_bytes()));
        files.extend(root(slug, public, id, status, more));
        files.extend(root(slug, &firmware.public(), &firmware.id(), "active", ""));
    }
    files
}

fn root(slug: &str, public: &str, id: &str, status: &str, more: &str) -> [(String, Vec<u8>); 2] {
    let key = anchorwatch::formats::public_key::PublicKey::read(public.as_bytes()).unwrap();
    let number = key[0].number().map(|number| number.to_string());
    let spki = id.strip_prefix("raw-").unwrap();
    let number = number.unwrap_or_default();
    let text = format!(
        "kind = \"raw_key\"\nname = \"{slug} key\"\nspki_sha256 = \"{spki}\"\nkey_number = \"{number}\"\n{more}\n[[status]]\nstatus = \"{status}\"\nvalid_from = 2020-01-01\nrecorded = 2026-11-22\nevidence = [\"a test\"]\n"
    );
    let path = format!("vendors/{slug}/roots/{id}");
    [
        (format!("{path}.toml"), text.into_bytes()),
        (format!("{path}.pub"), public.as_bytes().to_vec()),
    ]
}
