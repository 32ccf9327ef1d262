//! Roots of accepted programmes in the verdict: never more than `unpinned`, and only while the
//! programme trusts them.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::domain::Verdict;
use anchorwatch::service::check::{Silent, check};
use anchorwatch::service::import::{ImportRequest, import};
use anchorwatch::store::{AcceptedProgrammes, KnowledgeBounds, Store, StoreKnowledge};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::making::*;
use crate::bad_input::request;
use crate::knowledge::process::{run, said};
use crate::making::story::Vendor;
use crate::making_trust::TrustFolder;

const CODE: &str = "1.3.6.1.5.5.7.3.3";
const WEB: &str = "1.3.6.1.5.5.7.3.1";

/// A home with a store, settings and lists of one programme.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(trust: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.settings(trust);
        desk
    }

    fn settings(&self, trust: &str) {
        fs::write(self.path("config.toml"), format!("[trust]\n{trust}\n")).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn import(&self, seen: &str, known_from: &str, list: &[u8]) {
        fs::write(self.path("list"), list).unwrap();
        let beside = pem(&[Vendor::new().root_g1]);
        fs::write(self.path("roots.pem"), beside).unwrap();
        let request = ImportRequest {
            programme: "harbour".to_owned(),
            paths: vec![self.path("list"), self.path("roots.pem")],
            seen: seen.parse().unwrap(),
            now: known_from.parse().unwrap(),
        };
        let mut store = Store::open(&self.path("store"), Duration::from_secs(5)).unwrap();
        import(&request, &mut store).unwrap();
    }

    fn check(&self, more: &[&str]) -> std::process::Output {
        let (config, store) = (self.path("config.toml"), self.path("store"));
        let arguments = [
            "check",
            "examples/packages/known-root.zip",
            "--config",
            config.to_str().unwrap(),
            "--store",
            store.to_str().unwrap(),
        ];
        run(self.0.path(), &[&arguments, more].concat())
    }

    /// The verdict, and the codes of what was found about programmes.
    fn verdict(&self, more: &[&str]) -> String {
        let found = self.check(&[&["--format", "json"], more].concat());
        let report: Value =
            serde_json::from_slice(&found.stdout).unwrap_or_else(|_| panic!("{}", said(&found)));
        let package = &report["packages"][0];
        let mut told = package["verdict"].as_str().unwrap().to_owned();
        for finding in package["findings"].as_array().unwrap() {
            let code = finding["code"].as_str().unwrap();
            if code.contains("observed") || code.contains("programme") || code == "condemned-key" {
                told = format!("{told} {code}");
            }
        }
        told
    }
}

fn noon(day: &str) -> String {
    format!("{day}T12:00:00Z")
}

fn second(day: &str) -> u64 {
    let at: Timestamp = noon(day).parse().unwrap();
    u64::try_from(at.as_second()).unwrap()
}

/// A signed list with Bosun's root under these properties.
fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    trust_list(&[(sha1(&Vendor::new().root_g1), properties.to_vec())])
}

fn code() -> Vec<u8> {
    property(9, &purposes(&[CODE]))
}

