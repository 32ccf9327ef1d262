//! Lists of checksums: GNU (`hash  name`, `hash *name`), BSD (`SHA256 (name) = hash`) and OVF
//! (`SHA256(name)= hash`) lines.

use super::digest_text::{algorithm, statement, value};
use super::{ManifestEntry, ManifestError, ManifestKind, path};
use crate::domain::HashAlgorithm;

pub(super) fn parse(bytes: &[u8]) -> Result<(ManifestKind, Vec<ManifestEntry>), ManifestError> {
    let text = str::from_utf8(bytes).map_err(|_| ManifestError::Unrecognised)?;
    let mut entries = vec![];
    let mut ovf = true;
    for (index, line) in signed_text(text) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        // Comments are what GNU coreutils never wrote but many lists have.
        if line.trim().is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let Some((found, form)) = read(line) else {
            return Err(if entries.is_empty() {
                ManifestError::Unrecognised
            } else {
                ManifestError::Line { line: index + 1 }
            });
        };
        ovf &= form == Form::Ovf;
        let (name, digest) = found;
        entries.push(ManifestEntry {
            path: path(&name)?,
            digests: vec![digest],
            size: None,
            line: Some(index + 1),
        });
    }
    if entries.is_empty() {
        return Err(ManifestError::NoEntries);
    }
    let kind = if ovf {
        ManifestKind::Ovf
    } else {
        ManifestKind::Checksums
    };
    Ok((kind, entries))
}

/// The lines with their numbers from 0; of a clearsigned text (RFC 9580 7) only those between header
/// and signature, which is what its signature covers.
fn signed_text(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let clearsigned = text.starts_with("-----BEGIN PGP SIGNED MESSAGE-----");
    let skip = if clearsigned {
        text.split('\n')
            .position(|line| line.trim().is_empty())
            .map_or(0, |at| at + 1)
    } else {
        0
    };
    text.split('\n')
        .enumerate()
        .skip(skip)
        .take_while(move |(_, line)| {
            !(clearsigned && line.starts_with("-----BEGIN PGP SIGNATURE-----"))
        })
        .map(move |(index, line)| match line.strip_prefix("- ") {
            Some(escaped) if clearsigned => (index, escaped),
            _ => (index, line),
        })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Gnu,
    Bsd,
    Ovf,
}

type Named = (String, (HashAlgorithm, Vec<u8>));

fn read(line: &str) -> Option<(Named, Form)> {
    // A leading backslash says that the name is escaped (GNU coreutils).
    let (line, escaped) = match line.strip_prefix('\\') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let (name, digest, form) = bsd(line).or_else(|| gnu(line))?;
    let name = if escaped {
        unescape(name)?
    } else {
        name.to_owned()
    };
    Some(((name, digest), form))
}

type Parts<'a> = (&'a str, (HashAlgorithm, Vec<u8>), Form);

/// `ALGORITHM (name) = hex`; OVF writes it without the first blank.
fn bsd(line: &str) -> Option<Parts<'_>> {
    let (left, right) = line.rsplit_once('=')?;
    let left = left.trim_end().strip_suffix(')')?;
    let (name, inside) = left.split_once('(')?;
    let form = if name.ends_with(' ') {
        Form::Bsd
    } else {
        Form::Ovf
    };
    let algorithm = algorithm(name.trim())?;
    let digest = value(algorithm, right.trim())?;
    (!inside.is_empty()).then_some((inside, (algorithm, digest), form))
}

fn gnu(line: &str) -> Option<Parts<'_>> {
    let (hex, rest) = line.split_once([' ', '\t'])?;
    let digest = statement(hex, None)?;
    // Two marks by the letter (a blank, then a blank or a star); other writers put more blanks.
    let name = rest.strip_prefix('*').unwrap_or_else(|| rest.trim_start());
    (!name.is_empty()).then_some((name, digest, Form::Gnu))
}

/// `\\`, `\n` and `\r`; anything else is no escape.
fn unescape(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(plain)
}
