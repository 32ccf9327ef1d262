//! What to fetch from a provider, given what is remembered: an unchanged one costs a handful of
//! requests.
//!
//! Pure: whoever fetches asks for the metadata, then for the [`lists`], then for the [`documents`] that
//! they name and the [`rechecks`], and writes into [`Memory`] what came of it. A list that did not
//! change names nothing new.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::formats::csaf::{
    Change, Distribution, Feed, FeedLink, ProviderMetadata, Tlp, below, is_https,
};

/// How many documents without dates are looked at again in one visit.
pub const RECHECKS: usize = 3;

/// What a server said about the version that we hold (RFC 9110 8.8), to ask whether it changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What is remembered of a provider between visits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// Of metadata, lists and keys, by address.
    pub validators: BTreeMap<String, Validators>,
    /// Of documents, by address.
    pub documents: BTreeMap<String, Held>,
}

/// What is remembered of one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Every date under which a list named it.
    pub dates: BTreeSet<Timestamp>,
    /// When it was last fetched or found unchanged.
    pub fetched: Timestamp,
    pub validators: Validators,
    pub hashes: Vec<String>,
    pub signature: String,
}

/// One address to ask for, with what we hold of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub url: String,
    pub validators: Validators,
}

/// A list of documents to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRequest {
    Rolie(Request),
    /// `changes.csv` of a folder, which some do not have.
    Changes {
        folder: String,
        request: Request,
    },
    /// `index.txt` of a folder: it may name what `changes.csv` leaves out.
    Index {
        folder: String,
        request: Request,
    },
}

/// The lists of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    pub requests: Vec<ListRequest>,
    /// Feeds and folders above the label that may be read.
    pub withheld: Vec<FeedLink>,
    /// Addresses that are not HTTPS.
    pub refused: Vec<String>,
}

/// A document as a list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub url: String,
    /// `index.txt` has none.
    pub date: Option<Timestamp>,
    /// As a feed gives them; empty for folders, where they stand beside the document.
    pub hashes: Vec<String>,
    pub signature: Option<String>,
}

/// A document to fetch, with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    pub request: Request,
    /// Every date under which the lists name it now.
    pub dates: BTreeSet<Timestamp>,
    /// To be asked for in this order, until one is there.
    pub hashes: Vec<String>,
    pub signature: String,
}

/// The documents of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Documents {
    /// In the order of addresses.
    pub fetch: Vec<Fetch>,
    pub unchanged: usize,
    /// Addresses that are not HTTPS.
    pub refused: Vec<String>,
}

impl Lists {
    /// The address, when it may be asked for.
    fn admit(&mut self, link: &FeedLink, most: Tlp) -> Option<String> {
        if !is_https(&link.url) {
            self.refused.push(link.url.clone());
        } else if !link.tlp.allows(most) {
            self.withheld.push(link.clone());
        } else {
            return Some(link.url.clone());
        }
        None
    }
}

impl Memory {
    /// A request that asks only for what changed.
    #[must_use]
    pub fn request(&self, url: &str) -> Request {
        Request {
            url: url.to_owned(),
            validators: self.validators.get(url).cloned().unwrap_or_default(),
        }
    }

    /// Notes that a document was fetched, or found unchanged, under all dates that lists gave it.
    pub fn fetched(&mut self, fetch: &Fetch, validators: Validators, at: Timestamp) {
        let held = self.documents.entry(fetch.request.url.clone()).or_default();
        held.dates.extend(&fetch.dates);
        held.fetched = at;
        held.validators = validators;
        held.hashes.clone_from(&fetch.hashes);
        held.signature.clone_from(&fetch.signature);
    }
}

/// The lists to ask for. Feeds say more than folders and are preferred; of feeds, those that may be
/// read by people who may see everything up to `most`.
#[must_use]
pub fn lists(metadata: &ProviderMetadata, memory: &Memory, most: Tlp) -> Lists {
    let mut found = Lists::default();
    let mut folders = vec![];
    for distribution in &metadata.distributions {
        match distribution {
            Distribution::Directory(folder) => folders.extend(found.admit(folder, most)),
            Distribution::Rolie { feeds } => {
                for feed in feeds {
                    if let Some(url) = found.admit(feed, most) {
                        let request = ListRequest::Rolie(memory.request(&url));
                        found.requests.push(request);
                    }
                }
            }
        }
    }
    if found.requests.is_empty() {
        for folder in folders {
            let request = |name: &str| Some(memory.request(&below(&folder, name)?));
            let changes = request("changes.csv").map(|request| ListRequest::Changes {
                folder: folder.clone(),
                request,
            });
            let index = request("index.txt").map(|request| ListRequest::Index { folder, request });
            found.requests.extend(changes.into_iter().chain(index));
        }
    }
    found
}

