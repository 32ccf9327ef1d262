//! `[watch]` and `[[team]]`: who is told of what, declared.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::judge::watch::{Subscription, SubscriptionError, TimingError, severity};
use crate::mail::is_address;
use crate::service::watch::rounds::{ProgrammeSource, WatchedFolder};
use crate::service::watch::teams::check_name;
use crate::store::DeclaredTeam;

use super::Config;

/// `[watch]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchConfig {
    /// Addresses that hear when nobody hears of changes of trust any more.
    pub owners: Vec<String>,
    /// How long a mail waits for more of its thread, in seconds.
    pub window: u32,
    /// Folders whose files are judged.
    pub folder: Vec<WatchedFolder>,
    /// Lists of root programmes that are fetched.
    pub programme: Vec<ProgrammeSource>,
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self {
            owners: vec![],
            window: 60,
            folder: vec![],
            programme: vec![],
        }
    }
}

impl WatchConfig {
    #[must_use]
    pub fn window(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.window))
    }
}

/// A team of the settings. Who writes them vouches for the addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TeamConfig {
    pub name: String,
    pub addresses: Vec<String>,
    /// Written to when nobody acknowledged what is high.
    pub second: Vec<String>,
    /// After how many minutes.
    pub second_after: Option<u32>,
    pub subscription: Vec<SubscriptionConfig>,
}

/// As the arguments of `subscribe`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriptionConfig {
    pub vendor: String,
    pub kinds: Vec<String>,
    pub min_severity: Option<String>,
    pub keywords: Vec<String>,
    pub products: Vec<String>,
    pub digest: Option<String>,
    pub quiet: Option<String>,
}

/// A team of the settings that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum DeclarationError {
    #[error("[[team]] {0}: a team's name has 1 to 64 letters, digits, `-`, `_` or `.`")]
    Name(String),
    #[error("[[team]] {0} stands twice")]
    Twice(String),
    #[error("{place}: {address} is no address that mail can go to")]
    Address { place: String, address: String },
    #[error("[[team]] {team}: min_severity is note, warning or high, not {word}")]
    Severity { team: String, word: String },
    #[error("[[team]] {team}: {error}")]
    Timing { team: String, error: TimingError },
    #[error("[[team]] {team}: {error}")]
    Subscription {
        team: String,
        error: SubscriptionError,
    },
    #[error(transparent)]
    Mail(#[from] crate::mail::OptionsError),
}

impl Config {
    /// The teams of the settings, each part held against what it may be.
    ///
    /// # Errors
    /// [`DeclarationError`].
    pub fn declared_teams(&self) -> Result<Vec<DeclaredTeam>, DeclarationError> {
        self.mail.check()?;
        let addresses = |place: &str, addresses: &[String]| match addresses
            .iter()
            .find(|address| !is_address(address))
        {
            Some(wrong) => Err(DeclarationError::Address {
                place: place.to_owned(),
                address: wrong.clone(),
            }),
            None => Ok(()),
        };
        addresses("watch.owners", &self.watch.owners)?;
        let mut teams: Vec<DeclaredTeam> = vec![];
        for team in &self.team {
            check_name(&team.name).map_err(|_| DeclarationError::Name(team.name.clone()))?;
            if teams.iter().any(|earlier| earlier.name == team.name) {
                return Err(DeclarationError::Twice(team.name.clone()));
            }
            let place = format!("[[team]] {}", team.name);
            addresses(&place, &team.addresses)?;
            addresses(&place, &team.second)?;
            let minutes = team
                .second_after
                .map(|minutes| SignedDuration::from_mins(minutes.into()));
            teams.push(DeclaredTeam {
                name: team.name.clone(),
                addresses: team.addresses.clone(),
                second: team.second.clone(),
                second_after: minutes,
                subscriptions: team
                    .subscription
                    .iter()
                    .map(|one| one.read(&team.name))
                    .collect::<Result<_, _>>()?,
            });
        }
        Ok(teams)
    }
}

impl SubscriptionConfig {
    fn read(&self, team: &str) -> Result<Subscription, DeclarationError> {
        let timing = |error| DeclarationError::Timing {
            team: team.to_owned(),
            error,
        };
        let word = self.min_severity.as_deref().unwrap_or("note");
        let wish = Subscription {
            vendor: self.vendor.clone(),
            kinds: self.kinds.clone(),
            min_severity: severity(word).ok_or_else(|| DeclarationError::Severity {
                team: team.to_owned(),
                word: word.to_owned(),
            })?,
            keywords: self.keywords.clone(),
            products: self.products.clone(),
            digest: self
                .digest
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(timing)?,
            quiet: self
                .quiet
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(timing)?,
        };
        wish.check()
            .map_err(|error| DeclarationError::Subscription {
                team: team.to_owned(),
                error,
            })?;
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_is_read_and_what_cannot_be_is_said() {
        let read = |text: &str| {
            let config = Config::from_toml(text).map_err(|error| error.to_string())?;
            config.declared_teams().map_err(|error| error.to_string())
        };
        let good = "[[team]]\nname = \"ops\"\naddresses = [\"ops@example.org\"]\nsecond_after = 240\n\
                    [[team.subscription]]\nvendor = \"qt\"\nkinds = [\"rotation-*\"]\ndigest = \"daily@UTC\"\n";
        let teams = read(good).unwrap();
        assert_eq!(teams[0].second_after, Some(SignedDuration::from_hours(4)));
        assert_eq!(teams[0].subscriptions[0].kinds, ["rotation-*"]);
        let told: Vec<String> = [
            good.replace("qt", ""),
            good.replace("daily@UTC", "daily@Mars"),
            good.replace("rotation-*", "rotatoin"),
            good.replace("ops@example.org", "ops"),
            good.replace("\"ops\"", "\"o p s\""),
            good.replace("vendor", "vendro"),
            format!("{good}{good}"),
        ]
        .iter()
        .map(|text| read(text).unwrap_err())
        .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        [[team]] ops: an empty vendor; `*` stands for all
        [[team]] ops: no time zone has this name; names are those of IANA, such as Europe/Berlin or UTC
        [[team]] ops: no kind of event is called rotatoin
        [[team]] ops: ops is no address that mail can go to
        [[team]] o p s: a team's name has 1 to 64 letters, digits, `-`, `_` or `.`
        line 6, column 1: unknown field `vendro`, expected one of `vendor`, `kinds`, `min_severity`, `keywords`, `products`, `digest`, `quiet`
        [[team]] ops stands twice
        ");
    }
}
