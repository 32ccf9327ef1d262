//! `anchorwatch completions`: a completion script for a shell.

use clap::CommandFactory as _;

use super::arguments::Arguments;
use super::out;

pub(super) fn run(shell: clap_complete::Shell) -> anyhow::Result<u8> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Arguments::command(), "anchorwatch", &mut script);
    out::write(&String::from_utf8(script)?)?;
    Ok(0)
}
