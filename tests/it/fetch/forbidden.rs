//! Every way that we know to talk a visitor into asking its own machine or network.

use std::io::Write as _;
use std::net::IpAddr;

use anchorwatch::fetch::{FetchError, Options, Outcome, Range, range};

use super::server::{Server, TestNames, allowing, asking, fetcher, get, response};

/// Hosts as they may stand in an address. All mean a place that is not public; those of loopback are
/// really listened at.
const LITERALS: &[&str] = &[
    // dotted
    "127.0.0.1",
    "127.0.0.53",
    "127.1.2.3",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // parts left out
    "127.1",
    "127.0.1",
    "0",
    "0.0",
    "10.1",
    "192.168.1",
    "169.254.43518",
    // decimal
    "2130706433",
    "2130706434",
    "3232235521",
    "167772161",
    "2852039166",
    "4294967295",
    "1681915905",
    // octal
    "0177.0.0.1",
    "0177.0.0.01",
    "017700000001",
    "0300.0250.0.1",
    "012.0.0.1",
    "0251.0376.0251.0376",
    "00000177.0.0.1",
    // hexadecimal
    "0x7f.0.0.1",
    "0x7f000001",
    "0x7F.0x0.0x0.0x1",
    "0x7f.1",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0xc0a80001",
    "0x0a000001",
    "0x0",
    // mixed
    "0x7f.0.1",
    "127.0x0.00.1",
    "0177.0.1",
    "0xa9.254.0251.254",
    "127.0.0.0x1",
    // dots, percent signs, wide digits and full stops of other scripts
    "127.0.0.1.",
    "2130706433.",
    "0x7f.1.",
    "127%2e0%2e0%2e1",
    "%31%32%37.0.0.1",
    "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
    "127\u{3002}0\u{3002}0\u{3002}1",
    "127\u{ff0e}0\u{ff0e}0\u{ff0e}1",
    "\u{2460}\u{2461}\u{2466}.0.0.1",
    "127.0.0.\u{b9}",
    "169\u{ff61}254\u{ff61}169\u{ff61}254",
    // IPv6
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::0:1]",
    "[::]",
    "[0::0]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fdff:ffff::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[5f00::1]",
    "[4000::1]",
    "[1::1]",
    // IPv4 inside of IPv6: mapped, compatible, translated
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:0.0.0.0]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:192.168.0.1]",
    "[::FFFF:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:0:7f00:1]",
    // NAT64
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b::192.168.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[64:ff9b:1:ffff::1]",
    // 6to4, Teredo, ISATAP
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2002:a9fe:a9fe::]",
    "[2002:c0a8:1::1]",
    "[2002:a00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:0000:4136:e378:8000:63bf:80ff:fffe]",
    "[2001::1]",
    "[2a00:1450:4001:81b:0:5efe:127.0.0.1]",
    "[2a00:1450:4001:81b:200:5efe:10.0.0.1]",
    "[fe80::5efe:7f00:1]",
];

/// Forms that no URL has, or that hide the host.
const BROKEN: &[&str] = &[
    "http://127.0.0.1@127.0.0.1:PORT/",
    "http://example.org@127.0.0.1:PORT/",
    "http://example.org:80@127.0.0.1:PORT/",
    "http://example.org%40127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "http://\t127.0.0.1:PORT/",
    "ht\ntp://127.0.0.1:PORT/",
    " http://127.0.0.1:PORT/",
    "http://127.0.0.1\\@example.org:PORT/",
    "http://127.0.0.1:PORT\\@example.org/",
    "http://127.0.0.1:PORT#@example.org/",
    "http://127.0.0.1:PORT?@example.org/",
    "http://[::1%25lo]:PORT/",
    "http://[fe80::1%25eth0]:PORT/",
    "http://[::1:PORT/",
    "http://256.0.0.1:PORT/",
    "http://127.0.0.1.0x:PORT/",
    "http://0x7f.0.0.1.2:PORT/",
    "gopher://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:PORT/",
    "dict://127.0.0.1:PORT/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "unix:///run/x.sock",
    "//127.0.0.1:PORT/",
    "http://:PORT/",
    "http://",
    "https://127.0.0.1:PORT/",
    "https://[::1]:PORT/",
    "https://2130706433:PORT/",
];

