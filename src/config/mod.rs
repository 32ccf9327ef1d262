//! The settings file: every key has a default, and an unknown key is an error with its place.

use std::path::PathBuf;

use serde::Deserialize;

use crate::service::change::Policy;

/// Everything a settings file may say; `config.example.toml` shows every key with its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub trust: TrustConfig,
    pub check: CheckConfig,
    pub store: StoreConfig,
    pub policy: Policy,
}

/// `[trust]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrustConfig {
    /// A trust folder to judge by instead of the one built in.
    pub folder: Option<PathBuf>,
    /// Whether that folder may anchor by itself; otherwise its roots are only proposed.
    pub folder_is_authority: bool,
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
            "policy.distrust",
            "policy.person",
            "policy.promote_continuity_proof",
            "policy.root",
            "policy.rule",
            "store.disabled",
            "store.path",
            "trust.folder",
            "trust.folder_is_authority",
        ];
        assert_eq!(named, expected);
        Config::from_toml(&example_with_every_key()).unwrap();
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error = Config::from_toml("[trust]\nfoldr = \"x\"\n").unwrap_err();
        insta::assert_snapshot!(error, @"line 2, column 1: unknown field `foldr`, expected `folder` or `folder_is_authority`");
    }
}
