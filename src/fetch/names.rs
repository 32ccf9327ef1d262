//! Looking names up, once for a connection, every address checked.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::{FetchError, Phase};
use super::options::Options;

/// The addresses of a name, when they have come.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Whoever knows the addresses of names.
pub trait Names: Send + Sync {
    /// All addresses of a name.
    fn lookup(&self, host: &str) -> Found;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn lookup(&self, host: &str) -> Found {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Gives the HTTP library only addresses that were checked: it connects to these and asks nobody
/// again, so a name that changes its mind changes nothing.
pub(super) struct CheckedNames {
    pub(super) names: Arc<dyn Names>,
    pub(super) options: Arc<Options>,
    /// The proxy of the settings, which usually has no public address.
    pub(super) proxy_host: Option<String>,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.names.lookup(name.as_str());
        let options = Arc::clone(&self.options);
        let host = name.as_str().to_owned();
        let is_proxy = self.proxy_host.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let addresses = checked(found, &options, host, is_proxy)
                .await
                .map_err(Box::new)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// One address out of bounds refuses the name: whoever answers with a public and a private one is
/// playing.
async fn checked(
    found: Found,
    options: &Options,
    host: String,
    is_proxy: bool,
) -> Result<Vec<SocketAddr>, FetchError> {
    let found = tokio::time::timeout(options.lookup_timeout, found)
        .await
        .map_err(|_| FetchError::Timeout(Phase::Lookup))?
        .map_err(|error| FetchError::Lookup {
            host: host.clone(),
            reason: error.to_string(),
        })?;
    for address in &found {
        if let Err(range) = options.admit(*address)
            && !is_proxy
        {
            return Err(FetchError::Refused {
                host,
                address: *address,
                range,
            });
        }
    }
    if found.is_empty() {
        return Err(FetchError::UnknownName { host });
    }
    Ok(found
        .into_iter()
        .map(|address| SocketAddr::new(address, 0))
        .collect())
}
