//! Visiting a provider: what is asked for, first and again.

use std::collections::BTreeMap;

use anchorwatch::formats::csaf::{Feed, ProviderMetadata, Tlp, changes, index};
use anchorwatch::judge::csaf::plan::{
    Documents, ListRequest, Memory, Named, RECHECKS, Request, Validators, documents, gone, keys,
    lists, rechecks,
};
use jiff::Timestamp;
use serde_json::json;

const METADATA: &str = "https://a.example/pm.json";
const FOLDER: &str = "https://a.example/csaf/";

/// A server in memory: its files, and every request that was made.
#[derive(Default)]
struct Server {
    files: BTreeMap<String, String>,
    asked: Vec<String>,
}

impl Server {
    /// The body and its validator; `None` inside when it did not change, outside when it is not there.
    fn get(&mut self, request: &Request) -> Option<(Option<String>, Validators)> {
        self.asked.push(request.url.clone());
        let body = self.files.get(&request.url)?;
        let etag = Some(format!(
            "\"{:x}\"",
            body.len() * 31 + body.bytes().map(usize::from).sum::<usize>()
        ));
        let changed = request.validators.etag != etag;
        let validators = Validators {
            etag,
            last_modified: None,
        };
        Some((changed.then(|| body.clone()), validators))
    }
}

fn day(number: usize) -> Timestamp {
    format!("2026-01-{number:02}T00:00:00Z").parse().unwrap()
}

/// One visit as a caller makes it; the addresses of the documents that were fetched.
fn visit(server: &mut Server, memory: &mut Memory, on: usize) -> Vec<String> {
    server.asked.clear();
    let (body, validators) = server.get(&memory.request(METADATA)).unwrap();
    let changed = body.is_some();
    memory.validators.insert(METADATA.to_owned(), validators);
    let body = server.files[METADATA].clone();
    let metadata = ProviderMetadata::read(body.as_bytes()).unwrap();
    for request in keys(&metadata, memory, changed) {
        if let Some((_, validators)) = server.get(&request) {
            memory.validators.insert(request.url, validators);
        }
    }
    let mut named = vec![];
    for list in lists(&metadata, memory, Tlp::Clear).requests {
        let request = match &list {
            ListRequest::Rolie(request)
            | ListRequest::Changes { request, .. }
            | ListRequest::Index { request, .. } => request,
        };
        let Some((body, validators)) = server.get(request) else {
            continue;
        };
        memory.validators.insert(request.url.clone(), validators);
        named.extend(body.map(|body| read(&list, &body)).unwrap_or_default());
    }
    let again = rechecks(memory);
    let plan = documents(&named, memory);
    let mut fetched = vec![];
    for fetch in plan.fetch.iter().chain(&again) {
        let Some((body, validators)) = server.get(&fetch.request) else {
            continue;
        };
        if body.is_some() {
            fetched.push(fetch.request.url.clone());
            for beside in fetch.hashes.iter().take(1).chain([&fetch.signature]) {
                server.get(&memory.request(beside));
            }
        }
        memory.fetched(fetch, validators, day(on));
    }
    fetched
}

fn read(list: &ListRequest, body: &str) -> Vec<Named> {
    match list {
        ListRequest::Rolie(_) => Named::of_feed(&Feed::read(body.as_bytes()).unwrap()),
        ListRequest::Index { folder, .. } => {
            let list = index(body.as_bytes(), folder).unwrap();
            list.entries.iter().map(|url| Named::undated(url)).collect()
        }
        ListRequest::Changes { folder, .. } => {
            let list = changes(body.as_bytes(), folder).unwrap();
            list.entries.iter().map(Named::from).collect()
        }
    }
}

fn provider(distributions: &serde_json::Value) -> Server {
    let metadata = json!({
        "public_openpgp_keys": [{"url": "https://a.example/key.asc"}],
        "distributions": distributions,
    });
    let mut server = Server::default();
    server
        .files
        .insert(METADATA.to_owned(), metadata.to_string());
    server
        .files
        .insert("https://a.example/key.asc".to_owned(), "key".to_owned());
    server
}

#[test]
fn an_unchanged_folder_costs_a_handful_of_requests() {
    let mut server = provider(&json!([{"directory_url": FOLDER}]));
    let mut lines: Vec<String> = vec![];
    for number in 0..5_000 {
        let path = format!("{}/a-{number}.json", 2000 + number % 20);
        lines.push(format!(
            "\"{path}\",\"2026-01-01T00:00:{:02}Z\"",
            number % 60
        ));
        server
            .files
            .insert(format!("{FOLDER}{path}"), number.to_string());
    }
    server
        .files
        .insert(format!("{FOLDER}changes.csv"), lines.join("\n"));
    let mut memory = Memory::default();
    assert_eq!(visit(&mut server, &mut memory, 2).len(), 5_000);
    assert_eq!(visit(&mut server, &mut memory, 3), [""; 0]);
    let asked = [
        METADATA.to_owned(),
        format!("{FOLDER}changes.csv"),
        format!("{FOLDER}index.txt"),
    ];
    assert_eq!(server.asked, asked);

    // New lines at any place of the file, and dates that go back.
    lines.insert(
        1_234,
        "\"2026/new.json\",\"2020-01-01T00:00:00Z\"".to_owned(),
    );
    lines.push("\"2000/a-0.json\",\"2019-01-01T00:00:00Z\"".to_owned());
    server
        .files
        .insert(format!("{FOLDER}changes.csv"), lines.join("\n"));
    server
        .files
        .insert(format!("{FOLDER}2026/new.json"), "new".to_owned());
    server
        .files
        .insert(format!("{FOLDER}2000/a-0.json"), "changed".to_owned());
    let fetched = visit(&mut server, &mut memory, 4);
    let expected = [
        format!("{FOLDER}2000/a-0.json"),
        format!("{FOLDER}2026/new.json"),
    ];
    assert_eq!(fetched, expected);
    assert_eq!(visit(&mut server, &mut memory, 5), [""; 0]);
    assert_eq!(server.asked.len(), 3);

    // What only the index names is found too.
    server.files.insert(
        format!("{FOLDER}index.txt"),
        "2026/new.json\n2026/undated.json".to_owned(),
    );
    server
        .files
        .insert(format!("{FOLDER}2026/undated.json"), "undated".to_owned());
    let fetched = visit(&mut server, &mut memory, 6);
    assert_eq!(fetched, [format!("{FOLDER}2026/undated.json")]);
    assert_eq!(visit(&mut server, &mut memory, 7), [""; 0]);
    assert_eq!(server.asked.len(), 4);
}

