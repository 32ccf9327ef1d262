//! The words that the readers of this module look for, in the languages seen so far.
//!
//! Few and general: a word that helps one vendor's posts hurts others'.

use super::about::PostKind;

#[rustfmt::skip]
pub(super) const OPENPGP: &[&str] = &[
    "gpg", "pgp", "openpgp", "gnupg", "keyid", "key id", "key-id", "key", "keys", "signing key",
    "pubkey", "pubkeys", "recv-keys", "recv-key", "recv", "keyserver", "no_pubkey", "expkeysig",
    "revkeysig", "errsig", "badsig", "keyexpired", "pub", "sub", "schlüssel", "clé", "clave",
    "chiave", "nyckel", "klíč", "sleutel", "密钥", "公钥", "金鑰", "鍵", "ключ",
];
#[rustfmt::skip]
pub(super) const CERTIFICATE: &[&str] = &[
    "thumbprint", "thumb print", "thumbprints", "certificate", "certificates", "cert", "certs",
    "cert_fingerprints", "x509", "x.509", "authenticode", "issued to", "issued by", "apk", "dn",
    "cn", "root ca", "zertifikat", "certificat", "certificado", "certificato", "证书", "證書", "証明書",
];
#[rustfmt::skip]
pub(super) const FINGERPRINT: &[&str] = &[
    "fingerprint", "fingerprints", "finger print", "fingerabdruck", "empreinte", "huella",
    "impronta", "fingeravtryck", "otisk", "指纹", "指紋", "フィンガープリント", "signed with", "signed by",
    "keyhash", "key hash", "signature",
];
/// Digests of files that a publisher prints beside their names; neither for nor against a key.
#[rustfmt::skip]
pub(super) const DIGEST: &[&str] = &[
    "sha1", "sha-1", "sha256", "sha-256", "hash", "digest",
];
#[rustfmt::skip]
pub(super) const VERSION_CONTROL: &[&str] = &[
    "commit", "commits", "revision", "changeset", "cherry", "cherry-picked", "cherry-picking",
    "merge", "merged", "blob", "tree", "uploads", "checksum", "checksums", "sha256sum", "sha1sum",
    "sha512sum", "magnet", "btih", "object", "hash of file", "docker", "image", "git", "uses",
    "ref", "block", "bitcoin", "txid", "nonce",
];
#[rustfmt::skip]
pub(super) const KEY_IDENTIFIER: &[&str] = &[
    "authority key id", "authority key identifier", "subject key id", "subject key identifier",
    "akid", "skid", "aki", "ski",
];
#[rustfmt::skip]
pub(super) const SPKI: &[&str] = &[
    "spki", "subjectpublickeyinfo", "pin", "pins", "public key sha", "public key hash",
    "public-key hash",
];
#[rustfmt::skip]
pub(super) const OLD: &[&str] = &[
    "old", "older", "previous", "previously", "former", "formerly", "earlier", "expired",
    "revoked", "retired", "retiring", "compromised", "no longer", "stopped using", "outdated",
    "deprecated", "rather than", "instead of", "replaces", "replacing", "before", "used to",
    "expected", "original", "expkeysig", "revkeysig", "keyexpired", "distrusted", "removed",
    "leaked", "documents only", "alte", "alten", "alter", "bisherige", "bisherigen", "ancien",
    "ancienne", "antigua", "antiguo", "anterior", "vecchia", "vecchio", "gamla", "gammal",
    "starý", "旧", "舊",
];
#[rustfmt::skip]
pub(super) const NEW: &[&str] = &[
    "new", "newer", "replacement", "successor", "now", "started using", "rotated to", "switch to",
    "switched to", "changed to", "found", "replaced by", "replaced with", "introduced",
    "no_pubkey", "next", "is signed with", "neue", "neuen", "neuer", "nouveau", "nouvelle",
    "nueva", "nuevo", "nuova", "nuovo", "nya", "ny", "nový", "新",
];
/// What is said behind a token, in its own clause.
#[rustfmt::skip]
pub(super) const OLD_BEHIND: &[&str] = &[
    "expired", "revoked", "retired", "before", "no longer", "compromised", "was", "deprecated",
    "until", "distrusted", "is old",
];
#[rustfmt::skip]
pub(super) const NEW_BEHIND: &[&str] = &[
    "now", "from now on", "is new", "is the new", "replaces",
];
#[rustfmt::skip]
pub(super) const DEADLINE: &[&str] = &[
    "until", "before", "by", "no later than", "deadline", "expires", "expire", "expiry",
    "expired", "expiring", "expiration", "valid until", "end of", "through", "up to", "not after",
    "notafter", "prior to", "keyexpired", "bis", "läuft", "spätestens", "jusqu", "avant", "hasta",
    "antes", "截止", "期限", "有效期至", "到期", "有効期限",
];
#[rustfmt::skip]
pub(super) const EFFECTIVE: &[&str] = &[
    "effective", "starting", "starts", "start", "as of", "from", "since", "beginning", "after",
    "on", "valid from", "not before", "rotated", "switched", "will be", "created", "in", "ab",
    "seit", "am", "à partir", "le", "desde", "el", "自", "于", "於",
];
#[rustfmt::skip]
pub(super) const ANNOUNCED: &[&str] = &[
    "date", "posted", "published", "updated", "released", "announced", "signed", "signature made",
    "date of issue", "发布", "公開", "veröffentlicht", "publié", "publicado", "published_at",
    "created_at", "pubdate",
];
/// Keys and certificates that software is signed with, or that are trusted.
#[rustfmt::skip]
pub(super) const OBJECTS: &[&str] = &[
    "signing key", "signing keys", "gpg key", "gpg keys", "pgp key", "pgp keys", "openpgp key",
    "openpgp keys", "release key", "release keys", "signature key", "repository key", "repo key",
    "apt key", "rpm key", "archive key", "master key", "gpg signing", "gpg-key", "gpg-pubkey",
    "keyring", "public key", "signing certificate", "signing certificates",
    "code signing certificate", "root certificate", "root certificates", "root ca",
    "ca certificate", "ca certificates", "certificate authority", "certificate authorities",
    "roots", "intermediate certificate", "publisher certificate", "kek", "uefi ca",
    "signing identity", "code signature", "signing cert", "root key", "root cert", "host key",
    "host keys", "key transition", "new key", "old key", "key rotation", "certificate rotation",
    "expired key", "ca", "pki", "signierschlüssel", "clé", "certificat racine", "racine", "clave",
    "certificado raíz", "密钥", "根证书", "证书", "キー", "鍵", "証明書",
];
/// Keys of other kinds, which rotate all the time.
#[rustfmt::skip]
pub(super) const OTHER_KEYS: &[&str] = &[
    "wireguard", "jwt", "api key", "api keys", "access key", "access keys", "encryption key",
    "encryption keys", "service account", "oauth", "database", "client certificate",
    "client certificates", "server certificate", "tls certificate", "tls certificates",
    "ssl certificate", "certbot", "cert-manager", "secret", "secrets", "password", "credential",
    "credentials", "token", "tokens", "session key", "kubernetes", "mtls", "acme", "private key",
];
#[rustfmt::skip]
pub(super) const HOW_TO: &[&str] = &[
    "how to", "howto", "tutorial", "step 1", "your own", "you can", "follow these steps",
    "prerequisites", "your certificate", "your key", "your signing", "generate a", "create a",
    "guide", "example", "usage", "configure", "configuration",
];
#[rustfmt::skip]
pub(super) const ADVISORY: &[&str] = &[
    "cve-", "cvss", "vulnerability", "vulnerabilities", "advisory", "security bulletin",
];
#[rustfmt::skip]
pub(super) const CANARY: &[&str] = &[
    "warrant canary", "canary",
];
#[rustfmt::skip]
pub(super) const VENDOR_VOICE: &[&str] = &[
    "we", "our", "we've", "we're", "we'll", "us", "wir", "unsere", "nous", "notre", "nuestra",
    "nuestro", "私たち", "弊社", "我们", "vendor:", "maintainer:",
];
#[rustfmt::skip]
pub(super) const USER_VOICE: &[&str] = &[
    "i", "i'm", "my", "i've", "can someone", "can anyone", "please confirm", "is this", "is it",
    "anyone else", "unable to", "user:", "asks", "ich", "mein", "je",
];
#[rustfmt::skip]
pub(super) const QUESTIONS: &[&str] = &[
    "expired?", "changed?", "is this", "is it", "can you confirm", "please confirm", "legit",
    "genuine", "asks", "should i", "can someone", "why", "unconfirmed",
];
/// Words that say nothing about whose CA it is.
#[rustfmt::skip]
pub(super) const GENERIC: &[&str] = &[
    "CA", "PCA", "KEK", "Root", "Authority", "Certificate", "Certification", "Certificates",
    "Code", "Signing", "RSA", "ECC", "TLS", "SSL", "EV", "OV", "DV", "New", "Old", "The", "A",
    "An", "Our", "This", "These", "All", "Any", "Add", "Added", "Remove", "Removed", "Update",
    "Updated", "Upcoming", "Both", "For", "From", "With", "In", "On", "Of", "To", "By", "And",
    "If", "When", "As", "Is", "Intermediate", "Public", "Private", "Key", "Keys", "Trusted",
    "Platform", "Internal", "Custom", "Self-Signed", "Subject", "Issuer", "Import", "Install",
    "Create", "Generate", "Use", "Using", "Your", "X.509", "Replace", "Change", "Rotate", "Renew",
    "Global", "Secure", "Boot", "Server", "Client", "Note", "What", "Why", "How", "Where", "Each",
    "Every", "Some", "Web", "Chain", "Multiple", "Default", "Enterprise", "Cross-Signed",
    "Expired", "Expiring", "Revoked",
];
/// What happens to them, with the kind it makes.
#[rustfmt::skip]
pub(super) const CHANGES: &[(PostKind, &[&str])] = &[
    (PostKind::Distrust, &[
        "distrust", "distrusted", "distrusting", "no longer trusted", "no longer trust", "untrusted",
    ]),
    (PostKind::Revocation, &[
        "revoked", "revoke", "revoking", "compromised", "leaked", "compromise", "återkallande",
        "odvolání",
    ]),
    (PostKind::Rotation, &[
        "rotation", "rotate", "rotated", "rotating", "replaced", "replace", "replacing", "transition",
        "transitioning", "changed", "change", "switch", "switched", "switching", "migrate",
        "new and old", "update", "updated", "updating", "更新", "更换", "変更",
    ]),
    (PostKind::Renewal, &[
        "extended", "extend", "renewed", "renew", "prolonged", "extension", "reissued",
        "expiry date was",
    ]),
    (PostKind::NewKey, &[
        "new", "add", "added", "adds", "introduced", "introduce", "introducing", "generated",
        "nouveau", "nueva", "新",
    ]),
    (PostKind::Retirement, &[
        "remove", "removed", "retire", "retired", "retiring", "deprecated", "deprecation", "dropped",
        "removal", "no longer used", "sunset",
    ]),
    (PostKind::Expiry, &[
        "expire", "expires", "expired", "expiring", "expiration", "expiry", "expiración",
        "abgelaufen", "过期", "到期", "期限",
    ]),
];
