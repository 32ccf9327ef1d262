//! Runs path-validation cases: one JSON object a line in, one answer a line out.
//!
//! `verify_cases [--profile strict|field] [FILE]`, standard input without a file. A case has
//! `id, roots_pem[], intermediates_pem[], leaf_pem, time_rfc3339, purpose, params`, an answer
//! `id, actual ("valid" | "invalid"), err, path (SHA-256 of every certificate), us`. Where
//! `params.require_crl` is set, a certificate of which no list of `crls[]` can say that it is good makes
//! the path invalid. Host names are not looked at.
#![allow(
    clippy::disallowed_methods,
    reason = "measuring each case is part of the answer"
)]

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::time::Instant;

use anchorwatch::domain::Oid;
use anchorwatch::formats::crl::RevocationList;
use anchorwatch::formats::pem;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{
    AnchorSet, Budget, KeyPurpose, PolicyDemand, Profile, Question, Walk, walk,
};
use anchorwatch::judge::revocation::{RevocationLists, RevocationQuestion, path_revocation};
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    roots_pem: Vec<String>,
    #[serde(default)]
    intermediates_pem: Vec<String>,
    leaf_pem: String,
    #[serde(default)]
    crls: Vec<String>,
    time_rfc3339: String,
    #[serde(default)]
    purpose: Option<String>,
    #[serde(default)]
    params: Params,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Params {
    require_crl: bool,
    max_depth: Option<u32>,
    initial_policy_set: Vec<String>,
    explicit_policy: bool,
    inhibit_policy_mapping: bool,
    inhibit_any_policy: bool,
}

#[derive(Serialize)]
struct Answer {
    id: String,
    actual: &'static str,
    err: Option<String>,
    path: Vec<String>,
    us: u128,
}

fn main() -> anyhow::Result<()> {
    let mut profile = Profile::Strict;
    let mut input: Box<dyn Read> = Box::new(std::io::stdin());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--profile" => {
                profile = match arguments.next().as_deref() {
                    Some("strict") => Profile::Strict,
                    Some("field") => Profile::Field,
                    other => bail!("--profile takes strict or field, not {other:?}"),
                }
            }
            path => {
                let file = std::fs::File::open(path).with_context(|| path.to_owned())?;
                input = Box::new(file);
            }
        }
    }
    let mut output = std::io::stdout().lock();
    for line in BufReader::new(input).lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).context("a line that is no case")?;
        let begin = Instant::now();
        let (err, path) = match judged(&case, profile) {
            Ok(path) => (None, path),
            Err(reason) => (Some(reason), vec![]),
        };
        let answer = Answer {
            id: case.id,
            actual: if err.is_none() { "valid" } else { "invalid" },
            err,
            path,
            us: begin.elapsed().as_micros(),
        };
        serde_json::to_writer(&mut output, &answer)?;
        writeln!(output)?;
    }
    Ok(())
}

/// The first complete path, or why there is none.
fn judged(case: &Case, profile: Profile) -> Result<Vec<String>, String> {
    let leaf = certificate(&case.leaf_pem)?;
    // One bad certificate among many is a decoy; a bad leaf is an answer.
    let certificates = |texts: &[String]| -> Vec<Certificate> {
        texts
            .iter()
            .filter_map(|text| certificate(text).ok())
            .collect()
    };
    let offered = certificates(&case.intermediates_pem);
    let anchors = AnchorSet::new(certificates(&case.roots_pem));
    let at = case
        .time_rfc3339
        .parse()
        .map_err(|_| format!("no instant: {}", case.time_rfc3339))?;
    let purpose = match case.purpose.as_deref() {
        None | Some("any") => KeyPurpose::Any,
        Some("codeSigning") => KeyPurpose::CodeSigningIfPresent,
        Some("serverAuth") => KeyPurpose::Oid(Oid::new("1.3.6.1.5.5.7.3.1")),
        Some("clientAuth") => KeyPurpose::Oid(Oid::new("1.3.6.1.5.5.7.3.2")),
        Some(other) => return Err(format!("unknown purpose {other}")),
    };
    let policies = PolicyDemand {
        acceptable: case
            .params
            .initial_policy_set
            .iter()
            .map(Oid::new)
            .collect(),
        explicit: case.params.explicit_policy,
        inhibit_mapping: case.params.inhibit_policy_mapping,
        inhibit_any: case.params.inhibit_any_policy,
    };
    let walk = walk(&Question {
        leaf: &leaf,
        offered: &offered,
        anchors: &anchors,
        at,
        purpose: &purpose,
        profile,
        policies: Some(&policies),
        intermediates: case.params.max_depth,
        budget: Budget::default(),
        cache: None,
    });
    let lists = RevocationLists::new(case.crls.iter().filter_map(|text| {
        let blocks = pem::blocks(text.as_bytes()).ok()?;
        RevocationList::from_der(&blocks.first()?.der).ok()
    }));
    let mut refused = reason(&walk);
    for path in &walk.paths {
        let revocation = path_revocation(&RevocationQuestion {
            path: &path.certificates,
            offered: &offered,
            lists: &lists,
            path_at: at,
            at,
            profile,
            cache: None,
        });
        if !case.params.require_crl || revocation.is_good() {
            return Ok(path
                .certificates
                .iter()
                .map(|certificate| certificate.sha256().to_string())
                .collect());
        }
        let revoked = revocation
            .revoked
            .iter()
            .map(|one| format!("{}: revoked on {}", one.subject, one.revoked));
        let unknown = revocation
            .unknown
            .iter()
            .map(|(subject, why)| format!("{subject}: {why}"));
        refused = revoked.chain(unknown).collect::<Vec<_>>().join("; ");
    }
    Err(refused)
}

fn certificate(text: &str) -> Result<Certificate, String> {
    let blocks = pem::blocks(text.as_bytes()).map_err(|error| error.to_string())?;
    let block = blocks.first().ok_or("no PEM block")?;
    Certificate::from_der(&block.der).map_err(|error| error.to_string())
}

/// What the nearest path lacks.
fn reason(walk: &Walk) -> String {
    let lacks: Vec<String> = walk
        .near
        .first()
        .iter()
        .flat_map(|near| &near.lacks)
        .map(|failure| format!("{}: {}", failure.subject, failure.defect))
        .collect();
    if walk.spent.exhausted {
        format!("budget exhausted; {}", lacks.join("; "))
    } else {
        lacks.join("; ")
    }
}
