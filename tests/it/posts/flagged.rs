//! `check` and posts: what explains a package whose root nobody here knows, what does not, and what
//! happens to packages that were flagged before the post came.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::domain::{FindingKind, HashAlgorithm, Verdict};
use anchorwatch::formats::digest::{digest, sha256};
use anchorwatch::formats::post::read_titled;
use anchorwatch::formats::post_archive::ArchivedPost;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::FolderView;
use anchorwatch::render::{Palette, Run, check_json, check_sarif, check_text};
use anchorwatch::service::check::{CheckRequest, Silent, check};
use anchorwatch::service::consequences::{Reevaluation, relink};
use anchorwatch::store::{KnowledgeBounds, Origin, Store, StoreKnowledge};
use serde_json::Value;

use super::keeping::second;
use crate::bad_input::request;
use crate::making::story::{Vendor, files};
use crate::making_trust::TrustFolder;

const SPEAKS: &str = "aliases = [\"Bosun Systems\"]\n\
    [[host]]\nhost = \"bosun.example\"\ncontent = \"vendor\"\n\
    [[host]]\nhost = \"forum.example\"\ncontent = \"users\"\nstaff = [\"7\"]";

/// A store, and a package whose root it does not know.
pub(super) struct World {
    folder: tempfile::TempDir,
    pub(super) store: Store,
    more: TrustFolder,
}

/// A post in the making.
pub(super) struct Told<'a> {
    pub(super) url: &'a str,
    pub(super) author_id: &'a str,
    pub(super) text: String,
}

pub(super) fn told<'a>(url: &'a str, author_id: &'a str, text: impl Into<String>) -> Told<'a> {
    Told {
        url,
        author_id,
        text: text.into(),
    }
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("unknown-root.zip"),
            &files()["packages/unknown-root.zip"],
        )
        .unwrap();
        let store =
            Store::open(&folder.path().join("store.sqlite3"), Duration::from_secs(5)).unwrap();
        let more = TrustFolder::default()
            .vendor("bosun", SPEAKS)
            .vendor(
                "pier",
                "[[host]]\nhost = \"pier.example\"\ncontent = \"vendor\"",
            )
            .root(
                "vendors/bosun/roots",
                &Vendor::new().root_g1,
                &["active 2019-01-01"],
            );
        Self {
            folder,
            store,
            more,
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("store.sqlite3")
    }

    pub(super) fn view(&self, known_at: Option<i64>) -> FolderView {
        let bounds = KnowledgeBounds {
            known_at: known_at.map(second),
            folder: None,
            at_hand: None,
        };
        let known = StoreKnowledge::open(&self.path(), &bounds).unwrap();
        self.more.clone().view().with(Box::new(known))
    }

    pub(super) fn post(&mut self, at: i64, origin: Origin, post: &Told<'_>) {
        let archived = ArchivedPost {
            url: post.url.to_owned(),
            title: "Signing".to_owned(),
            author: "Bosun Systems Release Team".to_owned(),
            author_id: post.author_id.to_owned(),
            published: None,
            text: post.text.clone(),
        };
        let reading = read_titled(&archived.title, &archived.text);
        self.store
            .keep_announcements(&[(archived, reading)], origin, second(at))
            .unwrap();
    }

    pub(super) fn request(&self, vendor: Option<&str>, known_at: Option<i64>) -> CheckRequest {
        CheckRequest {
            vendor: vendor.map(str::to_owned),
            known_at: known_at.map(second),
            ..request(&[self.folder.path().join("unknown-root.zip")])
        }
    }

    pub(super) fn check(&self, vendor: Option<&str>, known_at: Option<i64>) -> PackageReport {
        let view = self.view(known_at);
        let mut run = check(&self.request(vendor, known_at), &view, None, &Silent);
        run.packages.pop().unwrap()
    }

    /// As [`World::check`], remembered by the store.
    pub(super) fn flag(&self, vendor: Option<&str>) -> PackageReport {
        let request = CheckRequest {
            remember_verdicts: true,
            ..self.request(vendor, None)
        };
        let store = Store::open(&self.path(), Duration::from_secs(5)).unwrap();
        let mut run = check(&request, &self.view(None), Some(store), &Silent);
        assert!(run.store_trouble.is_none(), "{:?}", run.store_trouble);
        run.packages.pop().unwrap()
    }

    fn relink(&mut self) -> Reevaluation {
        let (view, path) = (self.view(None), self.path());
        let now = request(&[]).now;
        relink(&path, &mut self.store, &view, Profile::Field, now).unwrap()
    }

    pub(super) fn events(&self, kind: &str) -> Vec<Value> {
        self.store
            .events(1000)
            .unwrap()
            .iter()
            .filter(|event| event.kind == kind)
            .map(|event| serde_json::from_str(&event.detail).unwrap())
            .collect()
    }
}

