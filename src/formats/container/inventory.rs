//! Everything that judging a package needs from its container, taken in one pass: names, facts,
//! digests of every file, and the few small files that must be read.

use std::collections::BTreeMap;
use std::io::Read;

use super::path::resolve_link;
use super::{Container, ContainerError, Fault, Member, MemberKind, Weight};
use crate::domain::HashAlgorithm;
use crate::formats::digest::Hasher;
use crate::formats::limits;

/// One member with its digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    pub member: Member,
    /// In the order asked for. A link has its target's; directories, links that lead nowhere and
    /// files that could not be read to the end have none.
    pub digests: Vec<(HashAlgorithm, Vec<u8>)>,
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
        let mut digests: BTreeMap<String, Vec<(HashAlgorithm, Vec<u8>)>> = BTreeMap::new();
        let mut kept: BTreeMap<String, Kept> = BTreeMap::new();
        let mut room = limits::KEPT;
        let mut buffer = vec![0; 64 << 10];
        let survey = container.walk(&mut |member, reader| {
            if !member.is_file() {
                return Ok(());
            }
            let limit = keep(member).map(|limit| limit.min(room));
            let (found, held) = read_once(reader, algorithms, limit, &mut buffer)?;
            digests.insert(member.path.clone(), found);
            if let Some(held) = held {
                room = room.saturating_sub(held.bytes.len());
                kept.insert(member.path.clone(), held);
            }
            Ok(())
        })?;
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

fn read_once(
    reader: &mut dyn Read,
    algorithms: &[HashAlgorithm],
    limit: Option<usize>,
    buffer: &mut [u8],
) -> Result<(Digests, Option<Kept>), ContainerError> {
    let mut hashers: Vec<Hasher> = algorithms.iter().copied().map(Hasher::new).collect();
    let mut kept = limit.map(|_| Kept {
        bytes: vec![],
        complete: true,
    });
    loop {
        let length = reader.read(buffer)?;
        let chunk = buffer.get(..length).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
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
    Ok((digests, kept))
}
