//! Measures what a distrust costs among many known packages: `consequences STORE PACKAGES`.
//!
//! Makes a store of that many packages (if it is not there): 100 roots of one vendor, 100 signers
//! below each, every package signed by one of the 10,000. Then tells how long `blast` of one root
//! takes, and judging again after its distrust. One percent of the packages hang on it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a measurement may stop at the first surprise, and tells what it measured"
)]

#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
#[path = "../tests/it/making/mod.rs"]
mod making;
#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
#[path = "../tests/it/making_trust.rs"]
mod making_trust;

use std::path::Path;
use std::time::{Duration, Instant};

use anchorwatch::domain::{AnchorId, HashAlgorithm, Purpose, Status};
use anchorwatch::formats::digest::{digest, sha256};
use anchorwatch::formats::trust_folder::ValidFromIs;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::context::Context;
use anchorwatch::judge::facts::{ObjectKind, PackageFacts, PackageFormat, SignatureObject};
use anchorwatch::judge::package::judge;
use anchorwatch::judge::path::{Profile, SignatureCache};
use anchorwatch::judge::trust::{Claim, FolderView, Scope};
use anchorwatch::service::consequences::{Undoing, blast, distrusted, judgement, reevaluate};
use anchorwatch::service::instance::Instance;
use anchorwatch::store::{
    Deed, Judgement, KnowledgeBounds, Source, SourceKind, Store, StoreKnowledge,
};
use jiff::Timestamp;
use making::authority::{Key, Role, Wish};
use making::cms::{Signer, detached};
use making_trust::TrustFolder;

const ROOTS: usize = 100;
const SIGNERS: usize = 10_000;
const BATCH: usize = 20_000;

struct Maker {
    roots: Vec<Certificate>,
    signers: Vec<(Key, Certificate)>,
}

/// A key of its own for every root and signer.
fn key(number: usize) -> Key {
    Key::ed25519_from(sha256(format!("bench {number}").as_bytes()).0)
}

fn make() -> Maker {
    let text = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let root_wish = |number: usize| Wish {
        common_name: text(format!("Bench Root {number}")),
        organisation: "Bench",
        serial: 1,
        years: (2015, 2045),
        role: Role::Authority,
    };
    let root_key = |number: usize| key(number);
    let roots = (0..ROOTS)
        .map(|number| root_wish(number).self_signed(&root_key(number)))
        .collect();
    let signers = (0..SIGNERS)
        .map(|number| {
            let wish = Wish {
                common_name: text(format!("Bench Signer {number}")),
                organisation: "Bench",
                serial: number as u64 + 10,
                years: (2020, 2040),
                role: Role::CodeSigner,
            };
            let key = key(ROOTS + number);
            let root = number % ROOTS;
            let certificate = wish.issued(&key, &root_wish(root), &root_key(root));
            (key, certificate)
        })
        .collect();
    Maker { roots, signers }
}

fn source() -> Source {
    Source {
        kind: SourceKind::Folder,
        name: "bench".to_owned(),
    }
}

fn view(path: &Path) -> FolderView {
    let bounds = KnowledgeBounds {
        known_at: None,
        folder: Some(source()),
        at_hand: None,
    };
    FolderView::without_folder(Box::new(StoreKnowledge::open(path, &bounds).unwrap()))
}

fn facts(maker: &Maker, number: usize) -> PackageFacts {
    let (key, certificate) = &maker.signers[number % SIGNERS];
    let content = format!("package {number}").into_bytes();
    let signature = detached(
        Signer::new(key, certificate),
        &content,
        "260601120000Z",
        &[certificate],
    );
    PackageFacts {
        format: PackageFormat::File,
        sha256: sha256(&content),
        size: content.len() as u64,
        refused: false,
        content_differs: false,
        objects: vec![SignatureObject {
            kind: ObjectKind::CmsDetached,
            place: "package.p7s".to_owned(),
            bytes: signature,
            certificates: vec![],
            digests: vec![(
                HashAlgorithm::Sha512,
                digest(HashAlgorithm::Sha512, &content),
            )],
            content_is_attributes: false,
            covers: "the whole file".to_owned(),
            raw: None,
        }],
        findings: vec![],
        named_vendor: None,
    }
}