pub(super) fn grouped(digest: &str) -> String {
    let bytes: Vec<&str> = digest
        .as_bytes()
        .chunks(2)
        .map(|pair| str::from_utf8(pair).unwrap())
        .collect();
    bytes.join(":").to_uppercase()
}

/// What the report says in one line: verdict, level, how many explain, and the codes about posts.
fn summary(report: &PackageReport) -> String {
    let mut codes: Vec<String> = report.signatures[0]
        .findings
        .iter()
        .filter_map(|finding| match &finding.kind {
            FindingKind::PostNamesKey { why, .. } => Some(format!("({why})")),
            FindingKind::PostExplains { .. } | FindingKind::VendorWarnsOfKey { .. } => {
                Some(finding.kind.code().to_owned())
            }
            _ => None,
        })
        .collect();
    codes.sort();
    format!(
        "{} {} {} {}",
        report.verdict.exit_code(),
        report.explained.level.word(),
        report.explained.by.len(),
        codes.join(" ")
    )
}

#[test]
fn only_the_vendors_own_exact_word_explains() {
    let vendor = Vendor::new();
    let leaf = grouped(&vendor.signer_g2.sha256().to_string());
    let issuing = grouped(&vendor.issuing_g2.sha256().to_string());
    let sha1: String = digest(HashAlgorithm::Sha1, vendor.signer_g2.der())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let new = format!("Our new release signing certificate has the SHA-256 fingerprint {leaf}.");
    let (own, forum) = ("https://bosun.example/keys", "https://forum.example/t/1");
    let (fetched, imported) = (Origin::Fetched, Origin::Imported);
    type Case<'a> = (&'a str, Vec<(Origin, Told<'a>)>, &'a str);
    let cases: Vec<Case<'_>> = vec![
        ("nothing", vec![], "11 none 0 "),
        (
            "own host",
            vec![(fetched, told(own, "", &*new))],
            "10 explained 1 post-explains",
        ),
        (
            "own host in a file",
            vec![(imported, told(own, "", &*new))],
            "11 candidate 1 (report)",
        ),
        (
            "staff in a file",
            vec![(imported, told(forum, "7", &*new))],
            "10 explained 1 post-explains",
        ),
        (
            "a user with the staff's name",
            vec![(fetched, told(forum, "8", &*new))],
            "11 candidate 1 (report)",
        ),
        (
            "a user without id",
            vec![(fetched, told(forum, "", &*new))],
            "11 candidate 1 (report)",
        ),
        (
            "a page that looks like the vendor's",
            vec![(
                fetched,
                told("https://bosun.example.attacker.example/keys", "", &*new),
            )],
            "11 candidate 1 (report)",
        ),
        (
            "another vendor",
            vec![(fetched, told("https://pier.example/keys", "", &*new))],
            "11 candidate 1 (other-vendor)",
        ),
        (
            "two vendors",
            vec![
                (fetched, told(own, "", &*new)),
                (fetched, told("https://pier.example/keys", "", &*new)),
            ],
            "11 candidate 2 (claimed-by-another) (other-vendor)",
        ),
        (
            "a question of the staff",
            vec![(
                fetched,
                told(
                    forum,
                    "7",
                    format!("I get a new signing certificate {leaf}. Is this genuine?"),
                ),
            )],
            "11 candidate 1 (asks-only)",
        ),
        (
            "a warning",
            vec![(
                fetched,
                told(
                    own,
                    "",
                    format!(
                        "A signing certificate {leaf} is going round. Do not trust it, it is not ours."
                    ),
                ),
            )],
            "11 candidate 1 vendor-warns-of-key",
        ),
        (
            "disowned later",
            vec![
                (fetched, told(own, "", &*new)),
                (
                    fetched,
                    told(
                        "https://bosun.example/warning",
                        "",
                        format!("The certificate {leaf} is fake, do not trust it."),
                    ),
                ),
            ],
            "11 candidate 2 (disowned) vendor-warns-of-key",
        ),
        (
            "SHA-1",
            vec![(
                fetched,
                told(
                    own,
                    "",
                    format!("The thumbprint of the new signing certificate is {sha1}."),
                ),
            )],
            "10 explained 1 post-explains",
        ),
        (
            "a digit short",
            vec![(
                fetched,
                told(
                    own,
                    "",
                    format!(
                        "The thumbprint of the new signing certificate is {}.",
                        &sha1[..39]
                    ),
                ),
            )],
            "11 none 0 ",
        ),
        (
            "the vendor's issuer",
            vec![(
                fetched,
                told(
                    own,
                    "",
                    format!("Releases are signed below our new issuing certificate {issuing}."),
                ),
            )],
            "10 explained 1 post-explains",
        ),
        (
            "a root that is not linked",
            vec![(
                fetched,
                told(
                    own,
                    "",
                    format!(
                        "The new root certificate is {}.",
                        grouped(&vendor.root_g2.sha256().to_string())
                    ),
                ),
            )],
            "11 none 0 ",
        ),
    ];
    for (name, posts, expected) in cases {
        let mut world = World::new();
        for (at, (origin, post)) in (100..).zip(&posts) {
            world.post(at, *origin, post);
        }
        assert_eq!(
            summary(&world.check(Some("bosun"), None)).trim(),
            expected.trim(),
            "{name}"
        );
    }
}

