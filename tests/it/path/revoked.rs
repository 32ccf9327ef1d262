//! What lists say of a path's certificates, and who may say it.

use anchorwatch::formats::crl::{RevocationList, RevocationReason};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::revocation::{
    PathRevocation, Revocation, RevocationLists, RevocationQuestion, condemns, condemns_timestamps,
    path_revocation,
};
use proptest::prelude::*;
use rcgen::KeyUsagePurpose;

use super::ask;
use super::chains::{Authority, Says};
use super::defects::extension as in_certificate;
use crate::making::crl::{List, Listed, extension, listed};
use crate::making::der::{oid, sequence, tlv};

const AT: &str = "2026-06-01T00:00:00Z";

struct World {
    root: Authority,
    middle: Authority,
    chain: Vec<Certificate>,
    /// The root's list, silent, so that only the leaf is open.
    of_root: RevocationList,
}

fn ecdsa() -> Vec<u8> {
    sequence(&[oid("1.2.840.10045.4.3.2")])
}

fn read(der: &[u8]) -> RevocationList {
    RevocationList::from_der(der).unwrap()
}

impl Authority {
    fn lists(&self, list: &List) -> RevocationList {
        read(&list.signed(&ecdsa(), |tbs| self.sign(tbs)))
    }
}

impl World {
    fn new() -> Self {
        Self::with(&Says::ca(), &Says::leaf())
    }

    fn with(middle_says: &Says, leaf_says: &Says) -> Self {
        let root = Authority::new("Root");
        let middle = Authority::new("Intermediate");
        let leaf = Authority::new("Signer").issued_by(&middle, leaf_says);
        let chain = vec![leaf, middle.issued_by(&root, middle_says), root.root()];
        let of_root = root.lists(&List::of(chain[2].subject().der()));
        Self {
            root,
            middle,
            chain,
            of_root,
        }
    }

    fn leaf(&self) -> &Certificate {
        &self.chain[0]
    }

    /// The intermediate's list, in force and silent.
    fn list(&self) -> List {
        List::of(self.chain[1].subject().der())
    }

    fn entry(&self) -> Listed {
        listed(self.leaf().serial(), "2026-03-01T00:00:00Z")
    }

    fn revoking(&self) -> List {
        List {
            entries: vec![self.entry()],
            ..self.list()
        }
    }

    fn asked(self, lists: Vec<RevocationList>, offered: &[Certificate]) -> PathRevocation {
        let walk = ask(&self.chain[0], &self.chain[1..2], &self.chain[2..])
            .at(AT)
            .walk();
        assert_eq!(walk.paths[0].certificates, self.chain);
        let lists = RevocationLists::new(lists.into_iter().chain([self.of_root]));
        path_revocation(&RevocationQuestion {
            path: &self.chain,
            offered,
            lists: &lists,
            path_at: AT.parse().unwrap(),
            at: AT.parse().unwrap(),
            profile: Profile::Field,
            cache: None,
        })
    }
}

/// `good`, `revoked`, or why it is unknown.
fn told(found: &PathRevocation) -> String {
    match (&found.revoked[..], &found.unknown[..]) {
        ([], []) => "good".to_owned(),
        ([_], []) => "revoked".to_owned(),
        ([], [(subject, why)]) => {
            assert_eq!(subject.common_name(), Some("Signer"));
            why.to_string()
        }
        other => format!("{other:?}"),
    }
}

const NOBODY: &str = "no revocation list speaks of it";
const NOT_SIGNED: &str = "its revocation list is not signed by anybody who may";
const NOT_ALL: &str = "its revocation lists do not speak of all reasons";

