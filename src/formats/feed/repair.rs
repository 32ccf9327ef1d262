//! What had to be mended in a feed before it could be read, or is missing from it.

use std::collections::BTreeMap;

macro_rules! repairs {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// One kind of mending. The codes are stable; wording is made elsewhere.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Repair { $($(#[$doc])* $name,)+ }

        impl Repair {
            /// The stable kebab-case code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

repairs! {
    /// The body was gzip, without the server saying so.
    Compressed = "compressed-body",
    /// The stated encoding is none that we know.
    UnknownEncoding = "unknown-encoding",
    /// No encoding was stated, and the bytes are not UTF-8.
    UndeclaredEncoding = "undeclared-encoding",
    /// The bytes contradict the stated encoding.
    WrongEncoding = "wrong-encoding",
    /// Bytes that the encoding does not have became U+FFFD.
    InvalidBytes = "invalid-bytes",
    /// Characters that XML forbids were left out.
    ControlCharacter = "control-character",
    /// C1 controls were taken for the characters that windows-1252 has in their place.
    MisplacedCharacter = "misplaced-character",
    /// A document type declaration was left out.
    Doctype = "doctype",
    /// `&` that begins no reference.
    BareAmpersand = "bare-ampersand",
    /// `<` that begins no tag.
    BareLessThan = "bare-less-than",
    /// A named character of HTML that the document does not declare.
    UndeclaredEntity = "undeclared-entity",
    /// A name that nobody declares, kept as it stands.
    UnknownEntity = "unknown-entity",
    /// Entities that unfold to more than the limit were kept as they stand.
    EntityLimit = "entity-limit",
    /// A character reference to no character, or without its semicolon.
    BrokenReference = "broken-character-reference",
    /// Attributes without quotes, without value, given twice or with a broken name.
    BrokenAttribute = "broken-attribute",
    /// End tags that close nothing.
    UnmatchedEnd = "unmatched-end-tag",
    /// Elements that were closed for their writer.
    UnclosedElement = "unclosed-element",
    /// The document ends in the middle.
    CutOff = "cut-off",
    /// Text stands before the root element.
    LeadingContent = "leading-content",
    /// Something follows the root element.
    TrailingContent = "trailing-content",
    /// Elements nested deeper than the limit became part of their parents.
    TooDeep = "too-deep",
    /// What came after the limit of elements was not read.
    TooManyElements = "too-many-elements",
    /// What came after the limit of entries was not read.
    TooManyEntries = "too-many-entries",
    /// A prefix without declaration was taken for what it usually means.
    UndeclaredPrefix = "undeclared-prefix",
    /// The root element says no version.
    MissingVersion = "missing-version",
    /// The root element says a version that nobody published.
    UnknownVersion = "unknown-version",
    /// The root element is not written as its specification writes it.
    RootName = "root-name",
    /// Entries are named as in another dialect.
    EntryName = "entry-name",
    /// A text construct of a type that its specification does not have.
    TextType = "unknown-text-type",
    /// Markup where only text is allowed.
    InlineMarkup = "inline-markup",
    /// A date that could not be read was left out.
    UnreadDate = "unread-date",
    /// A field of JSON Feed has another type than its specification says, or is missing.
    JsonField = "json-field",
    /// The feed has an entry with neither identifier nor link.
    EntryWithoutId = "entry-without-id",
    /// Identifiers repeat, so that entries are known by their links or content.
    RepeatedId = "repeated-id",
    /// The feed has no entries.
    NoEntries = "no-entries",
}

/// How often each mending was needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repairs(BTreeMap<Repair, u32>);

impl Repairs {
    pub(super) fn note(&mut self, repair: Repair) {
        let count = self.0.entry(repair).or_default();
        *count = count.saturating_add(1);
    }

    /// Whether it was needed.
    #[must_use]
    pub fn has(&self, repair: Repair) -> bool {
        self.0.contains_key(&repair)
    }

    /// Each kind with its count, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (Repair, u32)> + '_ {
        self.0.iter().map(|(repair, count)| (*repair, *count))
    }
}