/// The key files to ask for: all when the metadata changed, else those not held yet.
#[must_use]
pub fn keys(metadata: &ProviderMetadata, memory: &Memory, changed: bool) -> Vec<Request> {
    let urls: BTreeSet<&String> = metadata
        .keys
        .iter()
        .filter_map(|key| key.url.as_ref())
        .filter(|url| is_https(url))
        .filter(|url| changed || !memory.validators.contains_key(*url))
        .collect();
    urls.into_iter().map(|url| memory.request(url)).collect()
}

impl From<&Change> for Named {
    fn from(change: &Change) -> Self {
        Self {
            date: Some(change.at),
            ..Self::undated(&change.url)
        }
    }
}

impl Named {
    /// As `index.txt` names it.
    #[must_use]
    pub fn undated(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            date: None,
            hashes: vec![],
            signature: None,
        }
    }

    /// What a feed names, in feed order.
    #[must_use]
    pub fn of_feed(feed: &Feed) -> Vec<Self> {
        feed.entries
            .iter()
            .map(|entry| Self {
                url: entry.url.clone(),
                date: entry.updated.or(entry.published),
                hashes: entry.hashes.clone(),
                signature: entry.signature.clone(),
            })
            .collect()
    }
}

/// The documents to fetch: those never held, and those that a list names under a date under which
/// they were not held yet. The order of the lists says nothing, and neither does which date is the
/// latest: providers write dates that go back.
#[must_use]
pub fn documents(named: &[Named], memory: &Memory) -> Documents {
    let mut found = Documents::default();
    let mut by_url: BTreeMap<&str, (BTreeSet<Timestamp>, &Named)> = BTreeMap::new();
    for one in named {
        let (dates, known) = by_url.entry(&one.url).or_insert((BTreeSet::new(), one));
        dates.extend(one.date);
        // A folder and a feed may name the same; the feed knows what stands beside it.
        if known.signature.is_none() {
            *known = one;
        }
    }
    for (url, (dates, named)) in by_url {
        if !is_https(url) {
            found.refused.push(url.to_owned());
            continue;
        }
        match memory.documents.get(url) {
            Some(held) if dates.is_subset(&held.dates) => found.unchanged += 1,
            held => found.fetch.push(fetch(named, dates, held)),
        }
    }
    found
}

/// Of documents that no list dates, the [`RECHECKS`] that were looked at longest ago.
#[must_use]
pub fn rechecks(memory: &Memory) -> Vec<Fetch> {
    let mut undated: Vec<(&String, &Held)> = memory
        .documents
        .iter()
        .filter(|(_, held)| held.dates.is_empty())
        .collect();
    undated.sort_by_key(|(url, held)| (held.fetched, *url));
    undated.truncate(RECHECKS);
    undated
        .into_iter()
        .map(|(url, held)| Fetch {
            request: Request {
                url: url.clone(),
                validators: held.validators.clone(),
            },
            dates: BTreeSet::new(),
            hashes: held.hashes.clone(),
            signature: held.signature.clone(),
        })
        .collect()
}

/// The documents that are held and that no list names any more, given everything that all lists
/// name. Nothing that was held is forgotten for it.
#[must_use]
pub fn gone(named: &[Named], memory: &Memory) -> Vec<String> {
    let named: BTreeSet<&str> = named.iter().map(|one| one.url.as_str()).collect();
    memory
        .documents
        .keys()
        .filter(|url| !named.contains(url.as_str()))
        .cloned()
        .collect()
}

fn fetch(named: &Named, dates: BTreeSet<Timestamp>, held: Option<&Held>) -> Fetch {
    let beside = |ending: &str| format!("{}.{ending}", named.url);
    let mut hashes: Vec<String> = named
        .hashes
        .iter()
        .filter(|url| is_https(url))
        .cloned()
        .collect();
    // The stronger digest first, whatever the feed's order.
    hashes.sort_by_key(|url| !url.ends_with(".sha512"));
    if hashes.is_empty() {
        hashes = vec![beside("sha512"), beside("sha256")];
    }
    let signature = named.signature.clone().filter(|url| is_https(url));
    Fetch {
        request: Request {
            url: named.url.clone(),
            validators: held.map(|held| held.validators.clone()).unwrap_or_default(),
        },
        dates,
        hashes,
        signature: signature.unwrap_or_else(|| beside("asc")),
    }
}
