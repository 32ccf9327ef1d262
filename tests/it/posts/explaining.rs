//! `explain` over a store: the real stories of the case collection, and the reports as people see
//! them.

use anchorwatch::judge::link::Explanation;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::trust::View;
use anchorwatch::render::{Palette, explain_json, explain_markdown, explain_script, explain_text};
use anchorwatch::service::explain::{ExplainRequest, explain};
use anchorwatch::store::Store;
use serde_json::Value;

use super::keeping::{KEY, bring, line, second};
use crate::cases;
use crate::making::authority::{Key, Role, Wish};
use crate::making_trust::TrustFolder;

const FORUM: &str = "aliases = [\"HashiCorp\"]\n[[contact]]\nrole = \"security\"\nchannel = \"email\"\nvalue = \"security@hashicorp.example\"\n\
                     [[contact]]\nrole = \"duty\"\nchannel = \"phone\"\nvalue = \"+1 555 0100\"\n\
                     [[host]]\nhost = \"discuss.hashicorp.example\"\ncontent = \"users\"\nstaff = [\"7\"]";

fn ask(what: &str, vendor: Option<&str>, view: &dyn View, store: &Store) -> Explanation {
    let request = ExplainRequest {
        what: what.to_owned(),
        vendor: vendor.map(str::to_owned),
        profile: Profile::Field,
        at: "2026-11-01T00:00:00Z".parse().unwrap(),
        known_at: second(1_000),
    };
    explain(&request, view, Some(store)).unwrap()
}

/// Every labelled post of the collection, as an archive.
fn labelled(store: &mut Store) -> Option<()> {
    let labels = cases::read("rotations/labels.jsonl")?;
    let lines: Vec<String> = labels
        .lines()
        .map(|label| {
            let label: Value = serde_json::from_str(label).unwrap();
            let of = |value: &Value| value.as_str().unwrap_or("").to_owned();
            let text = cases::read(&format!("rotations/text/{}.txt", of(&label["id"]))).unwrap();
            line(
                &of(&label["url"]),
                &of(&label["title"]),
                "",
                &of(&label["facts"]["date"]),
                &text,
            )
        })
        .collect();
    let done = bring(store, second(100), &lines);
    assert_eq!(done.unread_lines, 0, "{:?}", done.unread);
    Some(())
}

#[test]
fn the_real_stories_come_out_first_and_no_further_than_they_prove() {
    let mut store = Store::in_memory().unwrap();
    let Some(()) = labelled(&mut store) else {
        return;
    };
    let view = TrustFolder::default().vendor("hashicorp", FORUM).view();
    for (what, first) in [
        (KEY, "https://github.com/hashicorp/nomad/issues/28540"),
        (
            "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
            "https://github.com/nodejs/corepack/pull/614",
        ),
        (
            "8d5ab0d8cad7c59ee747691e2234c5762ef62683",
            "https://github.com/brave/brave-browser/issues/30329",
        ),
    ] {
        let found = ask(what, None, &view, &store);
        assert_eq!(found.level.word(), "candidate", "{what}");
        assert_eq!(found.verdict.exit_code(), 11, "{what}");
        let url = found.links.links[0].post.url.as_str();
        assert_eq!(url, first, "{what}");
    }
    every_identity_finds_its_post(&view, &store);
}

/// Every full identity that a label states and its post prints leads back to that post.
fn every_identity_finds_its_post(view: &dyn View, store: &Store) {
    let labels = cases::read("rotations/labels.jsonl").unwrap();
    let (mut asked, mut first, mut among) = (0, 0, 0);
    for label in labels.lines() {
        let label: Value = serde_json::from_str(label).unwrap();
        for field in ["old", "new"] {
            let value = label["facts"][field]
                .as_str()
                .unwrap_or("")
                .replace(' ', "");
            if value.len() < 40 || !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                continue;
            }
            let text = cases::read(&format!(
                "rotations/text/{}.txt",
                label["id"].as_str().unwrap()
            ))
            .unwrap();
            let printed: String = text
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
                .to_uppercase();
            if !printed.contains(&value.to_uppercase()) {
                continue;
            }
            asked += 1;
            let found = ask(&value, None, view, store);
            let urls: Vec<&str> = found
                .links
                .links
                .iter()
                .map(|link| link.post.url.as_str())
                .collect();
            first += usize::from(urls.first() == Some(&label["url"].as_str().unwrap()));
            among += usize::from(urls.contains(&label["url"].as_str().unwrap()));
        }
    }
    eprintln!("{asked} full identities asked: own post first {first}, among the answers {among}");
    assert!(asked >= 40);
    assert_eq!(among, asked);
}

