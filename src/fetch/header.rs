//! Headers of answers, read.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER,
};
use url::Url;

use super::answer::{CacheControl, RetryAfter, Validators};
use crate::formats::limits;

/// How an HTTP date is read; the weekday is not believed.
const DATES: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// A header's value as text, when it is visible ASCII and not too long.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= limits::HEADER).then_some(value)
}

pub(super) fn cache_control(headers: &HeaderMap) -> CacheControl {
    let mut cache = CacheControl::default();
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let (name, value) = match directive.split_once('=') {
                Some((name, value)) => (name.trim(), value.trim().trim_matches('"')),
                None => (directive.trim(), ""),
            };
            match name.to_ascii_lowercase().as_str() {
                "max-age" => {
                    // The most careful of several counts.
                    let stated = value.parse().ok();
                    cache.max_age_seconds = match (cache.max_age_seconds, stated) {
                        (Some(one), Some(other)) => Some(std::cmp::min(one, other)),
                        (one, other) => one.or(other),
                    };
                }
                "no-cache" => cache.no_cache = true,
                "no-store" => cache.no_store = true,
                _ => {}
            }
        }
    }
    cache
}

pub(super) fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let value = text(headers, &RETRY_AFTER)?;
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(value.parse().unwrap_or(u64::MAX)));
    }
    let at: Timestamp = DATES.parse_timestamp(value).ok()?;
    Some(RetryAfter::At(at))
}

pub(super) fn validators(headers: &HeaderMap, url: &Url) -> Validators {
    let etag = text(headers, &ETAG).map(str::to_owned);
    let last_modified = text(headers, &LAST_MODIFIED).map(str::to_owned);
    Validators {
        url: (etag.is_some() || last_modified.is_some()).then(|| url.clone()),
        etag,
        last_modified,
    }
}

/// Media type and `charset`.
pub(super) fn content_type(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(value) = text(headers, &CONTENT_TYPE) else {
        return (None, None);
    };
    let mut parts = value.split(';');
    let media_type = parts.next().map(|part| part.trim().to_ascii_lowercase());
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned());
    (
        media_type.filter(|media_type| !media_type.is_empty()),
        charset.filter(|charset| !charset.is_empty()),
    )
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn headers(name: &HeaderName, values: &[&'static str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for value in values {
            map.append(name.clone(), HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let at = |text: &str| Some(RetryAfter::At(text.parse().unwrap()));
        let cases = [
            ("120", Some(RetryAfter::Seconds(120))),
            (
                "99999999999999999999999",
                Some(RetryAfter::Seconds(u64::MAX)),
            ),
            ("Wed, 31 Dec 2003 10:14:55 GMT", at("2003-12-31T10:14:55Z")),
            ("Mon, 31 Dec 2003 10:14:55 GMT", at("2003-12-31T10:14:55Z")),
            ("-5", None),
            ("soon", None),
        ];
        for (value, expected) in cases {
            assert_eq!(
                retry_after(&headers(&RETRY_AFTER, &[value])),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn cache_control_is_read_from_all_its_lines() {
        let cache = |max_age_seconds, no_cache, no_store| CacheControl {
            max_age_seconds,
            no_cache,
            no_store,
        };
        let cases: [(&[&str], CacheControl); 5] = [
            (&["max-age=60"], cache(Some(60), false, false)),
            (
                &["private, Max-Age=\"60\"", "no-cache"],
                cache(Some(60), true, false),
            ),
            (&["max-age=60, max-age=30"], cache(Some(30), false, false)),
            (&["max-age=-1, no-store"], cache(None, false, true)),
            (&[], CacheControl::default()),
        ];
        for (values, expected) in cases {
            let values: Vec<&'static str> = values.to_vec();
            assert_eq!(
                cache_control(&headers(&CACHE_CONTROL, &values)),
                expected,
                "{values:?}"
            );
        }
    }

    #[test]
    fn content_types_are_taken_apart() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            ("text/xml", (some("text/xml"), None)),
            (
                "Text/XML; Charset='UTF-8'",
                (some("text/xml"), some("UTF-8")),
            ),
            (
                "text/xml; q=1; charset=\"x\"",
                (some("text/xml"), some("x")),
            ),
            ("text/xml; charset:x", (some("text/xml"), None)),
            ("; charset=", (None, None)),
        ];
        for (value, expected) in cases {
            assert_eq!(
                content_type(&headers(&CONTENT_TYPE, &[value])),
                expected,
                "{value}"
            );
        }
    }
}
