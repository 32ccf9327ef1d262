//! Whether a name lies in the space that a name constraint describes (RFC 5280 4.2.1.10).
//!
//! Where a text can be read in two ways, the reading that allows less is taken: a leading dot in a
//! dNSName base permits only what is below and excludes the domain too, and a wildcard is excluded
//! when some name that it stands for is.

use crate::formats::x509::{GeneralName, is_host};

/// The otherName `SmtpUTF8Mailbox`, to which rfc822Name constraints apply too (RFC 9598 6).
const SMTP_UTF8_MAILBOX: &str = "1.3.6.1.5.5.7.8.9";

/// Whether a base speaks about names like this one.
pub(super) fn concerns(base: &GeneralName, name: &GeneralName) -> bool {
    let is_mailbox =
        |kind: &Option<_>| kind.as_ref().is_some_and(|kind| *kind == SMTP_UTF8_MAILBOX);
    match (base, name) {
        (GeneralName::Rfc822(_), GeneralName::Other(_, kind)) if is_mailbox(kind) => true,
        _ => base.form() == name.form(),
    }
}

/// Whether a name is what its form demands, so that it has a place at all.
pub(super) fn has_place(name: &GeneralName) -> bool {
    match name {
        GeneralName::Dns(host) => is_host(host.strip_prefix("*.").unwrap_or(host)),
        GeneralName::Rfc822(address) => mailbox(address).is_some(),
        GeneralName::Uri(uri) => host_of(uri).is_some(),
        GeneralName::Ip(octets) => matches!(octets.len(), 4 | 16),
        GeneralName::Directory(_) | GeneralName::Other(..) => true,
    }
}

/// Whether all that a name stands for lies in a permitted subtree.
pub(super) fn permits(base: &GeneralName, name: &GeneralName) -> bool {
    match (base, name) {
        (GeneralName::Dns(base), GeneralName::Dns(host)) => match base.strip_prefix('.') {
            Some(domain) => is_below(host, domain),
            None => is_at_or_below(host, base),
        },
        _ => contains(base, name),
    }
}

/// Whether something that a name stands for lies in an excluded subtree.
pub(super) fn excludes(base: &GeneralName, name: &GeneralName) -> bool {
    match (base, name) {
        (GeneralName::Dns(base), GeneralName::Dns(host)) => {
            let domain = base.strip_prefix('.').unwrap_or(base);
            is_at_or_below(host, domain)
                || host
                    .strip_prefix("*.")
                    .is_some_and(|parent| is_child(domain, parent))
        }
        _ => contains(base, name),
    }
}

/// The forms in which a name stands for itself only.
fn contains(base: &GeneralName, name: &GeneralName) -> bool {
    match (base, name) {
        (GeneralName::Directory(base), GeneralName::Directory(name)) => name.is_within(base),
        (GeneralName::Rfc822(base), GeneralName::Rfc822(address)) => {
            mailbox(address).is_some_and(|(local, host)| match base.split_once('@') {
                // Only the host is without case (RFC 5280 7.5).
                Some((wanted, at)) => local == wanted && host.eq_ignore_ascii_case(at),
                None => is_host_in(host, base),
            })
        }
        (GeneralName::Uri(base), GeneralName::Uri(uri)) => {
            host_of(uri).is_some_and(|host| is_host_in(host, base))
        }
        (GeneralName::Ip(base), GeneralName::Ip(address)) => {
            let (network, mask) = base.split_at(base.len() / 2);
            network.len() == address.len()
                && network
                    .iter()
                    .zip(mask)
                    .zip(address)
                    .all(|((network, mask), octet)| network & mask == octet & mask)
        }
        _ => false,
    }
}

/// E-mail and URI bases: a host alone, what is below `.domain`, or everything when empty.
fn is_host_in(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => is_below(host, domain),
        None => base.is_empty() || host.eq_ignore_ascii_case(base),
    }
}

fn is_at_or_below(host: &str, domain: &str) -> bool {
    domain.is_empty() || host.eq_ignore_ascii_case(domain) || is_below(host, domain)
}

