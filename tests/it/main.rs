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
mod authenticode;
mod cases;
mod cms;
mod containers;
mod example_packages;
mod layouts;
#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    reason = "shared with the program that makes the example packages, which needs other parts"
)]
mod making;
mod making_archives;
mod manifests;
mod openssl_cms;
mod path;
mod raw_keys;
mod raw_signatures;
mod readme;
mod real_authenticode;
mod real_pe;
mod timestamps;
mod trust;
mod vendor_packages;