#[test]
fn one_list() {
    let flag = |number: u8| vec![tlv(0x80 | number, &[0xff])];
    let place = |name: &str| {
        let full = tlv(0xa0, &tlv(0x86, name.as_bytes()));
        vec![tlv(0xa0, &full)]
    };
    type Change = fn(&mut List);
    let plain: [(&str, Change, &str, &str); 4] = [
        ("in force", |_| {}, "good", "revoked"),
        (
            "ran out",
            |list| list.next_update = Some("2026-05-01T00:00:00Z".to_owned()),
            "its revocation list ran out on 2026-05-01T00:00:00Z",
            "revoked",
        ),
        (
            "without end",
            |list| list.next_update = None,
            "its revocation list does not say until when it counts",
            "revoked",
        ),
        (
            "from the future",
            |list| list.this_update = "2026-07-01T00:00:00Z".to_owned(),
            "its revocation list begins on 2026-07-01T00:00:00Z",
            "revoked",
        ),
    ];
    for (name, change, silent, speaking) in plain {
        for (entries, expected) in [(false, silent), (true, speaking)] {
            let world = World::new();
            let mut list = if entries {
                world.revoking()
            } else {
                world.list()
            };
            change(&mut list);
            let list = world.middle.lists(&list);
            assert_eq!(told(&world.asked(vec![list], &[])), expected, "{name}");
        }
    }
    // The scope, whether a silent list clears, whether one that speaks revokes.
    let scopes = [
        ("nothing", vec![], "good", "revoked"),
        ("user certificates", flag(1), "good", "revoked"),
        ("authorities", flag(2), NOBODY, NOBODY),
        ("attribute certificates", flag(5), NOBODY, NOBODY),
        ("indirect", flag(4), "good", "revoked"),
        (
            "some reasons",
            vec![tlv(0x83, &[6, 0x40])],
            NOT_ALL,
            "revoked",
        ),
        ("another place", place("http://a.test/b"), NOBODY, NOBODY),
    ];
    for (name, scope, silent, speaking) in scopes {
        for (entries, expected) in [(false, silent), (true, speaking)] {
            let world = World::new();
            let mut list = if entries {
                world.revoking()
            } else {
                world.list()
            };
            list.scope = Some(scope.clone());
            let list = world.middle.lists(&list);
            assert_eq!(told(&world.asked(vec![list], &[])), expected, "{name}");
        }
    }
}

#[test]
fn unknown_critical_extensions_silence_a_list() {
    for inside in [false, true] {
        let world = World::new();
        let unknown = extension("1.2.3.4", true, &[5, 0]);
        let mut list = world.revoking();
        if inside {
            list.entries[0].extensions.push(unknown);
        } else {
            list.extensions.push(unknown);
        }
        let list = world.middle.lists(&list);
        assert_eq!(
            told(&world.asked(vec![list], &[])),
            "its revocation list has the unknown critical extension 1.2.3.4"
        );
    }
}

#[test]
fn nobody_else_speaks_for_a_ca() {
    // Another key of that name, as it comes: unknown, under a root of its own, under the same root by
    // way of another CA, and certified by the root itself, which makes it the same CA.
    let cases = ["nobody", "own root", "other branch", "same parent"];
    for case in cases {
        let world = World::new();
        let other = Authority::new("Intermediate");
        let branch = Authority::new("Branch");
        let offered = match case {
            "nobody" => vec![],
            "own root" => vec![other.root()],
            "other branch" => vec![
                other.issued_by(&branch, &Says::ca()),
                branch.issued_by(&world.root, &Says::ca()),
            ],
            _ => vec![other.issued_by(&world.root, &Says::ca())],
        };
        for entries in [false, true] {
            let list = if entries {
                world.revoking()
            } else {
                world.list()
            };
            let list = other.lists(&list);
            let expected = match (case, entries) {
                ("same parent", false) => "good",
                ("same parent", true) => "revoked",
                _ => NOT_SIGNED,
            };
            let again = World {
                root: Authority::new("Root"),
                middle: Authority::new("Intermediate"),
                chain: world.chain.clone(),
                of_root: world.root.lists(&List::of(world.chain[2].subject().der())),
            };
            assert_eq!(told(&again.asked(vec![list], &offered)), expected, "{case}");
        }
    }
}

#[test]
fn a_signer_must_be_allowed_and_the_signature_hold() {
    let world = World::with(
        &Says {
            usages: Some(vec![KeyUsagePurpose::KeyCertSign]),
            ..Says::ca()
        },
        &Says::leaf(),
    );
    let list = world.middle.lists(&world.list());
    assert_eq!(told(&world.asked(vec![list], &[])), NOT_SIGNED);

    let world = World::new();
    let mut bytes = world.list().signed(&ecdsa(), |tbs| world.middle.sign(tbs));
    *bytes.last_mut().unwrap() ^= 1;
    let list = read(&bytes);
    assert_eq!(told(&world.asked(vec![list], &[])), NOT_SIGNED);

    // The leaf's own key is no list signer.
    let world = World::new();
    let stranger = Authority::new("Signer");
    let list = stranger.lists(&world.list());
    assert_eq!(told(&world.asked(vec![list], &[])), NOT_SIGNED);
}

