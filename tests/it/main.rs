//! The one integration binary: everything is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests may stop at the first surprise, and say on stderr what they skipped"
)]

mod architecture;
mod archive_properties;
mod containers;
mod layouts;
mod making_archives;
mod manifests;
mod raw_signatures;
mod real_pe;
mod trust;
mod cases;
mod path;
mod authenticode;
mod cms;
#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    reason = "shared with the program that makes the example packages, which needs other parts"
)]
mod making;
mod timestamps;
mod vendor_packages;
