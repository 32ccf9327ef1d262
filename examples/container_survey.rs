//! Walks containers as `check` does and prints what was found: members, faults, time per byte and the
//! largest amount of memory that the process ever held.
//!
//! `cargo run --release --example container_survey -- FILE...`
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example measures and prints"
)]

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Instant;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::container::{Container, Inventory};
use anchorwatch::formats::source::Source;

struct Opened {
    file: File,
    size: u64,
}

impl Source for Opened {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

fn survey(path: &str) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let source = Opened { file, size };
    let Some(container) = Container::open(&source).map_err(|error| error.to_string())? else {
        return Ok("no container".to_owned());
    };
    let inventory = Inventory::take(&container, &[HashAlgorithm::Sha256], &|_| None)
        .map_err(|error| error.to_string())?;
    let mut told = format!("{} members", inventory.stock.len());
    for fault in inventory.faults.iter().take(5) {
        told += &format!("; {:?}: {fault}", fault.weight());
    }
    if inventory.faults.len() > 5 {
        told += &format!("; {} more", inventory.faults.len() - 5);
    }
    Ok(told)
}

fn main() {
    for path in std::env::args().skip(1) {
        let begun = Instant::now();
        let told = survey(&path).unwrap_or_else(|error| format!("error: {error}"));
        println!("{path}: {told} ({} ms)", begun.elapsed().as_millis());
    }
    // Linux says in KiB what the most was.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{line}");
    }
}
