//! A CSAF provider over the network: first visit, unchanged, a new key, damage, labels.

use anchorwatch::domain::source::Kind;
use anchorwatch::judge::link::Hosts;
use sequoia_openpgp::Cert;
use serde_json::json;

use super::tls::Site;
use super::world::{World, told};
use crate::fetch::server::{TestNames, allowing, fetcher};
use crate::openpgp::fixtures::{public, sign, with_subkey};

struct Provider {
    site: Site,
    base: String,
    listed: Vec<(String, String)>,
}

impl Provider {
    fn new() -> Self {
        let site = Site::start("csaf.example");
        let base = format!("https://csaf.example:{}", site.address.port());
        Self {
            site,
            base,
            listed: vec![],
        }
    }

    fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.site.put(path, body);
    }

    fn publish(&self, keys: &[(&str, &Cert)], updated: &str, distribution: &serde_json::Value) {
        let listed: Vec<_> = keys
            .iter()
            .map(|(name, cert)| {
                self.put(&format!("/{name}.asc"), public(cert));
                json!({"fingerprint": cert.fingerprint().to_hex(),
                       "url": format!("{}/{name}.asc", self.base)})
            })
            .collect();
        let metadata = json!({
            "canonical_url": format!("{}/pm.json", self.base),
            "last_updated": format!("{updated}T00:00:00Z"),
            "role": "csaf_trusted_provider",
            "publisher": {"category": "vendor", "name": "Acme", "namespace": self.base},
            "public_openpgp_keys": listed,
            "distributions": [distribution],
        });
        self.put("/pm.json", metadata.to_string());
    }

    /// A document with digest and signature, named in `changes.csv`.
    fn document(&mut self, name: &str, label: &str, date: &str, cert: &Cert, text: &str) {
        let document = json!({"document": {
            "title": format!("About {name}"), "csaf_version": "2.0",
            "distribution": {"tlp": {"label": label}},
            "notes": [{"category": "summary", "text": text}],
            "tracking": {"id": name},
        }})
        .to_string();
        let path = format!("/csaf/{name}.json");
        let digest = anchorwatch::formats::digest::sha256(document.as_bytes());
        self.put(
            &format!("{path}.sha256"),
            format!("{digest}  {name}.json\n"),
        );
        self.put(
            &format!("{path}.asc"),
            sign(cert, document.as_bytes(), "2026-03-02"),
        );
        self.put(&path, document);
        self.listed.push((name.to_owned(), date.to_owned()));
        let lines: String = self
            .listed
            .iter()
            .map(|(name, date)| format!("\"{name}.json\",\"{date}T00:00:00Z\"\n"))
            .collect();
        self.put("/csaf/changes.csv", lines);
        let names: std::collections::BTreeSet<&str> =
            self.listed.iter().map(|(name, _)| name.as_str()).collect();
        let index: String = names.iter().map(|name| format!("{name}.json\n")).collect();
        self.put("/csaf/index.txt", index);
    }

    fn world(&self) -> World {
        let options = anchorwatch::fetch::Options {
            extra_roots: vec![self.site.root.clone()],
            ..allowing("127.0.0.1/32")
        };
        let mut world = World::with(options.clone(), Hosts::default());
        let names = TestNames::default().with("csaf.example", &[&["127.0.0.1"]]);
        world.means.fetcher = fetcher(options, names);
        world.add(&format!("{}/pm.json", self.base), Kind::Csaf);
        world
    }
}

fn requests(world: &World) -> usize {
    world.store.ledger(None, 10_000).unwrap().len()
}

