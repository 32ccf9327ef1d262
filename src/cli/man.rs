//! `anchorwatch man`: the manual page, made from the arguments themselves.

use clap::CommandFactory as _;

use super::arguments::Arguments;
use super::out;

pub(super) fn run(command: Option<&str>) -> anyhow::Result<u8> {
    let mut page = vec![];
    let mut program = Arguments::command();
    program.build();
    let chosen = match command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(found) => found.clone().display_name(format!("anchorwatch-{name}")),
            None => {
                return Err(out::Usage(format!("there is no command `{name}`")).into());
            }
        },
    };
    clap_mangen::Man::new(chosen).render(&mut page)?;
    out::write(&String::from_utf8(page)?)?;
    Ok(0)
}
