//! The only place that writes to the standard streams.

use std::io::{self, IsTerminal as _, Write as _};

use crate::render::{Palette, plain};

/// The arguments make sense to the parser and not to us.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// Writes a whole report to standard output.
pub(super) fn write(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// One line on standard error, for what concerns the run and no single package.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "anchorwatch: {}", plain(line));
}

/// An error with its causes, each on its line.
pub(super) fn complain(error: &anyhow::Error) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "anchorwatch: {}", plain(&error.to_string()));
    for cause in error.chain().skip(1) {
        let _ = writeln!(stderr, "  because: {}", plain(&cause.to_string()));
    }
}

/// Colours only on a terminal, and only when `NO_COLOR` is absent or empty (no-color.org).
pub(super) fn palette() -> Palette {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
    if wanted && io::stdout().is_terminal() {
        Palette::coloured()
    } else {
        Palette::default()
    }
}

/// A reader that went away (`| head`) is no failure of ours.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
