//! The verdict table of DESIGN 5 and 7, over signatures of an own CA: each case is facts, a trust
//! folder and an instant, and what is told is the verdict, the ground of the time and every finding.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::{digest, sha256};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::context::Context;
use anchorwatch::judge::facts::{ObjectKind, PackageFacts, PackageFormat, SignatureObject};
use anchorwatch::judge::package::judge;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::View;
use anchorwatch::render::{Palette, check_text, message};

use crate::making::authenticode::{self, NESTED_SIGNATURE};
use crate::making::authority::{Key, Role, Wish};
use crate::making::cms::{ID_DATA, Signer, attribute, attributes, signed_data};
use crate::making::der;
use crate::making::token::{MICROSOFT_TOKEN_ATTRIBUTE, TOKEN_ATTRIBUTE, token_attribute};
use crate::making_trust::TrustFolder;

const CONTENT: &[u8] = b"the manifest";
const IMAGE: [u8; 32] = [7; 32];
const AT: &str = "2026-06-01T00:00:00Z";

/// A key and its certificate.
pub(crate) struct Holder {
    pub(crate) key: Key,
    pub(crate) certificate: Certificate,
}

impl Holder {
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer::new(&self.key, &self.certificate)
    }
}

/// A CA of one root, and who holds certificates below it.
pub(crate) struct Authority {
    name: &'static str,
    seed: u8,
    pub(crate) root: Certificate,
}

impl Authority {
    pub(crate) fn new(name: &'static str, seed: u8) -> Self {
        let root = Self::wish(name).self_signed(&Key::ed25519(seed));
        Self { name, seed, root }
    }

    fn wish(name: &'static str) -> Wish<'static> {
        Wish {
            common_name: name,
            organisation: name,
            serial: 1,
            years: (2015, 2040),
            role: Role::Authority,
        }
    }

    /// Somebody with a key of their own; the years are those of the certificate.
    pub(crate) fn issue(&self, seed: u8, role: Role, years: (i32, i32)) -> Holder {
        let key = Key::ed25519(seed);
        let wish = Wish {
            common_name: "Release Signing",
            serial: u64::from(seed),
            years,
            role,
            ..Self::wish(self.name)
        };
        let certificate = wish.issued(&key, &Self::wish(self.name), &Key::ed25519(self.seed));
        Holder { key, certificate }
    }
}

/// The time that a signer claims, or that an authority states: `2019-06-01`.
fn utc(day: &str) -> String {
    format!("{}120000Z", day.replace('-', "").split_off(2))
}

fn generalized(day: &str) -> String {
    format!("{}120000Z", day.replace('-', ""))
}

/// One signer of a CMS object.
struct By<'a> {
    holder: &'a Holder,
    claims: &'a str,
    stamped: Option<(&'a Holder, &'a str)>,
    broken: bool,
}

fn by<'a>(holder: &'a Holder, claims: &'a str) -> By<'a> {
    By {
        holder,
        claims,
        stamped: None,
        broken: false,
    }
}

fn stamped<'a>(holder: &'a Holder, tsa: &'a Holder, day: &'a str) -> By<'a> {
    By {
        stamped: Some((tsa, day)),
        ..by(holder, day)
    }
}

