//! Checking an address before it is asked.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::FetchError;
use super::options::Options;
use crate::formats::limits;

/// Reads and checks an address. Whatever spelling an IP address has (decimal, octal, hexadecimal,
/// with parts left out), the WHATWG rules have made it one before it is checked; names are checked
/// when they are looked up.
pub(super) fn target(text: &str, options: &Options) -> Result<Url, FetchError> {
    if text.len() > limits::URL {
        return Err(FetchError::Url("too long".to_owned()));
    }
    let url = Url::parse(text.trim()).map_err(|error| FetchError::Url(error.to_string()))?;
    check(url, options)
}

/// The address that a `Location` leads to.
pub(super) fn redirected(
    from: &Url,
    location: &[u8],
    options: &Options,
) -> Result<Url, FetchError> {
    let location = std::str::from_utf8(location).map_err(|_| FetchError::BadRedirect)?;
    if location.len() > limits::URL {
        return Err(FetchError::BadRedirect);
    }
    let url = from
        .join(location.trim())
        .map_err(|_| FetchError::BadRedirect)?;
    let url = check(url, options)?;
    if from.scheme() == "https" && url.scheme() == "http" && !options.allow_downgrade {
        return Err(FetchError::Downgrade);
    }
    Ok(url)
}

fn check(mut url: Url, options: &Options) -> Result<Url, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Scheme(url.scheme().chars().take(32).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Credentials);
    }
    url.set_fragment(None);
    let address = match url.host() {
        None => return Err(FetchError::Url("no host".to_owned())),
        Some(Host::Domain(_)) => return Ok(url),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
    };
    match options.admit(address) {
        Ok(()) => Ok(url),
        Err(range) => Err(FetchError::Refused {
            host: address.to_string(),
            address,
            range,
        }),
    }
}
