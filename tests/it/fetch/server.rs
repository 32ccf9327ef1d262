//! A server on loopback that answers with whatever bytes a test wants.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anchorwatch::fetch::{Answer, FetchError, Fetcher, Found, Names, Options, Request};

/// Handles one connection, given the head of the question.
type Handler = dyn Fn(&str, &mut TcpStream) + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Listens at any free port of `ip`; every connection is counted, its question kept.
    pub(crate) fn start(
        ip: &str,
        handler: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let ip: IpAddr = ip.parse().unwrap();
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let heads = Arc::new(Mutex::new(vec![]));
        let (count, kept) = (Arc::clone(&connections), Arc::clone(&heads));
        let handler: Arc<Handler> = Arc::new(handler);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                count.fetch_add(1, Ordering::SeqCst);
                let (kept, handler) = (Arc::clone(&kept), Arc::clone(&handler));
                std::thread::spawn(move || {
                    let head = head(&mut stream);
                    kept.lock().unwrap().push(head.clone());
                    handler(&head, &mut stream);
                });
            }
        });
        Self {
            address,
            connections,
            heads,
        }
    }

    /// One that gives the same bytes to everybody.
    pub(crate) fn saying(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::start("127.0.0.1", move |_, stream| {
            let _ = stream.write_all(&response);
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of all questions, in order.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = vec![];
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 65536 {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A response with a length.
pub(crate) fn response(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Knows the names that a test gives it, one list of addresses for each look-up in turn; the last
/// stays.
#[derive(Default)]
pub(crate) struct TestNames(pub(super) Vec<(String, Mutex<Vec<Vec<IpAddr>>>)>);

impl TestNames {
    pub(crate) fn with(mut self, name: &str, turns: &[&[&str]]) -> Self {
        let turns = turns
            .iter()
            .map(|turn| turn.iter().map(|ip| ip.parse().unwrap()).collect())
            .collect();
        self.0.push((name.to_owned(), Mutex::new(turns)));
        self
    }
}

impl Names for TestNames {
    fn lookup(&self, host: &str) -> Found {
        let known = self.0.iter().find(|(name, _)| name == host);
        let found = known.map_or_else(Vec::new, |(_, turns)| {
            let mut turns = turns.lock().unwrap();
            if turns.len() > 1 {
                turns.remove(0)
            } else {
                turns.first().cloned().unwrap_or_default()
            }
        });
        Box::pin(async move { Ok(found) })
    }
}

pub(crate) fn fetcher(options: Options, names: TestNames) -> Fetcher {
    Fetcher::new(options, Arc::new(names)).unwrap()
}

/// Options that allow one address of loopback.
pub(crate) fn allowing(network: &str) -> Options {
    Options {
        allowed_networks: vec![network.parse().unwrap()],
        ..Options::default()
    }
}

pub(crate) fn asking(url: &str) -> Request<'_> {
    Request {
        url,
        validators: None,
        accept: "*/*",
    }
}

pub(crate) fn get(fetcher: &Fetcher, request: &Request<'_>) -> Result<Answer, FetchError> {
    runtime().block_on(fetcher.get(request))
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