/// A detached CMS over the content, with these further certificates.
fn cms(signers: &[By<'_>], further: &[&Certificate]) -> PackageFacts {
    let mut certificates: Vec<Vec<u8>> = vec![];
    let infos: Vec<Vec<u8>> = signers
        .iter()
        .map(|one| {
            certificates.push(one.holder.certificate.der().to_vec());
            let content = if one.broken { &b"other"[..] } else { CONTENT };
            let hash = one.holder.key.hash;
            let list = attributes(ID_DATA, hash, content, &utc(one.claims));
            let value = one.holder.key.sign(&der::set(&list));
            let unsigned: Vec<Vec<u8>> = one
                .stamped
                .map(|(tsa, day)| {
                    token_attribute(tsa.signer(), TOKEN_ATTRIBUTE, &value, &generalized(day))
                })
                .into_iter()
                .collect();
            one.holder.signer().info(Some(&list), &value, &unsigned)
        })
        .collect();
    certificates.extend(further.iter().map(|one| one.der().to_vec()));
    let object = SignatureObject {
        kind: ObjectKind::CmsDetached,
        place: "manifest.p7s".to_owned(),
        bytes: signed_data(ID_DATA, None, &certificates, &infos),
        certificates: vec![],
        digests: [HashAlgorithm::Sha256, HashAlgorithm::Sha512]
            .map(|hash| (hash, digest(hash, CONTENT)))
            .to_vec(),
        content_is_attributes: false,
        covers: "the manifest".to_owned(),
        raw: None,
    };
    facts(vec![object])
}

fn facts(objects: Vec<SignatureObject>) -> PackageFacts {
    PackageFacts {
        format: PackageFormat::Zip,
        sha256: sha256(CONTENT),
        size: 12,
        refused: false,
        content_differs: false,
        objects,
        findings: vec![],
        named_vendor: None,
    }
}

/// An Authenticode object over an image, with these unsigned attributes.
fn image(holder: &Holder, unsigned: impl FnOnce(&[u8]) -> Vec<Vec<u8>>) -> PackageFacts {
    facts(vec![SignatureObject {
        kind: ObjectKind::Authenticode,
        place: "certificate table entry 1".to_owned(),
        bytes: authenticode::signature(holder.signer(), &IMAGE, unsigned),
        certificates: vec![],
        digests: vec![(HashAlgorithm::Sha256, IMAGE.to_vec())],
        content_is_attributes: false,
        covers: "the image".to_owned(),
        raw: None,
    }])
}

/// What the caller says and what our store knows.
#[derive(Clone, Copy, Default)]
struct Asked<'a> {
    vendor: Option<&'a str>,
    product: Option<&'a str>,
    witnessed: Option<&'a str>,
}

fn judged(facts: &PackageFacts, view: &dyn View, asked: Asked<'_>) -> PackageReport {
    let context = Context {
        view,
        at: AT.parse().unwrap(),
        profile: Profile::Field,
        vendor: asked.vendor,
        product: asked.product,
        witnessed: asked.witnessed.map(|time| time.parse().unwrap()),
        lists: None,
        cache: None,
    };
    judge("package.zip", facts, &context)
}

/// `anchored (quay), proven: retired-key`; that nobody looked for revocation is in every case.
fn told(report: &PackageReport) -> String {
    let signatures = report.signatures.iter();
    let mut codes: Vec<&str> = report
        .findings
        .iter()
        .chain(signatures.flat_map(|signature| &signature.findings))
        .map(|finding| finding.kind.code())
        .filter(|code| !["revocation-unchecked", "vendor-not-stated"].contains(code))
        .collect();
    codes.sort_unstable();
    let vendor = report
        .vendor
        .as_ref()
        .map(|vendor| format!(" ({vendor})"))
        .unwrap_or_default();
    let explained = report.explained.by.concat();
    let time = report
        .signatures
        .first()
        .map_or("", |s| s.time.ground.word());
    format!(
        "{}{explained}{vendor}, {time}: {}",
        report.verdict.word(),
        codes.join(" ")
    )
}

