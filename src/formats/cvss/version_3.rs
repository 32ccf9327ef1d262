//! CVSS 3.0 and 3.1: metrics and equations (CVSS v3.1 specification, 7).

use super::metric::{Group, Metric, MetricValue, metric, value};
use super::vector::{Scores, Vector, Version};

const IMPACT: &[MetricValue] = &[
    value("N", "NONE", 0.0),
    value("L", "LOW", 0.22),
    value("H", "HIGH", 0.56),
];
const MODIFIED_IMPACT: &[MetricValue] = &[
    value("X", "NOT_DEFINED", 0.0),
    value("N", "NONE", 0.0),
    value("L", "LOW", 0.22),
    value("H", "HIGH", 0.56),
];
const REQUIREMENT: &[MetricValue] = &[
    value("X", "NOT_DEFINED", 1.0),
    value("L", "LOW", 0.5),
    value("M", "MEDIUM", 1.0),
    value("H", "HIGH", 1.5),
];

/// Weights of PR are those of an unchanged scope.
pub(super) static METRICS: [Metric; 22] = [
    metric(
        "AV",
        "attackVector",
        Group::Base,
        &[
            value("N", "NETWORK", 0.85),
            value("A", "ADJACENT_NETWORK", 0.62),
            value("L", "LOCAL", 0.55),
            value("P", "PHYSICAL", 0.2),
        ],
    ),
    metric(
        "AC",
        "attackComplexity",
        Group::Base,
        &[value("L", "LOW", 0.77), value("H", "HIGH", 0.44)],
    ),
    metric(
        "PR",
        "privilegesRequired",
        Group::Base,
        &[
            value("N", "NONE", 0.85),
            value("L", "LOW", 0.62),
            value("H", "HIGH", 0.27),
        ],
    ),
    metric(
        "UI",
        "userInteraction",
        Group::Base,
        &[value("N", "NONE", 0.85), value("R", "REQUIRED", 0.62)],
    ),
    metric(
        "S",
        "scope",
        Group::Base,
        &[value("U", "UNCHANGED", 0.0), value("C", "CHANGED", 1.0)],
    ),
    metric("C", "confidentialityImpact", Group::Base, IMPACT),
    metric("I", "integrityImpact", Group::Base, IMPACT),
    metric("A", "availabilityImpact", Group::Base, IMPACT),
    metric(
        "E",
        "exploitCodeMaturity",
        Group::Temporal,
        &[
            value("X", "NOT_DEFINED", 1.0),
            value("U", "UNPROVEN", 0.91),
            value("P", "PROOF_OF_CONCEPT", 0.94),
            value("F", "FUNCTIONAL", 0.97),
            value("H", "HIGH", 1.0),
        ],
    ),
    metric(
        "RL",
        "remediationLevel",
        Group::Temporal,
        &[
            value("X", "NOT_DEFINED", 1.0),
            value("O", "OFFICIAL_FIX", 0.95),
            value("T", "TEMPORARY_FIX", 0.96),
            value("W", "WORKAROUND", 0.97),
            value("U", "UNAVAILABLE", 1.0),
        ],
    ),
    metric(
        "RC",
        "reportConfidence",
        Group::Temporal,
        &[
            value("X", "NOT_DEFINED", 1.0),
            value("U", "UNKNOWN", 0.92),
            value("R", "REASONABLE", 0.96),
            value("C", "CONFIRMED", 1.0),
        ],
    ),
    metric(
        "CR",
        "confidentialityRequirement",
        Group::Environmental,
        REQUIREMENT,
    ),
    metric(
        "IR",
        "integrityRequirement",
        Group::Environmental,
        REQUIREMENT,
    ),
    metric(
        "AR",
        "availabilityRequirement",
        Group::Environmental,
        REQUIREMENT,
    ),
    metric(
        "MAV",
        "modifiedAttackVector",
        Group::Environmental,
        &[
            value("X", "NOT_DEFINED", 0.0),
            value("N", "NETWORK", 0.85),
            value("A", "ADJACENT_NETWORK", 0.62),
            value("L", "LOCAL", 0.55),
            value("P", "PHYSICAL", 0.2),
        ],
    ),
    metric(
        "MAC",
        "modifiedAttackComplexity",
        Group::Environmental,
        &[
            value("X", "NOT_DEFINED", 0.0),
            value("L", "LOW", 0.77),
            value("H", "HIGH", 0.44),
        ],
    ),
    metric(
        "MPR",
        "modifiedPrivilegesRequired",
        Group::Environmental,
        &[
            value("X", "NOT_DEFINED", 0.0),
            value("N", "NONE", 0.85),
            value("L", "LOW", 0.62),
            value("H", "HIGH", 0.27),
        ],
    ),
    metric(
        "MUI",
        "modifiedUserInteraction",
        Group::Environmental,
        &[
            value("X", "NOT_DEFINED", 0.0),
            value("N", "NONE", 0.85),
            value("R", "REQUIRED", 0.62),
        ],
    ),
    metric(
        "MS",
        "modifiedScope",
        Group::Environmental,
        &[
            value("X", "NOT_DEFINED", 0.0),
            value("U", "UNCHANGED", 0.0),
            value("C", "CHANGED", 1.0),
        ],
    ),
    metric(
        "MC",
        "modifiedConfidentialityImpact",
        Group::Environmental,
        MODIFIED_IMPACT,
    ),
    metric(
        "MI",
        "modifiedIntegrityImpact",
        Group::Environmental,
        MODIFIED_IMPACT,
    ),
    metric(
        "MA",
        "modifiedAvailabilityImpact",
        Group::Environmental,
        MODIFIED_IMPACT,
    ),
];