#[test]
fn changes_to_a_list() {
    let removed = |entry: Listed| Listed {
        reason: Some(8),
        ..entry
    };
    let held = |entry: Listed| Listed {
        reason: Some(6),
        ..entry
    };
    let stolen = |entry: Listed| Listed {
        reason: Some(1),
        ..entry
    };
    let ran_out = Some("2026-05-01T00:00:00Z".to_owned());
    // The whole list's entries, whether it ran out, the delta's base and entries.
    type Row<'a> = (
        &'a str,
        Vec<Listed>,
        bool,
        Option<(u64, Vec<Listed>)>,
        &'a str,
    );
    let world = World::new();
    let entry = || world.entry();
    let rows: Vec<Row<'_>> = vec![
        ("no delta", vec![], false, None, "good"),
        ("silent delta", vec![], false, Some((5, vec![])), "good"),
        (
            "delta revokes",
            vec![],
            false,
            Some((5, vec![entry()])),
            "revoked",
        ),
        ("kept in force", vec![], true, Some((5, vec![])), "good"),
        (
            "base too new",
            vec![],
            true,
            Some((6, vec![])),
            "its revocation list ran out on 2026-05-01T00:00:00Z",
        ),
        (
            "hold lifted",
            vec![held(entry())],
            false,
            Some((5, vec![removed(entry())])),
            "good",
        ),
        (
            "hold stays",
            vec![held(entry())],
            false,
            Some((5, vec![])),
            "revoked",
        ),
        (
            "hold becomes final",
            vec![held(entry())],
            false,
            Some((5, vec![stolen(entry())])),
            "revoked",
        ),
        (
            "theft is never lifted",
            vec![stolen(entry())],
            false,
            Some((5, vec![removed(entry())])),
            "revoked",
        ),
    ];
    for (name, entries, is_old, delta, expected) in rows {
        let mut lists = vec![];
        let mut whole = List {
            entries,
            ..world.list()
        };
        if is_old {
            whole.next_update.clone_from(&ran_out);
        }
        lists.push(world.middle.lists(&whole));
        if let Some((base, entries)) = delta {
            lists.push(world.middle.lists(&List {
                base: Some(base),
                number: Some(7),
                this_update: "2026-05-20T00:00:00Z".to_owned(),
                entries,
                ..world.list()
            }));
        }
        let again = World {
            root: Authority::new("Root"),
            middle: Authority::new("Intermediate"),
            chain: world.chain.clone(),
            of_root: world.root.lists(&List::of(world.chain[2].subject().der())),
        };
        assert_eq!(told(&again.asked(lists, &[])), expected, "{name}");
    }
}

/// A hold that a later list no longer names is lifted, but not by one from the future, and not by one
/// of another scope.
#[test]
fn what_lifts_a_hold() {
    let cases = [
        ("2026-05-20T00:00:00Z", None, "good"),
        ("2026-07-20T00:00:00Z", None, "revoked"),
        (
            "2026-05-20T00:00:00Z",
            Some(vec![tlv(0x81, &[0xff])]),
            "revoked",
        ),
    ];
    for (this_update, scope, expected) in cases {
        let world = World::new();
        let held = world.middle.lists(&List {
            entries: vec![Listed {
                reason: Some(6),
                ..world.entry()
            }],
            ..world.list()
        });
        let later = world.middle.lists(&List {
            this_update: this_update.to_owned(),
            number: Some(8),
            scope,
            ..world.list()
        });
        assert_eq!(told(&world.asked(vec![held, later], &[])), expected);
    }
}

#[test]
fn a_delta_alone_never_clears() {
    let world = World::new();
    for (entries, expected) in [
        (
            vec![],
            "only a list of changes speaks of it, and the list that it changes is not at hand",
        ),
        (vec![world.entry()], "revoked"),
    ] {
        let list = world.middle.lists(&List {
            base: Some(1),
            entries,
            ..world.list()
        });
        let again = World {
            root: Authority::new("Root"),
            middle: Authority::new("Intermediate"),
            chain: world.chain.clone(),
            of_root: world.root.lists(&List::of(world.chain[2].subject().der())),
        };
        assert_eq!(told(&again.asked(vec![list], &[])), expected);
    }
}

