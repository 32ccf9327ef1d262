//! Hashes files once with SHA-256, by the hasher of the product: the floor that judging is held against.
//!
//! `hash_files FILE...` prints a digest and a path a line, as `sha256sum` does.

use std::fs::File;
use std::io::{Read as _, Write as _};

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::Hasher;
use anchorwatch::formats::source::CHUNK;

fn main() -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    let mut buffer = vec![0; CHUNK];
    for path in std::env::args().skip(1) {
        let mut file = File::open(&path)?;
        let mut hasher = Hasher::new(HashAlgorithm::Sha256);
        loop {
            let count = file.read(&mut buffer)?;
            let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
                break;
            };
            hasher.update(chunk);
        }
        for byte in hasher.finish() {
            write!(output, "{byte:02x}")?;
        }
        writeln!(output, "  {path}")?;
    }
    Ok(())
}
