//! What a package says that it is. All of it is the packager's text; it is signed with the header,
//! but proves nothing about whose package this is.

use super::header::Header;
use super::tag::{Tag, main};
use crate::formats::limits;

/// Name, version and vendor as the main header states them, each cut to a bounded length. Bytes that
/// are not UTF-8 are replaced; control characters are not, renderers escape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub name: Option<String>,
    pub epoch: Option<u32>,
    pub version: Option<String>,
    pub release: Option<String>,
    pub architecture: Option<String>,
    pub vendor: Option<String>,
    /// Whether this is a source package: no source package is named.
    pub source: bool,
}

impl Identity {
    pub(super) fn read(header: &Header) -> Self {
        let text = |tag: Tag| {
            let bytes = header.string(tag).ok().flatten()?;
            // A character has at most four bytes.
            let start = bytes.get(..limits::DESCRIPTION * 4).unwrap_or(bytes);
            let text = String::from_utf8_lossy(start);
            Some(text.chars().take(limits::DESCRIPTION).collect())
        };
        Self {
            name: text(main::NAME),
            epoch: header.int32(main::EPOCH).ok().flatten(),
            version: text(main::VERSION),
            release: text(main::RELEASE),
            architecture: text(main::ARCH),
            vendor: text(main::VENDOR),
            source: !header.has(main::SOURCE_RPM),
        }
    }

    /// `name-epoch:version-release.architecture`, as RPM writes it; what is not stated is left out.
    #[must_use]
    pub fn label(&self) -> String {
        let mut label = self.name.clone().unwrap_or_default();
        if let Some(version) = &self.version {
            label.push('-');
            if let Some(epoch) = self.epoch {
                label.push_str(&format!("{epoch}:"));
            }
            label.push_str(version);
        }
        for (before, part) in [("-", &self.release), (".", &self.architecture)] {
            if let Some(part) = part {
                label.push_str(before);
                label.push_str(part);
            }
        }
        label
    }
}