#[test]
fn a_post_without_a_fingerprint_is_a_candidate_by_vendor_and_season() {
    let mut store = Store::in_memory().unwrap();
    let told = "The foundation has set up an account with another signing service, which replaces the present one; \
                certificates there live for three days.";
    bring(
        &mut store,
        second(100),
        &[
            line(
                "https://github.com/nodejs/build/issues/4036",
                "Moving Node.js to another code signing service",
                "",
                "2025-03-11",
                told,
            ),
            line(
                "https://github.com/nodejs/build/issues/1",
                "Node.js key rotation of 2019",
                "",
                "2019-03-11",
                "New signing key for OpenJS Foundation.",
            ),
            line(
                "https://example.org/",
                "Signing certificates in general",
                "",
                "2025-03-12",
                "They expire.",
            ),
        ],
    );
    let key = Key::ed25519(9);
    let leaf = Wish {
        common_name: "OpenJS Foundation",
        organisation: "OpenJS Foundation",
        serial: 7,
        years: (2025, 2025),
        role: Role::CodeSigner,
    };
    let certificate = leaf.self_signed(&key);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.der()).unwrap();
    let view = anchorwatch::judge::trust::shipped();
    let found = ask(file.path().to_str().unwrap(), None, &view, &store);
    assert_eq!(found.vendor.as_deref(), Some("nodejs"));
    assert_eq!(found.level.word(), "candidate");
    let urls: Vec<&str> = found
        .links
        .links
        .iter()
        .map(|link| link.post.url.as_str())
        .collect();
    assert_eq!(urls, ["https://github.com/nodejs/build/issues/4036"]);
}

#[test]
fn a_recorded_rotation_explains_without_any_post() {
    let (old, new) = (Key::ed25519(1), Key::ed25519(2));
    let root = |name| Wish {
        common_name: name,
        organisation: "bosun Systems",
        serial: 1,
        years: (2020, 2040),
        role: Role::Authority,
    };
    let (old, new) = (
        root("Bosun Root 1").self_signed(&old),
        root("Bosun Root 2").self_signed(&new),
    );
    let view = TrustFolder::default()
        .vendor("bosun", "")
        .root("vendors/bosun/roots", &old, &["active 2020-01-01"])
        .rotation("bosun", &old, &new)
        .view();
    let store = Store::in_memory().unwrap();
    let found = ask(&format!("x509-{}", new.spki_sha256()), None, &view, &store);
    assert_eq!(
        (found.level.word(), found.verdict.exit_code()),
        ("explained", 10)
    );
    assert_eq!(found.vendor.as_deref(), Some("bosun"));
    assert_eq!(
        found.previous_signers,
        [format!("x509-{}", old.spki_sha256())]
    );
    // Away from a key is not towards it.
    let found = ask(&format!("x509-{}", old.spki_sha256()), None, &view, &store);
    assert_eq!(
        (found.level.word(), found.verdict.word()),
        ("none", "anchored")
    );
    // Somebody else's rotation explains nothing.
    let view = TrustFolder::default()
        .vendor("bosun", "")
        .vendor("pier", "")
        .root("vendors/bosun/roots", &old, &["active 2020-01-01"])
        .rotation("bosun", &old, &new)
        .view();
    let found = ask(
        &format!("x509-{}", new.spki_sha256()),
        Some("pier"),
        &view,
        &store,
    );
    assert_eq!(
        (found.level.word(), found.verdict.exit_code()),
        ("none", 11)
    );
}

fn story() -> Explanation {
    let mut store = Store::in_memory().unwrap();
    bring(
        &mut store,
        second(100),
        &[
            line(
                "https://discuss.hashicorp.example/t/77734",
                "Linux package signing key update",
                "7",
                "2026-09-10T15:00:00Z",
                "<p>We rotated our package signing key on September 10th, 2026.</p><p>Old key: 798A EC65 4E5C 1542 8C8E  42EE AA16 FCBC A621 E701</p>\
                 <p>New key: D55C 0D1A C78A 8D81 26CB  631C FC9C A96A CA02 6560</p>",
            ),
            line(
                "https://forum.example/1",
                "apt broken\u{202e}",
                "",
                "2026-09-09",
                "I get NO_PUBKEY FC9CA96ACA026560, is this [legit](x)?",
            ),
            line(
                "https://forum.example/2",
                "",
                "",
                "2026-09-12",
                "The new key is D55C0D1AC78A8D8126CB631CFC9CA96ACA02656, they say.",
            ),
        ],
    );
    let view = TrustFolder::default().vendor("hashicorp", FORUM).view();
    ask(KEY, Some("hashicorp"), &view, &store)
}

