//! Compiles the files of a trust folder into a [`blob`](super::blob).
//!
//! The build script includes this file to compile the shipped folder, and `--trust DIR` uses it at
//! run time after [`Folder::parse`](super::Folder::parse) found no fault, so both are read by the
//! same code. It turns TOML into JSON, which reads ten times faster, and checks only what its own
//! work depends on.

use std::collections::BTreeMap;

use serde_json::Value;

use super::blob::{Map, Writer};
use crate::domain::Fingerprint;
use crate::formats::pem;
use crate::formats::public_key::{KeyNumber, PublicKey};
use crate::formats::x509::{Skeleton, canonical_form};

/// A file that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {what}")]
pub struct CompileError {
    pub path: String,
    pub what: String,
}

/// Compiles files given by path (relative to the folder, with `/`) and content.
///
/// # Errors
/// At the first file that is no TOML, no PEM or no certificate.
pub fn compile(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, CompileError> {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    let mut compiler = Compiler::default();
    for (path, bytes) in sorted {
        let fault = |what: String| CompileError {
            path: path.clone(),
            what,
        };
        match path.rsplit_once('.') {
            Some((stem, "toml")) => {
                let text = str::from_utf8(bytes).map_err(|error| fault(error.to_string()))?;
                let table: toml::Table =
                    toml::from_str(text).map_err(|error| fault(error.to_string()))?;
                compiler.toml(stem, &json(toml::Value::Table(table)));
            }
            Some((stem, "pem")) => compiler.pem(stem, bytes).map_err(fault)?,
            Some((stem, "asc")) => compiler.writer.add(Map::OpenPgpCopies, stem, bytes.clone()),
            Some((_, "pub")) => compiler.public_key(bytes).map_err(fault)?,
            _ => {}
        }
    }
    compiler.links();
    compiler.writer.finish().ok_or_else(|| CompileError {
        path: String::new(),
        what: "the folder is too large for one blob".to_owned(),
    })
}

#[derive(Default)]
struct Compiler {
    writer: Writer,
    certificates: u32,
    /// The look-up keys of the certificates in `shared/roots`, by file stem, for links.
    shared: BTreeMap<String, Vec<Keys>>,
    /// TSA files that link.
    links: Vec<String>,
}

#[derive(Clone)]
struct Keys {
    number: u32,
    subject: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    spki: Vec<u8>,
}

const CODE: [Map; 3] = [Map::CodeSubject, Map::CodeKeyIdentifier, Map::CodeSpki];
const TIME: [Map; 3] = [Map::TimeSubject, Map::TimeKeyIdentifier, Map::TimeSpki];

impl Compiler {
    fn toml(&mut self, path: &str, value: &Value) {
        let parts: Vec<&str> = path.split('/').collect();
        match *parts.as_slice() {
            ["shared", place @ ("roots" | "tsa"), id] => {
                self.writer.add(Map::AnchorFiles, id, path);
                self.openpgp(path, value);
                if place == "tsa" && value.get("link").is_some() {
                    self.links.push(id.to_owned());
                }
            }
            ["vendors", _, "roots", id] => {
                self.writer.add(Map::AnchorFiles, id, path);
                self.openpgp(path, value);
            }
            ["vendors", _, "signers", _] => {
                if let Some(root) = value.get("root").and_then(Value::as_str) {
                    self.writer.add(Map::RulesByRoot, root, path);
                }
            }
            ["vendors", slug, "rotations", _] => {
                let mut named: Vec<String> = ["old", "new"]
                    .into_iter()
                    .flat_map(|side| texts(value.get(side)))
                    .map(|name| match name.strip_prefix("signers/") {
                        Some(rule) => format!("{slug}/signers/{rule}"),
                        None => name.to_owned(),
                    })
                    .collect();
                named.sort();
                named.dedup();
                for name in named {
                    self.writer.add(Map::Rotations, name, path);
                }
            }
            ["vendors", slug, "vendor"] => {
                let products = value.get("product").and_then(Value::as_array);
                for product in products.into_iter().flatten() {
                    for pattern in texts(product.get("patterns")) {
                        self.writer.add(Map::Patterns, pattern, slug);
                    }
                }
            }
            _ => return,
        }
        self.writer.add(Map::Files, path, value.to_string());
    }

    /// The fingerprints as stated, because reading the key itself takes the field's library, which
    /// the build script does without; [`Folder::parse`](super::Folder::parse) holds them against it.
    fn openpgp(&mut self, path: &str, value: &Value) {
        let subkeys = value.get("subkey").and_then(Value::as_array);
        let keys = subkeys.into_iter().flatten().chain([value]);
        for text in keys.filter_map(|key| key.get("fingerprint")?.as_str()) {
            if let Ok(fingerprint) = text.parse::<Fingerprint>() {
                let id = fingerprint.key_id();
                self.writer.add(Map::OpenPgpKeyIds, id.0, path);
                self.writer
                    .add(Map::OpenPgpFingerprints, fingerprint.as_bytes(), path);
            }
        }
    }

    fn pem(&mut self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let (place, id) = path.rsplit_once('/').unwrap_or(("", path));
        let spki = id
            .strip_prefix("x509-")
            .and_then(from_hex)
            .ok_or("the name is no x509 anchor id")?;
        let mut found = vec![];
        for block in pem::blocks(bytes).map_err(|error| error.to_string())? {
            let skeleton = Skeleton::from_der(&block.der).map_err(|error| error.to_string())?;
            let keys = Keys {
                number: self.certificates,
                subject: canonical_form(skeleton.subject).map_err(|error| error.to_string())?,
                key_identifier: skeleton.key_identifier.map(<[u8]>::to_vec),
                spki: spki.clone(),
            };
            self.certificates += 1;
            self.writer.add(
                Map::Certificates,
                keys.number.to_be_bytes(),
                block.der.clone(),
            );
            self.index(if place == "shared/tsa" { TIME } else { CODE }, &keys);
            found.push(keys);
        }
        if place == "shared/roots" {
            self.shared.insert(id.to_owned(), found);
        }
        Ok(())
    }

    /// Keys are found by number; by id the signature brings the key itself.
    fn public_key(&mut self, bytes: &[u8]) -> Result<(), String> {
        for key in PublicKey::read(bytes).map_err(|error| error.to_string())? {
            if let Some(KeyNumber(number)) = key.number() {
                self.writer.add(Map::RawNumbers, number, key.spki);
            }
        }
        Ok(())
    }

    fn links(&mut self) {
        for id in std::mem::take(&mut self.links) {
            for keys in self.shared.get(&id).cloned().unwrap_or_default() {
                self.index(TIME, &keys);
            }
        }
    }

    fn index(&mut self, [subject, key_identifier, spki]: [Map; 3], keys: &Keys) {
        let number = keys.number.to_be_bytes();
        self.writer.add(subject, keys.subject.clone(), number);
        self.writer.add(spki, keys.spki.clone(), number);
        if let Some(id) = &keys.key_identifier {
            self.writer.add(key_identifier, id.clone(), number);
        }
    }
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The same value as JSON; dates become text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, json(value)))
            .collect(),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    (text.len() == 64).then_some(())?;
    (0..32)
        .map(|index| u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok())
        .collect()
}
