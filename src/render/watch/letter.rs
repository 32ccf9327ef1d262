//! Mails as text and as HTML: the same blocks twice. A mail says what is claimed and what is unproven,
//! and asks nobody to trust anything.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::told::{Block, Told};
use crate::render::plain;
use crate::render::plain::{plain_json, plain_xml};

/// A mail in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub text: String,
    pub html: String,
}

/// What stands around the events of a mail.
#[derive(Debug, Clone)]
pub struct LetterFacts<'a> {
    /// `alert`, `digest`, `second-contact`.
    pub kind: &'a str,
    pub team: &'a str,
    /// With its brackets.
    pub message_id: &'a str,
    /// The instance's public key, as minisign writes its line.
    pub public_key: &'a str,
    /// The head of the audit chain.
    pub head: &'a str,
}

/// What the weekly word of a quiet week says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllQuiet {
    pub sources: u64,
    pub healthy: u64,
    /// Events since the last such word.
    pub events: u64,
    pub failed_mails: u64,
    pub head: String,
}

/// A mail that tells events.
#[must_use]
pub fn letter(facts: &LetterFacts<'_>, events: &[Told<'_>]) -> Letter {
    let mut before = vec![];
    if facts.kind == "second-contact" {
        before.push(
            "Nobody of the team acknowledged this in time, so you are asked as its second contact."
                .to_owned(),
        );
    }
    if events.len() > 1 {
        before.push(format!("{} things happened:", events.len()));
    }
    let blocks: Vec<Block> = events.iter().map(Told::block).collect();
    let after = [
        "A mail is no ground to trust a key. Whoever confirms one does so on the machine, by the \
         fingerprint that the vendor reads out over a number known before; no link and no answer \
         to this mail confirms anything."
            .to_owned(),
        format!(
            "alert.json beside this text is signed by this instance's key; check it with \
             `anchorwatch mail verify FILE.eml`, or with minisign -P {}",
            plain(facts.public_key)
        ),
        format!("audit head {}", plain(facts.head)),
        format!(
            "for the team {}; leave with `anchorwatch team remove`",
            plain(facts.team)
        ),
    ];
    both(&before, &blocks, &after)
}

/// The question whether an address wants mail; it shows the key that signs.
#[must_use]
pub fn opt_in(team: &str, address: &str, code: &str, public_key: &str) -> Letter {
    let lines = vec![
        ("team", plain(team).into_owned()),
        ("code", plain(code).into_owned()),
        (
            "yes",
            format!(
                "anchorwatch team agree {} {} {}",
                plain(team),
                plain(address),
                plain(code)
            ),
        ),
        (
            "no",
            "do nothing; nothing more is sent to this address".to_owned(),
        ),
        ("key", plain(public_key).into_owned()),
    ];
    let block = Block {
        heading: "somebody entered this address to hear of changes of vendors' signing keys"
            .to_owned(),
        lines,
    };
    let after = [
        "Keep the key: every alert carries a signature by it, in minisign's notation.".to_owned(),
    ];
    both(&[], &[block], &after)
}

/// The word that all is quiet, so that silence never means that nothing runs.
#[must_use]
pub fn all_quiet(facts: &AllQuiet) -> Letter {
    let failed = match facts.failed_mails {
        0 => "none".to_owned(),
        count => format!("{count}; see `anchorwatch outbox list --state failed`"),
    };
    let block = Block {
        heading: if facts.events == 0 {
            "all quiet this week".to_owned()
        } else {
            format!("the watch runs; {} things happened this week", facts.events)
        },
        lines: vec![
            (
                "sources",
                format!("{} of {} healthy", facts.healthy, facts.sources),
            ),
            ("mails given up", failed),
            ("audit head", plain(&facts.head).into_owned()),
            (
                "keep",
                "this line, somewhere else: `anchorwatch audit verify --head` holds the store \
                 against it"
                    .to_owned(),
            ),
        ],
    };
    both(&[], &[block], &[])
}

/// A word to the owners of the instance.
#[must_use]
pub fn notice(what: &str) -> Letter {
    let sentence = match what {
        "nobody-hears" => {
            "The last recipient of changes of trust has left: nobody is told any more when a key is \
             confirmed, distrusted or withdrawn. Subscribe a team with `anchorwatch subscribe TEAM \
             --vendor '*'`."
                .to_owned()
        }
        other => plain(other).into_owned(),
    };
    both(&[sentence], &[], &[])
}

/// What is attached and signed: the events as they were recorded, for machines. Schema 1.
#[must_use]
pub fn alert_json(facts: &LetterFacts<'_>, events: &[Told<'_>]) -> String {
    let document: Value = json!({
        "schema": 1,
        "message_id": facts.message_id,
        "team": facts.team,
        "public_key": facts.public_key,
        "audit_head": facts.head,
        "events": events.iter().map(|event| json!({
            "id": event.id,
            "at": event.at.to_string(),
            "kind": event.kind,
            "severity": event.severity,
            "vendor": event.vendor,
            "anchor": event.anchor,
            "says": event.sentence(),
            "detail": event.detail,
        })).collect::<Vec<_>>(),
    });
    plain_json(&format!("{document:#}\n"))
}

