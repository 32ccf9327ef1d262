//! Good feeds beside servers that mean harm, while the clock runs sixty times as fast.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anchorwatch::domain::source::Kind;
use anchorwatch::fetch::Options;
use anchorwatch::service::poll::{Clock, watch_and_wait};
use anchorwatch::store::Store;
use jiff::{SignedDuration, Timestamp};

use super::site::{answer, listen};
use super::{Served, means, peak_mib, source};

const GOOD: usize = 50;
/// How much faster the poll's clock runs.
const FASTER: i32 = 60;

pub(crate) fn measure(seconds: usize) {
    let served = Served::start(&["serve-hostile"]);
    let folder = tempfile::tempdir().unwrap();
    let mut store =
        Store::open(&folder.path().join("store.sqlite3"), Duration::from_secs(5)).unwrap();
    let (mut means, now) = means(Options::default());
    let start = *now.lock().unwrap();
    let begin = Instant::now();
    let passed = move || SignedDuration::try_from(begin.elapsed()).unwrap() * FASTER;
    let clock: Clock = Arc::new(move || start + passed());
    means.clock = Arc::clone(&clock);
    let [good, hostile @ ..] = &served.ports[..] else {
        unreachable!()
    };
    let mut planned: BTreeMap<i64, Timestamp> = BTreeMap::new();
    for n in 0..GOOD {
        let new = source(format!("http://good{n}.example:{good}/"), Kind::Feed);
        planned.insert(store.add_source(&new, start).unwrap(), start);
    }
    for (n, port) in hostile.iter().enumerate() {
        for path in 0..4 {
            let new = source(format!("http://bad{n}.example:{port}/{path}"), Kind::Feed);
            store.add_source(&new, start).unwrap();
        }
    }
    let (mut visits, mut late) = (0, vec![]);
    let mut bad: BTreeMap<String, usize> = BTreeMap::new();
    let end = begin + Duration::from_secs(seconds as u64);
    watch_and_wait(
        &mut store,
        &mut means,
        &mut || Instant::now() >= end,
        &mut |report| {
            for visit in &report.visits {
                if let Some(at) = planned.get_mut(&visit.source) {
                    let lateness = clock().duration_since(*at) / FASTER;
                    late.push(lateness.as_secs_f64());
                    visits += 1;
                    *at = visit.next.unwrap();
                } else {
                    let reason = visit.reason.clone().unwrap_or_default();
                    *bad.entry(reason).or_default() += 1;
                }
            }
        },
    )
    .unwrap();
    late.sort_by(f64::total_cmp);
    let at = |percent: usize| late[(late.len() - 1) * percent / 100];
    println!("{visits} visits to {GOOD} good sources, seconds behind their schedule:");
    println!(
        "median {:.2}, p99 {:.2}, most {:.2}",
        at(50),
        at(99),
        at(100)
    );
    println!("peak memory: {} MiB", peak_mib());
    for (reason, count) in bad {
        println!("hostile, {count} times: {reason}");
    }
}

pub(crate) fn serve() {
    let feed = "<rss version=\"2.0\"><channel><title>x</title><item><guid>1</guid>\
                <title>x</title></item></channel></rss>";
    let body: Arc<[u8]> = Arc::from(feed.as_bytes());
    let good = listen(move |mut stream| {
        let body = Arc::clone(&body);
        answer(&mut stream, &move |_: &str, _: &str| {
            (200, String::new(), Arc::clone(&body))
        });
    });
    let say = |bytes: Vec<u8>| {
        listen(move |mut stream| {
            read(&mut stream);
            let _ = stream.write_all(&bytes);
        })
    };
    let whole = |headers: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 x\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    packer.write_all(&vec![b' '; 64 << 20]).unwrap();
    let bomb = whole("Content-Encoding: gzip\r\n", &packer.finish().unwrap());
    let nested = [b"<rss><channel>".to_vec(), b"<a>".repeat(1_000_000)].concat();
    let ampersands = vec![b'&'; 8 << 20];
    let ports = [
        good,
        say(bomb),
        say(whole("", &nested)),
        say(whole("", &ampersands)),
        // a drip
        listen(|stream| endlessly(stream, b"x", Duration::from_millis(200))),
        // a body without end
        listen(|stream| endlessly(stream, &[b'x'; 65536], Duration::ZERO)),
        // silence
        listen(|mut stream| {
            let _ = stream.read(&mut [0; 65536]);
            std::thread::sleep(Duration::from_secs(3600));
        }),
    ];
    println!("{}", ports.map(|port| port.to_string()).join(" "));
    std::thread::park();
}

fn read(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 65536]);
}

fn endlessly(mut stream: TcpStream, text: &[u8], pause: Duration) {
    read(&mut stream);
    let _ = stream.write_all(b"HTTP/1.1 200 x\r\n\r\n");
    while stream.write_all(text).is_ok() {
        std::thread::sleep(pause);
    }
}
