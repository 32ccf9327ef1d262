//! The answer to `explain`: which vendor, what explains the key, what speaks against, what is missing.

use jiff::Timestamp;

use super::naming::hold_to_names;
use super::{Hosts, KeyIdentity, Links, Match, Post, Question, link};
use crate::domain::{AnchorId, Crypto, Purpose, Verdict};
use crate::formats::openpgp::Issuer;
use crate::formats::trust_folder::{Contact, Rotated};
use crate::formats::x509::Certificate;
use crate::judge::report::{ExplainedLevel, MissingIssuer};
use crate::judge::trust::{NamedRotation, View};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// As the person wrote it.
    pub what: String,
    pub key: KeyIdentity,
    /// The certificates above the signer whose signatures lead to it.
    pub issuers: Vec<KeyIdentity>,
    /// The signer's certificate, where there is one.
    pub certificate: Option<Certificate>,
    /// The vendor that somebody stated.
    pub vendor: Option<String>,
    /// The vendors whose product patterns fit the file's name.
    pub suggested: Vec<String>,
    /// How the package was judged, where one was given, and what the mathematics said.
    pub judged: Option<(Verdict, Crypto)>,
    /// The certificates of the path found, leaf first, and what is missing behind it.
    pub path: Vec<Certificate>,
    pub gap: Option<MissingIssuer>,
}

/// Everything that is known about a key in doubt.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub what: String,
    pub key: KeyIdentity,
    pub certificate: Option<Certificate>,
    pub verdict: Verdict,
    pub level: ExplainedLevel,
    /// The vendor that the answer is about.
    pub vendor: Option<String>,
    pub vendor_candidates: Vec<VendorCandidate>,
    pub links: Links,
    /// Recorded rotations that name the key, or that lead to it.
    pub rotations: Vec<NamedRotation>,
    pub path: Vec<Certificate>,
    pub gap: Option<MissingIssuer>,
    pub unproven: Vec<Unproven>,
    /// Keys and rules that came before, as rotations and posts name them.
    pub previous_signers: Vec<String>,
    /// Whom to ask, from the vendor's profile.
    pub contacts: Vec<Contact>,
}

/// A vendor that the key may be of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VendorCandidate {
    pub slug: String,
    pub why: VendorWhy,
}

/// Why a vendor is thought of, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VendorWhy {
    Stated,
    /// A recorded rotation of this vendor names the key.
    Rotation,
    /// The key is an anchor in this vendor's folder.
    Anchor,
    /// A post in this vendor's name prints the key.
    Post,
    /// The key's own organisation, which its maker chose.
    Organisation,
    /// The key's own name or user id, which its maker chose.
    Name,
    /// A file name, which anybody chose.
    FileName,
}

impl VendorWhy {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Rotation => "recorded-rotation",
            Self::Anchor => "anchor",
            Self::Post => "post",
            Self::Organisation => "organisation",
            Self::Name => "name",
            Self::FileName => "file-name",
        }
    }
}

/// What nobody has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproven {
    /// Nobody confirmed the key by another way than the one it came by.
    NotConfirmed,
    /// Nothing that was posted names the key.
    NoPost,
    /// What names it does not speak for the vendor.
    NoVendorWord,
    /// The explaining post came in a file: its address and its author are that file's claim.
    ImportedOnly {
        post_id: String,
    },
    VendorNotStated,
    /// Only digits were given: what they belong to was not seen.
    KeyNotSeen,
    IssuerMissing {
        subject: String,
    },
    /// Recorded with a rotation, in our own words.
    Recorded {
        rotation: String,
        what: String,
    },
}