#[test]
fn a_public_authority_in_a_post_explains_no_signer_below_it() {
    let vendor = Vendor::new();
    let mut world = World::new();
    // The vendor of this forum is another company than the one that the certificates name.
    let text = format!(
        "Our new issuing certificate is {}.",
        grouped(&vendor.issuing_g2.sha256().to_string())
    );
    world.post(
        100,
        Origin::Fetched,
        &told("https://pier.example/keys", "", text),
    );
    assert_eq!(
        summary(&world.check(Some("pier"), None)),
        "11 candidate 1 (issuer-of-others)"
    );
}

#[test]
fn a_post_counts_from_when_it_was_known_and_until_it_is_withdrawn() {
    let mut world = World::new();
    let leaf = Vendor::new().signer_g2.sha256().to_string();
    let new = format!("Our new release signing certificate has the SHA-256 fingerprint {leaf}.");
    let own = "https://bosun.example/keys";
    world.post(100, Origin::Fetched, &told(own, "", new));
    world.post(
        200,
        Origin::Fetched,
        &told(own, "", "We have not changed anything."),
    );
    for (known_at, expected) in [
        (99, "11 none 0 "),
        (100, "10 explained 1 post-explains"),
        (199, "10 explained 1 post-explains"),
        (200, "11 candidate 1 (withdrawn)"),
    ] {
        let report = world.check(Some("bosun"), Some(known_at));
        assert_eq!(summary(&report), expected, "{known_at}");
    }
}

#[test]
fn a_post_explains_what_was_flagged_before_and_its_withdrawal_takes_it_back() {
    let mut world = World::new();
    assert_eq!(world.flag(Some("bosun")).verdict, Verdict::Unanchored);
    let leaf = Vendor::new().signer_g2.sha256().to_string();
    let own = "https://bosun.example/keys";
    world.post(100, Origin::Fetched, &told("https://a.example/", "", "The new signing certificate of somebody else is D55C0D1AC78A8D8126CB631CFC9CA96ACA026560."));
    assert_eq!(world.relink(), Reevaluation::default());
    world.post(
        110,
        Origin::Fetched,
        &told(own, "", format!("Our new signing certificate: {leaf}")),
    );
    let found = world.relink();
    assert_eq!((found.touched, found.changed.len()), (1, 1));
    assert_eq!(world.relink(), Reevaluation::default());
    let events = world.events("flagged-key-explained");
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["file"], "unknown-root.zip");
    assert_eq!(
        (event["before"].as_str(), event["after"].as_str()),
        (Some("unanchored"), Some("explained"))
    );
    assert_eq!(event["key"], leaf.as_str());
    assert_eq!(event["dedup"], format!("flagged-key-explained:{leaf}"));
    assert_eq!(event["thread"], format!("key:bosun:{leaf}"));
    assert_eq!(event["by"].as_array().unwrap().len(), 1);
    // Once is enough: the next look at the same file is no news.
    world.flag(Some("bosun"));
    assert_eq!(world.events("flagged-key-explained").len(), 1);
    world.post(120, Origin::Fetched, &told(own, "", "Nothing has changed."));
    assert_eq!(world.relink().changed.len(), 1);
    assert_eq!(world.events("explanation-lost").len(), 1);
}

