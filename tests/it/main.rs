//! The one integration binary: everything is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests may stop at the first surprise, and say on stderr what they skipped"
)]

mod algorithm;
mod architecture;
mod archive_properties;
mod attacks;
mod authenticode;
mod bad_input;
mod cases;
mod change;
mod check_process;
mod check_story;
mod cms;
mod consequences;
mod containers;
mod continuity;
mod crashes;
mod csaf;
mod example_packages;
mod feeds;
mod fetch;
mod judge_again;
mod knowledge;
mod layouts;
#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    reason = "shared with the program that makes the example packages, which needs other parts"
)]
mod making;
mod making_archives;
mod making_images;
mod making_trust;
mod manifests;
mod openpgp;
mod openssl_cms;
mod path;
mod posts;
mod programmes;
mod raw_keys;
mod raw_signatures;
mod readme;
mod real_authenticode;
mod real_pe;
mod real_rpm;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the maker of RPM packages of the unit tests, which use more of it"
)]
#[path = "../../src/formats/rpm/builder.rs"]
mod rpm_builder;
mod rpm_tools;
mod sources;
mod timestamps;
mod trust;
mod vendor_packages;
mod verdicts;
mod watch;