/// Explains a key from the posts that may name it and from the rotations that the view has recorded.
#[must_use]
pub fn explanation(
    mut asked: Asked,
    posts: Vec<Post>,
    view: &dyn View,
    at: Timestamp,
) -> Explanation {
    let hosts = Hosts::of(view);
    let signer = asked.key.clone();
    for issuer in &asked.issuers {
        // A post names the new root more often than the leaf below it.
        asked.key.full.extend(issuer.full.iter().cloned());
        asked.key.anchors.extend(issuer.anchors.iter().cloned());
    }
    let rotations = rotations(&asked, view);
    let mut candidates = hints(&asked, &rotations, view);
    let expected = expected(&candidates);
    let names = expected
        .as_deref()
        .map(|slug| vendor_names(slug, view))
        .unwrap_or_default();
    let question = Question {
        key: &asked.key,
        vendor: expected.as_deref(),
        vendor_names: &names,
        hosts: &hosts,
    };
    let mut links = link(&question, posts);
    hold_to_names(&mut links, &signer, &asked.issuers, view);
    for found in links
        .links
        .iter()
        .filter(|found| found.matched == Match::Full)
    {
        candidates.extend(
            found
                .vendor
                .iter()
                .map(|slug| candidate(slug, VendorWhy::Post)),
        );
    }
    candidates.sort_by(|a, b| (a.why, &a.slug).cmp(&(b.why, &b.slug)));
    candidates.dedup();
    let vendor = expected.or_else(|| candidates.first().map(|found| found.slug.clone()));
    let level = level(&asked, &links, &rotations, vendor.as_deref(), view);
    let previous_signers = previous(&rotations, &links);
    let contacts = vendor
        .as_deref()
        .and_then(|slug| view.vendor(slug))
        .map(|profile| profile.contacts.clone())
        .unwrap_or_default();
    Explanation {
        verdict: verdict(&asked, level, vendor.as_deref(), view, at),
        unproven: unproven(&asked, &links, &rotations, level),
        what: asked.what,
        key: asked.key,
        certificate: asked.certificate,
        level,
        vendor,
        vendor_candidates: candidates,
        links,
        rotations,
        path: asked.path,
        gap: asked.gap,
        previous_signers,
        contacts,
    }
}

fn candidate(slug: &str, why: VendorWhy) -> VendorCandidate {
    VendorCandidate {
        slug: slug.to_owned(),
        why,
    }
}

/// The vendor that a key seems to be of before anything posted is read: whose posts to look through.
#[must_use]
pub fn expected_vendor(asked: &Asked, view: &dyn View) -> Option<String> {
    expected(&hints(asked, &rotations(asked, view), view))
}

/// What a vendor is called: slug, name and aliases.
#[must_use]
pub fn vendor_names(slug: &str, view: &dyn View) -> Vec<String> {
    let mut names = vec![slug.to_owned()];
    if let Some(profile) = view.vendor(slug) {
        names.push(profile.name.clone());
        names.extend(profile.aliases.iter().cloned());
    }
    names.sort();
    names.dedup();
    names
}

fn hints(asked: &Asked, rotations: &[NamedRotation], view: &dyn View) -> Vec<VendorCandidate> {
    let mut found = by_the_key(asked, view);
    found.extend(
        rotations
            .iter()
            .map(|named| candidate(&named.vendor, VendorWhy::Rotation)),
    );
    found
}

/// The vendors that the key, its names and the file's name speak of.
fn by_the_key(asked: &Asked, view: &dyn View) -> Vec<VendorCandidate> {
    let mut found: Vec<VendorCandidate> = vec![];
    found.extend(
        asked
            .vendor
            .iter()
            .map(|slug| candidate(slug, VendorWhy::Stated)),
    );
    found.extend(
        asked
            .suggested
            .iter()
            .map(|slug| candidate(slug, VendorWhy::FileName)),
    );
    for id in &asked.key.anchors {
        if let Some(anchor) = view.anchor(id).filter(|anchor| !anchor.shared) {
            found.extend(
                anchor
                    .vendors
                    .iter()
                    .map(|slug| candidate(slug, VendorWhy::Anchor)),
            );
        }
    }
    let organisation = asked.key.organisation.as_deref().map(str::to_lowercase);
    let named: Vec<String> = asked
        .key
        .named
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    for slug in view.vendors() {
        let Some(profile) = view.vendor(&slug) else {
            continue;
        };
        let mut spellings = profile
            .aliases
            .iter()
            .chain([&profile.name])
            .map(|name| name.to_lowercase());
        if organisation
            .as_ref()
            .is_some_and(|organisation| spellings.clone().any(|name| name == *organisation))
        {
            found.push(candidate(&slug, VendorWhy::Organisation));
        } else if spellings
            .any(|name| name.len() > 3 && named.iter().any(|text| text.contains(&name)))
        {
            found.push(candidate(&slug, VendorWhy::Name));
        }
    }
    found
}