#[test]
fn a_programme_counts_as_far_as_it_trusts_the_root() {
    const ACCEPT: &str = "accept_programmes = [\"harbour\"]";
    const BOTH: &str = "accept_programmes = [\"harbour\"]\napply_distrust_of = [\"harbour\"]";
    const APPLY: &str = "apply_distrust_of = [\"harbour\"]";
    let disabled = |day| property(104, &filetime(second(day)));
    let not_before = |day| property(126, &filetime(second(day)));
    let denied = property(122, &purposes(&[CODE]));
    let certdata = |server: &str, code: &str| {
        certdata(
            &[certdata_pair(&Vendor::new().root_g1, server, None).replace(
                "CODE_SIGNING CK_TRUST CKT_NSS_MUST_VERIFY_TRUST",
                &format!("CODE_SIGNING CK_TRUST {code}"),
            )],
        )
    };
    let (trusts, refuses) = ("CKT_NSS_TRUSTED_DELEGATOR", "CKT_NSS_NOT_TRUSTED");
    // settings, list, what is found on 2026-11-01
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("", list(&[code()]), "unanchored"),
        (
            "accept_programmes = [\"other\"]",
            list(&[code()]),
            "unanchored",
        ),
        (ACCEPT, list(&[code()]), "unpinned observed-root"),
        (ACCEPT, list(&[]), "unpinned observed-root"),
        (
            ACCEPT,
            list(&[property(9, &purposes(&[WEB]))]),
            "unanchored",
        ),
        (
            ACCEPT,
            list(&[code(), denied.clone()]),
            "unanchored observed-root-refused programme-distrust",
        ),
        (
            ACCEPT,
            list(&[code(), disabled("2026-08-01")]),
            "unanchored observed-root-refused programme-distrust",
        ),
        (
            ACCEPT,
            list(&[code(), disabled("2026-12-01")]),
            "unpinned observed-root programme-distrust",
        ),
        (
            ACCEPT,
            list(&[code(), not_before("2026-08-01")]),
            "unanchored observed-root-refused programme-distrust",
        ),
        (
            ACCEPT,
            list(&[code(), not_before("2026-12-01")]),
            "unpinned observed-root programme-distrust",
        ),
        (ACCEPT, certdata(trusts, trusts), "unpinned observed-root"),
        (ACCEPT, certdata(trusts, refuses), "unanchored"),
        (
            BOTH,
            list(&[code(), disabled("2026-08-01")]),
            "distrusted condemned-key programme-distrust",
        ),
        (
            BOTH,
            list(&[code(), not_before("2026-08-01")]),
            "unanchored observed-root-refused programme-distrust",
        ),
        // A list that nobody signed condemns nobody.
        (BOTH, certdata(trusts, refuses), "unanchored"),
        // To condemn by a programme is not to take its roots.
        (APPLY, list(&[code()]), "unanchored"),
    ];
    for (settings, list, expected) in cases {
        let desk = Desk::new(settings);
        desk.import(&noon("2026-01-01"), &noon("2026-02-01"), &list);
        let found = desk.verdict(&["--at", "2026-11-01"]);
        assert_eq!(found, expected, "{settings}");
    }
}

#[test]
fn what_counts_is_what_was_seen_and_known_then() {
    let desk = Desk::new("accept_programmes = [\"harbour\"]");
    desk.import(&noon("2026-01-01"), &noon("2026-02-01"), &list(&[code()]));
    let other = trust_list(&[(sha1(&root(7)), vec![code()])]);
    desk.import(&noon("2026-05-01"), &noon("2026-06-01"), &other);
    // at, known at
    let cases = [
        (
            "2025-12-31",
            "2026-11-01",
            "unanchored observed-root-refused",
        ),
        ("2026-04-01", "2026-11-01", "unpinned observed-root"),
        (
            "2026-11-01",
            "2026-11-01",
            "unanchored observed-root-refused",
        ),
        ("2026-11-01", "2026-05-15", "unpinned observed-root"),
        ("2026-11-01", "2026-01-15", "unanchored"),
    ];
    for (at, known_at, expected) in cases {
        let found = desk.verdict(&["--at", at, "--known-at", known_at]);
        assert_eq!(found, expected, "at {at}, known at {known_at}");
    }
}

/// Bosun's folder with the root in one place, under a timeline, and a rule that names the signer.
fn folder(place: &str, timeline: &[&str]) -> TrustFolder {
    let vendor = Vendor::new();
    TrustFolder::default()
        .vendor("bosun", "")
        .root(place, &vendor.root_g1, timeline)
        .leaf_rule("bosun", &vendor.root_g1, &vendor.signer_g1, "")
}

