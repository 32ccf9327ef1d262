//! The article behind a summary, and the key files that it points at: only on the vendor's own host.

use anchorwatch::domain::source::Kind;
use anchorwatch::fetch::{FetchError, Options, Range};
use anchorwatch::formats::digest::sha256;
use anchorwatch::formats::trust_folder::VendorProfile;
use anchorwatch::judge::link::{Hosts, Speaker};

use super::tls::{Site, proxy};
use super::world::{World, rss, told};
use crate::fetch::server::{allowing, asking, get};
use crate::openpgp::fixtures::{public, read, with_subkey};

fn speakers() -> Hosts {
    let profile: VendorProfile = toml::from_str(
        "schema = 1\nslug = \"acme\"\nname = \"Acme\"\n\
         [[host]]\nhost = \"acme.example\"\ncontent = \"vendor\"\n\
         [[host]]\nhost = \"forum.example\"\ncontent = \"users\"\n",
    )
    .unwrap();
    let mut hosts = Hosts::default();
    hosts.add(&profile);
    hosts
}

/// A world in which a name is reached through a proxy.
fn world(site: &Site) -> (World, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    let (address, asked) = proxy(site.address);
    let options = Options {
        proxy: Some(format!("http://{address}")),
        extra_roots: vec![site.root.clone()],
        ..allowing("127.0.0.1/32")
    };
    (World::with(options, speakers()), asked)
}

#[test]
fn a_summary_becomes_the_article_and_its_key_files_are_kept() {
    let cert = with_subkey("2026-01-01");
    let key = public(&cert);
    let fingerprint = read(&key).fingerprint().to_string();
    for (name, own) in [("acme.example", true), ("forum.example", false)] {
        let site = Site::start(name);
        site.put(
            "/feed",
            rss(&[("1", "/post", "New key", "<p>We have a new key…</p>")]),
        );
        site.put(
            "/post",
            "<html><body><nav>menu</nav><article><p>We have a new key, and here is why.</p>\
             <p>It is <a href='/keys/new.asc'>here</a>.</p></article></body></html>",
        );
        site.put("/keys/new.asc", key.clone());
        let (mut world, asked) = world(&site);
        world.add(&format!("https://{name}/feed"), Kind::Feed);
        assert_eq!(told(&world.visit()), "good 1 0");
        let connects = asked.lock().unwrap().clone();
        assert_eq!(connects[0], format!("CONNECT {name}:443 HTTP/1.1"));

        let url = format!("https://{name}/post");
        let posts = world.posts();
        assert_eq!(posts[0].0, url);
        assert_eq!(posts[0].1.contains("here is why"), own, "{name}");
        let naming = world
            .store
            .announcements_naming(&fingerprint, world.now())
            .unwrap();
        assert_eq!(naming.len(), usize::from(own), "{name}: {}", posts[0].1);
        let copies = world
            .store
            .captured_sights(&format!("https://{name}/keys/new.asc"))
            .unwrap();
        assert_eq!(copies.len(), usize::from(own));
        if own {
            assert_eq!(copies[0].sha256, sha256(&key));
            assert_eq!(
                world.store.captured_bytes(&copies[0].sha256).unwrap(),
                Some(key.clone())
            );
            let speaker = speakers();
            assert_eq!(speaker.speaker(&url, ""), (Speaker::Host, Some("acme")));
        }
    }
}

#[test]
fn a_watched_page_tells_of_a_new_key_file() {
    let site = Site::start("acme.example");
    let (old, new) = (with_subkey("2025-01-01"), with_subkey("2026-01-01"));
    site.put(
        "/keys",
        "<html><body><a href='one.asc'>our key</a></body></html>",
    );
    site.put("/one.asc", public(&old));
    site.put("/two.asc", public(&new));
    let (mut world, _) = world(&site);
    world.add("https://acme.example/keys", Kind::Page);
    assert_eq!(told(&world.visit()), "good 1 0");
    world.days_pass(2);
    assert_eq!(told(&world.visit()), "unchanged 0 0");
    site.put(
        "/keys",
        "<html><body><a href='one.asc'>our key</a> <a href='two.asc'>next</a></body></html>",
    );
    world.days_pass(2);
    assert_eq!(told(&world.visit()), "good 0 1");
    for cert in [&old, &new] {
        let fingerprint = read(&public(cert)).fingerprint().to_string();
        let naming = world
            .store
            .announcements_naming(&fingerprint, world.now())
            .unwrap();
        assert!(naming.iter().all(|named| named.still) && !naming.is_empty());
    }
}

#[test]
fn behind_a_proxy_numbers_are_still_checked() {
    let site = Site::start("acme.example");
    let (world, asked) = world(&site);
    for (url, range) in [
        ("https://10.0.0.1/", Range::Private),
        ("http://[::1]/", Range::Loopback),
        ("http://2852039166/", Range::Metadata),
    ] {
        let error = get(&world.means.fetcher, &asking(url)).unwrap_err();
        assert!(
            matches!(&error, FetchError::Refused { range: found, .. } if *found == range),
            "{url}: {error}"
        );
    }
    assert_eq!(asked.lock().unwrap().len(), 0);
    let options = Options {
        proxy: Some("socks5://127.0.0.1:1".to_owned()),
        ..Options::default()
    };
    let names = std::sync::Arc::new(anchorwatch::fetch::SystemNames);
    assert!(anchorwatch::fetch::Fetcher::new(options, names).is_err());
}
