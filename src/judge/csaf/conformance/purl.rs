//! 6.1.13: a package URL has a type and a name (ECMA-427).

use super::subject::{Subject, below};
use super::{Report, cut};

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for product in &subject.definitions {
        for purl in below(product, "/product_identification_helper/purl") {
            if let Some(text) = purl.text()
                && let Err(why) = judge(text)
            {
                report.fail(purl.place, format!("{} {why}", cut(text)));
            }
        }
    }
}

fn judge(purl: &str) -> Result<(), &'static str> {
    let (scheme, rest) = purl.split_once(':').ok_or("has no scheme")?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err("is of another scheme than pkg");
    }
    // Read from both ends, as the specification says.
    let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest
        .trim_start_matches('/')
        .split_once('/')
        .ok_or("has no name")?;
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic()) || !kind.chars().all(letter) {
        return Err("has no valid type");
    }
    // A scope (`@scope/name`) stands before the last slash, a version behind it.
    let (namespace, last) = rest
        .trim_matches('/')
        .rsplit_once('/')
        .unwrap_or(("", rest));
    let (name, version) = last.split_once('@').unwrap_or((last, ""));
    if name.trim_matches('/').is_empty() {
        return Err("has no name");
    }
    let parts = [namespace, name, version, qualifiers, subpath];
    if !parts.into_iter().all(is_encoded) {
        return Err("holds characters that must be encoded");
    }
    let mut keys = vec![];
    for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
        let (key, _) = pair
            .split_once('=')
            .ok_or("has a qualifier without value")?;
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !key.starts_with(|c: char| c.is_ascii_alphabetic()) || !key.chars().all(valid) {
            return Err("has a qualifier without valid name");
        }
        if keys.contains(&key) || keys.len() > 64 {
            return Err("has a qualifier twice");
        }
        keys.push(key);
    }
    Ok(())
}

/// No blanks and control characters, and every `%` begins two digits.
fn is_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    let plain = |part: &str| !part.contains(|c: char| c.is_control() || c.is_whitespace());
    parts.next().is_some_and(plain)
        && parts.all(|part| {
            let digits = part.as_bytes().get(..2);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) && plain(part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_have_a_type_and_a_name() {
        for purl in [
            "pkg:maven/org.apache/commons@1.3.4",
            "pkg:npm/%40scope/name@1.0.0",
            "pkg:npm/@scope/name@1.0.0",
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            "pkg:golang/google.golang.org/genproto#googleapis/api",
            "pkg:generic/name",
            "PKG://generic/name",
        ] {
            assert_eq!(judge(purl), Ok(()), "{purl}");
        }
        for purl in [
            "pkg:maven/@1.3.4",
            "pkg:maven",
            "pkg:maven/",
            "pkg:1x/name",
            "http:maven/name",
            "maven/name",
            "pkg:maven/a b",
            "pkg:maven/a%2",
            "pkg:maven/a?b",
            "pkg:maven/a?b=1&b=2",
            "",
        ] {
            assert!(judge(purl).is_err(), "{purl}");
        }
    }
}
