//! 6.1.12, 6.1.15 and 6.1.28: languages exist, and a translation is from another one.
//!
//! Existence is looked up for languages of two letters; of all other subtags the form is judged
//! (RFC 5646 2.1), since the registry has thousands of them.

use super::subject::Subject;
use super::{Report, cut};

/// ISO 639-1, as the registry of RFC 5646 has it.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig \
    ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg \
    mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw \
    sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz \
    ve vi vo wa wo xh yi yo za zh zu";
/// Tags from before the grammar (RFC 5646 2.2.8), in lower case.
const GRANDFATHERED: &str = "art-lojban cel-gaulish en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux \
    i-mingo i-navajo i-pwn i-tao i-tay i-tsu no-bok no-nyn sgn-be-fr sgn-be-nl sgn-ch-de zh-guoyu zh-hakka zh-min \
    zh-min-nan zh-xiang";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for path in ["/document/lang", "/document/source_lang"] {
        if let Some(tag) = subject.document.text(path)
            && let Err(why) = judge(tag)
        {
            report.fail(path, format!("{} {why}", cut(tag)));
        }
    }
}

pub(super) fn translator(subject: &Subject<'_>, report: &mut Report) {
    let category = subject.document.text("/document/publisher/category");
    let source = subject.document.text("/document/source_lang");
    if category == Some("translator") && source.is_none_or(str::is_empty) {
        report.fail("/document", "a translation, and no source_lang");
    }
}

pub(super) fn translation(subject: &Subject<'_>, report: &mut Report) {
    let [own, source] =
        ["/document/lang", "/document/source_lang"].map(|path| subject.document.text(path));
    if let (Some(own), Some(source)) = (own, source)
        && own.eq_ignore_ascii_case(source)
    {
        let detail = format!("translated from {} to itself", cut(source));
        report.fail("/document/source_lang", detail);
    }
}

fn judge(tag: &str) -> Result<(), &'static str> {
    let tag = tag.to_ascii_lowercase();
    if GRANDFATHERED.split_whitespace().any(|known| known == tag) {
        return Ok(());
    }
    let mut parts = tag.split('-').peekable();
    let malformed = "is no language tag";
    if tag.split('-').any(|part| {
        part.is_empty() || part.len() > 8 || !part.bytes().all(|c| c.is_ascii_alphanumeric())
    }) {
        return Err(malformed);
    }
    let letters = |part: &str| part.bytes().all(|c| c.is_ascii_alphabetic());
    let language = parts.next().unwrap_or_default();
    if language == "x" && parts.peek().is_some() {
        return Ok(());
    }
    if language.len() < 2 || !letters(language) {
        return Err(malformed);
    }
    let known = |language: &str| {
        TWO_LETTERS
            .split_whitespace()
            .any(|known| known == language)
    };
    if language.len() == 2 && !known(language) {
        return Err("is no language");
    }
    for _ in 0..3 {
        parts.next_if(|part| language.len() < 4 && part.len() == 3 && letters(part));
    }
    parts.next_if(|part| part.len() == 4 && letters(part));
    parts.next_if(|part| {
        part.len() == 2 && letters(part)
            || part.len() == 3 && part.bytes().all(|c| c.is_ascii_digit())
    });
    let variant =
        |part: &&str| part.len() > 4 || part.len() == 4 && part.as_bytes()[0].is_ascii_digit();
    while parts.next_if(variant).is_some() {}
    while let Some(singleton) = parts.next() {
        if singleton.len() != 1 || parts.peek().is_none() {
            return Err(malformed);
        }
        if singleton == "x" {
            return Ok(());
        }
        if parts.next_if(|part| part.len() > 1).is_none() {
            return Err(malformed);
        }
        while parts.next_if(|part| part.len() > 1).is_some() {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_judged_by_form_and_two_letters_by_existence() {
        for tag in [
            "en",
            "en-US",
            "de-DE",
            "DE",
            "qcb",
            "i-default",
            "fr-ZZ",
            "en-Qabc",
            "zh-cmn-Hans-CN",
            "sl-rozaj-biske-1994",
            "de-CH-1901",
            "es-419",
            "x-own",
            "en-x-own",
            "en-a-bbb-x-c",
        ] {
            assert_eq!(judge(tag), Ok(()), "{tag}");
        }
        for tag in [
            "",
            "EZ",
            "e",
            "en_US",
            "en-",
            "-en",
            "x",
            "en-x",
            "en-a",
            "en-a-x-b",
            "12",
            "en-toolongsubtag",
            "en-US-DE",
            "deutsch!",
        ] {
            assert!(judge(tag).is_err(), "{tag}");
        }
    }
}