pub(super) fn scores(vector: &Vector) -> Scores {
    let weight = |key: &str, absent: f64| vector.weight(key).unwrap_or(absent);
    let temporal = weight("E", 1.0) * weight("RL", 1.0) * weight("RC", 1.0);
    let base = round_up(base(vector));
    Scores {
        base,
        temporal: round_up(base * temporal),
        environmental: round_up(round_up(modified(vector)) * temporal),
    }
}

fn base(vector: &Vector) -> f64 {
    let weight = |key: &str| vector.weight(key).unwrap_or_default();
    let changed = vector.is("S", "C");
    let iss = 1.0 - (1.0 - weight("C")) * (1.0 - weight("I")) * (1.0 - weight("A"));
    let impact = if changed {
        7.52 * (iss - 0.029) - 3.25 * (iss - 0.02).powi(15)
    } else {
        6.42 * iss
    };
    let privileges = privileges(weight("PR"), changed);
    let exploitability = 8.22 * weight("AV") * weight("AC") * privileges * weight("UI");
    combine(impact, exploitability, changed)
}

/// The environmental equations; a modified metric that is not defined has the base metric's value.
fn modified(vector: &Vector) -> f64 {
    let weight = |modified: &str, base: &str| {
        let own = vector
            .weight(modified)
            .filter(|_| !vector.is(modified, "X"));
        own.or_else(|| vector.weight(base)).unwrap_or_default()
    };
    let requirement = |key: &str| vector.weight(key).unwrap_or(1.0);
    let changed = weight("MS", "S") > 0.5;
    let part = |required: &str, modified: &str, base: &str| {
        1.0 - requirement(required) * weight(modified, base)
    };
    let miss = 1.0 - part("CR", "MC", "C") * part("IR", "MI", "I") * part("AR", "MA", "A");
    let miss = miss.min(0.915);
    let impact = match (changed, vector.version) {
        (false, _) => 6.42 * miss,
        (true, Version::V3_0) => 7.52 * (miss - 0.029) - 3.25 * (miss - 0.02).powi(15),
        (true, _) => 7.52 * (miss - 0.029) - 3.25 * (miss * 0.9731 - 0.02).powi(13),
    };
    let privileges = privileges(weight("MPR", "PR"), changed);
    let exploitability =
        8.22 * weight("MAV", "AV") * weight("MAC", "AC") * privileges * weight("MUI", "UI");
    combine(impact, exploitability, changed)
}

fn combine(impact: f64, exploitability: f64, changed: bool) -> f64 {
    if impact <= 0.0 {
        0.0
    } else if changed {
        (1.08 * (impact + exploitability)).min(10.0)
    } else {
        (impact + exploitability).min(10.0)
    }
}

/// Privileges weigh less when the scope changes.
fn privileges(unchanged: f64, changed: bool) -> f64 {
    match (changed, unchanged) {
        (true, 0.62) => 0.68,
        (true, 0.27) => 0.5,
        (_, weight) => weight,
    }
}

/// The smallest number with one decimal that is not smaller, free of the binary form's tails
/// (CVSS v3.1, appendix A).
fn round_up(value: f64) -> f64 {
    ((value * 100_000.0).round() / 10_000.0).ceil() / 10.0
}
