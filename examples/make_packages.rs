//! Makes `examples/packages/` and `examples/trust/`: small packages of a fictional vendor that changes
//! its root. The bytes are the same every time; a test holds the files to this program.
//!
//! `cargo run --example make_packages`

#![allow(
    clippy::unwrap_used,
    reason = "an example that makes test data may stop at the first surprise"
)]

use std::fs;
use std::path::Path;

#[path = "../tests/it/making/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    reason = "shared with the tests, which need other parts"
)]
mod making;

fn main() -> std::io::Result<()> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (path, bytes) in making::story::files() {
        let path = examples.join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)?;
    }
    Ok(())
}