/// A signer rule below a root that a programme lists vouches for nobody while no record makes the
/// root an anchor; what a folder anchors stays anchored.
#[test]
fn a_rule_below_a_listed_root_anchors_nothing() {
    // place, timeline, without and with the programme
    let cases: [(&str, &[&str], &str, &str); 5] = [
        ("shared/roots", &[], "unpinned", "unpinned"),
        (
            "shared/roots",
            &["active 2020-01-01"],
            "unpinned",
            "unpinned",
        ),
        (
            "vendors/bosun/roots",
            &["active 2020-01-01"],
            "anchored",
            "anchored",
        ),
        (
            "vendors/bosun/roots",
            &["announced 2020-01-01"],
            "unanchored",
            "unanchored",
        ),
        (
            "vendors/bosun/roots",
            &["distrusted 2020-01-01"],
            "distrusted condemned-key",
            "distrusted condemned-key",
        ),
    ];
    for (place, timeline, without, with) in cases {
        let trust = tempfile::tempdir().unwrap();
        folder(place, timeline).write(trust.path());
        let desk = Desk::new("");
        desk.import(&noon("2026-01-01"), &noon("2026-02-01"), &list(&[code()]));
        let trust = trust.path().to_str().unwrap();
        let arguments = ["--at", "2026-11-01", "--trust", trust, "--vendor", "bosun"];
        assert_eq!(desk.verdict(&arguments), without, "{place} {timeline:?}");
        desk.settings("accept_programmes = [\"harbour\"]");
        assert_eq!(desk.verdict(&arguments), with, "{place} {timeline:?}");
    }
}

/// What a list may say of the root: properties of a trust list, dates in days since 1970.
fn properties() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let dated = |number: u32| {
        (18_000u64..21_000).prop_map(move |day| property(number, &filetime(day * 86_400)))
    };
    let one = prop_oneof![
        Just(code()),
        Just(property(9, &purposes(&[WEB]))),
        Just(property(122, &purposes(&[CODE]))),
        dated(104),
        dated(126),
    ];
    proptest::collection::vec(one, 0..4)
}