/// Names, and what they are said to be at.
const NAMES: &[(&str, &[&str])] = &[
    ("localhost", &["127.0.0.1"]),
    ("localhost.", &["127.0.0.1"]),
    ("LOCALHOST", &["127.0.0.1"]),
    ("ip6-localhost", &["::1"]),
    ("loopback.example", &["127.0.0.1"]),
    ("private.example", &["10.0.0.1"]),
    ("metadata.google.internal", &["169.254.169.254"]),
    ("mapped.example", &["::ffff:127.0.0.1"]),
    ("nat64.example", &["64:ff9b::7f00:1"]),
    ("sixtofour.example", &["2002:7f00:1::"]),
    ("unspecified.example", &["0.0.0.0"]),
    ("unspecified6.example", &["::"]),
    (
        "public-and-loopback.example",
        &["93.184.215.14", "127.0.0.1"],
    ),
    (
        "loopback-and-public.example",
        &["127.0.0.1", "93.184.215.14"],
    ),
    (
        "six-and-loopback.example",
        &["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "127.0.0.1"],
    ),
    ("xn--fiqs8s.example", &["127.0.0.1"]),
    ("127.0.0.1.example", &["127.0.0.1"]),
    ("cgnat.example", &["100.64.0.1"]),
    ("link-local.example", &["fe80::1"]),
    ("empty.example", &[]),
];

fn names() -> TestNames {
    NAMES
        .iter()
        .fold(TestNames::default(), |names, (name, addresses)| {
            let name = name.to_ascii_lowercase();
            names.with(&name, &[addresses])
        })
}

/// All forms as addresses with the listener's port.
fn forms(port: u16) -> Vec<String> {
    let hosts = LITERALS.iter().chain(NAMES.iter().map(|(name, _)| name));
    hosts
        .map(|host| format!("http://{host}:{port}/"))
        .chain(
            BROKEN
                .iter()
                .map(|form| form.replace("PORT", &port.to_string())),
        )
        .collect()
}

/// A victim that listens at every address of the machine.
fn victim() -> Server {
    Server::start("0.0.0.0", |_, stream| {
        let _ = stream.write_all(&response(200, "", b"secret"));
    })
}

#[test]
fn no_form_of_a_forbidden_address_reaches_a_listener() {
    let victim = victim();
    let forms = forms(victim.address.port());
    assert!(forms.len() >= 150, "{} forms", forms.len());
    let fetcher = fetcher(Options::default(), names());
    for form in &forms {
        let answer = get(&fetcher, &asking(form));
        let error = answer.map(|answer| answer.hops).expect_err(form);
        let refused = matches!(
            error,
            FetchError::Refused { .. }
                | FetchError::Url(_)
                | FetchError::Scheme(_)
                | FetchError::Credentials
                | FetchError::UnknownName { .. }
        );
        assert!(refused, "{form}: {error}");
    }
    assert_eq!(victim.connections(), 0);
}

#[test]
fn no_redirect_leads_to_a_forbidden_address() {
    let victim = victim();
    let forms = forms(victim.address.port());
    let targets = forms.clone();
    // The first server may be asked: its address of loopback is allowed, the victim's are not.
    let first = Server::start("127.0.0.9", move |head, stream| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        // Some forms are relative: they come back here.
        let Ok(index) = path.trim_start_matches('/').parse::<usize>() else {
            let _ = stream.write_all(&response(404, "", b""));
            return;
        };
        let status = [301, 302, 303, 307, 308][index % 5];
        let location = format!("Location: {}\r\n", targets[index]);
        let _ = stream.write_all(&response(status, &location, b""));
    });
    let fetcher = fetcher(allowing("127.0.0.9/32"), names());
    for (index, form) in forms.iter().enumerate() {
        let answer = get(&fetcher, &asking(&first.url(&format!("/{index}"))));
        let through = matches!(&answer, Ok(answer) if matches!(answer.outcome, Outcome::Fresh(_)));
        assert!(!through, "{form}");
    }
    assert_eq!(victim.connections(), 0);
    assert!(first.connections() >= forms.len());
}