/// The vendor to expect: the stated one, else the only one that the strongest grounds name.
fn expected(candidates: &[VendorCandidate]) -> Option<String> {
    let strong = [
        VendorWhy::Stated,
        VendorWhy::Rotation,
        VendorWhy::Anchor,
        VendorWhy::Organisation,
        VendorWhy::Name,
    ];
    strong.into_iter().find_map(|why| {
        let mut slugs: Vec<&str> = candidates
            .iter()
            .filter(|found| found.why == why)
            .map(|found| found.slug.as_str())
            .collect();
        slugs.sort_unstable();
        slugs.dedup();
        match slugs.as_slice() {
            [one] => Some((*one).to_owned()),
            _ => None,
        }
    })
}

/// The recorded rotations that name the key or the keys above it.
fn rotations(asked: &Asked, view: &dyn View) -> Vec<NamedRotation> {
    let above = asked
        .path
        .iter()
        .map(|certificate| AnchorId::X509(certificate.spki_sha256()));
    let mut ids: Vec<_> = asked.key.anchors.iter().cloned().chain(above).collect();
    ids.sort();
    ids.dedup();
    let mut found: Vec<NamedRotation> = vec![];
    for named in ids.iter().flat_map(|id| view.rotations_of_key(id)) {
        // A rotation away from a key tells its history and explains nothing.
        if !found.contains(&named) {
            found.push(named);
        }
    }
    found.sort_by(|a, b| (&a.vendor, &a.name).cmp(&(&b.vendor, &b.name)));
    found
}

/// Whether a rotation leads to one of the keys asked about.
fn leads_here(asked: &Asked, named: &NamedRotation) -> bool {
    let above: Vec<_> = asked
        .path
        .iter()
        .map(|certificate| AnchorId::X509(certificate.spki_sha256()))
        .collect();
    named.rotation.new.iter().any(|new| match new {
        Rotated::Key(id) => asked.key.anchors.contains(id) || above.contains(id),
        Rotated::Rule(_) => false,
    })
}

fn level(
    asked: &Asked,
    links: &Links,
    rotations: &[NamedRotation],
    vendor: Option<&str>,
    view: &dyn View,
) -> ExplainedLevel {
    let recorded = rotations.iter().any(|named| {
        leads_here(asked, named) && vendor.is_none_or(|vendor| vendor == named.vendor)
    });
    let level = if recorded && !held_by_digits_alone(asked, view) {
        ExplainedLevel::Explained
    } else if recorded {
        // Nothing can be checked against digits: whoever has only them has a candidate.
        links.level().max(ExplainedLevel::Candidate)
    } else {
        links.level()
    };
    match asked.judged {
        // Without the mathematics nothing says that this key signed anything.
        Some((_, crypto)) if crypto != Crypto::Good => level.min(ExplainedLevel::Candidate),
        _ => level,
    }
}

/// Whether it is an OpenPGP key whose fingerprint is recorded, and whose bytes nobody here has.
fn held_by_digits_alone(asked: &Asked, view: &dyn View) -> bool {
    asked.key.anchors.iter().any(|id| match id {
        AnchorId::OpenPgp(primary) => {
            view.anchor(id).is_some()
                && view
                    .openpgp_certificates(&[Issuer::Fingerprint(*primary)])
                    .is_empty()
        }
        AnchorId::X509(_) | AnchorId::Raw(_) => false,
    })
}

