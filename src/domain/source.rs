//! Where announcements are read: what a source is, how it stands, who named it.

/// What stands at a source's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A CSAF provider's metadata.
    Csaf,
    /// A web page or text file whose changes are news.
    Page,
}

/// Whether a source is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Active,
    /// A person stopped it for a while.
    Paused,
    /// It said that it will not come back (410).
    Gone,
    /// A person took it out; it stays so when a list names it again.
    Removed,
}

/// Who named a source first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A vendor's profile in the trust folder.
    Vendor,
    Config,
    Person,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Feed, Self::Csaf, Self::Page];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Csaf => "csaf",
            Self::Page => "page",
        }
    }

    /// The kind of this word; `rss` and `atom`, as vendors' profiles say, are feeds.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "rss" | "atom" | "json" => Some(Self::Feed),
            _ => Self::ALL.into_iter().find(|kind| kind.word() == word),
        }
    }
}

impl State {
    pub const ALL: [Self; 4] = [Self::Active, Self::Paused, Self::Gone, Self::Removed];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
            Self::Removed => "removed",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl Origin {
    pub const ALL: [Self; 3] = [Self::Vendor, Self::Config, Self::Person];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Vendor => "vendor.toml",
            Self::Config => "config",
            Self::Person => "person",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.word() == word)
    }
}