fn timelines() -> impl Strategy<Value = Vec<String>> {
    let statuses = prop::sample::select(vec![
        "announced",
        "active",
        "retired",
        "distrusted",
        "observed",
        "proposed",
    ]);
    let status = (statuses, 2019..2028).prop_map(|(status, year)| format!("{status} {year}-01-01"));
    proptest::collection::vec(status, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever a list says, of whatever root, and whenever it is asked: accepting its programme
    /// neither anchors anything nor takes an anchor away.
    #[test]
    fn accepting_a_programme_changes_nothing_about_anchored(
        properties in properties(),
        place in prop::sample::select(vec!["none", "shared/roots", "vendors/bosun/roots"]),
        timeline in timelines(),
        day in 18_000i64..21_000,
    ) {
        let desk = Desk::new("");
        desk.import(&noon("2020-01-01"), &noon("2026-02-01"), &list(&properties));
        let timeline: Vec<&str> = timeline.iter().map(String::as_str).collect();
        let trust = match place {
            "none" => TrustFolder::default().vendor("bosun", ""),
            place => folder(place, &timeline),
        };
        let verdict = |programmes: &[&str]| {
            let bounds = KnowledgeBounds { known_at: None, folder: None, at_hand: None };
            let accepted = AcceptedProgrammes {
                accepted: programmes.iter().map(|name| (*name).to_owned()).collect(),
                distrust: vec![],
            };
            let known = StoreKnowledge::open(&desk.path("store"), &bounds).unwrap();
            let view = trust.view().with(Box::new(known.accepting(accepted)));
            let mut request = request(&["examples/packages/known-root.zip".into()]);
            request.at = Timestamp::from_second(day * 86_400).unwrap();
            let found = check(&request, &view, None, &Silent);
            found.packages.first().unwrap().verdict
        };
        let (without, with) = (verdict(&[]), verdict(&["harbour"]));
        prop_assert_eq!(without == Verdict::Anchored, with == Verdict::Anchored);
        prop_assert_eq!(without == Verdict::Distrusted, with == Verdict::Distrusted);
        if place == "none" && with != without {
            // With its root known, a signer whose time is over is known to be wrong.
            prop_assert_eq!(without, Verdict::Unanchored);
            prop_assert!(matches!(with, Verdict::Unpinned | Verdict::Invalid), "{with:?}");
        }
    }
}

#[test]
fn a_person_reads_which_programme_and_when() {
    let desk = Desk::new("accept_programmes = [\"harbour\"]");
    let properties = [code(), property(104, &filetime(second("2026-12-01")))];
    desk.import(&noon("2026-01-01"), &noon("2026-02-01"), &list(&properties));
    let found = desk.check(&["--at", "2026-11-01"]);
    assert_eq!(found.status.code(), Some(9));
    insta::assert_snapshot!(said(&found), @r"
    examples/packages/known-root.zip: unpinned
      signature  cms-detached in manifest.json.p7s, crypto good, unpinned; covers manifest.json and 3 files
      signer     CN=Bosun Systems Release Signing, O=Bosun Systems
                 SHA-256 F86F 3A39 7B59 646E 5318 8C97 A8AB 07F2 0DF7 DBC7 8D30 A6D5 6651 4996 0ACD D7D8
      path       └ CN=Bosun Systems Root CA G1, O=Bosun Systems
      anchor     x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874 (observed)
      time       2026-09-14T10:15:00Z, claimed by the signer alone
      warning [no-signer-rule] Bosun Systems Root CA G1 is a shared root and vouches for nobody alone; no signer rule names CN=Bosun Systems Release Signing, O=Bosun Systems
        next: pin this signer with a signer rule, after checking who it is
      warning [programme-distrust] CN=Bosun Systems Root CA G1, O=Bosun Systems: the root programme harbour distrusts this key from 2026-12-01 (list of 2026-01-01); this signature is older
      note [observed-root] Bosun Systems Root CA G1 is known only from the root programme harbour, which listed it for code signing on 2026-01-01
      note [revocation-unchecked] whether a certificate was revoked is not known: no revocation list was at hand
      warning [loose-dependency] manifest.json: depends on harbour-runtime with >=3, which any later version satisfies
      warning [stale-timestamps] 1 file with times that do not fit the release of 2026-09-14, newest 2019-03-08
      warning [script-needs-sudo] scripts/upgrade.sh: line 4 asks for the administrator's rights: sudo systemctl stop harbourd (and 2 more)
        next: read the script before running it
    ");
    let found = desk.check(&["--at", "2026-11-01", "--format", "json"]);
    let report: Value = serde_json::from_slice(&found.stdout).unwrap();
    let package = &report["packages"][0];
    let about = ["observed-root", "programme-distrust"];
    let findings = package["findings"].as_array().unwrap().iter();
    let findings: Vec<&Value> = findings
        .filter(|finding| about.contains(&finding["code"].as_str().unwrap()))
        .collect();
    let told = serde_json::json!({
        "anchor": package["signatures"][0]["anchor"],
        "findings": findings,
    });
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "anchor": {
        "id": "x509-503d8ee46d581c649966569ae095e27041de83322e8e0480e5539e00d2d5d874",
        "kind": "observed",
        "vendor": null
      },
      "findings": [
        {
          "code": "observed-root",
          "message": "Bosun Systems Root CA G1 is known only from the root programme harbour, which listed it for code signing on 2026-01-01",
          "next": null,
          "place": "manifest.json.p7s",
          "severity": "note"
        },
        {
          "code": "programme-distrust",
          "message": "the root programme harbour distrusts this key from 2026-12-01 (list of 2026-01-01); this signature is older",
          "next": null,
          "place": "CN=Bosun Systems Root CA G1, O=Bosun Systems",
          "severity": "warning"
        }
      ]
    }
    "#);
}
