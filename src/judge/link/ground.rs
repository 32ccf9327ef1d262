//! How strong evidence is (DESIGN 8), and whose words stand on a host.

use std::collections::BTreeMap;

use crate::formats::trust_folder::{HostContent, VendorProfile};
use crate::judge::trust::View;

/// Grounds of evidence, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// The old anchor's key vouches for the new one.
    ContinuityProof,
    /// An advisory signed by an anchored key.
    VendorSigned,
    /// A host where only the vendor can post, asked by ourselves.
    VendorChannel,
    /// A host where anybody can post, an account that speaks for the vendor.
    VendorSpeaker,
    /// Anybody, with an exact identity.
    Report,
    /// A name, a date, a file.
    Resemblance,
}

impl Ground {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ContinuityProof => "continuity-proof",
            Self::VendorSigned => "vendor-signed",
            Self::VendorChannel => "vendor-channel",
            Self::VendorSpeaker => "vendor-speaker",
            Self::Report => "report",
            Self::Resemblance => "resemblance",
        }
    }

    /// Whether evidence of this ground may explain a key.
    #[must_use]
    pub fn may_explain(self) -> bool {
        self <= Self::VendorSpeaker
    }
}

/// Who speaks in a post, as far as its address and its account's id tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speaker {
    /// The vendor's own host.
    Host,
    /// An account of the vendor on a host of others.
    Staff,
    Anybody,
}

impl Speaker {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "vendor-host",
            Self::Staff => "vendor-staff",
            Self::Anybody => "anybody",
        }
    }
}

/// The hosts on which vendors speak.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    by_host: BTreeMap<String, Vec<Place>>,
}

#[derive(Debug, Clone)]
struct Place {
    vendor: String,
    content: HostContent,
    staff: Vec<String>,
}

impl Hosts {
    /// The hosts of every vendor that the view knows.
    #[must_use]
    pub fn of(view: &dyn View) -> Self {
        let mut hosts = Self::default();
        for slug in view.vendors() {
            if let Some(profile) = view.vendor(&slug) {
                hosts.add(&profile);
            }
        }
        hosts
    }

    /// Adds one vendor's hosts.
    pub fn add(&mut self, profile: &VendorProfile) {
        for host in &profile.hosts {
            let places = self
                .by_host
                .entry(host.host.to_ascii_lowercase())
                .or_default();
            places.push(Place {
                vendor: profile.slug.clone(),
                content: host.content,
                staff: host.staff.clone(),
            });
        }
    }

    /// Whose post stands at an address. A host that two vendors claim as theirs alone is nobody's.
    #[must_use]
    pub fn speaker(&self, url: &str, author_id: &str) -> (Speaker, Option<&str>) {
        let places = host(url).and_then(|host| self.by_host.get(&host));
        let Some(places) = places else {
            return (Speaker::Anybody, None);
        };
        let only = |content| {
            let mut found = places.iter().filter(move |place| place.content == content);
            found.next().filter(|_| found.next().is_none())
        };
        if let Some(place) = only(HostContent::Vendor) {
            return (Speaker::Host, Some(&place.vendor));
        }
        let mut staff = places.iter().filter(|place| {
            place.content == HostContent::Users
                && !author_id.is_empty()
                && place.staff.iter().any(|id| id == author_id)
        });
        match (staff.next(), staff.next()) {
            (Some(place), None) => (Speaker::Staff, Some(&place.vendor)),
            _ => (Speaker::Anybody, None),
        }
    }

    /// Whether an address lies on a host where only this vendor can post.
    #[must_use]
    pub fn is_vendors_own(&self, url: &str, vendor: &str) -> bool {
        matches!(self.speaker(url, ""), (Speaker::Host, Some(owner)) if owner == vendor)
    }
}

/// The host of a web address, lower case. Only `https` says who answered.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    // Whatever stands before an `@` is decoration, and made to deceive.
    if authority.contains('@') {
        return None;
    }
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let plain = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    plain.then(|| host.trim_end_matches('.').to_ascii_lowercase())
}
