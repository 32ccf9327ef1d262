//! The story that the README tells: a fictional vendor, Bosun Systems, changes its root.
//!
//! Root G1 (2019) is in the trust folder beside the packages. The vendor then builds root G2 (2026)
//! and signs its next release below it; the cross-certificate from G1 comes with one package only.

use std::collections::BTreeMap;

use anchorwatch::formats::digest::sha256;
use anchorwatch::formats::x509::Certificate;
use base64::Engine as _;

use super::authority::{Key, Role, Wish};
use super::cms::{Signer, detached};
use super::zip::{Entry, zip};

const ORGANISATION: &str = "Bosun Systems";
/// The day of the release, of its manifest and of its scripts.
const RELEASED: (u16, u16, u16) = (2026, 9, 14);
/// The binaries carry the time stamps of a build years before.
const BUILT: (u16, u16, u16) = (2019, 3, 8);

/// Everything that the vendor's two authorities issued.
pub struct Vendor {
    pub root_g1: Certificate,
    pub root_g2: Certificate,
    /// G2's key, certified by G1.
    pub cross: Certificate,
    pub issuing_g2: Certificate,
    pub signer_g1: Certificate,
    pub signer_g2: Certificate,
    /// The key of root G1, which makes its revocation lists too.
    pub root_key_g1: Key,
    key_g1: Key,
    key_g2: Key,
}

impl Vendor {
    pub fn new() -> Self {
        let wish = |common_name, serial, years, role| Wish {
            common_name,
            organisation: ORGANISATION,
            serial,
            years,
            role,
        };
        let g1 = wish(
            "Bosun Systems Root CA G1",
            0x1901,
            (2019, 2044),
            Role::Authority,
        );
        let g2 = wish(
            "Bosun Systems Root CA G2",
            0x2601,
            (2026, 2049),
            Role::Authority,
        );
        let cross = wish(
            "Bosun Systems Root CA G2",
            0x1977,
            (2026, 2044),
            Role::Authority,
        );
        let issuing = wish(
            "Bosun Systems Issuing CA 2026",
            0x2602,
            (2026, 2041),
            Role::Authority,
        );
        let old = wish(
            "Bosun Systems Release Signing",
            0x1950,
            (2024, 2040),
            Role::CodeSigner,
        );
        let new = wish(
            "Bosun Systems Release Signing",
            0x2650,
            (2026, 2040),
            Role::CodeSigner,
        );
        let (root_key_g1, root_key_g2) = (Key::ed25519(0x11), Key::ed25519(0x21));
        let issuing_key = Key::ed25519(0x22);
        let (key_g1, key_g2) = (Key::ed25519(0x12), Key::ed25519(0x23));
        Self {
            root_g1: g1.self_signed(&root_key_g1),
            root_g2: g2.self_signed(&root_key_g2),
            cross: cross.issued(&root_key_g2, &g1, &root_key_g1),
            issuing_g2: issuing.issued(&issuing_key, &g2, &root_key_g2),
            signer_g1: old.issued(&key_g1, &g1, &root_key_g1),
            signer_g2: new.issued(&key_g2, &issuing, &issuing_key),
            root_key_g1,
            key_g1,
            key_g2,
        }
    }

    fn old_signer(&self) -> Signer<'_> {
        Signer::new(&self.key_g1, &self.signer_g1)
    }

    fn new_signer(&self) -> Signer<'_> {
        Signer::new(&self.key_g2, &self.signer_g2)
    }
}