fn both(before: &[String], blocks: &[Block], after: &[String]) -> Letter {
    let mut text = String::new();
    let mut html = String::from("<!DOCTYPE html>\n<html lang=\"en\"><body>\n");
    for line in before {
        let _ = writeln!(text, "{line}\n");
        let _ = writeln!(html, "<p>{}</p>", plain_xml(line));
    }
    for block in blocks {
        let _ = writeln!(text, "{}", block.heading);
        let _ = writeln!(html, "<h3>{}</h3>\n<table>", plain_xml(&block.heading));
        for (label, value) in &block.lines {
            let _ = writeln!(text, "  {label:<14} {value}");
            let _ = writeln!(
                html,
                "<tr><th align=\"left\">{}</th><td>{}</td></tr>",
                plain_xml(label),
                plain_xml(value)
            );
        }
        text.push('\n');
        html.push_str("</table>\n");
    }
    if !after.is_empty() {
        text.push_str("--\n");
        html.push_str("<hr>\n");
    }
    for line in after {
        let _ = writeln!(text, "{line}");
        let _ = writeln!(html, "<p>{}</p>", plain_xml(line));
    }
    html.push_str("</body></html>\n");
    Letter { text, html }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::watch::Meaning;

    fn facts() -> LetterFacts<'static> {
        LetterFacts {
            kind: "alert",
            team: "ops",
            message_id: "<1@watch.example>",
            public_key: "RWQf6LRC",
            head: "7:00ff",
        }
    }

    fn told(detail: &Value) -> Told<'_> {
        Told {
            id: 12,
            at: "2026-03-04T10:00:00Z".parse().unwrap(),
            kind: "rotation-announced",
            severity: "warning",
            vendor: Some("qt"),
            anchor: None,
            detail,
            meaning: Meaning {
                packages: 3,
                products: vec!["Qt Installer".to_owned()],
            },
        }
    }

    #[test]
    fn an_announcement_in_plain_words() {
        let detail = json!({
            "title": "New signing certificate",
            "speaker": "release team",
            "url": "https://forum.example.org/t/12",
            "passage": "from May on we sign with the new one",
            "old": ["x509-0011223344556677889900112233445566778899001122334455667788990011"],
            "new": "x509-ff11223344556677889900112233445566778899001122334455667788990011",
        });
        let letter = letter(&facts(), &[told(&detail)]);
        insta::assert_snapshot!(letter.text, @r#"
        warning: somebody says that qt changes a signing key
          when           2026-03-04T10:00:00Z
          vendor         qt
          titled         New signing certificate
          claimed by     release team
          where          hxxps://forum[.]example[.]org/t/12
          passage        "from May on we sign with the new one"
          old key        x509-0011223344556677889900112233445566778899001122334455667788990011 (0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011)
          new key        x509-ff11223344556677889900112233445566778899001122334455667788990011 (FF11 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011)
          unproven       whether the vendor itself says so, and whether the key is the vendor's
          for you        3 packages that are known here hang on it; you asked about Qt Installer
          next           anchorwatch explain x509-ff11223344556677889900112233445566778899001122334455667788990011
          answer         anchorwatch ack 12

        --
        A mail is no ground to trust a key. Whoever confirms one does so on the machine, by the fingerprint that the vendor reads out over a number known before; no link and no answer to this mail confirms anything.
        alert.json beside this text is signed by this instance's key; check it with `anchorwatch mail verify FILE.eml`, or with minisign -P RWQf6LRC
        audit head 7:00ff
        for the team ops; leave with `anchorwatch team remove`
        "#);
        insta::assert_snapshot!(letter.html, @r#"
        <!DOCTYPE html>
        <html lang="en"><body>
        <h3>warning: somebody says that qt changes a signing key</h3>
        <table>
        <tr><th align="left">when</th><td>2026-03-04T10:00:00Z</td></tr>
        <tr><th align="left">vendor</th><td>qt</td></tr>
        <tr><th align="left">titled</th><td>New signing certificate</td></tr>
        <tr><th align="left">claimed by</th><td>release team</td></tr>
        <tr><th align="left">where</th><td>hxxps://forum[.]example[.]org/t/12</td></tr>
        <tr><th align="left">passage</th><td>&quot;from May on we sign with the new one&quot;</td></tr>
        <tr><th align="left">old key</th><td>x509-0011223344556677889900112233445566778899001122334455667788990011 (0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011)</td></tr>
        <tr><th align="left">new key</th><td>x509-ff11223344556677889900112233445566778899001122334455667788990011 (FF11 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011 2233 4455 6677 8899 0011)</td></tr>
        <tr><th align="left">unproven</th><td>whether the vendor itself says so, and whether the key is the vendor's</td></tr>
        <tr><th align="left">for you</th><td>3 packages that are known here hang on it; you asked about Qt Installer</td></tr>
        <tr><th align="left">next</th><td>anchorwatch explain x509-ff11223344556677889900112233445566778899001122334455667788990011</td></tr>
        <tr><th align="left">answer</th><td>anchorwatch ack 12</td></tr>
        </table>
        <hr>
        <p>A mail is no ground to trust a key. Whoever confirms one does so on the machine, by the fingerprint that the vendor reads out over a number known before; no link and no answer to this mail confirms anything.</p>
        <p>alert.json beside this text is signed by this instance's key; check it with `anchorwatch mail verify FILE.eml`, or with minisign -P RWQf6LRC</p>
        <p>audit head 7:00ff</p>
        <p>for the team ops; leave with `anchorwatch team remove`</p>
        </body></html>
        "#);
        insta::assert_snapshot!(alert_json(&facts(), &[told(&detail)]), @r#"
        {
          "audit_head": "7:00ff",
          "events": [
            {
              "anchor": null,
              "at": "2026-03-04T10:00:00Z",
              "detail": {
                "new": "x509-ff11223344556677889900112233445566778899001122334455667788990011",
                "old": [
                  "x509-0011223344556677889900112233445566778899001122334455667788990011"
                ],
                "passage": "from May on we sign with the new one",
                "speaker": "release team",
                "title": "New signing certificate",
                "url": "https://forum.example.org/t/12"
              },
              "id": 12,
              "kind": "rotation-announced",
              "says": "somebody says that qt changes a signing key",
              "severity": "warning",
              "vendor": "qt"
            }
          ],
          "message_id": "<1@watch.example>",
          "public_key": "RWQf6LRC",
          "schema": 1,
          "team": "ops"
        }
        "#);
    }

    #[test]
    fn a_hostile_post_is_inert() {
        let hostile = format!(
            "<script>x</script>\r\nBcc: all@example.org\u{1b}[2J\u{202e} pаypal trust this root {}",
            "A".repeat(1 << 20)
        );
        let detail = json!({
            "title": hostile, "speaker": hostile, "passage": hostile, "new": [hostile],
            "url": format!("https://evil.example/{hostile}"), "file": hostile, "before": hostile,
            "after": hostile, "product": hostile, "files": [hostile],
        });
        let mut event = told(&detail);
        event.vendor = Some(&hostile);
        event.anchor = Some(&hostile);
        event.meaning.products = vec![hostile.clone()];
        let letter = letter(&facts(), &[event]);
        for shown in [&letter.text, &letter.html] {
            assert!(shown.len() < 32_768, "{}", shown.len());
            assert!(
                !shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\r')
            );
            assert!(!shown.contains("https://evil") && !shown.contains("\nBcc"));
        }
        assert!(!letter.html.contains("<script"));
        // No command is made of it.
        assert!(letter.text.contains("anchorwatch trust list\n"));
    }

    #[test]
    fn our_words_never_ask_for_trust() {
        let detail = json!({});
        for kind in crate::judge::watch::known_kinds() {
            let event = Told {
                kind,
                ..told(&detail)
            };
            let text = letter(&facts(), &[event]).text.to_lowercase();
            for phrase in ["trust this", "click", "approve", "please confirm", "http"] {
                assert!(!text.contains(phrase), "{kind}: {phrase}");
            }
        }
    }

    #[test]
    fn the_other_letters() {
        let quiet = AllQuiet {
            sources: 5,
            healthy: 4,
            events: 0,
            failed_mails: 1,
            head: "7:00ff".to_owned(),
        };
        let texts = [
            opt_in("ops", "ops@example.org", "ABCD", "RWQf6LRC").text,
            all_quiet(&quiet).text,
            notice("nobody-hears").text,
        ];
        insta::assert_snapshot!(texts.join("=====\n"), @r"
        somebody entered this address to hear of changes of vendors' signing keys
          team           ops
          code           ABCD
          yes            anchorwatch team agree ops ops@example.org ABCD
          no             do nothing; nothing more is sent to this address
          key            RWQf6LRC

        --
        Keep the key: every alert carries a signature by it, in minisign's notation.
        =====
        all quiet this week
          sources        4 of 5 healthy
          mails given up 1; see `anchorwatch outbox list --state failed`
          audit head     7:00ff
          keep           this line, somewhere else: `anchorwatch audit verify --head` holds the store against it

        =====
        The last recipient of changes of trust has left: nobody is told any more when a key is confirmed, distrusted or withdrawn. Subscribe a team with `anchorwatch subscribe TEAM --vendor '*'`.
        ");
    }
}
