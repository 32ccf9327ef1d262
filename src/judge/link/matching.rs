//! How a post names a key, strongest way first.

use super::{Hosts, KeyIdentity, Post, Question};
use crate::formats::post::{PostKind, Token, TokenKind};

/// The ways in which a post can name a key, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// A fingerprint, a certificate's hash, a key's hash.
    Full,
    /// The last 16 digits of an OpenPGP fingerprint.
    KeyId,
    /// Common name, issuer and an end of the validity; or the issuer and the serial number.
    NameIssuerValidity,
    /// The address of a key file on the vendor's own host.
    KeyFile,
    /// A post that names the vendor and speaks of signing, at the time of the key's beginning.
    VendorWindow,
}

impl Match {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full-identity",
            Self::KeyId => "key-id",
            Self::NameIssuerValidity => "name-issuer-validity",
            Self::KeyFile => "key-file",
            Self::VendorWindow => "vendor-window",
        }
    }
}

/// How many days before a key's beginning a post may be about it: changes are told months ahead.
const DAYS_AHEAD: i64 = 365;
/// How many days after it (DESIGN 4).
const DAYS_AFTER: i64 = 90;

/// The strongest match of a post.
pub(super) struct Found {
    pub(super) matched: Match,
    /// The token that made it, where one did.
    pub(super) token: Option<Token>,
}

/// The strongest way in which the post names the key. `speaks_for` is the vendor whose words the post
/// is, by its address.
pub(super) fn best(
    question: &Question<'_>,
    post: &Post,
    speaks_for: Option<&str>,
) -> Option<Found> {
    let key = question.key;
    let tokens = &post.reading.tokens;
    // Among equal matches the one with a side tells more.
    let pick = |fits: &dyn Fn(&Token) -> bool| {
        tokens
            .iter()
            .filter(|token| fits(token))
            .min_by_key(|token| {
                (
                    token.side == crate::formats::post::Side::Unsaid,
                    token.place.start,
                )
            })
            .cloned()
    };
    let full = pick(&|token| token.kind.is_full_identity() && key.is_named_by(&token.value));
    if full.is_some() || post.withdrawn.iter().any(|value| key.is_named_by(value)) {
        return Some(Found {
            matched: Match::Full,
            token: full,
        });
    }
    let id = pick(&|token| token.kind == TokenKind::OpenpgpKeyId && key.has_key_id(&token.value));
    if id.is_some() {
        return Some(Found {
            matched: Match::KeyId,
            token: id,
        });
    }
    if let Some(token) = by_names(key, post) {
        return Some(Found {
            matched: Match::NameIssuerValidity,
            token: Some(token),
        });
    }
    let vendor = question.vendor?;
    let file = pick(&|token| {
        token.kind == TokenKind::KeyUrl && of_vendor(question.hosts, &token.value, vendor)
    });
    if file.is_some() {
        return Some(Found {
            matched: Match::KeyFile,
            token: file,
        });
    }
    let named = speaks_for == Some(vendor) || names_vendor(question, post);
    (named && is_about_signing(post) && within_window(key, post)).then_some(Found {
        matched: Match::VendorWindow,
        token: None,
    })
}

/// Whether the post's title, address or text has one of the vendor's names.
fn names_vendor(question: &Question<'_>, post: &Post) -> bool {
    let lower = [&post.title, &post.url, &post.reading.text].map(|text| text.to_lowercase());
    question
        .vendor_names
        .iter()
        .filter(|name| name.chars().count() > 3)
        .any(|name| {
            let name = name.to_lowercase();
            lower.iter().any(|text| {
                text.match_indices(&name).any(|(at, name)| {
                    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                    let before = text.get(..at).and_then(|head| head.chars().next_back());
                    let after = text
                        .get(at + name.len()..)
                        .and_then(|tail| tail.chars().next());
                    !letter(before) && !letter(after)
                })
            })
        })
}

fn by_names(key: &KeyIdentity, post: &Post) -> Option<Token> {
    let tokens = &post.reading.tokens;
    let issuer = key
        .issuer_common_name
        .as_deref()
        .filter(|name| !name.is_empty())?;
    let prints = |name: &str| tokens.iter().find(|token| is_name(token, name));
    prints(issuer)?;
    let serial = key
        .serial
        .as_deref()
        .filter(|serial| serial.len() >= 8)
        .and_then(|serial| {
            tokens
                .iter()
                .find(|token| token.kind == TokenKind::Serial && token.value == serial)
        });
    if let Some(serial) = serial {
        return Some(serial.clone());
    }
    let name = prints(key.common_name.as_deref().filter(|name| !name.is_empty())?)?;
    let ends = [key.starts, key.ends];
    let dated = ends.into_iter().flatten().any(|end| {
        let day = end.to_zoned(jiff::tz::TimeZone::UTC).date();
        post.reading
            .dates
            .iter()
            .any(|date| date.to_the_day && date.date == day)
    });
    dated.then(|| name.clone())
}

/// Whether a token is a distinguished name with this common name, or this name in prose.
fn is_name(token: &Token, name: &str) -> bool {
    match token.kind {
        TokenKind::AuthorityName => token.value.eq_ignore_ascii_case(name),
        TokenKind::DistinguishedName => token
            .value
            .split([',', '/'])
            .filter_map(|part| part.trim().strip_prefix("CN="))
            .any(|common| common.trim_matches('"').eq_ignore_ascii_case(name)),
        _ => false,
    }
}

fn of_vendor(hosts: &Hosts, url: &str, vendor: &str) -> bool {
    hosts.is_vendors_own(url, vendor)
}

/// What is neither about a change nor about signing at all is no candidate, whoever posted it when.
fn is_about_signing(post: &Post) -> bool {
    match post.reading.kind {
        PostKind::Canary | PostKind::HowTo | PostKind::Advisory => false,
        PostKind::Other => {
            let lower = post.reading.text.to_lowercase();
            ["signing", "certificate", "gpg", "pgp"]
                .iter()
                .any(|word| lower.contains(word))
        }
        _ => true,
    }
}

fn within_window(key: &KeyIdentity, post: &Post) -> bool {
    let (Some(starts), Some(published)) = (key.starts, post.published) else {
        return false;
    };
    let days = published.as_second().saturating_sub(starts.as_second()) / 86_400;
    (-DAYS_AHEAD..=DAYS_AFTER).contains(&days)
}