/// Every file that the program writes, by its path below `examples/`.
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let vendor = Vendor::new();
    let mut files = BTreeMap::new();
    let mut package = |name: &str, entries: &[Entry]| {
        files.insert(format!("packages/{name}.zip"), zip(entries));
    };
    let below_g2 = [&vendor.signer_g2, &vendor.issuing_g2];
    let crossed = [&vendor.signer_g2, &vendor.issuing_g2, &vendor.cross];
    package(
        "known-root",
        &signed("4.1.3", vendor.old_signer(), &[&vendor.signer_g1]),
    );
    package(
        "unknown-root",
        &signed("4.2.0", vendor.new_signer(), &below_g2),
    );
    package(
        "rotated-cross-certificate",
        &signed("4.2.0", vendor.new_signer(), &crossed),
    );

    let mut tampered = signed("4.1.3", vendor.old_signer(), &[&vendor.signer_g1]);
    // One bit of the binary, after the manifest was signed.
    tampered[2].bytes[700] ^= 1;
    package("tampered", &tampered);

    package("unsigned", &contents("4.1.3"));

    let mut ambiguous = signed("4.1.3", vendor.old_signer(), &[&vendor.signer_g1]);
    let mut second = ambiguous[2].clone();
    second.bytes = binary("something else");
    ambiguous.push(second);
    package("ambiguous", &ambiguous);

    files.extend(trust(&vendor));
    files.extend(informed(&vendor));
    files
}

/// A package whose manifest is signed.
fn signed(version: &str, signer: Signer<'_>, certificates: &[&Certificate]) -> Vec<Entry> {
    let mut entries = contents(version);
    let signature = detached(signer, &entries[0].bytes, "260914101500Z", certificates);
    entries.insert(1, entry("manifest.json.p7s", signature, RELEASED));
    entries
}

fn entry(name: &str, bytes: impl Into<Vec<u8>>, day: (u16, u16, u16)) -> Entry {
    Entry {
        name: name.to_owned(),
        bytes: bytes.into(),
        day,
    }
}

/// The manifest and the files that it names.
fn contents(version: &str) -> Vec<Entry> {
    let files = [
        entry("bin/harbourd.bin", binary(version), BUILT),
        entry("scripts/upgrade.sh", SCRIPT, RELEASED),
        entry(
            "README.txt",
            format!(
                "Harbour Controller {version}\n\nCopy the package to the controller and run scripts/upgrade.sh.\n"
            ),
            RELEASED,
        ),
    ];
    let list: Vec<String> = files
        .iter()
        .map(|file| {
            format!(
                "    {{ \"path\": \"{}\", \"size\": {}, \"sha256\": \"{}\" }}",
                file.name,
                file.bytes.len(),
                sha256(&file.bytes)
            )
        })
        .collect();
    let manifest = format!(
        "{{\n  \"vendor\": \"{ORGANISATION}\",\n  \"product\": \"Harbour Controller\",\n  \
         \"version\": \"{version}\",\n  \"date\": \"2026-09-14\",\n  \"reboot\": \"recommended\",\n  \
         \"requires\": {{ \"harbour-runtime\": \">=3\" }},\n  \"files\": [\n{}\n  ]\n}}\n",
        list.join(",\n")
    );
    let mut entries = vec![entry("manifest.json", manifest, RELEASED)];
    entries.extend(files);
    entries
}

const SCRIPT: &str = "#!/bin/sh\n\
    # Installs the new controller.\n\
    set -e\n\
    sudo systemctl stop harbourd\n\
    sudo install -m 0755 bin/harbourd.bin /usr/local/sbin/harbourd\n\
    sudo systemctl start harbourd\n\
    echo 'Done. A reboot is recommended.'\n";

/// Bytes that no file type claims, the same for the same words.
fn binary(words: &str) -> Vec<u8> {
    let mut block = sha256(words.as_bytes());
    let mut bytes = b"HARBOURD".to_vec();
    while bytes.len() < 1600 {
        bytes.extend(block.0);
        block = sha256(&block.0);
    }
    bytes
}

/// The trust folder of somebody who knows the vendor's first root only.
fn trust(vendor: &Vendor) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::from([(format!("trust/{FOLDER}/vendor.toml"), VENDOR.into())]);
    let active = [("active", "2019-01-01", "made for this example")];
    files.extend(root("trust", &vendor.root_g1, (2019, 2044), &active));
    files
}

