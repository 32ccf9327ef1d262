//! Verdicts and what a process says with its exit code.

/// What the mathematics says about one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crypto {
    Good,
    /// It fails over the right bytes.
    Bad,
    /// It could not be computed: key not at hand, unknown algorithm, refused by policy.
    Unchecked,
}

impl Crypto {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Unchecked => "unchecked",
        }
    }
}

/// The answer for a package or a signature, in the order in which the worst decides the exit code
/// of a run over many packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The path ends at an anchor active for this vendor, scope and purpose.
    Anchored,
    /// Good, under a shared public CA, and no signer rule names this signer.
    Unpinned,
    /// No known root, but a recorded rotation or an announcement explains the key.
    Explained,
    /// A signable format without a signature.
    Unsigned,
    /// No known root or key.
    Unanchored,
    /// We could not judge: IO, unreadable, over a limit.
    Unjudged,
    /// Another vendor's signer than the one stated.
    Foreign,
    /// Condemned by the status of a key.
    Distrusted,
    /// Two readers would see different content.
    Refused,
    /// Forged, broken, wrong purpose, or expired where the format honours it.
    Invalid,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 10] = [
        Self::Anchored,
        Self::Unpinned,
        Self::Explained,
        Self::Unsigned,
        Self::Unanchored,
        Self::Unjudged,
        Self::Foreign,
        Self::Distrusted,
        Self::Refused,
        Self::Invalid,
    ];

    /// The word that reports use. An explained verdict is `unanchored`; how far it is explained
    /// stands beside it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Anchored => "anchored",
            Self::Unpinned => "unpinned",
            Self::Explained | Self::Unanchored => "unanchored",
            Self::Unsigned => "unsigned",
            Self::Unjudged => "unjudged",
            Self::Foreign => "foreign",
            Self::Distrusted => "distrusted",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
        }
    }

    /// The process exit code for a run whose worst verdict is this one.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Anchored => 0,
            Self::Unpinned => 9,
            Self::Explained => 10,
            Self::Unsigned => 14,
            Self::Unanchored => 11,
            Self::Unjudged => 3,
            Self::Foreign | Self::Distrusted => 13,
            Self::Refused | Self::Invalid => 12,
        }
    }
}
