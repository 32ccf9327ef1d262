//! Everything that judging a package needs from its container, taken in one pass: names, facts,
//! digests of every file, and the few small files that must be read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rayon::prelude::*;

use super::path::resolve_link;
use super::zip::{Entry, Zip};
use super::{Container, ContainerError, Fault, Member, MemberKind, Survey, Weight};
use crate::domain::HashAlgorithm;
use crate::formats::digest::Hasher;
use crate::formats::{limits, signable};

/// One member with its digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    pub member: Member,
    /// In the order asked for. A link has its target's; directories, links that lead nowhere and
    /// files that could not be read to the end have none.
    pub digests: Vec<(HashAlgorithm, Vec<u8>)>,
    /// Whether it begins like something that may carry a signature of its own; `false` for links.
    pub may_be_signed: bool,
}

/// The beginning of a small file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub bytes: Vec<u8>,
    /// Whether `bytes` are the whole file.
    pub complete: bool,
}

/// What one pass brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    pub stock: Vec<Stock>,
    pub faults: Vec<Fault>,
    /// By path.
    pub kept: BTreeMap<String, Kept>,
}

impl Inventory {
    /// Reads every file once, computing all `algorithms`; `keep` says how many bytes of a member to
    /// hold (none for `None`). Together no more than [`limits::KEPT`] bytes are held.
    ///
    /// # Errors
    /// As [`Container::walk`].
    pub fn take(
        container: &Container<'_>,
        algorithms: &[HashAlgorithm],
        keep: &dyn Fn(&Member) -> Option<usize>,
    ) -> Result<Self, ContainerError> {
        let Read {
            survey,
            digests,
            kept,
            signable,
        } = match container {
            Container::Zip(zip) => read_zip(zip, algorithms, keep)?,
            other => read_in_order(other, algorithms, keep)?,
        };
        let links: BTreeMap<String, String> = survey
            .members
            .iter()
            .filter_map(|member| Some((member.path.clone(), target(member)?)))
            .collect();
        let stock = survey
            .members
            .into_iter()
            .map(|member| {
                let mut path = &member.path;
                for _ in 0..LINKS_IN_A_ROW {
                    let Some(target) = links.get(path) else {
                        break;
                    };
                    path = target;
                }
                Stock {
                    digests: digests.get(path).cloned().unwrap_or_default(),
                    may_be_signed: signable.contains(&member.path),
                    member,
                }
            })
            .collect();
        Ok(Self {
            stock,
            faults: survey.faults,
            kept,
        })
    }

    /// Whether two readers would see different content.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.weighs(Weight::Refusing)
    }

    /// Whether a fault of this weight was found.
    #[must_use]
    pub fn weighs(&self, weight: Weight) -> bool {
        self.faults.iter().any(|fault| fault.weight() == weight)
    }

    /// The member of this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Stock> {
        self.stock.iter().find(|stock| stock.member.path == path)
    }
}

/// How many bytes are read at a time.
const BUFFER: usize = 64 << 10;
/// How many links may stand between a name and its content.
const LINKS_IN_A_ROW: usize = 16;

fn target(member: &Member) -> Option<String> {
    match &member.kind {
        MemberKind::HardLink { target } => Some(target.clone()),
        MemberKind::SymbolicLink { target } => resolve_link(&member.path, target),
        _ => None,
    }
}

type Digests = Vec<(HashAlgorithm, Vec<u8>)>;

/// What reading alone brings.
#[derive(Default)]
struct Read {
    survey: Survey,
    digests: BTreeMap<String, Digests>,
    kept: BTreeMap<String, Kept>,
    signable: BTreeSet<String>,
}

/// What one file gave.
struct Once {
    digests: Digests,
    kept: Option<Kept>,
    may_be_signed: bool,
}

