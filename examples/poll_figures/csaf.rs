//! A CSAF provider over TLS: a folder with `changes.csv`, every document with SHA-512 and signature.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anchorwatch::domain::source::Kind;
use anchorwatch::fetch::Options;
use anchorwatch::service::poll::poll_and_wait;
use anchorwatch::store::Store;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::serialize::stream::{Armorer, Message, Signer};
use sha2::{Digest as _, Sha512};

use super::site::{answer, listen};
use super::{Served, days_pass, means, peak_mib, source};

pub(crate) fn measure(documents: usize) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.der");
    let served = Served::start(&["serve-csaf", &documents.to_string(), root.to_str().unwrap()]);
    let port = served.ports[0];
    let path = folder.path().join("store.sqlite3");
    let mut store = Store::open(&path, Duration::from_secs(5)).unwrap();
    let options = Options {
        extra_roots: vec![std::fs::read(&root).unwrap()],
        ..Options::default()
    };
    let (mut means, now) = means(options);
    let url = format!("https://csaf.example:{port}/provider-metadata.json");
    store
        .add_source(&source(url, Kind::Csaf), *now.lock().unwrap())
        .unwrap();
    let mut asked = 0;
    for what in ["first", "unchanged"] {
        let due = store.due_sources(*now.lock().unwrap()).unwrap();
        let begin = Instant::now();
        let report = poll_and_wait(due, &mut store, &mut means).unwrap();
        let taken = begin.elapsed().as_secs_f64();
        let visit = &report.visits[0];
        let all = store.ledger(None, 1_000_000).unwrap().len();
        println!(
            "{what}: {} documents in {taken:.3} s ({:.0}/s), {} requests, {} {:?}",
            visit.brought.added,
            visit.brought.added as f64 / taken,
            all - asked,
            visit.end.word(),
            visit.reason
        );
        asked = all;
        days_pass(&now, 2);
    }
    println!("peak memory: {} MiB", peak_mib());
    let found = store
        .search_announcements("good listed", 10, *now.lock().unwrap())
        .unwrap();
    println!("signatures found good: {}", !found.posts.is_empty());
}

pub(crate) fn serve(documents: usize, root: &str) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).unwrap();
    std::fs::write(root, certificate.der()).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["csaf.example".to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .unwrap();
    let config = Arc::new(config);
    let (sender, receiver) = std::sync::mpsc::channel::<Arc<BTreeMap<String, Arc<[u8]>>>>();
    let receiver = std::sync::Mutex::new((receiver, None));
    let port = listen(move |stream| {
        let files = {
            let mut held = receiver.lock().unwrap();
            if held.1.is_none() {
                held.1 = Some(held.0.recv().unwrap());
            }
            Arc::clone(held.1.as_ref().unwrap())
        };
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        let empty: Arc<[u8]> = Arc::from(vec![]);
        answer(
            &mut stream,
            &move |path: &str, head: &str| match files.get(path) {
                Some(_) if head.contains("if-none-match") => {
                    (304, String::new(), Arc::clone(&empty))
                }
                Some(body) => (200, "ETag: \"1\"\r\n".to_owned(), Arc::clone(body)),
                None => (404, String::new(), Arc::clone(&empty)),
            },
        );
    });
    sender.send(Arc::new(files(documents, port))).unwrap();
    println!("{port}");
    std::thread::park();
}

fn files(documents: usize, port: u16) -> BTreeMap<String, Arc<[u8]>> {
    let base = format!("https://csaf.example:{port}");
    let created: std::time::SystemTime = "2026-01-01T00:00:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .into();
    let (cert, _) = CertBuilder::new()
        .add_userid("CSAF <csaf@example.test>")
        .add_signing_subkey()
        .set_creation_time(created)
        .generate()
        .unwrap();
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let mut add = |path: &str, body: Vec<u8>| files.insert(path.to_owned(), Arc::from(body));
    add("/key.asc", cert.armored().to_vec().unwrap());
    let metadata = serde_json::json!({
        "canonical_url": format!("{base}/provider-metadata.json"),
        "last_updated": "2026-03-01T00:00:00Z",
        "role": "csaf_trusted_provider",
        "metadata_version": "2.0",
        "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://csaf.example"},
        "public_openpgp_keys": [
            {"fingerprint": cert.fingerprint().to_hex(), "url": format!("{base}/key.asc")}],
        "distributions": [{"directory_url": format!("{base}/docs")}],
    });
    add("/provider-metadata.json", metadata.to_string().into_bytes());
    let policy = StandardPolicy::new();
    let pair = cert
        .keys()
        .with_policy(&policy, None)
        .secret()
        .for_signing()
        .next()
        .unwrap()
        .key()
        .clone()
        .into_keypair()
        .unwrap();
    let (mut changes, mut index) = (String::new(), String::new());
    for n in 0..documents {
        let name = format!("2026/acme-{n}.json");
        changes.push_str(&format!("\"{name}\",\"2026-03-02T00:00:00Z\"\n"));
        index.push_str(&format!("{name}\n"));
        let document = document(n);
        let mut signature = vec![];
        let message = Armorer::new(Message::new(&mut signature))
            .kind(sequoia_openpgp::armor::Kind::Signature)
            .build()
            .unwrap();
        let mut signer = Signer::new(message, pair.clone())
            .unwrap()
            .detached()
            .build()
            .unwrap();
        signer.write_all(&document).unwrap();
        signer.finalize().unwrap();
        let digest = Sha512::digest(&document);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = format!("/docs/{name}");
        add(
            &format!("{path}.sha512"),
            format!("{hex}  acme-{n}.json\n").into_bytes(),
        );
        add(&format!("{path}.asc"), signature);
        add(&path, document);
    }
    add("/docs/changes.csv", changes.into_bytes());
    add("/docs/index.txt", index.into_bytes());
    files
}

/// An advisory of some 6 KB.
fn document(n: usize) -> Vec<u8> {
    let notes: Vec<_> = (0..4)
        .map(|note| {
            let text = format!("Note {note} of advisory {n}. ").repeat(50);
            serde_json::json!({"category": "description", "text": text})
        })
        .collect();
    let document = serde_json::json!({
        "document": {
            "category": "csaf_base", "csaf_version": "2.0", "title": format!("Advisory {n}"),
            "lang": "en", "notes": notes,
            "distribution": {"tlp": {"label": "WHITE"}},
            "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://csaf.example"},
            "tracking": {
                "id": format!("ACME-{n}"), "status": "final", "version": "1",
                "initial_release_date": "2026-03-02T00:00:00Z",
                "current_release_date": "2026-03-02T00:00:00Z",
                "revision_history": [{"date": "2026-03-02T00:00:00Z", "number": "1", "summary": "x"}],
            },
        },
    });
    serde_json::to_vec_pretty(&document).unwrap()
}
