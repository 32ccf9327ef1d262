//! Small broken feeds, what is kept of each and what is said about it; and feeds broken at random.

use proptest::prelude::*;

use super::*;

fn served(body: &[u8]) -> Served<'_> {
    Served {
        body,
        charset: None,
        address: None,
    }
}

/// `kind "title": entries [repairs]`, an entry as `key "title"`, or the error.
fn told(body: &[u8]) -> String {
    let feed = match read(&served(body)) {
        Ok(feed) => feed,
        Err(error) => return format!("no feed: {error}"),
    };
    let title = |text: &Option<Text>| text.as_ref().map_or("-".to_owned(), |t| t.text.clone());
    let entries: Vec<String> = feed
        .entries
        .iter()
        .map(|entry| format!("{:.12} \"{}\"", entry.key, title(&entry.title)))
        .collect();
    let repairs: Vec<&str> = feed
        .repairs
        .iter()
        .map(|(repair, _)| repair.code())
        .collect();
    format!(
        "{} \"{}\": {} [{}]",
        feed.kind.word(),
        title(&feed.title),
        entries.join(", "),
        repairs.join(" ")
    )
}

fn rss(inner: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{inner}</channel></rss>")
}

#[test]
fn what_real_sites_break_is_mended_and_said() {
    let item = "<item><title>a</title><link>h:1</link></item>";
    let cases = [
        (rss(item), r#"rss-2.0 "t": h:1 "a" []"#),
        (rss("<item><title>Q&A &bogus; &eacute;</title><link>h:1</link></item>"),
         r#"rss-2.0 "t": h:1 "Q&A &bogus; é" [bare-ampersand undeclared-entity unknown-entity]"#),
        (rss("<item><title>1 < 2 <b>bold</b></title><link>h:1</link></item>"),
         r#"rss-2.0 "t": h:1 "1 &lt; 2 <b>bold</b>" [bare-less-than inline-markup]"#),
        (rss("<item><title>a</title><link>h:1</link><item><title>b</title><link>h:2</link></item>"),
         r#"rss-2.0 "t": h:1 "a", h:2 "b" [unclosed-element]"#),
        (rss("<item><title>a</title><link>h:1</link><description>x<br>y</p></description></item>"),
         r#"rss-2.0 "t": h:1 "a" [unmatched-end-tag unclosed-element inline-markup]"#),
        (rss(item).replace("version=\"2.0\"", ""), r#"rss-2.0 "t": h:1 "a" [missing-version]"#),
        (rss(item).replace("version=\"2.0\"", "version=2.0"), r#"rss-2.0 "t": h:1 "a" [broken-attribute]"#),
        (rss(item).replace("<rss", "<!DOCTYPE rss [<!ENTITY k \"v\">]><rss"), r#"rss-2.0 "t": h:1 "a" [doctype]"#),
        (rss(item).replace("</channel></rss>", ""), r#"rss-2.0 "t": h:1 "a" [cut-off]"#),
        (rss(&format!("{item}<item><title>b</title><li")).replace("</channel></rss>", ""),
         r#"rss-2.0 "t": h:1 "a", sha256:456c9 "b" [cut-off entry-without-id]"#),
        (rss(item) + "<b>PHP notice</b>", r#"rss-2.0 "t": h:1 "a" [trailing-content]"#),
        (format!("junk {}", rss(item)), r#"rss-2.0 "t": h:1 "a" [leading-content]"#),
        (rss("<item><dc:title>a</dc:title><link>h:1</link></item>"),
         r#"rss-2.0 "t": h:1 "a" [undeclared-prefix]"#),
        (rss("<item><title>a</title><link>h:1</link><pubDate>soon</pubDate></item>"),
         r#"rss-2.0 "t": h:1 "a" [unread-date]"#),
        (rss(""), r#"rss-2.0 "t":  [no-entries]"#),
        (rss("<item><guid>g</guid><title>a</title><link>h:1</link></item><item><guid>g</guid><title>b</title><link>h:2</link></item>"),
         r#"rss-2.0 "t": h:1 "a", h:2 "b" [repeated-id]"#),
        (rss("<item><guid>g</guid><title>a</title></item><item><guid>g</guid><title>a</title></item>"),
         r#"rss-2.0 "t": g "a", g#2 "a" []"#),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>t</title></channel><item><title>a</title><link>h:1</link></item></rdf:RDF>".to_owned(),
         r#"rss-0.90 "t": h:1 "a" []"#),
        ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>t</title><entry><title mode='escaped' type='text/html'>a &lt;b&gt;</title><id>i</id></entry></feed>".to_owned(),
         r#"atom-0.3 "t": i "a <b>" []"#),
        ("<feed xmlns='http://www.w3.org/2005/Atom'><title type='html'/><entry><title type='bogus'>a</title><id>i</id></entry></feed>".to_owned(),
         r#"atom-1.0 "-": i "a" [unknown-text-type]"#),
        (r#"{"version":"https://jsonfeed.org/version/1","title":7,"items":[{"id":3,"title":"a"}]}"#.to_owned(),
         r#"json-feed "7": 3 "a" [json-field]"#),
        (r#"{"items":null}"#.to_owned(), "no feed: JSON, but no feed"),
        (r#"{"items":[}"#.to_owned(), "no feed: broken JSON at line 1, column 11"),
        ("<!DOCTYPE html><html><head><title>Key\n &amp; page</title></head></html>".to_owned(),
         "no feed: a web page titled `Key & page`"),
        ("<html><head><title>Just a moment...</title>".to_owned(),
         "no feed: a challenge of Cloudflare instead of the feed"),
        ("<svg/>".to_owned(), "no feed: an XML document with the root `svg`"),
        ("not found".to_owned(), "no feed: neither XML nor JSON"),
        (" \n".to_owned(), "no feed: nothing but white space"),
    ];
    for (body, expected) in cases {
        assert_eq!(told(body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn encodings_are_found_by_mark_header_declaration_and_bytes() {
    let text = rss("<item><title>caf\u{e9}</title><link>h:1</link></item>");
    let declared = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{text}");
    let latin = |text: &str| {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect()
    };
    let wide = |text: &str, little: bool, mark: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    };
    let utf_32 = text
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    let cases: [(Vec<u8>, Option<&str>, &str, &str); 13] = [
        (text.clone().into_bytes(), None, "UTF-8", ""),
        (
            text.clone().into_bytes(),
            Some("iso-8859-1"),
            "UTF-8",
            "wrong-encoding",
        ),
        (
            declared("iso-8859-1").into_bytes(),
            None,
            "UTF-8",
            "wrong-encoding",
        ),
        (latin(&declared("iso-8859-1")), None, "windows-1252", ""),
        (latin(&text), None, "windows-1252", "undeclared-encoding"),
        (latin(&text), Some("iso-8859-1"), "windows-1252", ""),
        (
            latin(&text),
            Some("'UTF-8'"),
            "windows-1252",
            "wrong-encoding",
        ),
        (
            latin(&declared("bogus")),
            None,
            "windows-1252",
            "unknown-encoding undeclared-encoding",
        ),
        (wide(&text, true, true), None, "UTF-16LE", ""),
        (wide(&text, false, true), Some("utf-8"), "UTF-16BE", ""),
        (wide(&text, true, false), None, "UTF-16LE", ""),
        (
            wide(&declared("utf-16be"), false, false),
            None,
            "UTF-16BE",
            "",
        ),
        (utf_32, None, "UTF-32", ""),
    ];
    for (body, charset, encoding, repairs) in cases {
        let feed = read(&Served {
            charset,
            ..served(&body)
        })
        .unwrap();
        let codes: Vec<&str> = feed
            .repairs
            .iter()
            .map(|(repair, _)| repair.code())
            .collect();
        let title = feed.entries[0].title.clone().unwrap().text;
        assert_eq!(
            (feed.encoding, codes.join(" ").as_str(), title.as_str()),
            (encoding, repairs, "caf\u{e9}"),
            "{charset:?} {:?}",
            String::from_utf8_lossy(&body)
        );
    }
}

#[test]
fn entities_unfold_within_bounds() {
    let mut bomb = "<!DOCTYPE r [<!ENTITY e0 \"ha\">".to_owned();
    for level in 1..30 {
        let inner = format!("&e{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY e{level} \"{inner}\">"));
    }
    bomb.push_str("]>");
    let with =
        |name: &str| bomb.clone() + &rss("").replace("<title>t", &format!("<title>&{name};"));
    let title = |body: String| read(&served(body.as_bytes())).unwrap().title.unwrap().text;
    assert_eq!(title(with("e1")), "ha".repeat(10));
    assert_eq!(title(with("e29")), "&e29;");
    let endless = "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>".to_owned();
    let feed = endless + &rss("").replace("<title>t", "<title>x&a;");
    let read = read(&served(feed.as_bytes())).unwrap();
    assert_eq!(read.title.unwrap().text, "x&a;");
    assert!(read.repairs.has(Repair::EntityLimit));
}

#[test]
fn a_feed_whose_ids_change_is_known_by_links() {
    let feed = |ids: [&str; 3]| {
        let items: String = ids
            .iter()
            .enumerate()
            .map(|(n, id)| format!("<item><guid isPermaLink=\"false\">{id}</guid><link>h:{n}</link><title>{n}</title></item>"))
            .collect();
        read(&served(rss(&items).as_bytes())).unwrap()
    };
    let before = feed(["a", "b", "c"]);
    let known: Vec<identity::Known> = before
        .entries
        .iter()
        .map(|entry| identity::Known {
            id: entry.id.clone(),
            link: entry.link().map(str::to_owned),
        })
        .collect();
    let cases = [
        (["a", "b", "c"], identity::Basis::Id),
        (["a", "b", "x"], identity::Basis::Id),
        (["x", "y", "z"], identity::Basis::Link),
    ];
    for (ids, expected) in cases {
        let mut now = feed(ids);
        let basis = identity::basis(&now.entries, &known);
        assert_eq!(basis, expected, "{ids:?}");
        identity::assign(&mut now.entries, basis);
        let keys: Vec<&str> = now.entries.iter().map(|entry| entry.key.as_str()).collect();
        if basis == identity::Basis::Link {
            assert_eq!(keys, ["h:0", "h:1", "h:2"]);
        } else {
            assert_eq!(keys, ids);
        }
    }
}

#[test]
fn publishers_say_how_often_to_ask() {
    let feed = |inner: &str| read(&served(rss(inner).as_bytes())).unwrap().schedule;
    let schedule = feed(
        "<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>\
         <skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>-3</hour></skipHours>\
         <skipDays><day>Sunday</day><day>someday</day></skipDays>",
    );
    assert_eq!(
        schedule,
        Schedule {
            ttl_minutes: Some(90),
            update_minutes: Some(360),
            skip_hours: [0, 7].into(),
            skip_days: [7].into(),
        }
    );
    assert_eq!(
        feed("<ttl>-1</ttl><sy:updateFrequency>0</sy:updateFrequency>"),
        Schedule::default()
    );
}

/// Whole feeds of every dialect, to be broken.
fn seeds() -> Vec<String> {
    vec![
        rss("<item><guid>g</guid><title>a &amp; b</title><link>http://h/1</link><description><![CDATA[<p>x</p>]]></description><pubDate>Wed, 31 Dec 2003 10:14:55 GMT</pubDate><author>a\u{e9}b@c.de</author></item>"),
        "<!DOCTYPE f [<!ENTITY e \"v&e2;\"><!ENTITY e2 \"w\">]><feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://h/\"><title type=\"xhtml\"><div>t &e;</div></title><entry><id>i</id><link href=\"1\"/><updated>2003-12-31T10:14:55Z</updated><content type=\"application/x\">AAAA</content></entry></feed>".to_owned(),
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='u'><title>t</title></channel><item rdf:about='v'><title>a</title></item></rdf:RDF>".to_owned(),
        r#"{"version":"https://jsonfeed.org/version/1","title":"t","items":[{"id":"1","url":"http://h/1","authors":[{"name":"n"}]}]}"#.to_owned(),
        "<html><head><title>t</title></head><body>cf-chl</body></html>".to_owned(),
    ]
}

proptest! {
    #[test]
    fn broken_feeds_are_read_twice_alike(
        seed in 0usize..5,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
        bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), "[<>&;'\"/!\\[\\]?x# -]{0,6}"), 0..6),
    ) {
        let mut body = seeds()[seed].clone().into_bytes();
        for (at, with) in pieces {
            let at = at.index(body.len() + 1);
            body.splice(at..at, with.bytes());
        }
        for (at, byte) in bytes {
            if !body.is_empty() {
                let at = at.index(body.len());
                body[at] = byte;
            }
        }
        for (from, to) in cuts {
            let (from, to) = (from.index(body.len() + 1), to.index(body.len() + 1));
            let short = to.saturating_sub(from) < 40;
            if short && from < to {
                body.drain(from..to);
            }
        }
        let first = read(&served(&body));
        prop_assert!(!matches!(first, Err(FeedError::Library(_))), "{first:?}");
        if let Ok(feed) = &first {
            let mut keys: Vec<&str> = feed.entries.iter().map(|entry| entry.key.as_str()).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), all);
        }
        prop_assert_eq!(first, read(&served(&body)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&served(&bytes));
    }

    #[test]
    fn any_text_between_tags_comes_through(text in "[^<&\r\\p{C}]{1,60}") {
        let body = rss(&format!("<item><title>{text}</title><guid>g</guid></item>"));
        let feed = read(&served(body.as_bytes())).unwrap();
        let title = feed.entries[0].title.as_ref().map(|title| title.text.as_str());
        prop_assert_eq!(title.unwrap_or_default(), text.trim());
    }
}
