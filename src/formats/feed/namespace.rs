//! The namespaces that feeds use, by the many names they have had.

/// What vocabulary an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ns {
    /// The feed's own vocabulary: RSS or RDF without namespace, or the default namespace.
    #[default]
    Core,
    Atom,
    Rdf,
    DublinCore,
    DublinCoreTerms,
    Content,
    Syndication,
    Xhtml,
    /// Media RSS and podcasts, whose titles and descriptions stand in for missing ones.
    Media,
    /// Nothing that is read.
    Other,
}

impl Ns {
    /// By its URI. An unknown default namespace is the feed's own vocabulary: sites invent such for
    /// RSS 2.0, which has none.
    pub(super) fn of_uri(uri: &str, prefixed: bool) -> Self {
        let plain = uri.trim().to_ascii_lowercase();
        let plain = plain
            .strip_prefix("https://")
            .or_else(|| plain.strip_prefix("http://"))
            .unwrap_or(&plain);
        match plain.trim_end_matches('/') {
            "www.w3.org/2005/atom"
            | "purl.org/atom/ns#"
            | "example.com/newformat#"
            | "example.com/necho"
            | "purl.org/echo"
            | "uri/of/echo/namespace#"
            | "purl.org/pie"
            | "purl.org/atom-blog/ns#" => Self::Atom,
            "www.w3.org/1999/02/22-rdf-syntax-ns#" => Self::Rdf,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Self::DublinCore,
            "purl.org/dc/terms" => Self::DublinCoreTerms,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "www.w3.org/1999/xhtml" => Self::Xhtml,
            "search.yahoo.com/mrss" | "www.itunes.com/dtds/podcast-1.0.dtd" => Self::Media,
            ""
            | "backend.userland.com/rss"
            | "backend.userland.com/rss2"
            | "backend.userland.com/rss191"
            | "backend.userland.com/rss092"
            | "blogs.law.harvard.edu/tech/rss"
            | "purl.org/rss/1.0"
            | "my.netscape.com/rdf/simple/0.9"
            | "my.netscape.com/publish/formats/rss-0.91.dtd"
            | "channel.netscape.com/rdf/simple/0.9"
            | "purl.org/net/rss1.1#"
            | "www.w3.org/tr/notecdfsubmit.html" => Self::Core,
            _ if prefixed => Self::Other,
            _ => Self::Core,
        }
    }

    /// By a prefix that nobody declared.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix.to_ascii_lowercase().as_str() {
            "atom" | "atom10" | "atom03" | "a10" => Self::Atom,
            "rdf" => Self::Rdf,
            "dc" => Self::DublinCore,
            "dcterms" => Self::DublinCoreTerms,
            "content" => Self::Content,
            "sy" | "syn" => Self::Syndication,
            "xhtml" => Self::Xhtml,
            "media" | "itunes" => Self::Media,
            "rss" => Self::Core,
            _ => Self::Other,
        }
    }
}
