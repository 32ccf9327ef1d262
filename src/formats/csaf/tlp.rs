//! The Traffic Light Protocol: who may be told (FIRST TLP 1.0 and 2.0).

/// A label, the most open first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tlp {
    /// `WHITE` in version 1.0.
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

impl Tlp {
    /// A label as CSAF 2.0 and 2.1 write it; lower case and a `TLP:` before it are seen too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        Some(match text.strip_prefix("TLP:").unwrap_or(&text).trim() {
            "WHITE" | "CLEAR" => Self::Clear,
            "GREEN" => Self::Green,
            "AMBER" => Self::Amber,
            "AMBER+STRICT" => Self::AmberStrict,
            "RED" => Self::Red,
            _ => return None,
        })
    }

    /// The label of version 2.0.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }
}

/// What something says about its own sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// No label. CSAF 2.0 does not ask for one.
    None,
    Known(Tlp),
    /// A label that nobody knows.
    Unknown,
}

impl Label {
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text.map(Tlp::parse) {
            None => Self::None,
            Some(Some(tlp)) => Self::Known(tlp),
            Some(None) => Self::Unknown,
        }
    }

    /// Whether it may be told to people who may see everything up to `most`. What nobody knows is
    /// taken for [`Tlp::Red`].
    #[must_use]
    pub fn allows(self, most: Tlp) -> bool {
        match self {
            Self::None => true,
            Self::Known(tlp) => tlp <= most,
            Self::Unknown => most == Tlp::Red,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_both_versions_are_read_and_the_unknown_stay_closed() {
        for (text, label, clear, amber, red) in [
            (None, Label::None, true, true, true),
            (Some("WHITE"), Label::Known(Tlp::Clear), true, true, true),
            (
                Some("tlp:clear"),
                Label::Known(Tlp::Clear),
                true,
                true,
                true,
            ),
            (Some("AMBER"), Label::Known(Tlp::Amber), false, true, true),
            (
                Some("AMBER+STRICT"),
                Label::Known(Tlp::AmberStrict),
                false,
                false,
                true,
            ),
            (Some("RED"), Label::Known(Tlp::Red), false, false, true),
            (Some("UNLABELED"), Label::Unknown, false, false, true),
            (Some(""), Label::Unknown, false, false, true),
        ] {
            let read = Label::read(text);
            assert_eq!(read, label, "{text:?}");
            let allowed = [Tlp::Clear, Tlp::Amber, Tlp::Red].map(|most| read.allows(most));
            assert_eq!(allowed, [clear, amber, red], "{text:?}");
        }
    }
}
