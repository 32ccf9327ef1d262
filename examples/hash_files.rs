//! Hashes files once with SHA-256, read and hashed as the product does: the floor for judging.
//!
//! `hash_files FILE...` prints a digest and a path a line, as `sha256sum` does.

use std::io::Write as _;
use std::path::Path;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::Hasher;
use anchorwatch::formats::source::{Source as _, for_each_chunk};
use anchorwatch::service::source::FileSource;

fn main() -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let source = FileSource::open(Path::new(&path))?;
        let mut hasher = Hasher::new(HashAlgorithm::Sha256);
        for_each_chunk(&source, 0..source.size(), |chunk| hasher.update(chunk))?;
        for byte in hasher.finish() {
            write!(output, "{byte:02x}")?;
        }
        writeln!(output, "  {path}")?;
    }
    Ok(())
}
