//! An instance that knows packages: checked, remembered, and judged again when trust changes.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::domain::{AnchorId, Status};
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::trust::FolderView;
use anchorwatch::service::change::{AskKind, Policy, Speaker, build, propose};
use anchorwatch::service::check::{CheckRequest, Silent, check};
use anchorwatch::service::consequences::{
    Blast, Reevaluation, Undoing, blast, distrusted, reevaluate,
};
use anchorwatch::service::instance::Instance;
use anchorwatch::store::{KnowledgeBounds, Source, SourceKind, Store, StoreKnowledge};
use jiff::Timestamp;

use crate::bad_input::request;

pub(crate) const NOW: &str = "2026-11-01T00:00:00Z";

/// An instance whose folder says what it was last given.
pub(crate) struct World {
    _folder: tempfile::TempDir,
    pub(super) path: PathBuf,
    pub(super) instance: Instance,
    clock: i64,
}

fn source() -> Source {
    Source {
        kind: SourceKind::Folder,
        name: "bosun's folder".to_owned(),
    }
}

impl World {
    /// Writes the files, and checks those that `is_package` names by a folder of trust.
    pub(crate) fn of(
        files: &[(String, Vec<u8>)],
        is_package: impl Fn(&str) -> bool,
        trust: &FolderView,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let mut paths = vec![];
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            if is_package(name) {
                paths.push(path);
            }
        }
        let mut world = Self {
            instance: Instance::open(&path, Duration::from_secs(5)).unwrap(),
            _folder: folder,
            path,
            clock: NOW.parse::<Timestamp>().unwrap().as_second(),
        };
        world.load(trust);
        world.check(&paths, NOW);
        world.follow_up();
        world
    }

    /// Checks packages, as if it were that day.
    fn check(&self, paths: &[PathBuf], day: &str) {
        let request = CheckRequest {
            at: day.parse().unwrap(),
            now: day.parse().unwrap(),
            remember_verdicts: true,
            ..request(paths)
        };
        let store = Store::open(&self.path, Duration::from_secs(5)).unwrap();
        let run = check(&request, &self.view(), Some(store), &Silent);
        assert!(run.store_trouble.is_none(), "{:?}", run.store_trouble);
    }

    pub(super) fn now(&mut self) -> Timestamp {
        self.clock += 60;
        Timestamp::from_second(self.clock).unwrap()
    }

    pub(crate) fn load(&mut self, folder: &FolderView) {
        let now = self.now();
        let contents = folder.contents().unwrap();
        self.instance
            .load(&source(), &contents, now, "user:test(0)")
            .unwrap();
    }

    pub(super) fn view(&self) -> FolderView {
        let bounds = KnowledgeBounds {
            known_at: None,
            folder: Some(source()),
            at_hand: None,
        };
        FolderView::without_folder(Box::new(StoreKnowledge::open(&self.path, &bounds).unwrap()))
    }

    /// What a distrust from a day on would do, or (without one) that the anchor were gone.
    pub(crate) fn blast(&mut self, anchor: &AnchorId, from: Option<&str>) -> Blast {
        let now = self.now();
        let (view, undoing) = match from {
            None => (self.view(), Undoing::Gone),
            Some(day) => {
                let record = distrusted(anchor, None, day.parse().unwrap(), now).unwrap();
                (self.view().supposing(record), Undoing::Recorded)
            }
        };
        blast(&self.path, anchor, &view, undoing, Profile::Field, now).unwrap()
    }

    pub(crate) fn distrust(&mut self, anchor: &AnchorId, from: &str) {
        let now = self.now();
        let (kind, status) = (AskKind::Distrust, Status::Distrusted);
        let ask = build::status(kind, anchor, None, status, from.parse().unwrap(), "stolen");
        let user = Speaker::User("user:test(0)");
        let policy = Policy::default();
        let outcome = propose(&mut self.instance, &ask, &user, &policy, now).unwrap();
        assert_eq!(outcome.closed, Some("applied"));
    }

    pub(crate) fn follow_up(&mut self) -> Reevaluation {
        let (now, view, path) = (self.now(), self.view(), self.path.clone());
        reevaluate(&path, &mut self.instance.store, &view, Profile::Field, now).unwrap()
    }
}

/// How many were touched, and a line for each verdict that changed.
pub(crate) fn told(found: &Reevaluation) -> String {
    let mut lines: Vec<String> = found
        .changed
        .iter()
        .map(|one| format!("{}: {} -> {}", one.file, one.before, one.after.verdict))
        .collect();
    lines.sort();
    format!("{} touched\n{}", found.touched, lines.join("\n"))
}

/// How many a change would touch, and what they would be.
pub(crate) fn foretold(found: &Blast) -> String {
    let mut text = format!("{} change, {} stay\n", found.packages, found.spared);
    for ((verdict, _), count) in &found.instead {
        text.push_str(&format!("{count} {verdict}\n"));
    }
    text
}