impl Read {
    fn add(&mut self, member: &Member, once: Once) {
        self.digests.insert(member.path.clone(), once.digests);
        if once.may_be_signed {
            self.signable.insert(member.path.clone());
        }
        if let Some(kept) = once.kept {
            self.kept.insert(member.path.clone(), kept);
        }
    }
}

/// How much of a member is held, of what room is left. It goes by the stated size, so that the
/// answer depends on the order of members alone and not on who reads faster.
fn held(member: &Member, limit: Option<usize>, room: &mut usize) -> Option<usize> {
    let stated = usize::try_from(member.size).unwrap_or(usize::MAX);
    let limit = limit?.min(*room);
    *room -= limit.min(stated);
    Some(limit)
}

fn read_in_order(
    container: &Container<'_>,
    algorithms: &[HashAlgorithm],
    keep: &dyn Fn(&Member) -> Option<usize>,
) -> Result<Read, ContainerError> {
    let mut read = Read::default();
    let mut room = limits::KEPT;
    let mut buffer = vec![0; BUFFER];
    read.survey = container.walk(&mut |member, reader| {
        if member.is_file() {
            let limit = held(member, keep(member), &mut room);
            read.add(member, read_once(reader, algorithms, limit, &mut buffer)?);
        }
        Ok(())
    })?;
    Ok(read)
}

/// A zip's members are read by as many threads as the caller's pool has, and told in their order.
fn read_zip(
    zip: &Zip<'_>,
    algorithms: &[HashAlgorithm],
    keep: &dyn Fn(&Member) -> Option<usize>,
) -> Result<Read, ContainerError> {
    let mut room = limits::KEPT;
    let files: Vec<(&Entry, Option<usize>)> = zip
        .entries()
        .iter()
        .filter(|entry| entry.member.is_file())
        .map(|entry| {
            let limit = held(&entry.member, keep(&entry.member), &mut room);
            (entry, limit)
        })
        .collect();
    let outcomes: Vec<Result<_, ContainerError>> = files
        .par_iter()
        .map_init(
            || vec![0; BUFFER],
            |buffer, (entry, limit)| {
                read_once(&mut zip.open_entry(entry)?, algorithms, *limit, buffer)
            },
        )
        .collect();
    let mut read = Read {
        survey: Survey {
            members: zip.members().cloned().collect(),
            faults: zip.faults().to_vec(),
        },
        ..Read::default()
    };
    for ((entry, _), outcome) in files.into_iter().zip(outcomes) {
        match outcome {
            Ok(found) => read.add(&entry.member, found),
            Err(ContainerError::Fault(fault)) if fault.is_structural() => {}
            Err(ContainerError::Fault(fault)) => read.survey.faults.push(fault),
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

fn read_once(
    reader: &mut dyn io::Read,
    algorithms: &[HashAlgorithm],
    limit: Option<usize>,
    buffer: &mut [u8],
) -> Result<Once, ContainerError> {
    let mut hashers: Vec<Hasher> = algorithms.iter().copied().map(Hasher::new).collect();
    let mut kept = limit.map(|_| Kept {
        bytes: vec![],
        complete: true,
    });
    let mut may_be_signed = None;
    loop {
        let length = reader.read(buffer)?;
        let chunk = buffer.get(..length).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        may_be_signed.get_or_insert_with(|| signable::may_be_signed(chunk));
        for hasher in &mut hashers {
            hasher.update(chunk);
        }
        if let (Some(kept), Some(limit)) = (&mut kept, limit) {
            let free = limit.saturating_sub(kept.bytes.len());
            let taken = chunk.get(..free).unwrap_or(chunk);
            kept.bytes.extend_from_slice(taken);
            kept.complete &= taken.len() == chunk.len();
        }
    }
    let digests = hashers
        .into_iter()
        .map(|hasher| (hasher.algorithm(), hasher.finish()))
        .collect();
    Ok(Once {
        digests,
        kept,
        may_be_signed: may_be_signed.unwrap_or(false),
    })
}
