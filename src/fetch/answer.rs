//! What came back, for whoever plans the next visit.

use std::net::IpAddr;

use jiff::Timestamp;
use url::Url;

/// What a site said when it was asked.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, in order; the last one answered.
    pub hops: Vec<Hop>,
    /// Where the first permanent redirects (301, 308) lead, when the address asked is no longer the
    /// right one. Whoever keeps addresses rewrites it after repeated sight.
    pub moved: Option<Url>,
    pub outcome: Outcome,
    pub cache: CacheControl,
    /// When the site wants to be asked again, on any status.
    pub retry_after: Option<RetryAfter>,
}

/// One question of a chain of redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub url: Url,
    pub status: u16,
    /// Who answered.
    pub address: Option<IpAddr>,
}

/// What the last hop said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// 200.
    Fresh(Box<Body>),
    /// 304: what we have is good.
    NotModified,
    /// 410: it will not come back.
    Gone,
    /// 429 or 503: not now.
    Busy { status: u16 },
    /// Any other status.
    Failed { status: u16 },
}

/// A body, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// How many bytes came over the wire.
    pub wire: usize,
    /// `Content-Type` without its parameters, in lower case.
    pub media_type: Option<String>,
    /// The parameter `charset`.
    pub charset: Option<String>,
    /// To be sent back next time.
    pub validators: Validators,
}

/// What makes a question conditional (RFC 9110 8.8). They belong to the address that gave them and
/// are sent to no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The address whose answer they came with.
    pub url: Option<Url>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What `Cache-Control` says that matters to a visitor (RFC 9111 5.2.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheControl {
    pub max_age_seconds: Option<u64>,
    pub no_cache: bool,
    pub no_store: bool,
}

/// RFC 9110 10.2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u64),
    At(Timestamp),
}
