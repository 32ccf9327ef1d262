//! Compiles `trust/` into one indexed blob, so that start-up parses nothing it does not need.
//!
//! The compiler is the library's own (`formats::trust_folder::compile`), included here with the few
//! modules it stands on, so that the shipped folder and `--trust DIR` cannot come to differ.

use std::error::Error;
use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
#[path = "src/domain"]
mod domain {
    mod hex;
    mod oid;
    mod openpgp;
    pub use hex::hex;
    pub use oid::Oid;
    pub use openpgp::Fingerprint;
}

#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the library uses the rest"
)]
#[path = "src/formats"]
mod formats {
    pub mod der;
    pub mod limits;
    pub mod pem;
    pub mod public_key;

    pub mod x509 {
        mod name;
        mod skeleton;
        pub use name::canonical_form;
        pub use skeleton::Skeleton;
    }

    pub mod trust_folder {
        pub mod blob;
        pub mod compile;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    say("cargo::rerun-if-changed=build.rs");
    say("cargo::rerun-if-changed=trust");
    for part in [
        "domain/hex.rs",
        "domain/oid.rs",
        "domain/openpgp.rs",
        "formats",
    ] {
        say(&format!("cargo::rerun-if-changed=src/{part}"));
    }
    let mut files = vec![];
    collect(Path::new("trust"), "", &mut files)?;
    let blob = formats::trust_folder::compile::compile(&files)?;
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let digest = Sha256::digest(&blob);
    fs::write(Path::new(&out).join("trust.blob.sha256"), digest)?;
    fs::write(Path::new(&out).join("trust.blob"), blob)?;
    Ok(())
}

/// Every file below a folder, by its path relative to the first folder.
fn collect(folder: &Path, below: &str, into: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| io::Error::other(format!("not UTF-8: {}", name.display())))?;
        let path = format!("{below}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), into)?;
        } else {
            into.push((path, fs::read(entry.path())?));
        }
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
fn say(line: &str) {
    println!("{line}");
}
