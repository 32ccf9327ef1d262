//! The OASIS set of test documents: nothing is lost, and the mandatory ones are judged as it says.

use std::path::PathBuf;

use anchorwatch::formats::csaf::Document;
use anchorwatch::judge::csaf::conformance;
use serde_json::Value;

use crate::cases;

const SET: &str = "csaf/oasis-2.0/data/testcases.json";

/// A file of the set: the test it belongs to, whether it must fail, its bytes.
struct Case {
    test: String,
    group: String,
    must_fail: bool,
    name: String,
    bytes: Vec<u8>,
}

fn set() -> Option<Vec<Case>> {
    let text = cases::read(SET)?;
    let folder = PathBuf::from(SET).parent()?.to_owned();
    let table: Value = serde_json::from_str(&text).unwrap();
    let mut found = vec![];
    for test in table["tests"].as_array().unwrap() {
        for (list, must_fail) in [("failures", true), ("valid", false)] {
            for file in test[list].as_array().into_iter().flatten() {
                let name = file["name"].as_str().unwrap();
                let text = cases::read(folder.join(name).to_str().unwrap()).unwrap();
                found.push(Case {
                    test: test["id"].as_str().unwrap().to_owned(),
                    group: test["group"].as_str().unwrap().to_owned(),
                    must_fail,
                    name: name.to_owned(),
                    bytes: text.into_bytes(),
                });
            }
        }
    }
    Some(found)
}

#[test]
fn every_document_is_read_and_written_back_whole() {
    let Some(set) = set() else { return };
    for case in &set {
        let document = Document::read(&case.bytes).unwrap();
        let plain: Value = serde_json::from_slice(&case.bytes).unwrap();
        let written = serde_json::to_vec(document.value()).unwrap();
        let again: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(again, plain, "{}", case.name);
        let head = document.head();
        assert_eq!(
            head.id.as_deref(),
            plain["document"]["tracking"]["id"].as_str()
        );
        assert!(head.released.is_some(), "{}", case.name);
    }
    eprintln!("{} documents read with nothing lost", set.len());
    assert_eq!(set.len(), 239);
}

#[test]
fn mandatory_documents_are_judged_as_they_state() {
    let Some(set) = set() else { return };
    let mandatory: Vec<&Case> = set
        .iter()
        .filter(|case| case.group == "mandatory")
        .collect();
    let wrong: Vec<&str> = mandatory
        .iter()
        .filter(|case| {
            let found = conformance::check(&Document::read(&case.bytes).unwrap());
            found.fails(&case.test) != case.must_fail || !found.not_judged.is_empty()
        })
        .map(|case| case.name.as_str())
        .collect();
    eprintln!(
        "{} of {} mandatory documents judged as stated",
        mandatory.len() - wrong.len(),
        mandatory.len()
    );
    assert_eq!((mandatory.len(), wrong), (147, vec![]));
}

/// Optional and informative tests are about documents that break no mandatory one, but for those
/// that state it in their other lists.
#[test]
fn valid_documents_break_nothing_at_all() {
    let Some(set) = set() else { return };
    let mut broken = vec![];
    for case in set
        .iter()
        .filter(|case| !case.must_fail || case.group != "mandatory")
    {
        let found = conformance::check(&Document::read(&case.bytes).unwrap());
        broken.extend(found.failures.iter().map(|failure| {
            let name = case.name.rsplit('/').next().unwrap();
            format!("{name}: {} {}", failure.test, failure.place)
        }));
    }
    let hashes = "/product_tree/full_product_names/0/product_identification_helper/hashes/0";
    let twice = format!("6.1.25 {hashes}/file_hashes/1/algorithm");
    let expected =
        ["08", "09"].map(|test| format!("oasis_csaf_tc-csaf_2_0-2021-6-2-{test}-02.json: {twice}"));
    assert_eq!(broken, expected);
}
