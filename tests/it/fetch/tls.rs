//! TLS: whose certificates count, and that nothing falls back to plain HTTP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anchorwatch::fetch::{FetchError, Fetcher, Options, Outcome};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::server::{Server, TestNames, allowing, asking, fetcher, get, response};

/// An authority's certificate, DER, and the address of a server with a certificate for `name`, which
/// answers each question with `answer`.
fn server(name: &str, answer: Vec<u8>) -> (Vec<u8>, SocketAddr) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()])
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            // A visitor who does not believe the certificate leaves here.
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(&answer);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (root.der().to_vec(), address)
}

fn trusting(roots: Vec<Vec<u8>>, downgrade: bool) -> Fetcher {
    let options = Options {
        extra_roots: roots,
        allow_downgrade: downgrade,
        ..allowing("127.0.0.1/32")
    };
    let names = TestNames::default()
        .with("tls.example", &[&["127.0.0.1"]])
        .with("other.example", &[&["127.0.0.1"]]);
    fetcher(options, names)
}

#[test]
fn a_certificate_counts_for_its_name_under_a_trusted_authority_alone() {
    let (root, address) = server("tls.example", response(200, "", b"hello"));
    let port = address.port();
    let url = format!("https://tls.example:{port}/");
    let good = get(&trusting(vec![root.clone()], false), &asking(&url)).unwrap();
    assert!(matches!(good.outcome, Outcome::Fresh(body) if body.bytes == b"hello"));
    let stranger = get(&trusting(vec![], false), &asking(&url)).unwrap_err();
    assert!(matches!(stranger, FetchError::Connect(_)), "{stranger}");
    let other = format!("https://other.example:{port}/");
    let misnamed = get(&trusting(vec![root], false), &asking(&other)).unwrap_err();
    assert!(matches!(misnamed, FetchError::Connect(_)), "{misnamed}");
}

#[test]
fn a_redirect_from_https_to_http_is_followed_only_when_allowed() {
    let plain = Server::saying(response(200, "", b"hello"));
    let location = format!("Location: {}\r\n", plain.url("/"));
    let (root, address) = server("tls.example", response(301, &location, b""));
    let url = format!("https://tls.example:{}/", address.port());
    let refused = get(&trusting(vec![root.clone()], false), &asking(&url)).unwrap_err();
    assert_eq!(refused, FetchError::Downgrade);
    assert_eq!(plain.connections(), 0);
    let allowed = get(&trusting(vec![root], true), &asking(&url)).unwrap();
    assert!(matches!(allowed.outcome, Outcome::Fresh(_)));
}

#[test]
fn a_root_that_is_none_is_an_error_of_the_settings() {
    let options = Options {
        extra_roots: vec![b"no certificate".to_vec()],
        ..Options::default()
    };
    assert!(Fetcher::new(options, Arc::new(TestNames::default())).is_err());
}