#[test]
fn a_newly_flagged_key_finds_an_old_post_at_once() {
    let mut world = World::new();
    let leaf = Vendor::new().signer_g2.spki_sha256().to_string();
    world.post(
        100,
        Origin::Fetched,
        &told(
            "https://bosun.example/keys",
            "",
            format!("SPKI SHA-256 of our new signing key: {leaf}"),
        ),
    );
    assert_eq!(world.flag(Some("bosun")).verdict, Verdict::Explained);
    assert_eq!(world.events("flagged-key-explained").len(), 1);
}

#[test]
fn ten_thousand_fingerprints_in_one_post_cost_no_more_than_their_limit() {
    let mut world = World::new();
    let leaf = Vendor::new().signer_g2.sha256().to_string();
    let mut text = String::from("Fingerprints of certificates:\n");
    for number in 0..12_000u32 {
        let value = sha256(&number.to_be_bytes());
        text.push_str(&format!("certificate {value}\n"));
    }
    let flood = format!("certificate {leaf}\n{text}");
    world.post(
        100,
        Origin::Fetched,
        &told("https://forum.example/t/9", "", flood),
    );
    // Many posts of others do not hide the vendor's.
    for number in 0..30 {
        let url = format!("https://forum.example/t/{}", 1000 + number);
        world.post(
            101,
            Origin::Fetched,
            &told(&url, "", format!("The new certificate is {leaf}")),
        );
    }
    world.post(
        99,
        Origin::Fetched,
        &told(
            "https://bosun.example/keys",
            "",
            format!("Our new signing certificate: {leaf}"),
        ),
    );
    for number in 0..30 {
        let url = format!("https://forum.example/t/{}", 2000 + number);
        world.post(
            102,
            Origin::Fetched,
            &told(&url, "", format!("The new certificate is {leaf}")),
        );
    }
    let report = world.check(Some("bosun"), None);
    assert_eq!(report.verdict, Verdict::Explained);
    let told = report.signatures[0].findings.iter();
    assert!(
        told.filter(|finding| finding.kind.code() == "post-names-key")
            .count()
            <= 3
    );
}

#[test]
fn the_reports_say_it() {
    let mut world = World::new();
    let leaf = grouped(&Vendor::new().signer_g2.sha256().to_string());
    world.post(
        100,
        Origin::Fetched,
        &told(
            "https://bosun.example/keys",
            "",
            format!("Our new signing certificate: {leaf}"),
        ),
    );
    world.post(
        101,
        Origin::Fetched,
        &told(
            "https://forum.example/t/1",
            "",
            format!("Is {leaf} the new certificate \u{202e}?"),
        ),
    );
    let mut report = world.check(Some("bosun"), None);
    report.path = "unknown-root.zip".to_owned();
    let packages = [report];
    let text = check_text(&packages, 0, Palette::default());
    let text: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("unknown-root") || line.contains("post"))
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    unknown-root.zip: unanchored, explained (bosun)
      note [post-explains] bosun prints this key (vendor-channel): Signing, https://bosun.example/keys, post 8005360013ed; it is not confirmed as an anchor
        next: read the post with announcements show, then confirm the key out of band
      note [post-names-key] named in Signing, https://forum.example/t/1, post 718e8a61cb74, which explains nothing (report)
        next: see with explain what the posts prove; anybody can write one
    ");
    let run = Run {
        rules_version: "0",
        profile: "field",
        at: second(0),
        known_at: second(0),
    };
    let json: Value = serde_json::from_str(&check_json(&run, &packages)).unwrap();
    insta::assert_json_snapshot!(json["packages"][0]["explained"], @r#"
    {
      "by": [
        "8005360013eda5d9caa95bcdaa510e99"
      ],
      "level": "explained"
    }
    "#);
    let sarif: Value = serde_json::from_str(&check_sarif("0", &packages)).unwrap();
    let texts: Vec<&Value> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["ruleId"].as_str().unwrap().contains("post"))
        .collect();
    insta::assert_json_snapshot!(texts, @r#"
    [
      {
        "level": "note",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "unknown-root.zip"
              }
            }
          }
        ],
        "message": {
          "text": "manifest.json.p7s: bosun prints this key (vendor-channel): Signing, https://bosun.example/keys, post 8005360013ed; it is not confirmed as an anchor. Next: read the post with announcements show, then confirm the key out of band."
        },
        "ruleId": "post-explains"
      },
      {
        "level": "note",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "unknown-root.zip"
              }
            }
          }
        ],
        "message": {
          "text": "manifest.json.p7s: named in Signing, https://forum.example/t/1, post 718e8a61cb74, which explains nothing (report). Next: see with explain what the posts prove; anybody can write one."
        },
        "ruleId": "post-names-key"
      }
    ]
    "#);
}
