//! Times with their ground: when something was signed, and how we know.

use jiff::Timestamp;

/// A span in which a certificate or record holds; both ends included (RFC 5280 4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Validity {
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

/// How we know when something was signed, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeGround {
    /// Nothing says when.
    None,
    /// The signer says so (signingTime, OpenPGP creation time).
    Claimed,
    /// Our own store first saw these bytes then.
    Witnessed,
    /// A timestamp token or a transparency log vouches.
    Proven,
}

impl TimeGround {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Claimed => "claimed",
            Self::Witnessed => "witnessed",
            Self::Proven => "proven",
        }
    }
}

/// When a signature was made, as far as anything says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningTime {
    pub ground: TimeGround,
    /// `None` exactly when the ground is [`TimeGround::None`].
    pub at: Option<Timestamp>,
}

impl SigningTime {
    /// The instant at which a path may be judged: only proven and witnessed times count.
    #[must_use]
    pub fn established(&self) -> Option<Timestamp> {
        match self.ground {
            TimeGround::Proven | TimeGround::Witnessed => self.at,
            TimeGround::Claimed | TimeGround::None => None,
        }
    }
}
