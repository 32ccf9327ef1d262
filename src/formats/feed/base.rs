//! Addresses relative to `xml:base`, the document's own address, or nothing.

use url::Url;

use super::tree::Element;

/// What an element's addresses are relative to.
#[derive(Debug, Clone, Default)]
pub(super) struct Base(Option<Url>);

impl Base {
    /// The document's address; anything but http and https counts as none.
    pub(super) fn new(address: Option<&str>) -> Self {
        let address = address.and_then(|address| Url::parse(address.trim()).ok());
        Self(address.filter(|url| matches!(url.scheme(), "http" | "https")))
    }

    /// The base below an element.
    pub(super) fn below(&self, element: &Element) -> Self {
        match element.base().filter(|base| base.len() <= LONGEST) {
            Some(base) => {
                let joined = match &self.0 {
                    Some(url) => url.join(base.trim()).ok(),
                    None => Url::parse(base.trim()).ok(),
                };
                Self(joined.filter(|url| matches!(url.scheme(), "http" | "https"))).or(self)
            }
            None => self.clone(),
        }
    }

    fn or(self, other: &Self) -> Self {
        if self.0.is_some() {
            self
        } else {
            other.clone()
        }
    }

    /// An address made absolute where that is possible; empty and overlong ones are none.
    pub(super) fn resolve(&self, address: &str) -> Option<String> {
        let address = address.trim();
        if address.is_empty() || address.len() > LONGEST {
            return None;
        }
        let absolute = Url::parse(address).is_ok();
        match &self.0 {
            Some(base) if !absolute => Some(
                base.join(address)
                    .map_or_else(|_| address.to_owned(), String::from),
            ),
            _ => Some(address.to_owned()),
        }
    }
}

/// The longest address, in bytes.
const LONGEST: usize = crate::formats::limits::FEED_ADDRESS;
