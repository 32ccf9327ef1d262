//! Members that are signed one by one, without a manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::members::{Inside, bounded_work, whole};
use crate::formats::container::{Container, Inventory, Stock};
use crate::formats::limits;
use crate::formats::openpgp::{Digests, OpenPgpSignature};
use crate::formats::package::{Role, role};
use crate::judge::facts::member_covered;
use crate::service::check::detached::{Detached, Keys};
use crate::service::check::measured::Measured;
use crate::service::check::read::ReadError;

/// Signatures by name, each with the member whose name it extends.
pub(super) fn signed_members<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let names: BTreeSet<&str> = names.collect();
    names
        .iter()
        .filter(|name| role(name) == Some(Role::Signature))
        .filter_map(|name| {
            let (stem, _) = name.rsplit_once('.')?;
            let there = names.contains(stem);
            there.then(|| ((*name).to_owned(), stem.to_owned()))
        })
        .collect()
}

/// The bytes of a member that is signed by itself, when they are few enough to be a set of CMS
/// attributes; whoever fills all room so that they cannot be held is not judged.
fn small<'a>(inventory: &'a Inventory, stock: &Stock) -> Result<Option<&'a [u8]>, ReadError> {
    if stock.member.size > limits::COVERED_MEMBER as u64 || !stock.member.is_file() {
        return Ok(None);
    }
    whole(inventory, &stock.member.path).map(Some)
}

/// The digests of members that OpenPGP signatures cover, by member. What such a signature is over ends
/// in the signature's own fields, so that it takes a pass of its own, once the signatures are known.
fn openpgp_digests<'a>(
    container: &Container<'_>,
    signatures: &[(Detached, &'a str)],
) -> Result<BTreeMap<&'a str, Digests>, ReadError> {
    let mut wanted: BTreeMap<&str, Vec<OpenPgpSignature>> = BTreeMap::new();
    for (detached, member) in signatures {
        let found = detached.openpgp_signatures();
        if !found.is_empty() {
            let known = wanted.entry(member).or_default();
            known.extend(found.iter().cloned());
        }
    }
    let mut digests: BTreeMap<&str, Digests> = wanted
        .into_iter()
        .map(|(member, signatures)| (member, Digests::new(&signatures)))
        .collect();
    if !digests.is_empty() {
        container.walk(
            &mut |member, reader| match digests.get_mut(member.path.as_str()) {
                Some(digests) if member.is_file() => Ok(digests.read(reader)?),
                _ => Ok(()),
            },
        )?;
    }
    Ok(digests)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Inside {
    /// No manifest: each signature covers the member whose name it extends, and all others are not
    /// covered. Certificates beside signatures are exempt.
    pub(super) fn by_members(
        &mut self,
        container: &Container<'_>,
        inventory: &Inventory,
        signed: &BTreeMap<String, String>,
        mut keys: Keys<'_>,
    ) -> Result<(), ReadError> {
        let pairs: BTreeMap<&str, &str> = signed
            .iter()
            .filter(|(signature, _)| inventory.kept.contains_key(*signature))
            .map(|(signature, member)| (signature.as_str(), member.as_str()))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let mut covered: BTreeSet<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let folders: BTreeSet<&str> = pairs.keys().map(|path| folder_of(path)).collect();
        for (name, kept) in &inventory.kept {
            if role(name) == Some(Role::Certificate)
                && folders.contains(folder_of(name))
                && kept.complete
                && keys.add(&kept.bytes)
            {
                covered.insert(name);
            }
        }
        bounded_work(pairs.len(), &keys)?;
        let mut signatures: Vec<(Detached, &str)> = vec![];
        for (signature, member) in &pairs {
            let bytes = whole(inventory, signature)?;
            let detached = Detached::of((*signature).to_owned(), bytes.to_vec());
            signatures.push((detached, *member));
        }
        let openpgp = openpgp_digests(container, &signatures)?;
        for (detached, member) in &signatures {
            let Some(stock) = inventory.find(member) else {
                continue;
            };
            // Two signatures of one member share its digests.
            let digests = openpgp.get(member).cloned();
            let digests = digests.unwrap_or_else(|| Digests::new(&[]));
            let measured = Measured::given(&stock.digests, digests, small(inventory, stock)?);
            self.objects
                .extend(detached.objects(&measured, &keys, &member_covered(member)));
        }
        let open: Vec<String> = inventory
            .stock
            .iter()
            .filter(|stock| {
                !stock.member.is_directory() && !covered.contains(stock.member.path.as_str())
            })
            .map(|stock| stock.member.path.clone())
            .collect();
        if !open.is_empty() {
            self.content_differs = true;
            self.unlisted(&open);
        }
        Ok(())
    }
}
