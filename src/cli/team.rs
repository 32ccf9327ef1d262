//! `anchorwatch team`: who is told.

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::arguments::StoreArguments;
use super::out;
use super::settings::{now, open_watch};
use crate::render::watch::teams_text;
use crate::service::watch::teams::{Left, TeamError, add, agree, remove};
use crate::store::{Role, Store, Team};

#[derive(Debug, Subcommand)]
pub(super) enum TeamCommand {
    /// Add an address to a team, which is made when it is new; the address is asked by mail first
    Add(AddArguments),
    /// Enter the code that an address was asked with
    Agree(AgreeArguments),
    /// Remove an address, or a team with its subscriptions
    Remove(RemoveArguments),
    /// List teams and addresses
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct AddArguments {
    team: String,
    #[arg(required_unless_present = "second_after")]
    address: Option<String>,
    /// Write to this address only when nobody acknowledged what is high
    #[arg(long, requires = "address")]
    second: bool,
    /// After how long without acknowledgement the second contact is asked, such as 4h
    #[arg(long, value_name = "SPAN", value_parser = span)]
    second_after: Option<SignedDuration>,
    /// Whoever enters the address vouches that it wants the mail: it is not asked
    #[arg(long, requires = "address")]
    vouched: bool,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct AgreeArguments {
    team: String,
    address: String,
    code: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct RemoveArguments {
    team: String,
    address: Option<String>,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(command: &TeamCommand) -> anyhow::Result<u8> {
    match command {
        TeamCommand::Add(arguments) => {
            let (mut store, _) = open_watch(&arguments.store)?;
            if let Some(address) = &arguments.address {
                let role = if arguments.second {
                    Role::Second
                } else {
                    Role::First
                };
                let (team, vouched) = (&arguments.team, arguments.vouched);
                add(&mut store, team, address, role, vouched, now()).map_err(told)?;
                out::write(&if vouched {
                    format!("{team}: {address} is written to from now on\n")
                } else {
                    format!(
                        "{team}: {address} is asked by mail; what comes meanwhile is held until \
                         `anchorwatch team agree {team} {address} CODE`\n"
                    )
                })?;
            }
            if let Some(after) = arguments.second_after {
                if store
                    .teams()?
                    .iter()
                    .all(|team| team.name != arguments.team)
                {
                    return Err(told(TeamError::NoTeam(arguments.team.clone())));
                }
                store.set_second_after(&arguments.team, after)?;
            }
        }
        TeamCommand::Agree(arguments) => {
            let (mut store, _) = open_watch(&arguments.store)?;
            let (team, address) = (&arguments.team, &arguments.address);
            agree(&mut store, team, address, &arguments.code, now()).map_err(told)?;
            out::write(&format!("{team}: {address} is written to from now on\n"))?;
        }
        TeamCommand::Remove(arguments) => {
            let (mut store, config) = open_watch(&arguments.store)?;
            let address = arguments.address.as_deref();
            let owners = &config.watch.owners;
            let left = remove(&mut store, &arguments.team, address, owners, now()).map_err(told)?;
            warn(left, owners);
        }
        TeamCommand::List { store } => out::write(&list(&open_watch(store)?.0)?)?,
    }
    Ok(0)
}

/// That nobody hears of changes of trust any more.
pub(super) fn warn(left: Left, owners: &[String]) {
    if left.nobody_hears {
        out::note(&format!(
            "nobody hears of every change of trust any more; {} owners are told by mail; \
             subscribe a team with --vendor '*'",
            owners.len()
        ));
    }
}

fn list(store: &Store) -> anyhow::Result<String> {
    let rows: Vec<[String; 6]> = store.teams()?.iter().flat_map(rows).collect();
    Ok(teams_text(&rows))
}

fn rows(team: &Team) -> Vec<[String; 6]> {
    let after = team
        .second_after
        .map_or_else(|| "never".to_owned(), |after| format!("{after:#}"));
    let origin = if team.from_settings {
        "settings"
    } else {
        "command"
    };
    team.addresses
        .iter()
        .map(|one| {
            [
                team.name.clone(),
                one.address.clone(),
                one.role.word().to_owned(),
                one.agreed_at
                    .map_or_else(|| "asked".to_owned(), |at| at.strftime("%F").to_string()),
                after.clone(),
                origin.to_owned(),
            ]
        })
        .collect()
}

/// What a person did wrong is a usage error; a broken store is not.
pub(super) fn told(error: TeamError) -> anyhow::Error {
    match error {
        TeamError::Store(error) => error.into(),
        error => out::Usage(error.to_string()).into(),
    }
}

/// Minutes, hours or days: 30m, 4h, 3d.
pub(super) fn span(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "expected minutes, hours or days such as 30m, 4h or 3d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u16 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .filter(|number| *number > 0)
        .ok_or_else(wrong)?;
    let number = i64::from(number);
    match unit {
        'm' => Ok(SignedDuration::from_mins(number)),
        'h' => Ok(SignedDuration::from_hours(number)),
        'd' => Ok(SignedDuration::from_hours(24 * number)),
        _ => Err(wrong()),
    }
}
