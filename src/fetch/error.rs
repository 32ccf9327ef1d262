//! Why nothing was fetched.

use std::net::IpAddr;

use super::address::Range;

/// What was being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Lookup,
    Connect,
    Head,
    Body,
    All,
}

impl Phase {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lookup => "looking the name up",
            Self::Connect => "connecting",
            Self::Head => "waiting for the answer",
            Self::Body => "waiting for the rest of the body",
            Self::All => "all of it",
        }
    }
}

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    #[error("no web address: {0}")]
    Url(String),
    #[error("only http and https are asked, not {0}")]
    Scheme(String),
    #[error("an address with a user name or password in it is not asked")]
    Credentials,
    #[error("{}", refused(.host, *.address, *.range))]
    Refused {
        host: String,
        address: IpAddr,
        range: Range,
    },
    #[error("{host} is not known")]
    UnknownName { host: String },
    #[error("the name {host} cannot be looked up: {reason}")]
    Lookup { host: String, reason: String },
    #[error("more than {limit} redirects")]
    TooManyRedirects { limit: usize },
    #[error("a redirect leads to no address that can be asked")]
    BadRedirect,
    #[error("a redirect leads from https to http")]
    Downgrade,
    #[error("the body is larger than {limit} bytes on the wire")]
    WireLimit { limit: usize },
    #[error("the body unpacks to more than {limit} bytes")]
    DecodedLimit { limit: usize },
    #[error("the body unpacks to more than {ratio} times its size")]
    Ratio { ratio: usize },
    #[error("packed by `{0}`, which was not asked for")]
    Encoding(String),
    #[error("the body cannot be unpacked: {0}")]
    Unpack(String),
    #[error("no time left for {}", .0.word())]
    Timeout(Phase),
    #[error("no connection: {0}")]
    Connect(String),
    #[error("the answer broke off or is no HTTP: {0}")]
    Protocol(String),
}

impl FetchError {
    /// What to do about it, where that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused { .. } => {
                Some("if this address is meant, allow its network in the settings")
            }
            Self::Downgrade => {
                Some("ask the site to redirect to https, or allow it in the settings")
            }
            Self::Credentials => Some("give the address without them"),
            _ => None,
        }
    }
}

/// An address that was written as such is not said twice.
fn refused(host: &str, address: IpAddr, range: Range) -> String {
    let range = range.word();
    if host == address.to_string() {
        format!("{address} is not public ({range})")
    } else {
        format!("{host} is at {address}, which is not public ({range})")
    }
}
