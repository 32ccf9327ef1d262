//! RPM packages of other writers and for another reader: `rpmbuild`, `rpmsign` and `rpmkeys`, and
//! `gpg` for the signatures, where they are there.
//!
//! `gpg` checks each signature packet too, over the bytes that the reader says it signs.

use std::fs;
use std::process::{Command, Output};

use anchorwatch::formats::openpgp::{self, CertificateFile, Mathematics, OpenPgpCertificate};
use anchorwatch::formats::rpm::{Coverage, Extent, FormatVersion, RpmPackage};
use md5::Digest as _;

use crate::rpm_builder::{Builder, HeaderBuilder, PAYLOAD, Value, align};

const SPEC: &str = "\
Name: bosun
Version: 1.2
Release: 3
Epoch: 4
Summary: A test
License: MIT
Vendor: Bosun Works
BuildArch: noarch
%description
Test.
%install
mkdir -p %{buildroot}/opt/bosun
for i in 1 2 3; do seq 1 $((i * 500)) > %{buildroot}/opt/bosun/f$i; done
%files
/opt/bosun
";

/// A folder with a keyring for `gpg` and one for `rpmkeys`, and a package in several signed forms.
struct Tools {
    folder: tempfile::TempDir,
}

impl Tools {
    /// `None`, said on stderr, when a program is missing.
    fn ready() -> Option<Self> {
        for program in ["rpmbuild", "rpmsign", "rpmkeys", "gpg"] {
            if Command::new(program).arg("--version").output().is_err() {
                eprintln!("skipped: no {program} on this machine (apt-get install rpm gpg)");
                return None;
            }
        }
        let tools = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let top = format!("_topdir {}", tools.path(""));
        fs::write(tools.path("bosun.spec"), SPEC).unwrap();
        tools.done(&["rpmbuild", "-ba", "--define", &top, "bosun.spec"]);
        for (made, file) in [
            ("RPMS/noarch/bosun-1.2-3.noarch.rpm", "plain.rpm"),
            ("SRPMS/bosun-1.2-3.src.rpm", "source.rpm"),
        ] {
            fs::copy(tools.path(made), tools.path(file)).unwrap();
        }
        fs::create_dir(tools.path("db")).unwrap();
        let db = tools.path("db");
        for (name, algorithm) in [("rsa", "rsa2048"), ("ed", "ed25519")] {
            let user = format!("{name}@bosun.example");
            let file = format!("{name}.asc");
            let make = ["--quick-gen-key", &user, algorithm, "sign", "never"];
            tools.done(&[&["gpg", "--batch", "--passphrase="], make.as_slice()].concat());
            tools.done(&["gpg", "--armor", "--output", &file, "--export", &user]);
            tools.done(&["rpmkeys", "--dbpath", &db, "--import", &file]);
        }
        let gpg = "__gpg /usr/bin/gpg";
        for (file, from, key, option) in [
            ("signed.rpm", "plain.rpm", "rsa", None),
            ("both.rpm", "plain.rpm", "rsa", Some("--rpmv3")),
            ("curve.rpm", "plain.rpm", "ed", None),
            ("signed-source.rpm", "source.rpm", "rsa", None),
        ] {
            fs::copy(tools.path(from), tools.path(file)).unwrap();
            let name = format!("_gpg_name {key}@bosun.example");
            let mut command = vec!["rpmsign", "--define", gpg, "--define", &name];
            command.extend(option);
            command.extend(["--addsign", file]);
            tools.done(&command);
        }
        Some(tools)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, command: &[&str]) -> Output {
        Command::new(command[0])
            .args(&command[1..])
            .current_dir(self.folder.path())
            .env("GNUPGHOME", self.folder.path())
            .output()
            .unwrap()
    }