#[test]
fn a_name_that_changes_its_mind_reaches_nobody() {
    let victim = victim();
    let port = victim.address.port();
    // Public when it is asked first, loopback from then on.
    let names = TestNames::default()
        .with("rebinding.example", &[&["127.0.0.9"], &["127.0.0.1"]])
        .with("at-once.example", &[&["127.0.0.1"], &["127.0.0.9"]]);
    let first = Server::start("127.0.0.9", move |_, stream| {
        let location = format!("Location: http://rebinding.example:{port}/\r\n");
        let _ = stream.write_all(&response(302, &location, b""));
    });
    let fetcher = fetcher(allowing("127.0.0.9/32"), names);
    let url = format!("http://rebinding.example:{}/", first.address.port());
    let error = get(&fetcher, &asking(&url)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "rebinding.example is at 127.0.0.1, which is not public (loopback)"
    );
    let url = format!("http://at-once.example:{}/", first.address.port());
    assert!(matches!(
        get(&fetcher, &asking(&url)),
        Err(FetchError::Refused {
            range: Range::Loopback,
            ..
        })
    ));
    assert_eq!((first.connections(), victim.connections()), (1, 0));
}

#[test]
fn the_same_forms_reach_the_listener_when_everything_is_allowed() {
    let victim = victim();
    let forms = forms(victim.address.port());
    let options = Options {
        allowed_networks: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()],
        connect_timeout: std::time::Duration::from_millis(200),
        total_timeout: std::time::Duration::from_millis(400),
        ..Options::default()
    };
    let fetcher = fetcher(options, names());
    let loopback = |form: &&String| {
        [
            "127",
            "0x7f",
            "0177",
            "2130706433",
            "localhost",
            "loopback",
            "0.0.0.0",
            "7f00:1",
        ]
        .iter()
        .any(|sign| form.contains(sign))
    };
    let reached = forms
        .iter()
        .filter(loopback)
        .filter(|form| get(&fetcher, &asking(form)).is_ok())
        .count();
    // Else the tests above would be content with addresses that lead nowhere.
    assert!(reached >= 40, "{reached} of {} forms", forms.len());
}

#[test]
fn public_addresses_are_in_no_range_and_their_neighbours_are() {
    let cases = [
        ("1.1.1.1", None),
        ("9.255.255.255", None),
        ("11.0.0.0", None),
        ("100.63.255.255", None),
        ("100.128.0.0", None),
        ("126.255.255.255", None),
        ("128.0.0.1", None),
        ("169.253.255.255", None),
        ("172.15.255.255", None),
        ("172.32.0.0", None),
        ("192.167.255.255", None),
        ("198.17.255.255", None),
        ("198.20.0.0", None),
        ("223.255.255.255", None),
        ("2606:4700::1111", None),
        ("2001:200::1", None),
        ("2a00:1450:4001:81b::200e", None),
        ("2003::1", None),
        ("100.64.0.0", Some(Range::CarrierNat)),
        ("168.63.129.16", Some(Range::Metadata)),
        ("169.254.169.254", Some(Range::Metadata)),
        ("169.254.169.253", Some(Range::LinkLocal)),
        ("::", Some(Range::Unspecified)),
        ("::1", Some(Range::Loopback)),
        ("::2", Some(Range::Mapped)),
        ("::ffff:1.1.1.1", Some(Range::Mapped)),
        ("64:ff9b::1.1.1.1", Some(Range::Nat64)),
        ("2002:101:101::", Some(Range::Tunnel)),
        ("2001:1ff::1", Some(Range::Reserved)),
        ("fd00:ec2::254", Some(Range::Metadata)),
        ("fd00:ec2::255", Some(Range::Private)),
        ("e000::1", Some(Range::Reserved)),
    ];
    for (address, expected) in cases {
        assert_eq!(
            range(address.parse::<IpAddr>().unwrap()),
            expected,
            "{address}"
        );
    }
}

#[test]
fn an_allowed_network_allows_itself_and_nothing_else() {
    let options = allowing("10.1.0.0/16");
    let fetcher = fetcher(options, TestNames::default());
    let cases = [
        ("http://10.2.0.1:9/", Range::Private),
        ("http://[::ffff:10.1.0.1]:9/", Range::Mapped),
        ("http://127.0.0.1:9/", Range::Loopback),
    ];
    for (url, expected) in cases {
        let error = get(&fetcher, &asking(url)).unwrap_err();
        assert!(
            matches!(error, FetchError::Refused { range, .. } if range == expected),
            "{url}: {error}"
        );
    }
}