/// Whether a host has labels to the left of a domain.
fn is_below(host: &str, domain: &str) -> bool {
    left_of(host, domain).is_some()
}

/// Whether a host has exactly one label to the left of a domain.
fn is_child(host: &str, domain: &str) -> bool {
    left_of(host, domain).is_some_and(|labels| !labels.contains('.'))
}

fn left_of<'a>(host: &'a str, domain: &str) -> Option<&'a str> {
    let (labels, end) = host.split_at_checked(host.len().checked_sub(domain.len())?)?;
    let labels = labels.strip_suffix('.')?;
    (!labels.is_empty() && end.eq_ignore_ascii_case(domain)).then_some(labels)
}

/// An address with one `@`; quoted local parts with another are not told apart from forgeries.
fn mailbox(address: &str) -> Option<(&str, &str)> {
    let (local, host) = address.split_once('@')?;
    (!local.is_empty() && is_host(host)).then_some((local, host))
}

/// The host of a URI that has one by name: constraints demand it, and refuse addresses.
fn host_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if scheme.is_empty() || !scheme.bytes().all(is_scheme) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host_and_port.split_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host_and_port,
    };
    let last = host.rsplit('.').next()?;
    let is_address = last.bytes().all(|byte| byte.is_ascii_digit());
    (is_host(host) && !is_address).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether a name has a place, is permitted by a base, and excluded by it.
    fn judged(base: &GeneralName, name: &GeneralName) -> (bool, bool, bool) {
        assert!(concerns(base, name));
        (has_place(name), permits(base, name), excludes(base, name))
    }

    const INSIDE: (bool, bool, bool) = (true, true, true);
    const OUTSIDE: (bool, bool, bool) = (true, false, false);
    /// In neither reading allowed.
    const DOUBTFUL: (bool, bool, bool) = (true, false, true);

    /// A text of the form's own alphabet, near to being well formed.
    fn text() -> impl Strategy<Value = String> {
        "[ab.*@:/?#\\[\\]%0-]{0,12}"
    }

    proptest! {
        #[test]
        fn what_is_permitted_would_be_excluded(base in text(), name in text(), dots in 0usize..3) {
            let below = format!("{}{base}", "a.".repeat(dots));
            for name in [name, below] {
                for (base, name) in [
                    (GeneralName::Dns(base.clone()), GeneralName::Dns(name.clone())),
                    (GeneralName::Rfc822(base.clone()), GeneralName::Rfc822(format!("a@{name}"))),
                    (GeneralName::Uri(base.clone()), GeneralName::Uri(format!("a://{name}"))),
                ] {
                    prop_assert!(!permits(&base, &name) || excludes(&base, &name));
                    has_place(&name);
                }
            }
        }

        #[test]
        fn any_octets_are_judged(base: Vec<u8>, name: Vec<u8>) {
            let (base, name) = (GeneralName::Ip(base), GeneralName::Ip(name));
            prop_assert_eq!(permits(&base, &name), excludes(&base, &name));
        }
    }

    #[test]
    fn host_names() {
        let cases = [
            ("example.com", "example.com", INSIDE),
            ("example.com", "EXAMPLE.Com", INSIDE),
            ("Example.com", "a.b.example.com", INSIDE),
            ("example.com", "badexample.com", OUTSIDE),
            ("example.com", "com", OUTSIDE),
            ("example.com", "example.com.evil", OUTSIDE),
            ("", "anything", INSIDE),
            (".example.com", "a.example.com", INSIDE),
            (".example.com", "example.com", DOUBTFUL),
            ("example.com", "*.example.com", INSIDE),
            ("bar.example.com", "*.example.com", DOUBTFUL),
            ("a.bar.example.com", "*.example.com", OUTSIDE),
            ("bar.example.com", "*.bar.example.com", INSIDE),
        ];
        for (base, name, expected) in cases {
            let found = judged(
                &GeneralName::Dns(base.into()),
                &GeneralName::Dns(name.into()),
            );
            assert_eq!(found, expected, "{name} under {base}");
        }
        for name in [
            "", ".", ".a", "a.", "a..b", "*", "f*.a", "*.*.a", "a b", "a\0b", "é",
        ] {
            assert!(!has_place(&GeneralName::Dns(name.into())), "{name:?}");
        }
    }

    #[test]
    fn mail_addresses() {
        let cases = [
            ("a@example.com", "a@example.com", INSIDE),
            ("a@example.com", "a@EXAMPLE.com", INSIDE),
            ("a@example.com", "A@example.com", OUTSIDE),
            ("*@example.com", "a@example.com", OUTSIDE),
            ("example.com", "a@Example.com", INSIDE),
            ("example.com", "a@b.example.com", OUTSIDE),
            (".example.com", "a@b.example.com", INSIDE),
            (".example.com", "a@example.com", OUTSIDE),
            ("", "a@b", INSIDE),
        ];
        for (base, name, expected) in cases {
            let found = judged(
                &GeneralName::Rfc822(base.into()),
                &GeneralName::Rfc822(name.into()),
            );
            assert_eq!(found, expected, "{name} under {base}");
        }
        for name in [
            "",
            "example.com",
            "@example.com",
            "a@",
            "a@b@c",
            "a@[1.2.3.4]",
            "a@*.b",
        ] {
            assert!(!has_place(&GeneralName::Rfc822(name.into())), "{name:?}");
        }
        let other = |kind| {
            GeneralName::Other(
                crate::formats::x509::NameForm::Other,
                Some(crate::domain::Oid::new(kind)),
            )
        };
        let base = GeneralName::Rfc822("example.com".into());
        assert!(concerns(&base, &other(SMTP_UTF8_MAILBOX)));
        assert!(!concerns(&base, &other("1.3.6.1.4.1.311.20.2.3")));
    }

    #[test]
    fn resource_identifiers() {
        let cases = [
            ("example.com", "https://example.com", INSIDE),
            ("example.com", "https://u@EXAMPLE.com:443/a?b#c", INSIDE),
            ("example.com", "https://a.example.com/", OUTSIDE),
            ("example.com", "https://evil.test/@example.com", OUTSIDE),
            ("example.com", "https://example.com@evil.test/", OUTSIDE),
            ("example.com", "https://evil.test?@example.com", OUTSIDE),
            (".example.com", "ftp://a.example.com", INSIDE),
            (".example.com", "ftp://example.com", OUTSIDE),
            ("", "ftp://example.com", INSIDE),
        ];
        for (base, name, expected) in cases {
            let found = judged(
                &GeneralName::Uri(base.into()),
                &GeneralName::Uri(name.into()),
            );
            assert_eq!(found, expected, "{name} under {base}");
        }
        for name in [
            "",
            "urn:a:b",
            "mailto:a@example.com",
            "https://",
            "https://192.0.2.1/",
            "https://[::1]/",
            "https://a%2eb/",
            "https://a:b/",
            r"https://evil.test\.example.com/",
            "//example.com",
        ] {
            assert!(!has_place(&GeneralName::Uri(name.into())), "{name:?}");
        }
    }

    #[test]
    fn addresses() {
        let cases: [(&[u8], &[u8], _); 7] = [
            (&[192, 0, 2, 0, 255, 255, 255, 0], &[192, 0, 2, 9], INSIDE),
            (&[192, 0, 2, 7, 255, 255, 255, 0], &[192, 0, 2, 9], INSIDE),
            (&[192, 0, 2, 0, 255, 255, 255, 0], &[192, 0, 3, 9], OUTSIDE),
            (&[192, 0, 2, 0, 255, 255, 254, 0], &[192, 0, 3, 9], INSIDE),
            (&[0; 8], &[192, 0, 2, 9], INSIDE),
            (&[0; 8], &[0; 16], OUTSIDE),
            (&[0; 32], &[0; 16], INSIDE),
        ];
        for (base, name, expected) in cases {
            let found = judged(&GeneralName::Ip(base.into()), &GeneralName::Ip(name.into()));
            assert_eq!(found, expected, "{name:?} under {base:?}");
        }
        for length in [0, 3, 5, 8, 15, 32] {
            assert!(!has_place(&GeneralName::Ip(vec![0; length])), "{length}");
        }
    }
}
