//! Where a provider's metadata may be found (CSAF 2.0 7.3.1).

use super::address::is_https;
use crate::formats::limits;

/// The addresses to try for a domain before and after its `security.txt`: the well-known one, then
/// the one by name. Lines of `security.txt` come between the two, as [`in_security_txt`] reads them.
///
/// `None` for what is no bare domain.
#[must_use]
pub fn candidates(domain: &str) -> Option<[String; 2]> {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let bare = domain.len() <= limits::DESCRIPTION
        && domain.contains('.')
        && domain.split('.').all(part)
        // An address of numbers is no domain.
        && !domain.ends_with(|c: char| c.is_ascii_digit());
    bare.then(|| {
        [
            format!("https://{domain}/.well-known/csaf/provider-metadata.json"),
            format!("https://csaf.data.security.{domain}"),
        ]
    })
}

/// The `CSAF:` fields of a `security.txt` (RFC 9116) that are HTTPS addresses, in file order.
#[must_use]
pub fn in_security_txt(text: &str) -> Vec<String> {
    text.lines()
        .take(limits::DEB822_FIELDS)
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("csaf"))
        .map(|(_, value)| value.trim())
        .filter(|value| is_https(value))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_security_txt_lead_to_metadata() {
        let [first, last] = candidates("www.a.example").unwrap();
        assert_eq!(
            first,
            "https://www.a.example/.well-known/csaf/provider-metadata.json"
        );
        assert_eq!(last, "https://csaf.data.security.www.a.example");
        for wrong in [
            "",
            "localhost",
            "127.0.0.1",
            "a.example/x",
            "user@a.example",
            "a..example",
            "-a.example",
            "a.example:8080",
            "[::1]",
        ] {
            assert_eq!(candidates(wrong), None, "{wrong}");
        }
        let text = "# CSAF: https://no.example/\nContact: mailto:a@a.example\r\n\
                    CSAF: https://a.example/pm.json\r\ncsaf:  http://a.example/plain\n\
                    csaf: https://b.example/pm.json\n";
        let expected = ["https://a.example/pm.json", "https://b.example/pm.json"];
        assert_eq!(in_security_txt(text), expected);
    }
}
