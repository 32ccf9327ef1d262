//! What a run of hex digits names, by the words around it.
//!
//! Most unbroken runs of 40 digits in posts are commits and uploads. One counts only when a word of
//! keys or certificates stands nearer than a word of version control, or when it follows one that
//! counted. Forms that only key tools print (groups of four, pairs with colons) count by themselves.

use super::hex::{Run, Spelling};
use super::token::TokenKind;
use super::vocabulary::{
    CERTIFICATE, DIGEST, FINGERPRINT, KEY_IDENTIFIER, OPENPGP, SPKI, VERSION_CONTROL,
};
use super::words::{Words, has_word, last_word};

/// How far in front of a run words still belong to it, in bytes.
const REACH: usize = 160;
/// The same behind it.
const REACH_BEHIND: usize = 70;
/// The same for forms that are weak alone.
const NEAR: usize = 70;
/// How far apart the members of a list stand, in bytes.
const LIST: usize = 100;

/// What was taken before, so that a list needs its heading only once.
#[derive(Debug, Default)]
pub(super) struct Previous {
    end: Option<usize>,
    digits: usize,
}

/// The kind of a run and its normalised value; `None` when nothing says that it names a key.
pub(super) fn of(
    words: &Words<'_>,
    run: &Run,
    previous: &mut Previous,
) -> Option<(TokenKind, String)> {
    let context = Context::new(words, run, previous);
    let kind = kind(words, run, &context)?;
    *previous = Previous {
        end: Some(run.place.end),
        digits: run.digits.len(),
    };
    let value = match kind {
        TokenKind::CertificateSha1 | TokenKind::CertificateSha256 | TokenKind::SpkiSha256 => {
            run.digits.to_ascii_lowercase()
        }
        TokenKind::Serial => {
            let digits = run.digits.trim_start_matches('0').to_ascii_uppercase();
            if digits.is_empty() {
                "0".to_owned()
            } else {
                digits
            }
        }
        _ => run.digits.to_ascii_uppercase(),
    };
    Some((kind, value))
}

struct Context<'a> {
    before: &'a str,
    after: &'a str,
    /// A word of keys is nearer than one of version control.
    of_keys: bool,
    /// A word of version control is nearer.
    of_files: bool,
    /// Goes on a list whose last member counted.
    listed: bool,
}

impl<'a> Context<'a> {
    fn new(words: &'a Words<'_>, run: &Run, previous: &Previous) -> Self {
        let before = paragraph_end(words.before(run.place.start, REACH));
        let after = paragraph_start(words.after(run.place.end, REACH_BEHIND));
        let key = [OPENPGP, CERTIFICATE, FINGERPRINT, SPKI]
            .iter()
            .filter_map(|list| last_word(before, list))
            .max();
        let file = last_word(before, VERSION_CONTROL);
        let of_keys = match (key, file) {
            (Some(key), file) => file.is_none_or(|file| key > file),
            (None, Some(_)) => false,
            (None, None) => {
                [CERTIFICATE, FINGERPRINT]
                    .iter()
                    .any(|list| has_word(after, list))
                    || has_word(after, &["key", "gpg", "pgp"])
            }
        };
        let listed = previous.end.is_some_and(|end| {
            previous.digits == run.digits.len()
                && run.place.start.saturating_sub(end) <= LIST
                && !has_word(
                    words.before(run.place.start, run.place.start.saturating_sub(end)),
                    VERSION_CONTROL,
                )
        });
        Self {
            before,
            after,
            of_keys,
            of_files: file.is_some() && !of_keys,
            listed,
        }
    }

    fn near(&self) -> &str {
        let from = self
            .before
            .floor_char_boundary(self.before.len().saturating_sub(NEAR));
        self.before.get(from..).unwrap_or("")
    }
}

/// What follows the last blank line.
fn paragraph_end(text: &str) -> &str {
    // A heading and the list below it are one thought: a single blank line does not part them.
    text.rfind("\n\n\n")
        .map_or(text, |at| text.get(at + 3..).unwrap_or(""))
}

fn paragraph_start(text: &str) -> &str {
    text.find("\n\n")
        .map_or(text, |at| text.get(..at).unwrap_or(""))
}

fn kind(words: &Words<'_>, run: &Run, context: &Context<'_>) -> Option<TokenKind> {
    let count = run.digits.len();
    if is_serial(context.before) && count <= 40 && run.spelling != Spelling::Groups {
        return Some(TokenKind::Serial);
    }
    if !place_allows(words, run) {
        return None;
    }
    let letters = run.digits.bytes().any(|digit| digit.is_ascii_alphabetic());
    let upper = letters && !run.digits.bytes().any(|digit| digit.is_ascii_lowercase());
    let keys = context.of_keys || context.listed;
    let plain_digest = has_word(context.near(), DIGEST);
    let counts = match (run.spelling, count) {
        (Spelling::Colons, 40 | 64) => true,
        (Spelling::Groups, 40) => letters && (keys || group_of_four_or_more(words, run)),
        (Spelling::Groups | Spelling::Colons, _) => letters && keys,
        (Spelling::Bare, 39..=41) if upper => keys || !context.of_files && !plain_digest,
        (Spelling::Prefixed | Spelling::Bare, 39..=41) => letters && keys,
        (_, 63..=65) => {
            letters && keys && !names_a_file(context.after) && !is_content_digest(context)
        }
        (_, 16) => {
            keys && (upper
                || run.spelling == Spelling::Prefixed
                || has_word(context.near(), OPENPGP))
        }
        (Spelling::Prefixed, 8) => keys && has_word(context.near(), OPENPGP),
        (Spelling::Bare, 8) => short_id(words, run, context, letters),
        _ => false,
    };
    if !counts {
        return None;
    }
    match count {
        40 => forty(run, context),
        64 => Some(sixty_four(run, context)),
        16 => Some(TokenKind::OpenpgpKeyId),
        8 => Some(TokenKind::OpenpgpShortKeyId),
        36 | 39 | 41 | 44 | 63 | 65 => Some(TokenKind::NearMiss),
        _ => None,
    }
}