/// Whether the key itself was at hand, and not its digits alone.
fn is_seen(asked: &Asked) -> bool {
    asked.certificate.is_some() || asked.judged.is_some() || !asked.key.named.is_empty()
}

fn verdict(
    asked: &Asked,
    level: ExplainedLevel,
    vendor: Option<&str>,
    view: &dyn View,
    at: Timestamp,
) -> Verdict {
    let unknown = if level == ExplainedLevel::Explained {
        Verdict::Explained
    } else {
        Verdict::Unanchored
    };
    match asked.judged {
        Some((Verdict::Unanchored | Verdict::Explained, _)) => unknown,
        Some((verdict, _)) => verdict,
        None => {
            // A key that is known by its fingerprint alone anchors nothing.
            let held = |id: &&AnchorId| match id {
                AnchorId::OpenPgp(primary) => {
                    let issuer = Issuer::Fingerprint(*primary);
                    !view.openpgp_certificates(&[issuer]).is_empty()
                }
                AnchorId::X509(_) | AnchorId::Raw(_) => true,
            };
            let standing = asked.key.anchors.iter().filter(held).find_map(|id| {
                let shared = view.anchor(id).is_some_and(|anchor| anchor.shared);
                view.status_at(id, vendor, Purpose::CodeSigning, at)
                    .map(|standing| (standing, shared))
            });
            match standing {
                Some((standing, _)) if standing.record.status.condemns() => Verdict::Distrusted,
                Some((standing, true)) if standing.record.status.anchors() => Verdict::Unpinned,
                Some((standing, false)) if standing.record.status.anchors() => Verdict::Anchored,
                _ => unknown,
            }
        }
    }
}

fn unproven(
    asked: &Asked,
    links: &Links,
    rotations: &[NamedRotation],
    level: ExplainedLevel,
) -> Vec<Unproven> {
    let mut found = vec![];
    let confirmed = rotations.iter().any(|named| {
        leads_here(asked, named)
            && named
                .rotation
                .confirmations
                .iter()
                .any(|one| !one.by.is_empty())
    });
    if !confirmed {
        found.push(Unproven::NotConfirmed);
    }
    if links.links.is_empty() {
        found.push(Unproven::NoPost);
    } else if links.level() != ExplainedLevel::Explained {
        found.push(Unproven::NoVendorWord);
    }
    let explaining: Vec<_> = links
        .links
        .iter()
        .filter(|link| link.level == ExplainedLevel::Explained)
        .collect();
    if let Some(first) = explaining.first()
        && level == ExplainedLevel::Explained
        && explaining.iter().all(|link| !link.post.fetched)
    {
        found.push(Unproven::ImportedOnly {
            post_id: first.post.id.clone(),
        });
    }
    if asked.vendor.is_none() {
        found.push(Unproven::VendorNotStated);
    }
    if !is_seen(asked) {
        found.push(Unproven::KeyNotSeen);
    }
    if let Some(gap) = &asked.gap {
        found.push(Unproven::IssuerMissing {
            subject: gap.subject.clone(),
        });
    }
    for named in rotations {
        found.extend(
            named
                .rotation
                .unproven
                .iter()
                .map(|unproven| Unproven::Recorded {
                    rotation: named.rotation.id.clone(),
                    what: unproven.what.clone(),
                }),
        );
    }
    found
}

fn previous(rotations: &[NamedRotation], links: &Links) -> Vec<String> {
    let recorded = rotations
        .iter()
        .flat_map(|named| named.rotation.old.iter())
        .map(|old| match old {
            Rotated::Key(id) => id.to_string(),
            Rotated::Rule(rule) => format!("signers/{rule}"),
        });
    let posted = links
        .links
        .iter()
        .filter(|link| link.matched == Match::Full)
        .flat_map(|link| link.old.iter().cloned());
    let mut all: Vec<String> = recorded.chain(posted).collect();
    all.sort();
    all.dedup();
    all
}
