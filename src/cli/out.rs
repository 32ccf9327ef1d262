//! The only place that writes to the standard streams.

use std::io::{self, IsTerminal as _, Write as _};

use crate::render::{Palette, plain};

/// The arguments make sense to the parser and not to us.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// Writes a whole report to standard output. A reader that went away (`| head`) is no failure, and
/// must not change the exit code: a verdict that nobody read to its end still stands.
pub(super) fn write(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// One line on standard error, for what concerns the run and no single package.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "anchorwatch: {}", plain(line));
}

/// An error with its causes, each on its line, as are the faults of a trust folder.
pub(super) fn complain(error: &anyhow::Error) {
    let mut stderr = io::stderr().lock();
    for line in error.to_string().lines() {
        let _ = writeln!(stderr, "anchorwatch: {}", plain(line));
    }
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Many errors repeat their cause in their own words.
        if !told.contains(&cause) {
            let _ = writeln!(stderr, "  because: {}", plain(&cause));
        }
        told = cause;
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