/// The trust folder of somebody who has also read that the second root comes, and has not confirmed
/// it yet.
fn informed(vendor: &Vendor) -> BTreeMap<String, Vec<u8>> {
    let top = "trust-informed";
    let mut files = BTreeMap::from([(format!("{top}/{FOLDER}/vendor.toml"), VENDOR.into())]);
    let active = [("active", "2019-01-01", "made for this example")];
    let announced = [(
        "announced",
        "2026-08-20",
        "the vendor says that releases are signed below a new root from September on",
    )];
    files.extend(root(top, &vendor.root_g1, (2019, 2044), &active));
    files.extend(root(top, &vendor.root_g2, (2026, 2049), &announced));
    let rotation = format!(
        "id = \"BOSUN-2026-01\"\n\
         kind = \"ca_change\"\n\
         old = [\"x509-{}\"]\n\
         new = [\"x509-{}\"]\n\
         announced = 2026-08-20\n\
         \n\
         [[evidence]]\n\
         type = \"forum\"\n\
         ref = \"examples/make_packages.rs\"\n\
         title = \"Maintenance notes for 4.2\"\n\
         published = 2026-08-20\n\
         seen = 2026-09-01\n\
         says = \"releases are signed below a new root from September on; no fingerprint is printed\"\n\
         \n\
         [[unproven]]\n\
         what = \"nobody has read out the new root's fingerprint yet\"\n",
        vendor.root_g1.spki_sha256(),
        vendor.root_g2.spki_sha256(),
    );
    let path = format!("{top}/{FOLDER}/rotations/2026-09-01-g1-to-g2.toml");
    files.insert(path, rotation.into());
    files
}

/// Where the vendor lies in a trust folder.
const FOLDER: &str = "vendors/bosun";

fn root(
    top: &str,
    root: &Certificate,
    years: (u16, u16),
    statuses: &[(&str, &str, &str)],
) -> [(String, Vec<u8>); 2] {
    let id = root.spki_sha256();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let mut toml = format!(
        "kind = \"x509_root\"\n\
         name = \"{name}\"\n\
         spki_sha256 = \"{id}\"\n\
         ski = \"{ski}\"\n\
         cert_sha256 = [\"{certificate}\"]\n\
         not_before = {}-01-01\n\
         not_after = {}-12-31\n",
        years.0,
        years.1,
        name = root.subject().common_name().unwrap(),
        ski = hex(root.key_identifier().unwrap()),
        certificate = root.sha256(),
    );
    for (status, valid_from, says) in statuses {
        toml.push_str(&format!(
            "\n\
             [[status]]\n\
             status = \"{status}\"\n\
             valid_from = {valid_from}\n\
             recorded = 2026-09-01\n\
             evidence = [\"examples/make_packages.rs\"]\n\
             says = \"{says}\"\n",
        ));
    }
    [
        (format!("{top}/{FOLDER}/roots/x509-{id}.toml"), toml.into()),
        (
            format!("{top}/{FOLDER}/roots/x509-{id}.pem"),
            pem(root).into(),
        ),
    ]
}

const VENDOR: &str = "# A vendor that does not exist: the packages in examples/packages/ tell its story.\n\
    schema = 1\n\
    slug = \"bosun\"\n\
    name = \"Bosun Systems\"\n\
    aliases = []\n\
    homepage = \"\"\n\
    security_txt = \"\"\n\
    \n\
    [[contact]]\n\
    role = \"security\"\n\
    channel = \"phone\"\n\
    value = \"\"                      # taken from the contract, never from the package that is in doubt\n\
    \n\
    [[product]]\n\
    name = \"Harbour Controller\"\n\
    patterns = [\"harbour-controller-*.zip\"]\n\
    formats = [\"cms\"]\n";

fn pem(certificate: &Certificate) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(certificate.der());
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