    fn done(&self, command: &[&str]) {
        let output = self.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// What `rpmkeys -K` says after the file's name, and whether it accepts.
    fn peer(&self, file: &[u8]) -> (bool, String) {
        fs::write(self.path("peer.rpm"), file).unwrap();
        let output = self.run(&["rpmkeys", "--dbpath", &self.path("db"), "-K", "peer.rpm"]);
        let said = String::from_utf8_lossy(&output.stdout);
        let said = said.trim().strip_prefix("peer.rpm: ").unwrap_or_default();
        (output.status.success(), said.to_owned())
    }

    fn certificate(&self, name: &str) -> OpenPgpCertificate {
        let mut file = CertificateFile::read(&self.read(name)).unwrap();
        file.certificates.remove(0)
    }

    /// A detached signature by `gpg`.
    fn sign(&self, message: &[u8], option: &str) -> Vec<u8> {
        fs::write(self.path("message"), message).unwrap();
        let user = ["--local-user", "rsa@bosun.example", option];
        let sign = ["--yes", "--output", "made.sig", "--detach-sign", "message"];
        self.done(&[&["gpg", "--batch"], user.as_slice(), &sign].concat());
        self.read("made.sig")
    }

    /// Whether `gpg` finds a packet good over a message.
    fn good(&self, packet: &[u8], message: &[u8]) -> bool {
        fs::write(self.path("packet.sig"), packet).unwrap();
        fs::write(self.path("message"), message).unwrap();
        self.run(&["gpg", "--batch", "--verify", "packet.sig", "message"])
            .status
            .success()
    }

    /// `accepted`, or the reason why not: what a judge would make of the facts.
    fn ours(&self, file: &[u8]) -> String {
        let file = file.to_vec();
        let package = match RpmPackage::read(&file) {
            Ok(package) => package,
            Err(error) => return format!("unreadable: {error}"),
        };
        if package.refused() {
            return format!("refused: {}", package.faults[0]);
        }
        let measured = package.measure(&file).unwrap();
        if let Some(broken) = measured.broken().first() {
            return format!("bad digest in tag {}", broken.tag);
        }
        if package.signatures.is_empty() {
            return "unsigned".to_owned();
        }
        let certificates = [self.certificate("rsa.asc"), self.certificate("ed.asc")];
        for (signature, digest) in package.signatures.iter().zip(&measured.signed) {
            let packet = match signature.openpgp() {
                Ok(packet) => packet,
                Err(fault) => return format!("no signature: {fault}"),
            };
            let check = openpgp::check(&packet, digest.as_deref(), &certificates);
            let message = signature.message(&package.layout);
            let from = usize::try_from(message.start).unwrap();
            let to = usize::try_from(message.end).unwrap();
            // Another reader of OpenPGP, over the bytes that we say are signed.
            let good = check.mathematics == Mathematics::Good;
            assert_eq!(good, self.good(&signature.packet, &file[from..to]));
            if !good {
                return format!("bad {} signature", signature.tag_name());
            }
            let coverage = package.coverage(signature, &measured);
            if !matches!(coverage, Coverage::Whole { .. }) {
                return format!("{coverage:?}");
            }
        }
        "accepted".to_owned()
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        self.run(&["gpgconf", "--kill", "gpg-agent"]);
    }
}

/// The parts of a file that a packager made: entries of its signature header without the region, main
/// header, payload.
fn taken_apart(file: &[u8]) -> (Vec<(u32, Value)>, Vec<u8>, Vec<u8>) {
    let word = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
    let end = |at: usize| {
        let data = at + 16 + 16 * word(at + 8) as usize;
        (data, data + word(at + 12) as usize)
    };
    let (data, stop) = end(96);
    let mut entries = Vec::new();
    for line in 1..word(96 + 8) as usize {
        let at = 96 + 16 + 16 * line;
        let (kind, count) = (word(at + 4), word(at + 12));
        let start = data + word(at + 8) as usize;
        let length = match kind {
            6 | 8 | 9 => {
                let zeros = file[start..].iter().enumerate().filter(|(_, b)| **b == 0);
                zeros.map(|(at, _)| at + 1).nth(count as usize - 1).unwrap()
            }
            _ => count as usize * if kind == 7 { 1 } else { align(kind) },
        };
        let bytes = file[start..start + length].to_vec();
        entries.push((word(at), Value::Raw(kind, count, bytes)));
    }
    let main = stop.next_multiple_of(8);
    let (_, payload) = end(main);
    (
        entries,
        file[main..payload].to_vec(),
        file[payload..].to_vec(),
    )
}

#[test]
fn what_rpm_builds_and_signs_is_good() {
    let Some(tools) = Tools::ready() else { return };
    type Signatures<'a> = &'a [(&'a str, Extent)];
    let cases: [(&str, Signatures<'_>, &str); 6] = [
        ("plain.rpm", &[], "unsigned"),
        ("source.rpm", &[], "unsigned"),
        ("signed.rpm", &[("RSA", Extent::Header)], "accepted"),
        ("signed-source.rpm", &[("RSA", Extent::Header)], "accepted"),
        ("curve.rpm", &[("DSA", Extent::Header)], "accepted"),
        (
            "both.rpm",
            &[("RSA", Extent::Header), ("PGP", Extent::HeaderAndPayload)],
            "accepted",
        ),
    ];
    for (name, signatures, expected) in cases {
        let file = tools.read(name);
        let package = RpmPackage::read(&file).unwrap();
        assert_eq!(package.faults, [], "{name}");
        assert_eq!(package.version, FormatVersion::V4);
        assert_eq!(package.identity.source, name.contains("source"));
        assert_eq!(package.identity.label(), "bosun-4:1.2-3.noarch");
        assert_eq!(package.identity.vendor.as_deref(), Some("Bosun Works"));
        let found: Vec<_> = package
            .signatures
            .iter()
            .map(|s| (s.tag_name(), s.extent))
            .collect();
        assert_eq!(found, signatures, "{name}");
        assert_eq!(tools.ours(&file), expected, "{name}");
        assert!(tools.peer(&file).0, "{name}");
    }
}

/// A file with other parts than it was made of.
fn rewritten(
    file: &[u8],
    change: impl FnOnce(&mut HeaderBuilder, &mut Vec<u8>, &mut Vec<u8>),
) -> Vec<u8> {
    let (entries, mut main, mut payload) = taken_apart(file);
    let mut signature = HeaderBuilder::new(62, entries);
    change(&mut signature, &mut main, &mut payload);
    let mut builder = Builder::v4(PAYLOAD);
    builder.lead = file[..96].to_vec();
    builder.assemble(&signature, &main, &payload)
}

#[test]
fn attacks_on_a_signed_package_are_never_accepted() {
    let Some(tools) = Tools::ready() else { return };
    let signed = tools.read("signed.rpm");
    let both = tools.read("both.rpm");
    assert_eq!(rewritten(&signed, |_, _, _| ()), signed);
    let fitting = |file: &[u8], payload: &[u8]| {
        // Everything unsigned is made to fit the new payload.
        rewritten(file, |signature, main, old| {
            *old = payload.to_vec();
            let all = [main.as_slice(), payload].concat();
            let size = u32::try_from(all.len()).unwrap();
            for (tag, value) in &mut signature.entries {
                match tag {
                    1000 => *value = Value::Int32(vec![size]),
                    1004 => *value = Value::Binary(md5::Md5::digest(&all).to_vec()),
                    _ => (),
                }
            }
        })
    };
    let (_, _, payload) = taken_apart(&signed);
    let more = [payload.as_slice(), b"more"].concat();
    type Parts<'a> = (&'a mut HeaderBuilder, &'a mut Vec<u8>, &'a mut Vec<u8>);
    let change = |file: &[u8], change: &dyn Fn(Parts<'_>)| {
        rewritten(file, |signature, main, payload| {
            change((signature, main, payload));
        })
    };
    let padding = {
        let end = RpmPackage::read(&signed)
            .unwrap()
            .layout
            .signature_header
            .end;
        let mut file = signed.clone();
        file[usize::try_from(end).unwrap()] = 1;
        file
    };
    let (other, _, _) = taken_apart(&tools.read("signed-source.rpm"));
    // What is done, the file, what we say of it, and whether rpmkeys accepts it. Where it does, it
    // reads the one content that it found, and says nothing of what another reader would find.
    let cases: Vec<(&str, Vec<u8>, &str, bool)> = vec![
        (
            "signature tag removed",
            change(&signed, &|(s, _, _)| {
                s.entries.retain(|(tag, _)| *tag != 268);
            }),
            "unsigned",
            true,
        ),
        (
            "both signature tags removed",
            change(&both, &|(s, _, _)| {
                s.entries.retain(|(tag, _)| ![268, 1002].contains(tag));
            }),
            "unsigned",
            true,
        ),
        (
            "all but one digest removed",
            change(&signed, &|(s, _, _)| {
                s.entries.retain(|(tag, _)| *tag == 273);
            }),
            "unsigned",
            true,
        ),
        (
            "bytes appended",
            [signed.as_slice(), b"more"].concat(),
            "refused: 4 bytes",
            false,
        ),
        (
            "bytes appended, size and MD5 fitted",
            fitting(&signed, &more),
            "bad digest in tag 5092",
            false,
        ),
        (
            "another payload",
            fitting(&signed, b"another payload"),
            "bad digest in tag 5092",
            false,
        ),
        (
            "no payload",
            fitting(&signed, b""),
            "bad digest in tag 5092",
            false,
        ),
        (
            "another payload, two signatures",
            fitting(&both, b"another"),
            "bad digest in tag 5092",
            false,
        ),
        (
            "payload cut",
            signed[..signed.len() - 1].to_vec(),
            "refused: 1 of",
            false,
        ),
        (
            "header changed",
            change(&signed, &|(_, main, _)| {
                let at = main.len() - 40;
                // Another hex digit: what is none would be refused before it is compared.
                main[at] = if main[at] == b'0' { b'1' } else { b'0' };
            }),
            "bad digest in tag 269",
            false,
        ),
        (
            "header changed, digests fitted",
            change(&signed, &|(signature, main, _)| {
                let at = main.len() - 40;
                // Another hex digit: what is none would be refused before it is compared.
                main[at] = if main[at] == b'0' { b'1' } else { b'0' };
                signature
                    .entries
                    .retain(|(tag, _)| [268, 273].contains(tag));
                let digest = crate::rpm_builder::hex(&aws_lc_rs::digest::SHA256, main);
                signature.entries[1] = (273, Value::Text(digest));
            }),
            "bad RSA signature",
            false,
        ),
        (
            "entry outside the region",
            change(&signed, &|(_, main, _)| add_entry(main)),
            "refused: the main header has 1 entries outside",
            false,
        ),
        (
            "data outside the region",
            change(&signed, &|(_, main, _)| {
                let size = u32::from_be_bytes(main[12..16].try_into().unwrap());
                main[12..16].copy_from_slice(&(size + 4).to_be_bytes());
                main.extend(b"late");
            }),
            "refused: the main header has 4 bytes of data outside",
            false,
        ),
        (
            "signature of another package",
            change(&signed, &|(s, _, _)| s.entries[0] = other[0].clone()),
            "bad RSA signature",
            false,
        ),
        (
            "a text signature",
            change(&signed, &|(s, main, _)| {
                put(s, 268, &Value::Binary(tools.sign(main, "--textmode")));
            }),
            "no signature: not a signature over bytes",
            false,
        ),
        (
            "a second signature packet",
            change(&signed, &|(s, main, _)| {
                let good = tools.sign(main, "--no-textmode");
                let other = tools.sign(b"another message", "--no-textmode");
                put(s, 268, &Value::Binary([good, other].concat()));
            }),
            "no signature: 2 signature packets",
            false,
        ),
        (
            "no packet at all",
            change(&signed, &|(s, _, _)| {
                put(s, 268, &Value::Binary(vec![0x20; 80]));
            }),
            "no signature: ",
            false,
        ),
        (
            "signature tag twice",
            change(&signed, &|(s, _, _)| {
                s.entries.insert(0, s.entries[0].clone());
            }),
            "refused: the signature header has tag 268 twice",
            true,
        ),
        (
            "size lies",
            change(&signed, &|(s, _, _)| put(s, 1000, &Value::Int32(vec![7]))),
            "refused: ",
            true,
        ),
        (
            "padding",
            padding,
            "refused: bytes other than zero in the padding",
            true,
        ),
        // Unsigned, and no reader takes anything from it: told, not refused.
        (
            "signature header without region",
            change(&signed, &|(s, _, _)| s.region = None),
            "accepted",
            true,
        ),
        (
            "reserved space used",
            change(&signed, &|(s, _, _)| {
                put(s, 1008, &Value::Binary(vec![1; 100]));
            }),
            "accepted",
            true,
        ),
    ];
    for (name, file, expected, peer) in cases {
        let ours = tools.ours(&file);
        assert!(ours.starts_with(expected), "{name}: {ours}");
        let (accepts, said) = tools.peer(&file);
        assert_eq!(accepts, peer, "{name}: rpmkeys says {said:?}");
    }
}

/// Replaces an entry.
fn put(header: &mut HeaderBuilder, tag: u32, value: &Value) {
    for (there, old) in &mut header.entries {
        if *there == tag {
            *old = value.clone();
        }
    }
}

/// One more entry in the index of a main header, after its region, that borrows another's data.
fn add_entry(main: &mut Vec<u8>) {
    let count = u32::from_be_bytes(main[8..12].try_into().unwrap());
    main[8..12].copy_from_slice(&(count + 1).to_be_bytes());
    let entry: Vec<u8> = [5999u32, 7, 0, 1]
        .iter()
        .flat_map(|field| field.to_be_bytes())
        .collect();
    let at = 16 + 16 * count as usize;
    main.splice(at..at, entry);
}
