//! CVSS 2.0: metrics and equations (CVSS v2 guide, 3.2).

use super::metric::{Group, Metric, MetricValue, metric, value};
use super::vector::{Scores, Vector};

const IMPACT: &[MetricValue] = &[
    value("N", "NONE", 0.0),
    value("P", "PARTIAL", 0.275),
    value("C", "COMPLETE", 0.660),
];
const REQUIREMENT: &[MetricValue] = &[
    value("L", "LOW", 0.5),
    value("M", "MEDIUM", 1.0),
    value("H", "HIGH", 1.51),
    value("ND", "NOT_DEFINED", 1.0),
];

pub(super) static METRICS: [Metric; 14] = [
    metric(
        "AV",
        "accessVector",
        Group::Base,
        &[
            value("L", "LOCAL", 0.395),
            value("A", "ADJACENT_NETWORK", 0.646),
            value("N", "NETWORK", 1.0),
        ],
    ),
    metric(
        "AC",
        "accessComplexity",
        Group::Base,
        &[
            value("H", "HIGH", 0.35),
            value("M", "MEDIUM", 0.61),
            value("L", "LOW", 0.71),
        ],
    ),
    metric(
        "Au",
        "authentication",
        Group::Base,
        &[
            value("M", "MULTIPLE", 0.45),
            value("S", "SINGLE", 0.56),
            value("N", "NONE", 0.704),
        ],
    ),
    metric("C", "confidentialityImpact", Group::Base, IMPACT),
    metric("I", "integrityImpact", Group::Base, IMPACT),
    metric("A", "availabilityImpact", Group::Base, IMPACT),
    metric(
        "E",
        "exploitability",
        Group::Temporal,
        &[
            value("U", "UNPROVEN", 0.85),
            value("POC", "PROOF_OF_CONCEPT", 0.9),
            value("F", "FUNCTIONAL", 0.95),
            value("H", "HIGH", 1.0),
            value("ND", "NOT_DEFINED", 1.0),
        ],
    ),
    metric(
        "RL",
        "remediationLevel",
        Group::Temporal,
        &[
            value("OF", "OFFICIAL_FIX", 0.87),
            value("TF", "TEMPORARY_FIX", 0.90),
            value("W", "WORKAROUND", 0.95),
            value("U", "UNAVAILABLE", 1.0),
            value("ND", "NOT_DEFINED", 1.0),
        ],
    ),
    metric(
        "RC",
        "reportConfidence",
        Group::Temporal,
        &[
            value("UC", "UNCONFIRMED", 0.90),
            value("UR", "UNCORROBORATED", 0.95),
            value("C", "CONFIRMED", 1.0),
            value("ND", "NOT_DEFINED", 1.0),
        ],
    ),
    metric(
        "CDP",
        "collateralDamagePotential",
        Group::Environmental,
        &[
            value("N", "NONE", 0.0),
            value("L", "LOW", 0.1),
            value("LM", "LOW_MEDIUM", 0.3),
            value("MH", "MEDIUM_HIGH", 0.4),
            value("H", "HIGH", 0.5),
            value("ND", "NOT_DEFINED", 0.0),
        ],
    ),
    metric(
        "TD",
        "targetDistribution",
        Group::Environmental,
        &[
            value("N", "NONE", 0.0),
            value("L", "LOW", 0.25),
            value("M", "MEDIUM", 0.75),
            value("H", "HIGH", 1.0),
            value("ND", "NOT_DEFINED", 1.0),
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
];

pub(super) fn scores(vector: &Vector) -> Scores {
    let weight = |key: &str, absent: f64| vector.weight(key).unwrap_or(absent);
    let impact = |requirement: [f64; 3]| {
        let [c, i, a] = ["C", "I", "A"].map(|key| weight(key, 0.0));
        let [cr, ir, ar] = requirement;
        10.41 * (1.0 - (1.0 - c * cr) * (1.0 - i * ir) * (1.0 - a * ar))
    };
    let exploitability = 20.0 * weight("AV", 0.0) * weight("AC", 0.0) * weight("Au", 0.0);
    let base_of = |impact: f64| {
        let f = if impact == 0.0 { 0.0 } else { 1.176 };
        round((0.6 * impact + 0.4 * exploitability - 1.5) * f)
    };
    let temporal_of =
        |base: f64| round(base * weight("E", 1.0) * weight("RL", 1.0) * weight("RC", 1.0));
    let base = base_of(impact([1.0; 3]));
    let adjusted = impact(["CR", "IR", "AR"].map(|key| weight(key, 1.0))).min(10.0);
    let adjusted = temporal_of(base_of(adjusted));
    let environmental =
        round((adjusted + (10.0 - adjusted) * weight("CDP", 0.0)) * weight("TD", 1.0));
    Scores {
        base,
        temporal: temporal_of(base),
        // Requirements can pull the equations below their own scale.
        environmental: environmental.max(0.0),
    }
}

/// To one decimal; what is a half but for the binary form goes up.
fn round(value: f64) -> f64 {
    // Never a negative zero, which would be written with its sign.
    (value * 10.0 + 1e-9).round() / 10.0 + 0.0
}