#[test]
fn a_provider_is_read_once_and_its_keys_are_followed() {
    let mut provider = Provider::new();
    let (old, new) = (with_subkey("2025-01-01"), with_subkey("2026-01-01"));
    let folder = json!({"directory_url": format!("{}/csaf", provider.base)});
    provider.publish(&[("old", &old)], "2026-03-01", &folder);
    provider.document("a-1", "WHITE", "2026-03-01", &old, "first");
    provider.document("a-2", "WHITE", "2026-02-01", &old, "second");
    provider.document("a-3", "AMBER", "2026-02-01", &old, "for few");
    let mut world = provider.world();
    assert_eq!(told(&world.visit()), "good 2 0");
    let posts = world.posts();
    assert_eq!(posts.len(), 2);
    assert!(
        posts[0]
            .1
            .contains("Signature: good, by a key that the provider listed"),
        "{posts:?}"
    );
    let first = requests(&world);
    // metadata, key, two lists, three documents with digest (the second asked for is there) and signature
    assert_eq!(first, 4 + 3 * 4);

    world.days_pass(2);
    assert_eq!(told(&world.visit()), "unchanged 0 0");
    assert_eq!(requests(&world) - first, 3, "metadata and two lists");

    // A change that is dated earlier than others, by a new key that stands in the old one's place.
    provider.publish(&[("new", &new)], "2026-03-07", &folder);
    provider.document("a-2", "WHITE", "2026-02-02", &new, "second, revised");
    world.days_pass(2);
    assert_eq!(told(&world.visit()), "good 1 1");
    let posts = world.posts();
    let rotation = posts
        .iter()
        .find(|(url, _)| url.contains("pm.json#"))
        .unwrap();
    for cert in [&old, &new] {
        let fingerprint = cert.fingerprint().to_hex();
        assert!(rotation.1.contains(&fingerprint), "{rotation:?}");
        let naming = world
            .store
            .announcements_naming(&fingerprint, world.now())
            .unwrap();
        assert!(!naming.is_empty());
    }
    let revised = posts
        .iter()
        .find(|(url, _)| url.ends_with("a-2.json"))
        .unwrap();
    assert!(
        revised.1.contains("revised") && revised.1.contains("good, by a key that the provider")
    );
    world.days_pass(2);
    let before = requests(&world);
    assert_eq!(told(&world.visit()), "unchanged 0 0");
    assert!(requests(&world) - before <= 10);
}

#[test]
fn damage_is_told_and_asked_for_again_and_a_forgery_is_named() {
    let mut provider = Provider::new();
    let cert = with_subkey("2025-01-01");
    let folder = json!({"directory_url": format!("{}/csaf/", provider.base)});
    provider.publish(&[("key", &cert)], "2026-03-01", &folder);
    provider.document("a-1", "WHITE", "2026-03-01", &cert, "first");
    let whole = format!("{}  a-1.json\n", "0".repeat(64));
    provider.put("/csaf/a-1.json.sha256", whole);
    let mut world = provider.world();
    let visit = told(&world.visit());
    assert!(
        visit.starts_with("good 0 0") && visit.contains("its digest differs"),
        "{visit}"
    );
    assert_eq!(world.posts(), []);
    provider.listed.clear();
    provider.document("a-1", "WHITE", "2026-03-01", &cert, "first");
    provider.put(
        "/csaf/a-1.json.asc",
        sign(&cert, b"something else", "2026-03-02"),
    );
    world.days_pass(2);
    let visit = told(&world.visit());
    assert!(
        visit.starts_with("good 1 0") && visit.ends_with("its signature is bad"),
        "{visit}"
    );
    assert!(world.posts()[0].1.contains("Signature: bad"));
}

#[test]
fn feeds_are_followed_page_by_page_and_labels_kept() {
    let mut provider = Provider::new();
    let cert = with_subkey("2025-01-01");
    let base = provider.base.clone();
    let rolie = json!({"rolie": {"feeds": [
        {"tlp_label": "WHITE", "url": format!("{base}/feed.json")},
        {"tlp_label": "RED", "url": format!("{base}/red.json")},
    ]}});
    provider.publish(&[("key", &cert)], "2026-03-01", &rolie);
    for name in ["a-1", "a-2"] {
        provider.document(name, "WHITE", "2026-03-01", &cert, "text");
    }
    let feed = |name: &str, next: Option<&str>| {
        let link: Vec<_> = next
            .iter()
            .map(|next| json!({"rel": "next", "href": format!("{base}/{next}")}))
            .collect();
        json!({"feed": {"link": link, "entry": [{
            "id": name, "updated": "2026-03-01T00:00:00Z",
            "content": {"src": format!("{base}/csaf/{name}.json")},
            "link": [{"rel": "hash", "href": format!("{base}/csaf/{name}.json.sha256")},
                     {"rel": "signature", "href": format!("{base}/csaf/{name}.json.asc")}],
        }]}})
        .to_string()
    };
    provider.put("/feed.json", feed("a-1", Some("feed-2.json")));
    provider.put("/feed-2.json", feed("a-2", None));
    let mut world = provider.world();
    assert_eq!(told(&world.visit()), "good 2 0");
    let asked = world.store.ledger(None, 100).unwrap();
    assert!(asked.iter().all(|line| !line.url.contains("red")));
    world.days_pass(2);
    assert_eq!(told(&world.visit()), "unchanged 0 0");
}