fn table(cases: Vec<(&str, PackageFacts, TrustFolder, Asked<'_>, &str)>) {
    let mut wrong = vec![];
    for (what, facts, trust, asked, expected) in cases {
        let found = told(&judged(&facts, &trust.view(), asked));
        if found != expected {
            wrong.push(format!(
                "{what}:\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn quay() -> Authority {
    Authority::new("Quay Root", 1)
}

fn trusting(root: &Certificate, timeline: &[&str]) -> TrustFolder {
    TrustFolder::default()
        .vendor("quay", "")
        .root("vendors/quay/roots", root, timeline)
}

const SINCE: &[&str] = &["active 2015-01-01"];
const NOTHING: Asked<'_> = Asked {
    vendor: None,
    product: None,
    witnessed: None,
};

fn seen(day: &str) -> Asked<'_> {
    Asked {
        witnessed: Some(day),
        ..NOTHING
    }
}

#[test]
fn a_claim_rescues_nothing_and_a_proof_does() {
    let (quay, clock) = (quay(), Authority::new("Clock Root", 2));
    let old = quay.issue(10, Role::CodeSigner, (2018, 2020));
    let tsa = clock.issue(11, Role::TimestampAuthority, (2015, 2040));
    let trust = trusting(&quay.root, SINCE);
    let timed = trust.clone().root("shared/tsa", &clock.root, SINCE);
    let dropped = ["active 2015-01-01", "distrusted 2026-01-01"];
    let voided = trust.clone().root("shared/tsa", &clock.root, &dropped);
    let day = "2019-06-01";
    let current = quay.issue(12, Role::CodeSigner, (2018, 2030));
    table(vec![
        (
            "an expired leaf, claiming an earlier time",
            cms(&[by(&old, day)], &[]),
            timed.clone(),
            NOTHING,
            "invalid, claimed: expired time-only-claimed",
        ),
        (
            "an expired leaf, with a time stamp",
            cms(&[stamped(&old, &tsa, day)], &[]),
            timed.clone(),
            NOTHING,
            "anchored (quay), proven: ",
        ),
        (
            "an expired leaf, stamped after it had expired",
            cms(&[stamped(&old, &tsa, "2022-06-01")], &[]),
            timed.clone(),
            NOTHING,
            "invalid, proven: expired",
        ),
        (
            "an expired leaf, stamped by an unknown authority",
            cms(&[stamped(&old, &tsa, day)], &[]),
            trust.clone(),
            NOTHING,
            "unanchored, claimed: time-only-claimed timestamp-unanchored",
        ),
        (
            "an expired leaf, stamped by a distrusted authority",
            cms(&[stamped(&old, &tsa, day)], &[]),
            voided.clone(),
            NOTHING,
            "invalid, claimed: expired time-only-claimed timestamp-bad",
        ),
        (
            "a current leaf, stamped by a distrusted authority",
            cms(&[stamped(&current, &tsa, day)], &[]),
            voided,
            NOTHING,
            "anchored (quay), claimed: time-only-claimed timestamp-bad",
        ),
        (
            "an expired leaf, seen here before",
            cms(&[by(&old, day)], &[]),
            trust.clone(),
            seen("2019-07-01T00:00:00Z"),
            "anchored (quay), witnessed: ",
        ),
        (
            "an expired leaf, seen here too late",
            cms(&[by(&old, day)], &[]),
            trust,
            seen("2023-07-01T00:00:00Z"),
            "invalid, witnessed: expired",
        ),
        (
            "Authenticode by an expired leaf, with a time stamp",
            image(&old, |value| {
                let kind = MICROSOFT_TOKEN_ATTRIBUTE;
                vec![token_attribute(
                    tsa.signer(),
                    kind,
                    value,
                    &generalized(day),
                )]
            }),
            timed,
            NOTHING,
            "anchored (quay), proven: ",
        ),
    ]);
}

#[test]
fn the_unknown_authority_of_a_time_stamp_is_named() {
    let (quay, clock) = (quay(), Authority::new("Clock Root", 2));
    let old = quay.issue(10, Role::CodeSigner, (2018, 2020));
    let tsa = clock.issue(11, Role::TimestampAuthority, (2015, 2040));
    let facts = cms(&[stamped(&old, &tsa, "2019-06-01")], &[]);
    let report = judged(&facts, &trusting(&quay.root, SINCE).view(), NOTHING);
    let said: Vec<String> = report.signatures[0].findings.iter().map(message).collect();
    assert!(
        said.iter().any(|line| line.contains("Clock Root")),
        "{said:?}"
    );
}

#[test]
fn a_status_counts_at_the_time_that_is_established() {
    let (quay, clock) = (quay(), Authority::new("Clock Root", 2));
    let leaf = quay.issue(10, Role::CodeSigner, (2018, 2030));
    let tsa = clock.issue(11, Role::TimestampAuthority, (2015, 2040));
    let trust =
        |timeline: &[&str]| trusting(&quay.root, timeline).root("shared/tsa", &clock.root, SINCE);
    let retired = trust(&["active 2015-01-01", "retired 2025-01-01"]);
    let distrusted = trust(&["active 2015-01-01", "distrusted 2025-01-01"]);
    let revoked = trust(&["active 2015-01-01", "revoked 2025-01-01"]);
    let (before, after) = ("2024-06-01", "2025-06-01");
    let proven = |day| cms(&[stamped(&leaf, &tsa, day)], &[]);
    let claimed = || cms(&[by(&leaf, before)], &[]);
    table(vec![
        (
            "active",
            claimed(),
            trust(SINCE),
            NOTHING,
            "anchored (quay), claimed: time-only-claimed",
        ),
        (
            "retired after signing",
            proven(before),
            retired.clone(),
            NOTHING,
            "anchored (quay), proven: ",
        ),
        (
            "signed after retirement",
            proven(after),
            retired.clone(),
            NOTHING,
            "anchored (quay), proven: retired-key",
        ),
        (
            "retired, time only claimed",
            claimed(),
            retired,
            NOTHING,
            "anchored (quay), claimed: retired-key time-only-claimed",
        ),
        (
            "distrusted after signing",
            proven(before),
            distrusted.clone(),
            NOTHING,
            "anchored (quay), proven: ",
        ),
        (
            "signed after distrust",
            proven(after),
            distrusted.clone(),
            NOTHING,
            "distrusted, proven: condemned-key",
        ),
        (
            "distrusted, time only claimed",
            claimed(),
            distrusted.clone(),
            NOTHING,
            "distrusted, claimed: condemned-key time-only-claimed",
        ),
        (
            "distrusted, seen here before",
            claimed(),
            distrusted,
            seen("2024-07-01T00:00:00Z"),
            "anchored (quay), witnessed: ",
        ),
        (
            "revoked after signing",
            proven(before),
            revoked.clone(),
            NOTHING,
            "anchored (quay), proven: ",
        ),
        (
            "signed after revocation",
            proven(after),
            revoked,
            NOTHING,
            "distrusted, proven: condemned-key",
        ),
        (
            "signed before the key was first seen",
            proven(before),
            trust(&["active 2025-01-01 seen"]),
            NOTHING,
            "anchored (quay), proven: before-first-seen",
        ),
        (
            "signed before the vendor used the key",
            proven(before),
            trust(&["active 2025-01-01"]),
            NOTHING,
            "unanchored, proven: anchor-not-active",
        ),
        (
            "a key that is only announced",
            proven(before),
            trust(&["announced 2024-01-01"]),
            NOTHING,
            "unanchored, proven: anchor-not-active",
        ),
    ]);
}

#[test]
fn a_shared_root_vouches_for_nobody_alone() {
    let (public, clock) = (
        Authority::new("Public CA", 3),
        Authority::new("Clock Root", 2),
    );
    let leaf = public.issue(10, Role::CodeSigner, (2018, 2030));
    let tsa = clock.issue(11, Role::TimestampAuthority, (2015, 2040));
    let shared = TrustFolder::default()
        .vendor("quay", "")
        .vendor("pier", "")
        .root("shared/roots", &public.root, &[])
        .root("shared/tsa", &clock.root, SINCE);
    let linked = shared.clone().link("quay", &public.root, SINCE);
    let pinned = linked
        .clone()
        .leaf_rule("quay", &public.root, &leaf.certificate, "");
    let strict = linked.clone().leaf_rule(
        "quay",
        &public.root,
        &leaf.certificate,
        "timestamp_required = true",
    );
    let condemned = TrustFolder::default()
        .vendor("quay", "")
        .root("shared/roots", &public.root, &["distrusted 2020-01-01"])
        .link("quay", &public.root, SINCE)
        .leaf_rule("quay", &public.root, &leaf.certificate, "");
    let plain = || cms(&[by(&leaf, "2025-06-01")], &[]);
    let proven = || cms(&[stamped(&leaf, &tsa, "2025-06-01")], &[]);
    let stated = |vendor| Asked {
        vendor: Some(vendor),
        ..NOTHING
    };
    table(vec![
        (
            "no rule",
            plain(),
            shared,
            NOTHING,
            "unpinned, claimed: no-signer-rule time-only-claimed",
        ),
        (
            "no rule that fits",
            plain(),
            linked,
            NOTHING,
            "unpinned, claimed: no-signer-rule time-only-claimed",
        ),
        (
            "a rule",
            plain(),
            pinned.clone(),
            NOTHING,
            "anchored (quay), claimed: time-only-claimed",
        ),
        (
            "a rule of the stated vendor",
            plain(),
            pinned.clone(),
            stated("quay"),
            "anchored (quay), claimed: time-only-claimed",
        ),
        (
            "a rule of another than stated",
            plain(),
            pinned,
            stated("pier"),
            "foreign (quay), claimed: foreign-signer time-only-claimed",
        ),
        (
            "a rule that wants a time stamp",
            plain(),
            strict.clone(),
            NOTHING,
            "unpinned, claimed: rule-wants-timestamp time-only-claimed",
        ),
        (
            "and has one",
            proven(),
            strict,
            NOTHING,
            "anchored (quay), proven: ",
        ),
        (
            "condemned for everybody",
            plain(),
            condemned,
            NOTHING,
            "distrusted, claimed: condemned-key time-only-claimed",
        ),
    ]);
}

#[test]
fn whose_package_it_is() {
    let (quay, pier) = (quay(), Authority::new("Pier Root", 4));
    let leaf = quay.issue(10, Role::CodeSigner, (2018, 2030));
    let other = pier.issue(11, Role::CodeSigner, (2018, 2030));
    let products = format!(
        "[[product]]\nname = \"Crane\"\nroots = [\"x509-{}\"]\n[[product]]\nname = \"Winch\"\n\
         roots = [\"x509-{}\"]\n[[product]]\nname = \"Buoy\"\n",
        pier.root.spki_sha256(),
        quay.root.spki_sha256()
    );
    let trust = TrustFolder::default()
        .vendor("quay", &products)
        .vendor("pier", "")
        .root("vendors/quay/roots", &quay.root, SINCE)
        .root("vendors/pier/roots", &pier.root, SINCE);
    let plain = || cms(&[by(&leaf, "2025-06-01")], &[]);
    let named = |vendor: &str| PackageFacts {
        named_vendor: Some(vendor.to_owned()),
        ..plain()
    };
    let stated = |vendor| Asked {
        vendor: Some(vendor),
        ..NOTHING
    };
    let product = |product| Asked {
        product: Some(product),
        ..stated("quay")
    };
    let good = "anchored (quay), claimed: time-only-claimed";
    let foreign = "foreign (quay), claimed: foreign-signer time-only-claimed";
    let outside = "unanchored, claimed: out-of-scope time-only-claimed";
    table(vec![
        ("stated", plain(), trust.clone(), stated("quay"), good),
        (
            "another stated",
            plain(),
            trust.clone(),
            stated("pier"),
            foreign,
        ),
        (
            "named by the manifest",
            named("Quay SYSTEMS"),
            trust.clone(),
            NOTHING,
            good,
        ),
        (
            "another named by the manifest",
            named("pier Systems"),
            trust.clone(),
            NOTHING,
            foreign,
        ),
        (
            "a stranger named by the manifest",
            named("Nobody"),
            trust.clone(),
            NOTHING,
            good,
        ),
        (
            "another named than stated",
            named("pier Systems"),
            trust.clone(),
            stated("quay"),
            good,
        ),
        (
            "a product below this root",
            plain(),
            trust.clone(),
            product("Winch"),
            good,
        ),
        (
            "a product below any root",
            plain(),
            trust.clone(),
            product("Buoy"),
            good,
        ),
        (
            "a product below another root",
            plain(),
            trust.clone(),
            product("Crane"),
            outside,
        ),
        (
            "another vendor's key, and a product",
            cms(&[by(&other, "2025-06-01")], &[]),
            trust,
            product("Winch"),
            "foreign (pier), claimed: foreign-signer time-only-claimed",
        ),
    ]);
}

#[test]
fn what_a_signer_is_made_for() {
    let quay = quay();
    let signer = quay.issue(10, Role::CodeSigner, (2018, 2030));
    let unlisted = quay.issue(11, Role::Unlisted, (2018, 2030));
    let wrong = quay.issue(12, Role::TimestampAuthority, (2018, 2030));
    let trust = || trusting(&quay.root, SINCE);
    let day = "2025-06-01";
    let good = "anchored (quay), claimed: time-only-claimed";
    let bad = "invalid, claimed: signer-purpose time-only-claimed";
    table(vec![
        (
            "CMS, code signing",
            cms(&[by(&signer, day)], &[]),
            trust(),
            NOTHING,
            good,
        ),
        (
            "CMS, no list",
            cms(&[by(&unlisted, day)], &[]),
            trust(),
            NOTHING,
            good,
        ),
        (
            "CMS, another purpose",
            cms(&[by(&wrong, day)], &[]),
            trust(),
            NOTHING,
            bad,
        ),
        (
            "an image, code signing",
            image(&signer, |_| vec![]),
            trust(),
            NOTHING,
            good,
        ),
        (
            "an image, no list",
            image(&unlisted, |_| vec![]),
            trust(),
            NOTHING,
            bad,
        ),
        (
            "an image, another purpose",
            image(&wrong, |_| vec![]),
            trust(),
            NOTHING,
            bad,
        ),
    ]);
}

#[test]
fn several_signatures_over_one_content() {
    let (quay, stranger) = (quay(), Authority::new("Stranger Root", 5));
    let signer = quay.issue(10, Role::CodeSigner, (2018, 2030));
    let unknown = stranger.issue(11, Role::CodeSigner, (2018, 2030));
    let day = "2025-06-01";
    let broken = |holder| By {
        broken: true,
        ..by(holder, day)
    };
    let nested = |outer: &Holder, inner: &Holder| {
        let inner = authenticode::signature(inner.signer(), &IMAGE, |_| vec![]);
        image(outer, |_| vec![attribute(NESTED_SIGNATURE, &[inner])])
    };
    let trust = || trusting(&quay.root, SINCE);
    let best = "anchored (quay), claimed: other-signature time-only-claimed time-only-claimed unknown-issuer";
    table(vec![
        (
            "good, then unknown",
            cms(&[by(&signer, day), by(&unknown, day)], &[]),
            trust(),
            NOTHING,
            best,
        ),
        (
            "unknown, then good",
            cms(&[by(&unknown, day), by(&signer, day)], &[]),
            trust(),
            NOTHING,
            best,
        ),
        (
            "good, then broken",
            cms(&[by(&signer, day), broken(&signer)], &[]),
            trust(),
            NOTHING,
            "invalid, claimed: signature-bad time-only-claimed",
        ),
        (
            "broken, then good",
            cms(&[broken(&unknown), by(&signer, day)], &[]),
            trust(),
            NOTHING,
            "invalid, none: signature-bad time-only-claimed",
        ),
        (
            "a nested one of a stranger",
            nested(&signer, &unknown),
            trust(),
            NOTHING,
            best,
        ),
        (
            "a nested one of ours",
            nested(&unknown, &signer),
            trust(),
            NOTHING,
            best,
        ),
    ]);
}

#[test]
fn what_is_missing_and_what_explains_it() {
    let (quay, next) = (quay(), Authority::new("Quay Root G2", 6));
    let look_alike = Authority::new("Quay Root", 7);
    let leaf = next.issue(10, Role::CodeSigner, (2018, 2030));
    let false_leaf = look_alike.issue(11, Role::CodeSigner, (2018, 2030));
    let trust = trusting(&quay.root, SINCE).vendor("pier", "");
    let recorded = trust.clone().rotation("quay", &quay.root, &next.root);
    let shipped = || cms(&[by(&leaf, "2026-05-01")], &[&next.root]);
    let unknown = "unanchored, claimed: time-only-claimed unknown-issuer";
    let stated = |vendor| Asked {
        vendor: Some(vendor),
        ..NOTHING
    };
    let refused = PackageFacts {
        refused: true,
        ..cms(&[by(&leaf, "2026-05-01")], &[])
    };
    let differs = PackageFacts {
        content_differs: true,
        ..cms(&[by(&leaf, "2026-05-01")], &[])
    };
    table(vec![
        (
            "an unknown root",
            cms(&[by(&leaf, "2026-05-01")], &[]),
            trust.clone(),
            NOTHING,
            unknown,
        ),
        (
            "an unknown root that is shipped",
            shipped(),
            trust.clone(),
            NOTHING,
            "unanchored, claimed: time-only-claimed unknown-issuer",
        ),
        (
            "a recorded rotation",
            shipped(),
            recorded.clone(),
            NOTHING,
            "unanchoredQUAY-2026-01 (quay), claimed: rotation-recorded time-only-claimed unknown-issuer",
        ),
        (
            "a recorded rotation of another vendor",
            shipped(),
            recorded,
            stated("pier"),
            unknown,
        ),
        (
            "a known name with another key",
            cms(&[by(&false_leaf, "2026-05-01")], &[]),
            trust.clone(),
            NOTHING,
            "unanchored, claimed: look-alike-issuer time-only-claimed unknown-issuer",
        ),
        (
            "nothing signed",
            facts(vec![]),
            trust.clone(),
            NOTHING,
            "unsigned, : ",
        ),
        (
            "two readers",
            refused,
            trust.clone(),
            NOTHING,
            "refused, claimed: time-only-claimed unknown-issuer",
        ),
        (
            "another content",
            differs,
            trust,
            NOTHING,
            "invalid, claimed: time-only-claimed unknown-issuer",
        ),
    ]);
}

/// What a person reads about a bad end: the findings and what to do.
fn advice(facts: &PackageFacts, trust: &TrustFolder, asked: Asked<'_>) -> String {
    let report = judged(facts, &trust.view(), asked);
    check_text(&[report], 0, Palette::default())
        .lines()
        .filter(|line| line.contains("] ") || line.contains("next: "))
        .filter(|line| !line.contains("[revocation-unchecked]"))
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

#[test]
fn what_a_person_reads_about_a_bad_end() {
    let (quay, clock) = (quay(), Authority::new("Clock Root", 2));
    let old = quay.issue(10, Role::CodeSigner, (2018, 2020));
    let leaf = quay.issue(12, Role::CodeSigner, (2018, 2030));
    let tsa = clock.issue(11, Role::TimestampAuthority, (2015, 2040));
    let day = "2019-06-01";
    let plain = cms(&[by(&leaf, day)], &[]);
    let known = trusting(&quay.root, SINCE).vendor("pier", "");
    let distrusted = trusting(&quay.root, &["active 2015-01-01", "distrusted 2025-01-01"]);
    let announced = trusting(&quay.root, &["announced 2015-01-01"]);
    let voided = known
        .clone()
        .root("shared/tsa", &clock.root, &["distrusted 2025-01-01"]);
    let expired = cms(&[by(&old, day)], &[]);
    let stamped = cms(&[stamped(&old, &tsa, day)], &[]);
    let stated = Asked {
        vendor: Some("pier"),
        ..NOTHING
    };
    let all = [
        advice(&expired, &known, NOTHING),
        advice(&stamped, &known, NOTHING),
        advice(&stamped, &voided, NOTHING),
        advice(&plain, &distrusted, NOTHING),
        advice(&plain, &announced, NOTHING),
        advice(&plain, &known, stated),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    high [expired] the certificate of CN=Release Signing, O=Quay Root ended at 2020-12-31T00:00:00Z; judged at 2026-06-01T00:00:00Z, and nothing proves an earlier signature
    next: ask the vendor for a timestamped signature, or judge at a known date with --at

    warning [timestamp-unanchored] the timestamp holds, and nobody here knows its authority: CN=Clock Root, O=Clock Root
    next: add the timestamp authority's root to trust/shared/tsa after checking it

    high [expired] the certificate of CN=Release Signing, O=Quay Root ended at 2020-12-31T00:00:00Z; judged at 2026-06-01T00:00:00Z, and nothing proves an earlier signature
    next: ask the vendor for a timestamped signature, or judge at a known date with --at
    warning [timestamp-bad] a timestamp counts for nothing: its authority CN=Release Signing, O=Clock Root is distrusted since 2025-01-01

    high [condemned-key] CN=Quay Root, O=Quay Root: a key on the path is distrusted since 2025-01-01
    next: do not install it; call the vendor

    warning [anchor-not-active] the path ends at Quay Root, which is announced and no anchor
    next: confirm the key with the vendor out of band; until then it vouches for nothing

    high [foreign-signer] should be from pier, is signed by quay
    next: do not install it; call the vendor
    ");
}
