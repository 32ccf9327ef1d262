//! Why a mail was not taken, told apart by what it means for the next attempt.

/// What the other side said is foreign, and bounded by whoever keeps it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    #[error("refused for now: {0}")]
    RefusedForNow(String),
    /// This mail, to this address, will never be taken.
    #[error("refused: {0}")]
    Refused(String),
    /// The server refuses us: our name, our credentials. Another attempt may find it mended.
    #[error("the server refuses the sender: {0}")]
    SenderRefused(String),
    /// All was said and no answer came: the server may have it or not.
    #[error("dropped after the message was given: {0}")]
    DroppedAfterData(String),
    #[error("unreachable: {0}")]
    Unreachable(String),
    #[error("no protected connection: {0}")]
    Unprotected(String),
    #[error("no answer in time")]
    TimedOut,
    #[error("could not be written: {0}")]
    Local(String),
}

impl SendError {
    /// A stable word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::RefusedForNow(_) => "refused-for-now",
            Self::Refused(_) => "refused",
            Self::SenderRefused(_) => "sender-refused",
            Self::DroppedAfterData(_) => "dropped-after-data",
            Self::Unreachable(_) => "unreachable",
            Self::Unprotected(_) => "unprotected",
            Self::TimedOut => "timed-out",
            Self::Local(_) => "not-written",
        }
    }

    /// Whether another attempt is pointless.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whether the fault is not this mail's: the next mail would meet it too.
    #[must_use]
    pub fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::SenderRefused(_)
                | Self::Unreachable(_)
                | Self::Unprotected(_)
                | Self::TimedOut
                | Self::Local(_)
        )
    }
}
