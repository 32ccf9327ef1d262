//! A thousand random histories of one anchor each, against a model that knows nothing of SQL, of
//! lists in order or of look-ups: it asks the definitions of DESIGN 5 one by one.

use std::collections::BTreeMap;

use anchorwatch::domain::{AnchorId, Purpose, RecordId, Sha256, Status};
use anchorwatch::formats::trust_folder::ValidFromIs;
use anchorwatch::judge::trust::{Claim, Scope, View as _};
use anchorwatch::store::{Deed, SourceKind, Store};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::{open, second, source, view};

const HISTORIES: usize = 1000;
const STEPS: usize = 8;
/// Times of knowledge and instants at which every history is asked: 10 x 10.
const ASKED: i64 = 10;

/// One thing that was learnt.
#[derive(Debug, Clone)]
struct Learnt {
    status: Option<(Status, i64)>,
    by_person: bool,
    /// Which earlier step it takes back, counted from the first, as far as there is one.
    withdraws: Option<usize>,
}

fn history() -> impl Strategy<Value = Vec<Learnt>> {
    let status = prop_oneof![
        3 => Just(Status::Active),
        1 => Just(Status::Retired),
        1 => Just(Status::Distrusted),
        1 => Just(Status::Revoked),
        1 => Just(Status::Announced),
        1 => Just(Status::Proposed),
        1 => Just(Status::Observed),
    ];
    let learnt = (
        proptest::option::weighted(0.8, (status, 0..ASKED)),
        any::<bool>(),
        proptest::option::weighted(0.35, 0..STEPS),
    )
        .prop_map(|(status, by_person, withdraws)| Learnt {
            status,
            by_person,
            withdraws,
        });
    proptest::collection::vec(learnt, STEPS)
}

/// Whether step `index` counts for what it is: it withdraws an earlier step, or states something.
fn is_said(history: &[Learnt], index: usize) -> bool {
    let one = &history[index];
    one.status.is_some() || target(history, index).is_some()
}

fn target(history: &[Learnt], index: usize) -> Option<usize> {
    let target = history[index].withdraws?;
    (target < index && is_said(history, target)).then_some(target)
}

/// Steps 0..=`known` are known. Which status holds at `at`?
fn expected(history: &[Learnt], known: usize, at: i64) -> Option<Status> {
    let withdrawn = |index: usize| is_withdrawn(history, known, index);
    let condemning = |status: Status| matches!(status, Status::Distrusted | Status::Revoked);
    let silent = |status: Status| matches!(status, Status::Observed | Status::Proposed);
    let holding = |counts: &dyn Fn(&Learnt, Status) -> bool| {
        let mut best: Option<(i64, usize, Status)> = None;
        for (index, one) in history.iter().enumerate().take(known + 1) {
            let Some((status, from)) = one.status else {
                continue;
            };
            if from <= at && counts(one, status) && !withdrawn(index) {
                let better =
                    best.is_none_or(|(known_from, place, _)| (from, index) > (known_from, place));
                if better {
                    best = Some((from, index, status));
                }
            }
        }
        best.map(|(_, _, status)| status)
    };
    let own = holding(&|one, status| one.by_person && !silent(status));
    match own {
        Some(status) if condemning(status) => Some(status),
        _ => holding(&|_, status| !silent(status)).or_else(|| holding(&|_, _| true)),
    }
}

fn is_withdrawn(history: &[Learnt], known: usize, index: usize) -> bool {
    (index + 1..=known.min(history.len() - 1))
        .any(|later| target(history, later) == Some(index) && !is_withdrawn(history, known, later))
}

fn anchor(number: usize) -> AnchorId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    AnchorId::X509(Sha256(bytes))
}

/// Everything learnt at one step, in every history, as one change.
fn learn(
    store: &mut Store,
    histories: &[Vec<Learnt>],
    ids: &mut BTreeMap<(usize, usize), RecordId>,
    step: usize,
) {
    let change = store.change(second(step as i64)).unwrap();
    for (number, history) in histories.iter().enumerate() {
        let one = &history[step];
        let kind = if one.by_person {
            SourceKind::Person
        } else {
            SourceKind::Shipped
        };
        let withdraws = target(history, step).map(|target| ids[&(number, target)]);
        let claim = one.status.map(|(status, valid_from)| Claim {
            anchor: anchor(number),
            scope: Scope::Global,
            purpose: Purpose::CodeSigning,
            status,
            valid_from: second(valid_from),
            valid_from_is: ValidFromIs::Stated,
            recorded: None,
            evidence: vec![],
            says: String::new(),
        });
        let source = source(kind, "");
        let id = match (claim, withdraws) {
            (Some(claim), withdraws) => change.record(&source, &claim, withdraws).unwrap(),
            (None, Some(earlier)) => {
                let earlier = change.find(earlier).unwrap().unwrap();
                change.withdraw(&source, &earlier, "").unwrap()
            }
            (None, None) => continue,
        };
        ids.insert((number, step), id);
    }
    let deed = Deed {
        actor: "user:test".to_owned(),
        action: "test",
        detail: serde_json::json!({}),
    };
    change.commit(&deed, None).unwrap();
}

#[test]
fn a_thousand_histories_are_told_as_the_model_tells_them() {
    let mut runner = TestRunner::deterministic();
    let histories: Vec<Vec<Learnt>> = (0..HISTORIES)
        .map(|_| history().new_tree(&mut runner).unwrap().current())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut store = open(&path);
    let mut ids = BTreeMap::new();
    // What each view said as soon as it could be asked: (known at, history, instant).
    let mut told: BTreeMap<(i64, usize, i64), Option<Status>> = BTreeMap::new();
    let ask = |known_at: Option<Timestamp>, every: usize| {
        let view = view(&path, Some(source(SourceKind::Shipped, "")), known_at);
        let mut answers = vec![];
        for number in (0..HISTORIES).step_by(every) {
            for at in 0..ASKED {
                let standing =
                    view.status_at(&anchor(number), None, Purpose::CodeSigning, second(at));
                answers.push((number, at, standing.map(|standing| standing.record.status)));
            }
        }
        answers
    };
    for step in 0..STEPS {
        learn(&mut store, &histories, &mut ids, step);
        // Without a time everything counts that is known by now.
        for (number, at, status) in ask(None, 3) {
            told.insert((step as i64, number, at), status);
        }
    }
    let mut asked = 0;
    for known_at in -1..ASKED - 1 {
        for (number, at, status) in ask(Some(second(known_at)), 1) {
            let history = &histories[number];
            let wanted = usize::try_from(known_at)
                .ok()
                .and_then(|known| expected(history, known.min(STEPS - 1), at));
            assert_eq!(status, wanted, "{history:?} known {known_at} at {at}");
            // New knowledge never changes an older view.
            if let Some(then) = told.get(&(known_at, number, at)) {
                assert_eq!(status, *then, "{history:?} known {known_at} at {at}");
            }
            asked += 1;
        }
    }
    assert_eq!(asked, HISTORIES * 100);
    let report = store.audit_verify(&[]).unwrap();
    assert_eq!((report.entries, report.faults), (STEPS as u64, vec![]));
}