/// What `check` would remember of each signer's packages: they differ in nothing but their names. The
/// view is gone before the store is filled, since its snapshot would keep the log from being cleared.
fn remembered(maker: &Maker, view: &FolderView, now: Timestamp) -> Vec<Judgement> {
    let cache = SignatureCache::new();
    let context = Context {
        view,
        at: now,
        profile: Profile::Field,
        vendor: None,
        product: None,
        witnessed: None,
        cache: Some(&cache),
    };
    (0..SIGNERS)
        .map(|number| {
            let report = judge("tool", &facts(maker, number), &context);
            assert_eq!(report.verdict.word(), "anchored");
            judgement(&report, None, None)
        })
        .collect()
}

fn fill(path: &Path, maker: &Maker, packages: usize, now: Timestamp) {
    let mut instance = Instance::open(path, Duration::from_secs(60)).unwrap();
    let mut folder = TrustFolder::default().vendor(
        "bench",
        "[[product]]\nname = \"tool\"\npatterns = [\"tool-*\"]\n",
    );
    for root in &maker.roots {
        folder = folder.root("vendors/bench/roots", root, &["active 2015-01-01"]);
    }
    let contents = folder.view().contents().unwrap();
    instance
        .load(&source(), &contents, now, "user:bench")
        .unwrap();
    let remembered = remembered(maker, &view(path), now);
    let mut number = 0;
    while number < packages {
        let end = packages.min(number + BATCH);
        let batch: Vec<(PackageFacts, Judgement)> = (number..end)
            .map(|number| {
                let mut judged = remembered[number % SIGNERS].clone();
                judged.file = format!("tool-{number}");
                (facts(maker, number), judged)
            })
            .collect();
        instance.store.keep_judged(&batch, now).unwrap();
        number = end;
    }
    // The roots came before the packages: nothing of that is to be judged again.
    let head = instance.store.audit_head().unwrap();
    instance
        .store
        .judged_again(&[], head.sequence, now)
        .unwrap();
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(packages)) = (arguments.next(), arguments.next()) else {
        println!("usage: consequences STORE PACKAGES");
        return;
    };
    let path = std::path::PathBuf::from(path);
    let packages: usize = packages.parse().expect("a number of packages");
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let maker = make();
    if !path.exists() {
        let start = Instant::now();
        fill(&path, &maker, packages, now);
        println!("made {packages} packages in {:?}", start.elapsed());
    }
    // Another root each time, so that a store can be measured again.
    let mut instance = Instance::open(&path, Duration::from_secs(60)).unwrap();
    let done = instance.store.audit_head().unwrap().sequence as usize;
    let root = &maker.roots[done % ROOTS];
    let anchor = AnchorId::X509(root.spki_sha256());

    let start = Instant::now();
    let gone = Undoing::Gone;
    let lost = blast(&path, &anchor, &view(&path), gone, Profile::Field, now).unwrap();
    println!("blast: {} packages in {:?}", lost.packages, start.elapsed());
    let start = Instant::now();
    let from = "2020-01-01T00:00:00Z".parse().unwrap();
    let supposed = view(&path).supposing(distrusted(&anchor, None, from, now).unwrap());
    let recorded = Undoing::Recorded;
    let lost = blast(&path, &anchor, &supposed, recorded, Profile::Field, now).unwrap();
    println!(
        "blast --from: {} packages in {:?}",
        lost.packages,
        start.elapsed()
    );

    let later = now + jiff::SignedDuration::from_hours(done as i64);
    let change = instance.store.change(later).unwrap();
    let claim = Claim {
        anchor,
        scope: Scope::Global,
        purpose: Purpose::CodeSigning,
        status: Status::Distrusted,
        valid_from: "2020-01-01T00:00:00Z".parse().unwrap(),
        valid_from_is: ValidFromIs::Stated,
        recorded: None,
        evidence: vec!["a measurement".to_owned()],
        says: String::new(),
    };
    let person = Source {
        kind: SourceKind::Person,
        name: "user:bench".to_owned(),
    };
    change.record(&person, &claim, None).unwrap();
    let deed = Deed {
        actor: "user:bench".to_owned(),
        action: "distrust",
        detail: serde_json::json!({}),
    };
    change.commit(&deed, None).unwrap();
    let mut store = Store::open(&path, Duration::from_secs(60)).unwrap();
    let start = Instant::now();
    let found = reevaluate(&path, &mut store, &view(&path), Profile::Field, later).unwrap();
    println!(
        "judged again: {} packages, {} verdicts changed, in {:?}",
        found.touched,
        found.changed.len(),
        start.elapsed()
    );
}
