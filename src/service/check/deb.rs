//! Debian binary packages, and the signatures that debsigs puts into them.

use super::beside::Beside;
use super::openpgp::{broken, numbered, object};
use super::read::ReadError;
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind};
use crate::formats::apt::{ArFault, Deb, DebFault};
use crate::formats::openpgp::{Digests, OpenPgpSignature};
use crate::formats::source::Source;
use crate::judge::facts::{ObjectKind, PackageFacts, PackageFormat, SignatureObject};

/// What [`SignatureObject::covers`] says for signatures inside a `.deb`.
const CONTENT: &str = "debian-binary, control.tar and data.tar";

/// The facts of a `.deb`; `None` when the file is none.
pub(super) fn read(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    if !Deb::is_one(source) {
        return Ok(None);
    }
    let measured = beside.measure(source)?;
    let mut facts = PackageFacts {
        format: PackageFormat::Deb,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects: beside.objects(&measured),
        findings: vec![],
        named_vendor: None,
    };
    let deb = match Deb::read(source) {
        Ok(deb) => deb,
        Err(DebFault::Archive(ArFault::Io(error))) => return Err(ReadError::Unreadable(error)),
        Err(fault) => {
            facts.refused = true;
            facts
                .findings
                .push(Finding::whole(FindingKind::ContainerFault {
                    fault: "deb-ambiguous".to_owned(),
                    detail: fault.to_string(),
                }));
            return Ok(Some(facts));
        }
    };
    facts.objects.extend(objects(source, &deb, beside)?);
    Ok(Some(facts))
}

fn objects(
    source: &dyn Source,
    deb: &Deb,
    beside: &Beside<'_>,
) -> Result<Vec<SignatureObject>, ReadError> {
    let mut read: Vec<(&str, Result<Vec<OpenPgpSignature>, String>)> = vec![];
    for member in &deb.signatures {
        let length = member.bytes.end - member.bytes.start;
        // The reader of the archive has bounded it.
        let bytes = source.read_range(
            member.bytes.start,
            usize::try_from(length).unwrap_or(usize::MAX),
        )?;
        let signatures = OpenPgpSignature::read_all(&bytes);
        read.push((&member.name, signatures.map_err(|error| error.to_string())));
    }
    let all: Vec<OpenPgpSignature> = read
        .iter()
        .filter_map(|(_, signatures)| signatures.as_ref().ok())
        .flatten()
        .cloned()
        .collect();
    let mut digests = Digests::new(&all);
    if !all.is_empty() {
        deb.digest(source, &mut digests)?;
    }
    let mut objects = vec![];
    for (name, signatures) in &read {
        match signatures {
            Ok(signatures) => {
                for (index, signature) in signatures.iter().enumerate() {
                    let place = numbered(name, index, signatures.len());
                    let digest = digests.of(signature);
                    let kind = ObjectKind::OpenPgp;
                    let keys = beside.keys();
                    objects.push(object(kind, place, signature, digest, keys, CONTENT));
                }
            }
            Err(why) => objects.push(broken(name, why, CONTENT)),
        }
    }
    Ok(objects)
}
