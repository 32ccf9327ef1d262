//! Servers that mean harm: bombs, drips, bodies without end, silence.
#![allow(
    clippy::disallowed_methods,
    reason = "servers dawdle here, and how long a visitor is held is what is tested"
)]

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anchorwatch::fetch::{Fetcher, Options};

use super::server::{Server, TestNames, allowing, asking, fetcher, get, response};

fn hurried() -> Fetcher {
    let options = Options {
        head_timeout: Duration::from_millis(800),
        idle_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_secs(3),
        wire_limit: 1 << 20,
        decoded_limit: 16 << 20,
        ..allowing("127.0.0.1/32")
    };
    fetcher(options, TestNames::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Says `text` again and again until the other side leaves.
fn endlessly(stream: &mut TcpStream, text: &[u8], pause: Duration) {
    while stream.write_all(text).is_ok() {
        std::thread::sleep(pause);
    }
}

#[test]
fn nobody_holds_a_visitor_for_long_or_fills_its_memory() {
    let zeros = vec![0; 32 << 20];
    let bomb = response(200, "Content-Encoding: gzip\r\n", &gzip(&zeros));
    let packed = zstd::encode_all(&zeros[..], 19).unwrap();
    let zstd = response(200, "Content-Encoding: zstd\r\n", &packed);
    let twice = response(
        200,
        "Content-Encoding: gzip, gzip\r\n",
        &gzip(&gzip(&zeros)),
    );
    let other = response(200, "Content-Encoding: bogus\r\n", b"x");
    let none = Duration::ZERO;
    let slow = Duration::from_millis(100);
    type Act = Box<dyn Fn(&mut TcpStream) + Send + Sync>;
    let say = |bytes: Vec<u8>| -> Act {
        Box::new(move |stream| {
            let _ = stream.write_all(&bytes);
        })
    };
    let cases: Vec<(&str, Act, &[&str])> = vec![
        (
            "bomb",
            say(bomb),
            &["the body unpacks to more than 200 times its size"],
        ),
        (
            "zstd bomb",
            say(zstd),
            &["the body unpacks to more than 200 times its size"],
        ),
        (
            "bomb in a bomb",
            say(twice),
            &["the body unpacks to more than 200 times its size"],
        ),
        (
            "unknown coding",
            say(other),
            &["packed by `bogus`, which was not asked for"],
        ),
        (
            "a length beyond the limit",
            say(b"HTTP/1.1 200 x\r\nContent-Length: 99999999999\r\n\r\n".to_vec()),
            &["the body is larger than 1048576 bytes on the wire"],
        ),
        (
            "a body without end",
            Box::new(move |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\n\r\n");
                endlessly(stream, &[b'x'; 65536], none);
            }),
            &["the body is larger than 1048576 bytes on the wire"],
        ),
        (
            "chunks without end",
            Box::new(move |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n");
                let chunk = [&b"8000\r\n"[..], &[b'x'; 0x8000], b"\r\n"].concat();
                endlessly(stream, &chunk, none);
            }),
            &["the body is larger than 1048576 bytes on the wire"],
        ),
        (
            "a drip",
            Box::new(move |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\n\r\n");
                endlessly(stream, b"x", slow);
            }),
            &["no time left for all of it"],
        ),
        (
            "a drip of headers",
            Box::new(move |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\n");
                endlessly(stream, b"a: b\r\n", slow);
            }),
            &["no time left for waiting for the answer"],
        ),
        (
            "silence",
            Box::new(|_| std::thread::sleep(Duration::from_secs(5))),
            &["no time left for waiting for the answer"],
        ),
        (
            "silence in the middle",
            Box::new(|stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\nhello");
                std::thread::sleep(Duration::from_secs(5));
            }),
            &["no time left for waiting for the rest of the body"],
        ),
        (
            "headers without end",
            Box::new(move |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\n");
                endlessly(stream, &b"a: b\r\n".repeat(1000), none);
            }),
            &["the answer broke off or is no HTTP: ", "no connection: "],
        ),
        (
            "a body cut short",
            say(b"HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\nhello".to_vec()),
            &["the answer broke off or is no HTTP: "],
        ),
        (
            "no HTTP",
            say(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
            &["the answer broke off or is no HTTP: "],
        ),
        (
            "nothing",
            say(vec![]),
            &["the answer broke off or is no HTTP: "],
        ),
    ];
    for (name, act, expected) in cases {
        let server = Server::start("127.0.0.1", move |_, stream| act(stream));
        let begin = Instant::now();
        let error = get(&hurried(), &asking(&server.url("/")))
            .unwrap_err()
            .to_string();
        let taken = begin.elapsed();
        assert!(
            expected.iter().any(|it| error.starts_with(it)),
            "{name}: {error}"
        );
        assert!(taken < Duration::from_secs(30), "{name}: {taken:?}");
    }
}

#[test]
fn a_hanging_server_keeps_nobody_else_waiting() {
    let hanging = Server::start("127.0.0.1", |_, _| {
        std::thread::sleep(Duration::from_secs(5));
    });
    let good = Server::saying(response(200, "", b"hello"));
    let fetcher = hurried();
    let begin = Instant::now();
    let runtime = super::server::runtime();
    runtime.block_on(async {
        let mut stuck = vec![];
        for _ in 0..20 {
            let (fetcher, url) = (fetcher.clone(), hanging.url("/"));
            stuck.push(tokio::spawn(async move {
                fetcher.get(&asking(&url)).await.is_err()
            }));
        }
        for _ in 0..20 {
            fetcher.get(&asking(&good.url("/"))).await.unwrap();
        }
        for stuck in stuck {
            assert!(stuck.await.unwrap());
        }
    });
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(good.connections(), 20);
}