fn forty(run: &Run, context: &Context<'_>) -> Option<TokenKind> {
    let near = context.near();
    let identifier = last_word(near, KEY_IDENTIFIER);
    let fingerprint = last_word(near, FINGERPRINT);
    if identifier.is_some() && identifier > fingerprint {
        return Some(TokenKind::KeyIdentifier);
    }
    let thumbprint = has_word(
        near,
        &["thumbprint", "thumb print", "thumbprints", "sha1", "sha-1"],
    );
    if thumbprint || run.spelling == Spelling::Colons && run.place.len() > 50 {
        // 40 digits in pairs take 59 characters, in fours 49.
        return Some(TokenKind::CertificateSha1);
    }
    let certificate = last_word(context.before, CERTIFICATE);
    let openpgp = last_word(context.before, OPENPGP);
    Some(
        if run.spelling != Spelling::Groups && certificate > openpgp {
            TokenKind::CertificateSha1
        } else {
            TokenKind::OpenpgpFingerprint
        },
    )
}

fn sixty_four(run: &Run, context: &Context<'_>) -> TokenKind {
    let openpgp = last_word(context.before, &["openpgp", "pgp", "gpg", "v6"]);
    let certificate = last_word(context.before, CERTIFICATE);
    let spki = last_word(context.before, SPKI);
    if openpgp.is_some() && openpgp > certificate.max(spki) && run.spelling != Spelling::Colons {
        TokenKind::OpenpgpFingerprint
    } else if spki.is_some() && spki > certificate {
        TokenKind::SpkiSha256
    } else {
        TokenKind::CertificateSha256
    }
}

/// Eight bare digits are a key id only where a key tool writes one.
fn short_id(words: &Words<'_>, run: &Run, context: &Context<'_>, letters: bool) -> bool {
    let numbers = run.digits.bytes().any(|digit| digit.is_ascii_digit());
    let close = words.before(run.place.start, 16);
    letters
        && numbers
        && (context.listed
            || run.digits.bytes().all(|digit| !digit.is_ascii_lowercase())
                && context.of_keys
                && has_word(context.near(), &["key", "keys", "pubkeys", "keyid"])
            || has_word(
                close,
                &[
                    "keyid",
                    "key id",
                    "key-id",
                    "key",
                    "pubkey",
                    "pubkeys",
                    "no_pubkey",
                ],
            )
            || close.ends_with('/') && has_word(words.before(run.place.start, 24), &["pub", "sub"])
            || context.after.starts_with(".asc")
            || context.after.starts_with(".gpg"))
}

/// Digits in an address or a path are a key's only where key servers and key files have them.
fn place_allows(words: &Words<'_>, run: &Run) -> bool {
    if matches!(run.spelling, Spelling::Groups) {
        return true;
    }
    let around = words.unbroken(&run.place).to_ascii_lowercase();
    if !around.contains('/') && !around.contains('@') {
        return true;
    }
    let key_words = [
        "key",
        "gpg",
        "pgp",
        "/pks/",
        "/vks/",
        "search=",
        "fingerprint",
        ".asc",
        "debsig",
        "rsa",
        "dsa/",
        "1024d/",
        "2048r/",
        "4096r/",
        "ed25519/",
    ];
    if around.contains("://") || around.contains("//") {
        let commit = ["/commit/", "/blob/", "/tree/", "/+/", "/raw/", "/uploads/"];
        return key_words.iter().any(|word| around.contains(word))
            && !commit.iter().any(|word| around.contains(word));
    }
    key_words.iter().any(|word| around.contains(word))
}

/// `  name.tar.gz` or ` *name`, as digest tools write lists.
fn names_a_file(after: &str) -> bool {
    let line = after.lines().next().unwrap_or("");
    let Some(name) = line.strip_prefix(' ') else {
        return false;
    };
    let name = name.trim_start_matches([' ', '*']);
    let first = name.split_whitespace().next().unwrap_or("");
    name.len() == first.len()
        && !first.is_empty()
        && (first.contains('.') || first.contains('/') || first.contains('-') || line.contains('*'))
}

/// `sha256:` against the digits, as registries and indices write digests of content.
fn is_content_digest(context: &Context<'_>) -> bool {
    let near = context.near();
    (near.ends_with("sha256:") || near.ends_with("sha256-"))
        && !has_word(near, CERTIFICATE)
        && !has_word(near, FINGERPRINT)
}

fn is_serial(before: &str) -> bool {
    let near = before
        .get(before.floor_char_boundary(before.len().saturating_sub(40))..)
        .unwrap_or("");
    let near = near.trim_end_matches(|c: char| !c.is_alphanumeric());
    let near = near.strip_suffix("0x").map_or(near, |near| {
        near.trim_end_matches(|c: char| !c.is_alphanumeric())
    });
    [
        "serial",
        "serial number",
        "serialnumber",
        "serial no",
        "seriennummer",
        "序列号",
        "シリアル番号",
    ]
    .iter()
    .any(|word| near.ends_with(word))
}

fn group_of_four_or_more(words: &Words<'_>, run: &Run) -> bool {
    let first = words.at(&run.place);
    first.bytes().take_while(u8::is_ascii_hexdigit).count() >= 4
}