/// An indirect list speaks of a certificate only where the certificate names its issuer, and of that
/// certificate only where the entry names the certificate's issuer.
#[test]
fn indirect_lists() {
    let publisher = Authority::new("Publisher");
    let name = publisher.root().subject().der().to_vec();
    // A cRLIssuer, and no place.
    let points = sequence(&[sequence(&[tlv(0xa2, &tlv(0xa4, &name))])]);
    let naming = Says {
        extensions: vec![in_certificate(&[2, 5, 29, 31], false, &points)],
        ..Says::leaf()
    };
    let indirect = Some(vec![tlv(0x84, &[0xff])]);
    for named in [true, false] {
        for flagged in [true, false] {
            for by_issuer in [true, false] {
                let says = if named { naming.clone() } else { Says::leaf() };
                let world = World::with(&Says::ca(), &says);
                let offered = [publisher.issued_by(&world.root, &Says::ca())];
                let issuer = world.leaf().issuer().der().to_vec();
                let list = List {
                    scope: flagged.then(|| indirect.clone()).flatten(),
                    entries: vec![Listed {
                        issuer: by_issuer.then_some(issuer),
                        ..world.entry()
                    }],
                    ..List::of(&name)
                };
                let list = publisher.lists(&list);
                let expected = match (named, flagged, by_issuer) {
                    (true, true, true) => "revoked",
                    // Some certificate of the publisher's own has that serial.
                    (true, true, false) => "good",
                    _ => NOBODY,
                };
                let told = told(&world.asked(vec![list], &offered));
                assert_eq!(told, expected, "{named} {flagged} {by_issuer}");
            }
        }
    }
}

#[test]
fn intermediates_are_asked_about_too() {
    let world = World::new();
    let entry = listed(world.chain[1].serial(), "2026-03-01T00:00:00Z");
    let of_root = world.root.lists(&List {
        entries: vec![entry],
        number: Some(9),
        this_update: "2026-05-20T00:00:00Z".to_owned(),
        ..List::of(world.chain[2].subject().der())
    });
    let list = world.middle.lists(&world.list());
    let found = world.asked(vec![list, of_root], &[]);
    assert_eq!(found.revoked.len(), 1);
    assert_eq!(found.revoked[0].subject.common_name(), Some("Intermediate"));
}

/// DESIGN 5, and RFC 3161 4.1 for timestamps.
#[test]
fn dates_decide_what_a_revocation_means() {
    use RevocationReason::{CessationOfOperation, KeyCompromise, Superseded};
    let world = World::new();
    let time = |day: &str| format!("{day}T00:00:00Z").parse().unwrap();
    // The reason, the invalidity date, the proven time; whether it condemns, and whether tokens.
    let rows = [
        (None, None, None, true, true),
        (None, None, Some("2026-02-01"), false, true),
        (None, None, Some("2026-03-01"), true, true),
        (Some(Superseded), None, Some("2026-02-01"), false, false),
        (
            Some(CessationOfOperation),
            None,
            Some("2026-04-01"),
            true,
            true,
        ),
        (Some(KeyCompromise), None, Some("2026-02-01"), true, true),
        (
            Some(KeyCompromise),
            Some("2026-01-15"),
            Some("2026-01-01"),
            false,
            true,
        ),
        (
            Some(KeyCompromise),
            Some("2026-01-15"),
            Some("2026-02-01"),
            true,
            true,
        ),
        // A date behind the revocation's own saves nothing.
        (
            Some(Superseded),
            Some("2026-05-01"),
            Some("2026-04-01"),
            true,
            true,
        ),
    ];
    for (reason, invalid, proven, condemned, tokens) in rows {
        let revocation = Revocation {
            subject: world.leaf().subject().clone(),
            spki_sha256: world.leaf().spki_sha256(),
            revoked: time("2026-03-01"),
            reason,
            invalid_since: invalid.map(time),
        };
        let told = format!("{reason:?} {invalid:?} {proven:?}");
        let at = AT.parse().unwrap();
        assert_eq!(
            condemns(&revocation, proven.map(time), at),
            condemned,
            "{told}"
        );
        if let Some(proven) = proven {
            assert_eq!(
                condemns_timestamps(&revocation, time(proven)),
                tokens,
                "{told}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_lists_never_panic(at in 0usize..600, value: u8) {
        let name = [0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, b'a'];
        let entry = Listed {
            reason: Some(1),
            invalid_since: Some("2026-01-01T00:00:00Z".to_owned()),
            issuer: Some(name.to_vec()),
            ..listed(&[1, 2], "2026-01-01T00:00:00Z")
        };
        let list = List {
            base: Some(1),
            scope: Some(vec![tlv(0x84, &[0xff])]),
            entries: vec![entry],
            ..List::of(&name)
        };
        let mut bytes = list.signed(&ecdsa(), |_| vec![0; 70]);
        prop_assert!(RevocationList::from_der(&bytes).is_ok());
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = RevocationList::from_der(&bytes);
    }
}