#[test]
fn a_folder_without_dates_is_looked_through_little_by_little() {
    let mut server = provider(&json!([{"directory_url": FOLDER}]));
    let names: Vec<String> = (0..10).map(|number| format!("a-{number}.json")).collect();
    for name in &names {
        server.files.insert(format!("{FOLDER}{name}"), name.clone());
    }
    server
        .files
        .insert(format!("{FOLDER}index.txt"), names.join("\n"));
    let mut memory = Memory::default();
    assert_eq!(visit(&mut server, &mut memory, 1).len(), 10);
    server
        .files
        .insert(format!("{FOLDER}a-7.json"), "changed".to_owned());
    // Ten documents, three in a visit: found by the third visit.
    let found: Vec<usize> = (2..7)
        .map(|on| {
            let fetched = visit(&mut server, &mut memory, on).len();
            assert!(server.asked.len() <= 10, "{:?}", server.asked);
            fetched
        })
        .collect();
    assert_eq!(found, [0, 0, 1, 0, 0]);
    // The metadata, two lists, three documents.
    assert_eq!(server.asked.len(), 6);
    assert_eq!(RECHECKS, 3);
}

#[test]
fn feeds_are_followed_by_what_they_say_and_labels_are_kept() {
    let entry = |number: usize, updated: &str| {
        json!({
            "id": format!("a-{number}"), "updated": updated,
            "content": {"src": format!("https://a.example/{number}.json")},
            "link": [
                {"rel": "hash", "href": format!("https://a.example/h/{number}.sha256")},
                {"rel": "hash", "href": format!("https://a.example/h/{number}.sha512")},
                {"rel": "signature", "href": format!("https://a.example/s/{number}.asc")},
            ],
        })
    };
    let mut server = provider(&json!([
        {"directory_url": FOLDER},
        {"directory": {"url": "https://a.example/red/", "tlp_label": "RED"}},
        {"rolie": {"feeds": [
            {"tlp_label": "WHITE", "url": "https://a.example/white.json"},
            {"tlp_label": "AMBER", "url": "https://a.example/amber.json"},
            {"tlp_label": "WHITE", "url": "http://a.example/plain.json"},
        ]}},
    ]));
    let feed = |entries: serde_json::Value| json!({"feed": {"entry": entries}}).to_string();
    let one = entry(1, "2026-01-01T00:00:00Z");
    server.files.insert(
        "https://a.example/white.json".to_owned(),
        feed(json!([one])),
    );
    server
        .files
        .insert("https://a.example/1.json".to_owned(), "one".to_owned());
    let mut memory = Memory::default();
    assert_eq!(
        visit(&mut server, &mut memory, 2),
        ["https://a.example/1.json"]
    );
    let asked = [
        METADATA,
        "https://a.example/key.asc",
        "https://a.example/white.json",
        "https://a.example/1.json",
        "https://a.example/h/1.sha512",
        "https://a.example/s/1.asc",
    ];
    assert_eq!(server.asked, asked);
    visit(&mut server, &mut memory, 3);
    assert_eq!(server.asked, [METADATA, "https://a.example/white.json"]);

    let metadata = ProviderMetadata::read(server.files[METADATA].as_bytes()).unwrap();
    let found = lists(&metadata, &memory, Tlp::Clear);
    let withheld: Vec<&str> = found
        .withheld
        .iter()
        .map(|feed| feed.url.as_str())
        .collect();
    let expected = ["https://a.example/red/", "https://a.example/amber.json"];
    assert_eq!(withheld, expected);
    assert_eq!(found.refused, ["http://a.example/plain.json"]);
    assert_eq!(lists(&metadata, &memory, Tlp::Amber).requests.len(), 2);
}

#[test]
fn documents_that_no_list_names_are_told_and_never_forgotten() {
    let mut memory = Memory::default();
    let named = |name: &str| Named {
        date: Some(day(1)),
        ..Named::undated(&format!("{FOLDER}{name}"))
    };
    let first = documents(&[named("a.json"), named("b.json")], &memory);
    for fetch in &first.fetch {
        memory.fetched(fetch, Validators::default(), day(2));
    }
    let plain = Named::undated("http://a.example/c.json");
    let now = [named("b.json"), plain];
    let expected = Documents {
        fetch: vec![],
        unchanged: 1,
        refused: vec!["http://a.example/c.json".to_owned()],
    };
    assert_eq!(documents(&now, &memory), expected);
    assert_eq!(gone(&now, &memory), [format!("{FOLDER}a.json")]);
    assert_eq!(memory.documents.len(), 2);
}
