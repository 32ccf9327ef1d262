//! Teams as the settings declare them.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, named_params};

use super::{
    Agreement, Role, SUBSCRIPTION, enter_address, enter_subscription, enter_team, leave,
    subscription,
};
use crate::judge::watch::Subscription;
use crate::store::{Store, StoreError};

/// A team as the settings declare it; who writes them vouches for the addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTeam {
    pub name: String,
    pub addresses: Vec<String>,
    pub second: Vec<String>,
    pub second_after: Option<SignedDuration>,
    pub subscriptions: Vec<Subscription>,
}

impl Store {
    /// Makes the teams of the settings what the settings say, and ends those that they name no more.
    ///
    /// # Errors
    /// When SQLite fails; then nothing is changed.
    pub fn declare_teams(
        &mut self,
        teams: &[DeclaredTeam],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        let mut before: Vec<String> = vec![];
        {
            let mut statement = transaction.prepare_cached(
                "SELECT name FROM team
                 WHERE origin = 'settings' AND removed_at IS NULL ORDER BY name",
            )?;
            for name in statement.query_map([], |row| row.get(0))? {
                before.push(name?);
            }
        }
        for gone in before
            .iter()
            .filter(|name| teams.iter().all(|team| team.name != **name))
        {
            leave(&transaction, gone, None, now)?;
        }
        for team in teams {
            declare(&transaction, team, now)?;
        }
        Ok(transaction.commit()?)
    }
}

fn declare(
    transaction: &Transaction<'_>,
    team: &DeclaredTeam,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = enter_team(transaction, &team.name, "settings", team.second_after, now)?;
    let mut addresses: Vec<(String, String)> = vec![];
    {
        let mut statement = transaction.prepare_cached(
            "SELECT address, role FROM team_address
             WHERE team = :team AND ended_at IS NULL ORDER BY address",
        )?;
        let rows = statement.query_map(named_params! {":team": id}, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        for row in rows {
            addresses.push(row?);
        }
    }
    let first = team.addresses.iter().map(|address| (address, Role::First));
    let second = team.second.iter().map(|address| (address, Role::Second));
    let wanted: Vec<(&String, Role)> = first.chain(second).collect();
    for (address, _) in &addresses {
        if wanted.iter().all(|(one, _)| *one != address) {
            leave(transaction, &team.name, Some(address), now)?;
        }
    }
    for (address, role) in wanted {
        enter_address(transaction, id, address, role, &Agreement::Vouched, now)?;
    }
    let mut kept: Vec<(i64, Subscription)> = vec![];
    {
        let sql = format!(
            "{SUBSCRIPTION} WHERE ended_at IS NULL AND team.id = :team
               AND subscription.origin = 'settings' ORDER BY subscription.id"
        );
        let mut statement = transaction.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":team": id})?;
        while let Some(row) = rows.next()? {
            kept.push((row.get(0)?, subscription(row)?));
        }
    }
    let mut wanted: Vec<&Subscription> = team.subscriptions.iter().collect();
    for (number, have) in &kept {
        match wanted.iter().position(|one| *one == have) {
            Some(place) => {
                wanted.remove(place);
            }
            None => {
                transaction.execute(
                    "UPDATE subscription SET ended_at = :now WHERE id = :id",
                    named_params! {":id": number, ":now": now.as_millisecond()},
                )?;
            }
        }
    }
    for one in wanted {
        enter_subscription(transaction, id, "settings", one, now)?;
    }
    Ok(())
}