#[test]
fn the_answer_as_text() {
    insta::assert_snapshot!(explain_text(&story(), Palette::default()), @r#"
    D55C0D1AC78A8D8126CB631CFC9CA96ACA026560: unanchored, explained
      key        D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560
      vendor     hashicorp (stated by you)
      vendor     hashicorp (a post in this vendor's name prints the key)
      explains   Linux package signing key update
                 https://discuss.hashicorp.example/t/77734
                 2026-09-10, imported, ground vendor-speaker, match full-identity, named as the new key
                 "package signing key update We rotated our package signing key on September 10th, 2026. Old key: 798A EC65 4E5C 1542 8C8E 42EE AA16 FCBC A621 E701 New key: D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560"
                 dates: 2026-09-10 (effective)
      candidate  apt broken\u{202e}
                 https://forum.example/1
                 2026-09-09, imported, ground resemblance, match key-id, named as the new key
                 "apt broken\u{202e} I get NO_PUBKEY FC9CA96ACA026560, is this [legit](x)?"
                 [asks-only] the post asks about the key, it does not vouch for it
      look-alike D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 656
                 at most two digits differ: a bad copy, never the key; https://forum.example/2
      before     798AEC654E5C15428C8E42EEAA16FCBCA621E701
      unproven   nobody has confirmed the key by another way than the one it came by
      unproven   post bca7419df402 came in a file: its address and its author are that file's claim
      unproven   only digits were given: the key itself was not seen
      next       anchorwatch announcements show bca7419df402
      next       anchorwatch explain D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 --vendor hashicorp --script
    "#);
}

#[test]
fn the_answer_as_json() {
    insta::assert_snapshot!(explain_json(&story()), @r#"
    {
      "contradictions": [
        {
          "announcement_id": "8487f7afe1fb790b2600a66fb8891568",
          "code": "asks-only",
          "message": "the post asks about the key, it does not vouch for it"
        }
      ],
      "explained": {
        "by": [
          {
            "announcement_id": "bca7419df40289e6a1ec9f3402a75401",
            "facts": {
              "dates": [
                {
                  "date": "2026-09-10",
                  "role": "effective"
                }
              ],
              "new": [
                "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560"
              ],
              "old": [
                "798AEC654E5C15428C8E42EEAA16FCBCA621E701"
              ]
            },
            "ground": "vendor-speaker",
            "level": "explained",
            "match": "full-identity",
            "passage": "package signing key update We rotated our package signing key on September 10th, 2026. Old key: 798A EC65 4E5C 1542 8C8E 42EE AA16 FCBC A621 E701 New key: D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560",
            "published": "2026-09-10T15:00:00Z",
            "side": "new",
            "speaker": "vendor-staff",
            "title": "Linux package signing key update",
            "url": "https://discuss.hashicorp.example/t/77734",
            "vendor": "hashicorp"
          },
          {
            "announcement_id": "8487f7afe1fb790b2600a66fb8891568",
            "facts": {
              "dates": [],
              "new": [
                "FC9CA96ACA026560"
              ],
              "old": []
            },
            "ground": "resemblance",
            "level": "candidate",
            "match": "key-id",
            "passage": "apt broken\u202e I get NO_PUBKEY FC9CA96ACA026560, is this [legit](x)?",
            "published": "2026-09-09T00:00:00Z",
            "side": "new",
            "speaker": "anybody",
            "title": "apt broken\u202e",
            "url": "https://forum.example/1",
            "vendor": null
          }
        ],
        "level": "explained"
      },
      "identities": [
        "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560"
      ],
      "key": {
        "fingerprint": "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
        "issuer": null,
        "serial": null,
        "sha256": null,
        "spki_sha256": null,
        "subject": null
      },
      "key_ids": [
        "FC9CA96ACA026560"
      ],
      "look_alikes": [
        {
          "announcement_id": "fa343762937f4608fc3ca5f991dc233b",
          "code": "wrong-digits",
          "url": "https://forum.example/2",
          "value": "D55C0D1AC78A8D8126CB631CFC9CA96ACA02656"
        }
      ],
      "next": [
        "anchorwatch announcements show bca7419df402",
        "anchorwatch explain D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 --vendor hashicorp --script"
      ],
      "path": {
        "found": [],
        "gap": null
      },
      "previous_signers": [
        "798AEC654E5C15428C8E42EEAA16FCBCA621E701"
      ],
      "rotation": null,
      "schema": 1,
      "script": {
        "ask": [
          "Which key signs your releases since when? Please read its fingerprint to me; I do not read mine first.",
          "Where did you publish that, and on which day?",
          "Is the key before it still good for what it signed, or was it lost or leaked?"
        ],
        "call": [
          {
            "channel": "email",
            "role": "security",
            "seen_at": null,
            "seen_on": null,
            "value": "security@hashicorp.example"
          }
        ],
        "groups": [
          "D55C",
          "0D1A",
          "C78A",
          "8D81",
          "26CB",
          "631C",
          "FC9C",
          "A96A",
          "CA02",
          "6560"
        ],
        "spoken": [
          "delta five five charlie",
          "zero delta one alfa",
          "charlie seven eight alfa",
          "eight delta eight one",
          "two six charlie bravo",
          "six three one charlie",
          "foxtrot charlie nine charlie",
          "alfa nine six alfa",
          "charlie alfa zero two",
          "six five six zero"
        ],
        "write_down": [
          "who spoke, by name and role, and the number you dialled",
          "where that number came from (a contract, a web page of last year; never the package or a post about it)",
          "the fingerprint as it was read to you, group by group",
          "day and time, and your own name"
        ]
      },
      "unproven": [
        "nobody has confirmed the key by another way than the one it came by",
        "post bca7419df402 came in a file: its address and its author are that file's claim",
        "only digits were given: the key itself was not seen"
      ],
      "vendor": "hashicorp",
      "vendor_candidates": [
        {
          "slug": "hashicorp",
          "why": "stated"
        },
        {
          "slug": "hashicorp",
          "why": "post"
        }
      ],
      "verdict": "unanchored"
    }
    "#);
}

#[test]
fn the_answer_as_markdown() {
    insta::assert_snapshot!(explain_markdown(&story()), @r#"
    ## D55C0D1AC78A8D8126CB631CFC9CA96ACA026560: unanchored, explained

    - key: `D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560`
    - vendor: hashicorp (stated by you)
    - vendor: hashicorp (a post in this vendor's name prints the key)

    ### Posts

    - **explained** Linux package signing key update
      - https&#58;//discuss.hashicorp.example/t/77734
      - 2026-09-10, imported, ground vendor-speaker, match full-identity, named as the new key
      - says: package signing key update We rotated our package signing key on September 10th, 2026. Old key&#58; 798A EC65 4E5C 1542 8C8E 42EE AA16 FCBC A621 E701 New key&#58; D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 6560
    - **candidate** apt broken\\u\{202e\}
      - https&#58;//forum.example/1
      - 2026-09-09, imported, ground resemblance, match key-id, named as the new key
      - says: apt broken\\u\{202e\} I get NO\_PUBKEY FC9CA96ACA026560, is this \[legit\]\(x\)?
      - against it: the post asks about the key, it does not vouch for it
    - look-alike `D55C 0D1A C78A 8D81 26CB 631C FC9C A96A CA02 656`: at most two digits differ: a bad copy, never the key

    ### Unproven

    - nobody has confirmed the key by another way than the one it came by
    - post bca7419df402 came in a file&#58; its address and its author are that file's claim
    - only digits were given&#58; the key itself was not seen

    ### Next

    - `anchorwatch announcements show bca7419df402`
    - `anchorwatch explain D55C0D1AC78A8D8126CB631CFC9CA96ACA026560 --vendor hashicorp --script`
    "#);
}

#[test]
fn the_answer_for_the_telephone() {
    insta::assert_snapshot!(explain_script(&story()), @r#"
    CALL hashicorp
      security by email: security@hashicorp.example (from the vendor's profile)
      no telephone number is recorded: take it from your contract, never from the package or a post

    ASK
      1. Which key signs your releases since when? Please read its fingerprint to me; I do not read mine first.
      2. Where did you publish that, and on which day?
      3. Is the key before it still good for what it signed, or was it lost or leaked?

    COMPARE, group by group, with what they read to you
      D55C  delta five five charlie
      0D1A  zero delta one alfa
      C78A  charlie seven eight alfa
      8D81  eight delta eight one
      26CB  two six charlie bravo
      631C  six three one charlie
      FC9C  foxtrot charlie nine charlie
      A96A  alfa nine six alfa
      CA02  charlie alfa zero two
      6560  six five six zero
      every group must agree; an end that agrees proves nothing

    WRITE DOWN
      - who spoke, by name and role, and the number you dialled
      - where that number came from (a contract, a web page of last year; never the package or a post about it)
      - the fingerprint as it was read to you, group by group
      - day and time, and your own name
    "#);
}
