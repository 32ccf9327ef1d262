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
mod cases;
mod path;
