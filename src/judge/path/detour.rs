//! The way around name constraints that only pairs of certificates break.
//!
//! Which paths such pairs leave is a hard question in general, so it is answered within a bound:
//! where the shortest path holds a pair that must not stand together, shortest paths are sought once
//! without the one and once without the other. A path that is sound does without one of the two, so
//! that no path is overlooked, and where nothing remains to be tried there is none.

use super::exploration::{Exploration, Target};
use super::graph::Chain;
use super::name_constraints::NameRules;
use super::search::complete;
use crate::formats::limits;

/// Chains that break no constraint, and whether all was tried that could give one.
pub(super) fn detour(
    exploration: &mut Exploration<'_>,
    rules: &mut NameRules,
) -> (Vec<Chain>, bool) {
    let before = exploration.barred.clone();
    let mut waiting = vec![before.clone()];
    let mut found = vec![];
    for _ in 0..limits::PATH_DETOURS {
        let Some(barred) = waiting.pop() else {
            break;
        };
        exploration.barred = barred;
        let (chains, _) = complete(exploration);
        let mut pairs = vec![];
        for chain in chains {
            match rules.forbidden_pair(exploration, &chain) {
                Some(pair) => pairs.push(pair),
                None => found.push(chain),
            }
        }
        if !found.is_empty() {
            break;
        }
        // Where names stand in the way, the certificate that bears them is the odd one.
        if let Some((issuer, below)) = pairs.first().copied() {
            for target in [issuer, Target::Node(below)] {
                let mut barred = exploration.barred.clone();
                barred.insert(target);
                waiting.push(barred);
            }
        }
    }
    exploration.barred = before;
    let is_complete = !found.is_empty() || waiting.is_empty();
    (found, is_complete)
}
