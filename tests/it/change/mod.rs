//! Changing trust: who may, what it takes, what is recorded.

mod continuity;
mod pinning;
mod process;
mod roots;

use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::domain::{AnchorId, Purpose};
use anchorwatch::formats::minisign::SecretKey;
use anchorwatch::judge::trust::{FolderView, SHIPPED_DIGEST, View as _};
use anchorwatch::service::change::{
    Ask, ChangeError, Confirmation, Outcome, Policy, Speaker, build, confirm, propose,
};
use anchorwatch::service::instance::Instance;
use anchorwatch::store::{KnowledgeBounds, Source, StoreKnowledge};
use jiff::Timestamp;

const USER: Speaker<'static> = Speaker::User("user:test(0)");

/// An instance in a folder of its own, with two people who have keys.
struct World {
    folder: tempfile::TempDir,
    instance: Instance,
    ann: SecretKey,
    bob: SecretKey,
    /// Passes with every change.
    clock: i64,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let mut instance = Instance::open(&path, Duration::from_secs(5)).unwrap();
        let start: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
        instance.load_shipped(start, "user:test(0)").unwrap();
        Self {
            folder,
            instance,
            ann: SecretKey::generate().unwrap(),
            bob: SecretKey::generate().unwrap(),
            clock: start.as_second(),
            policy: Policy::default(),
        }
    }

    /// With Ann and Bob registered: the first by the user of the machine, the second by the first.
    fn with_people() -> Self {
        let mut world = Self::new();
        let (ann, bob) = (world.key("ann"), world.key("bob"));
        let outcome = world.register("ann", &ann, None).unwrap();
        assert_eq!(outcome.closed, Some("applied"));
        assert!(outcome.tally.single_person);
        // Once somebody is registered, the user of the machine counts for nothing.
        assert_eq!(world.register("eve", &bob, None).unwrap().closed, None);
        let outcome = world.register("bob", &bob, Some("ann")).unwrap();
        assert_eq!(outcome.closed, Some("applied"));
        world
    }

    fn key(&self, name: &str) -> SecretKey {
        let key = if name == "ann" { &self.ann } else { &self.bob };
        SecretKey::parse(key.to_file("a test").as_bytes()).unwrap()
    }

    fn now(&mut self) -> Timestamp {
        self.clock += 3600;
        Timestamp::from_second(self.clock).unwrap()
    }

    fn register(
        &mut self,
        name: &str,
        key: &SecretKey,
        by: Option<&str>,
    ) -> Result<Outcome, ChangeError> {
        let people = self.instance.store.people().unwrap();
        let ask = build::register(name, key.public_key_file().as_bytes(), &people).unwrap();
        self.ask(&ask, by)
    }

    fn ask(&mut self, ask: &Ask, by: Option<&str>) -> Result<Outcome, ChangeError> {
        let key = by.map(|name| self.key(name));
        let now = self.now();
        let speaker = key.as_ref().map_or(USER, Speaker::Key);
        propose(&mut self.instance, ask, &speaker, &self.policy, now)
    }

    fn confirm(
        &mut self,
        outcome: &Outcome,
        fingerprint: &str,
        by: Option<&str>,
    ) -> Result<Outcome, ChangeError> {
        let key = by.map(|name| self.key(name));
        let now = self.now();
        let speaker = key.as_ref().map_or(USER, Speaker::Key);
        let confirmation = spoken(fingerprint);
        confirm(
            &mut self.instance,
            outcome.id,
            &confirmation,
            &speaker,
            &self.policy,
            now,
        )
    }

    fn path(&self) -> PathBuf {
        self.instance.path.clone()
    }

    fn view(&self, known_at: Option<Timestamp>) -> FolderView {
        let bounds = KnowledgeBounds {
            known_at,
            folder: Some(Source::shipped()),
            at_hand: Some(SHIPPED_DIGEST),
        };
        let known = StoreKnowledge::open(&self.path(), &bounds).unwrap();
        anchorwatch::judge::trust::shipped().with(Box::new(known))
    }

    /// How a key stands now for a vendor.
    fn status(&self, id: &AnchorId, vendor: &str) -> &'static str {
        let at = "2026-11-01T00:00:00Z".parse().unwrap();
        self.view(None)
            .status_at(id, Some(vendor), Purpose::CodeSigning, at)
            .map_or("none", |standing| standing.record.status.word())
    }

    /// The chain is whole after every test.
    fn end(self) {
        let report = self.instance.store.audit_verify(&[]).unwrap();
        assert_eq!(report.faults, vec![]);
        assert_eq!(report.signed_heads, report.entries);
        drop(self.folder);
    }
}

fn spoken(fingerprint: &str) -> Confirmation {
    Confirmation {
        fingerprint: fingerprint.to_owned(),
        channel: "phone".to_owned(),
        whom: "the vendor's signing desk".to_owned(),
        contact_from: "the contract of 2024".to_owned(),
    }
}
