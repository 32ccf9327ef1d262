//! The settings file: every key has a default, and an unknown key is an error with its place.

mod watch;

use std::path::PathBuf;

use serde::Deserialize;

pub use watch::{DeclarationError, SubscriptionConfig, TeamConfig, WatchConfig};

use crate::fetch;
use crate::formats::csaf::Tlp;
use crate::service::change::Policy;
use crate::service::poll::{PollOptions, Quota, StatedSource};

/// Everything a settings file may say; `config.example.toml` shows every key with its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub trust: TrustConfig,
    pub check: CheckConfig,
    pub store: StoreConfig,
    pub policy: Policy,
    pub mail: crate::mail::Options,
    pub watch: WatchConfig,
    /// `[[team]]`
    pub team: Vec<TeamConfig>,
    pub fetch: FetchConfig,
    pub poll: PollConfig,
}

/// `[trust]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrustConfig {
    /// A trust folder to judge by instead of the one built in.
    pub folder: Option<PathBuf>,
    /// Whether that folder may anchor by itself; otherwise its roots are only proposed.
    pub folder_is_authority: bool,
    /// Root programmes, by the names under which their lists were imported, whose roots for code
    /// signing may end a path. Such a path is at most `unpinned`.
    pub accept_programmes: Vec<String>,
    /// Root programmes whose distrust condemns here, where the list is signed.
    pub apply_distrust_of: Vec<String>,
}

/// `[check]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckConfig {
    /// Verdicts that count as passed, as with `--allow`.
    pub allow: Vec<String>,
    /// The profile of path validation, as with `--profile`.
    pub profile: Option<ProfileName>,
    /// As with `--require-signed`.
    pub require_signed: bool,
}

/// The names of the two profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    Strict,
    Field,
}

/// `[store]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Where facts are kept.
    pub path: Option<PathBuf>,
    /// Keep nothing and ask nothing, as with `--no-store`.
    pub disabled: bool,
}

/// `[fetch]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchConfig {
    /// Where a site's owner reaches whoever runs this; stands in the User-Agent.
    pub contact: Option<String>,
    /// A proxy that every question goes through (HTTP CONNECT for https).
    pub proxy: Option<String>,
    /// Files of authorities to trust besides the system's, PEM or DER.
    pub extra_authorities: Vec<PathBuf>,
    /// Networks that may be asked although they are not public.
    pub allowed_networks: Vec<String>,
    /// Whether a redirect may lead from https to http.
    pub allow_downgrade: bool,
}

impl FetchConfig {
    /// The options of a fetcher. `authorities` are the certificates of [`Self::extra_authorities`],
    /// DER.
    ///
    /// # Errors
    /// The network that is none.
    pub fn options(&self, authorities: Vec<Vec<u8>>) -> Result<fetch::Options, String> {
        let networks = self.allowed_networks.iter().map(|text| {
            text.parse()
                .map_err(|_| format!("{text} is no network, such as 10.0.0.0/8"))
        });
        Ok(fetch::Options {
            contact: self.contact.clone(),
            proxy: self.proxy.clone(),
            allowed_networks: networks.collect::<Result<_, String>>()?,
            allow_downgrade: self.allow_downgrade,
            extra_roots: authorities,
            ..fetch::Options::default()
        })
    }
}

/// `[poll]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PollConfig {
    /// How many sources are asked at once.
    pub concurrency: usize,
    /// How many of them on one host.
    pub per_host: usize,
    /// How many posts of one source are kept; those that print an identity are not counted.
    pub keep_posts: u32,
    /// For how many days they are kept after they last changed.
    pub keep_days: u32,
    /// For how many days the ledger of questions is kept.
    pub ledger_days: u32,
    /// Advisories up to this label of the Traffic Light Protocol may be read here.
    pub tlp: String,
    /// Further sources.
    pub sources: Vec<StatedSource>,
}

impl Default for PollConfig {
    fn default() -> Self {
        Self {
            concurrency: 16,
            per_host: 2,
            keep_posts: 10_000,
            keep_days: 1095,
            ledger_days: 30,
            tlp: "CLEAR".to_owned(),
            sources: vec![],
        }
    }
}

impl PollConfig {
    /// The options of a poll.
    ///
    /// # Errors
    /// The label that is none.
    pub fn options(&self) -> Result<PollOptions, String> {
        let days = |days: u32| jiff::SignedDuration::from_hours(24 * i64::from(days));
        let tlp = Tlp::parse(&self.tlp)
            .ok_or_else(|| format!("{} is no label, such as CLEAR or AMBER", self.tlp))?;
        Ok(PollOptions {
            concurrency: self.concurrency,
            per_host: self.per_host,
            quota: Quota {
                posts: self.keep_posts,
                age: days(self.keep_days),
                ledger: days(self.ledger_days),
            },
            tlp,
            ..PollOptions::default()
        })
    }
}

/// A settings file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Line and column count from 1.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        line: usize,
        column: usize,
        message: String,
    },
}

impl Config {
    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// When it is no TOML, or names a key that does not exist.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or_default();
            ConfigError::Syntax {
                line: before.matches('\n').count() + 1,
                column: before
                    .rsplit('\n')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .count()
                    + 1,
                message: error.message().to_owned(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example with every commented setting switched on; a setting's line starts `# key = `.
    fn example_with_every_key() -> String {
        include_str!("../../config.example.toml")
            .lines()
            .map(|line| {
                let setting = line.strip_prefix("# ").filter(|rest| {
                    rest.split_once(" = ").is_some_and(|(key, _)| {
                        key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                    })
                });
                format!("{}\n", setting.unwrap_or(line))
            })
            .collect()
    }

    #[test]
    fn the_example_states_the_defaults() {
        let example = include_str!("../../config.example.toml");
        assert_eq!(Config::from_toml(example).unwrap(), Config::default());
    }

    #[test]
    fn the_example_names_every_key() {
        let table: toml::Table = example_with_every_key().parse().unwrap();
        let named: Vec<String> = table
            .iter()
            .flat_map(|(section, keys)| {
                keys.as_table()
                    .unwrap()
                    .keys()
                    .map(move |key| format!("{section}.{key}"))
            })
            .collect();
        let expected = [
            "check.allow",
            "check.profile",
            "check.require_signed",
            "fetch.allow_downgrade",
            "fetch.allowed_networks",
            "fetch.contact",
            "fetch.extra_authorities",
            "fetch.proxy",
            "mail.ca_file",
            "mail.folder",
            "mail.from",
            "mail.password_file",
            "mail.port",
            "mail.server",
            "mail.timeout",
            "mail.tls",
            "mail.transport",
            "mail.unsubscribe_url",
            "mail.user",
            "policy.distrust",
            "policy.person",
            "policy.promote_continuity_proof",
            "policy.root",
            "policy.rule",
            "poll.concurrency",
            "poll.keep_days",
            "poll.keep_posts",
            "poll.ledger_days",
            "poll.per_host",
            "poll.sources",
            "poll.tlp",
            "store.disabled",
            "store.path",
            "trust.accept_programmes",
            "trust.apply_distrust_of",
            "trust.folder",
            "trust.folder_is_authority",
            "watch.owners",
            "watch.window",
        ];
        assert_eq!(named, expected);
        Config::from_toml(&example_with_every_key()).unwrap();
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error = Config::from_toml("[trust]\nfoldr = \"x\"\n").unwrap_err();
        insta::assert_snapshot!(error, @"line 2, column 1: unknown field `foldr`, expected one of `folder`, `folder_is_authority`, `accept_programmes`, `apply_distrust_of`");
    }
}
