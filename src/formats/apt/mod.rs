//! Debian's formats: repository indices (`Release`, `InRelease`), source packages (`.dsc`) and binary
//! packages (`.deb`) with a signature inside.
//!
//! What is signed is read strictly here; the signatures themselves are OpenPGP (see
//! [`super::openpgp`]).

mod ar;
mod date;
mod deb;
mod deb822;
mod file_list;
mod release;
mod source_control;

pub use ar::{ArFault, ArMember};
pub use deb::{Deb, DebFault};
pub use deb822::{Deb822Fault, Field, Paragraph};
pub use file_list::{FileListFault, ListedFile};
pub use release::{Release, ReleaseFault};
pub use source_control::{SourceControl, SourceControlFault};

/// Whether a line of the text begins with one of these.
fn has_line(text: &[u8], beginnings: &[&[u8]]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        beginnings
            .iter()
            .any(|beginning| line.starts_with(beginning))
    })
}
