//! Addresses in what a provider hands out: joined below a folder, never beside it.

/// The address of `relative` below the folder `base`, as `index.txt` and `changes.csv` mean it
/// (CSAF 2.0 7.1.12, 7.1.13).
///
/// `None` for whatever would leave the folder: another scheme or host, a rooted path, `..`, a query,
/// or characters that no address has.
#[must_use]
pub fn below(base: &str, relative: &str) -> Option<String> {
    let relative = relative.strip_prefix("./").unwrap_or(relative);
    let safe = !relative.is_empty()
        && !relative.contains(|c: char| c.is_control() || c.is_whitespace())
        && !relative.contains(['\\', '?', '#', ':'])
        && relative.split('/').all(|part| {
            // Servers decode before they walk.
            let plain = part.replace("%2e", ".").replace("%2E", ".");
            let encoded = part.to_ascii_lowercase();
            !matches!(plain.as_str(), "" | "." | "..")
                && !encoded.contains("%2f")
                && !encoded.contains("%5c")
        });
    host(base)?;
    let slash = if base.ends_with('/') { "" } else { "/" };
    safe.then(|| format!("{base}{slash}{relative}"))
}

/// The host of an absolute `https` or `http` address, with its port, in lower case.
///
/// `None` when there is none, or a name and password stand before it.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let host = rest.split(['/', '?', '#', '\\']).next()?;
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '@';
    (!host.is_empty() && !host.contains(odd)).then(|| host.to_ascii_lowercase())
}

#[must_use]
pub fn is_https(url: &str) -> bool {
    host(url).is_some()
        && url
            .split_once("://")
            .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_folder() {
        let base = "https://a.example/csaf/";
        for (relative, joined) in [
            ("2024/x.json", Some("https://a.example/csaf/2024/x.json")),
            ("./x.json", Some("https://a.example/csaf/x.json")),
            ("a%20b.json", Some("https://a.example/csaf/a%20b.json")),
            ("", None),
            ("/x.json", None),
            ("//b.example/x.json", None),
            ("https://b.example/x.json", None),
            ("../x.json", None),
            ("2024/../../x.json", None),
            ("2024/%2e%2E/x.json", None),
            ("2024/.%2e/x.json", None),
            ("..%2fx.json", None),
            ("..\\x.json", None),
            ("a//b.json", None),
            ("x.json?to=b", None),
            ("x y.json", None),
            ("x\u{0}.json", None),
        ] {
            assert_eq!(below(base, relative).as_deref(), joined, "{relative:?}");
        }
        let without = below("https://a.example/csaf", "x.json");
        assert_eq!(without.as_deref(), Some("https://a.example/csaf/x.json"));
        assert_eq!(below("csaf/", "x.json"), None);
    }

    #[test]
    fn hosts_are_read_or_there_is_none() {
        for (url, expected, secure) in [
            ("https://A.Example/x", Some("a.example"), true),
            ("http://a.example:8080", Some("a.example:8080"), false),
            ("HTTPS://a.example?x", Some("a.example"), true),
            ("https://user@a.example/", None, false),
            ("https:///x", None, false),
            ("ftp://a.example/", None, false),
            ("a.example", None, false),
            ("https://a b/", None, false),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
            assert_eq!(is_https(url), secure, "{url}");
        }
    }
}
