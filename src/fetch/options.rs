//! What an installation decides about fetching.

use std::time::Duration;

use ipnet::IpNet;

use crate::formats::limits;

/// Settings of a [`super::Fetcher`]. The defaults are what nobody has to think about.
#[derive(Debug, Clone)]
pub struct Options {
    /// An address of mail or web where a site's owner reaches whoever runs this; stands in the
    /// User-Agent.
    pub contact: Option<String>,
    /// Networks that may be asked although they are not public. Exact: a mapped form of an allowed
    /// IPv4 address is not allowed by it.
    pub allowed_networks: Vec<IpNet>,
    /// Whether a redirect may lead from https to http.
    pub allow_downgrade: bool,
    /// A proxy that every question goes through: `http://host:port`. Names are looked up by it and
    /// not here: which addresses they have is then its decision. Addresses of numbers and schemes
    /// are checked all the same, at every redirect again, and so are sizes, ratios and times.
    pub proxy: Option<String>,
    /// Certificates of authorities to trust besides the system's, DER.
    pub extra_roots: Vec<Vec<u8>>,
    /// For looking a name up.
    pub lookup_timeout: Duration,
    /// For a connection, TLS included.
    pub connect_timeout: Duration,
    /// From the question to the answer's head.
    pub head_timeout: Duration,
    /// Between two pieces of the body.
    pub idle_timeout: Duration,
    /// For everything, redirects included.
    pub total_timeout: Duration,
    /// The largest body as it comes over the wire, in bytes.
    pub wire_limit: usize,
    /// The largest body unpacked, in bytes.
    pub decoded_limit: usize,
    /// How many redirects are followed.
    pub redirects: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            contact: None,
            proxy: None,
            allowed_networks: vec![],
            allow_downgrade: false,
            extra_roots: vec![],
            lookup_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(60),
            wire_limit: limits::WIRE_BODY,
            decoded_limit: limits::DECODED_BODY,
            redirects: limits::REDIRECTS,
        }
    }
}

/// Why options cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    #[error("the contact cannot stand in a header: only visible ASCII, at most 200 characters")]
    Contact,
    #[error("certificate {index} of the extra authorities cannot be read")]
    ExtraRoot { index: usize },
    #[error("the proxy {0} cannot be used: an address such as http://proxy.example:3128")]
    Proxy(String),
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Options {
    /// `anchorwatch/1.2.3 (+contact)`.
    ///
    /// # Errors
    /// [`OptionsError::Contact`].
    pub fn user_agent(&self) -> Result<String, OptionsError> {
        let name = concat!("anchorwatch/", env!("CARGO_PKG_VERSION"));
        match &self.contact {
            None => Ok(name.to_owned()),
            Some(contact) => {
                let visible = contact
                    .bytes()
                    .all(|b| (0x21..=0x7e).contains(&b) && b != b'(' && b != b')');
                if contact.is_empty() || contact.len() > 200 || !visible {
                    return Err(OptionsError::Contact);
                }
                Ok(format!("{name} (+{contact})"))
            }
        }
    }

    /// Whether an address may be asked.
    ///
    /// # Errors
    /// The range that it lies in.
    pub(super) fn admit(&self, address: std::net::IpAddr) -> Result<(), super::Range> {
        let allowed = self
            .allowed_networks
            .iter()
            .any(|network| network.contains(&address));
        match super::range(address) {
            Some(range) if !allowed => Err(range),
            _ => Ok(()),
        }
    }
}
