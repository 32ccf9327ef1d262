//! Teams, their addresses, and what they want to be told of.

mod declare;

pub use declare::DeclaredTeam;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};

use crate::domain::Sha256;
use crate::judge::watch::{Recipient, Subscription, severity};
use crate::store::emit::{Letter, enqueue, settings};
use crate::store::values::{damaged, instant};
use crate::store::{Store, StoreError};

/// When a team's second contact is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    First,
    /// When nobody acknowledged.
    Second,
}

impl Role {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }
}

/// One address of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamAddress {
    pub address: String,
    pub role: Role,
    pub agreed_at: Option<Timestamp>,
}

/// A subscription with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSubscription {
    pub id: i64,
    pub team: String,
    pub from_settings: bool,
    pub subscription: Subscription,
}

/// A team as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub name: String,
    pub from_settings: bool,
    /// After how long without acknowledgement the second contact is asked.
    pub second_after: Option<SignedDuration>,
    pub addresses: Vec<TeamAddress>,
}

/// What an address is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// Whoever enters it vouches for it.
    Vouched,
    /// It gets this code by mail, and is written to once the code came back.
    Asked { code: String, digest: Sha256 },
}

impl Store {
    /// Adds an address to a team, which is made when it is new. An address that left may come back.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn add_address(
        &mut self,
        team: &str,
        address: &str,
        role: Role,
        agreement: &Agreement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        let id = enter_team(&transaction, team, "command", None, now)?;
        enter_address(&transaction, id, address, role, agreement, now)?;
        if let Agreement::Asked { code, .. } = agreement {
            let body = serde_json::json!({"code": code, "team": team}).to_string();
            let letter = Letter {
                team: Some(id),
                address,
                kind: "opt-in",
                thread: &format!("opt-in:{id}"),
                grouping: "opt-in",
                subject: "[anchorwatch] may this address be written to?",
                body: &body,
                due: now,
            };
            enqueue(&transaction, &letter, &settings(&transaction)?.domain, now)?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes the code that an address was asked with; what was held for it becomes due.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn agree(
        &mut self,
        team: &str,
        address: &str,
        code: Sha256,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.writing()?;
        let found: Option<i64> = transaction
            .query_row(
                "UPDATE team_address SET agreed_at = coalesce(agreed_at, :now)
                 WHERE address = :address AND code = :code AND ended_at IS NULL
                   AND team = (SELECT id FROM team WHERE name = :team AND removed_at IS NULL)
                 RETURNING team",
                named_params! {
                    ":team": team, ":address": address, ":code": code.0,
                    ":now": now.as_millisecond(),
                },
                |row| row.get(0),
            )
            .optional()?;
        if let Some(team) = found {
            transaction.execute(
                "UPDATE delivery SET state = 'queued', due_at = max(due_at, :now)
                 WHERE team = :team AND address = :address AND state = 'held'",
                named_params! {":team": team, ":address": address, ":now": now.as_millisecond()},
            )?;
        }
        transaction.commit()?;
        Ok(found.is_some())
    }

    /// Sets after how long without acknowledgement a team's second contact is asked.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn set_second_after(
        &mut self,
        team: &str,
        after: SignedDuration,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE team SET second_after = :after WHERE name = :team",
            named_params! {":team": team, ":after": after.as_secs().max(1)},
        )?;
        Ok(())
    }

    /// Takes an address off a team, or the whole team with its subscriptions. What waits for it is
    /// dropped, visibly. `false` when there is none.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn remove_from_team(
        &mut self,
        team: &str,
        address: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.writing()?;
        let found = leave(&transaction, team, address, now)?;
        transaction.commit()?;
        Ok(found)
    }

    /// Adds a subscription and gives its number; `None` when there is no such team.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn subscribe(
        &mut self,
        team: &str,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let transaction = self.writing()?;
        let found = team_id(&transaction, team)?
            .map(|id| enter_subscription(&transaction, id, "command", subscription, now))
            .transpose()?;
        transaction.commit()?;
        Ok(found)
    }

    /// Ends a subscription; `false` when there is none of this number.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn unsubscribe(&mut self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let ended = self.connection.execute(
            "UPDATE subscription SET ended_at = :now WHERE id = :id AND ended_at IS NULL",
            named_params! {":id": id, ":now": now.as_millisecond()},
        )?;
        Ok(ended > 0)
    }

    /// Every team, by name.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn teams(&self) -> Result<Vec<Team>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, name, origin, second_after FROM team
             WHERE removed_at IS NULL ORDER BY name",
        )?;
        let mut addresses = self.connection.prepare_cached(
            "SELECT address, role, agreed_at FROM team_address
             WHERE team = :team AND ended_at IS NULL ORDER BY role, address",
        )?;
        let mut rows = statement.query([])?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            let mut team = Team {
                name: row.get(1)?,
                from_settings: row.get::<_, String>(2)? == "settings",
                second_after: row.get::<_, Option<i64>>(3)?.map(SignedDuration::from_secs),
                addresses: vec![],
            };
            let mut rows = addresses.query(named_params! {":team": row.get::<_, i64>(0)?})?;
            while let Some(row) = rows.next()? {
                team.addresses.push(TeamAddress {
                    address: row.get(0)?,
                    role: match row.get::<_, String>(1)?.as_str() {
                        "second" => Role::Second,
                        _ => Role::First,
                    },
                    agreed_at: row.get::<_, Option<i64>>(2)?.map(instant).transpose()?,
                });
            }
            found.push(team);
        }
        Ok(found)
    }

    /// Every subscription, by team and number.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn subscriptions(&self) -> Result<Vec<KeptSubscription>, StoreError> {
        let sql = format!(
            "{SUBSCRIPTION} WHERE ended_at IS NULL AND removed_at IS NULL
             ORDER BY team.name, subscription.id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(KeptSubscription {
                id: row.get(0)?,
                team: row.get(2)?,
                from_settings: row.get::<_, String>(3)? == "settings",
                subscription: subscription(row)?,
            });
        }
        Ok(found)
    }

    /// How many addresses hear of every change of trust.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn hearers_of_trust(&mut self) -> Result<usize, StoreError> {
        let transaction = self.writing()?;
        let recipients = recipients(&transaction)?;
        Ok(recipients
            .iter()
            .filter(|one| {
                one.subscriptions
                    .iter()
                    .any(Subscription::hears_changes_of_trust)
            })
            .map(|one| one.addresses.len())
            .sum())
    }
}

const SUBSCRIPTION: &str =
    "SELECT subscription.id, team.id, team.name, subscription.origin, vendor,
        kinds, min_severity, keywords, products, digest, quiet
 FROM subscription JOIN team ON team.id = subscription.team";

/// Whom events may concern: teams with a subscription, by their first addresses.
pub(in crate::store) fn recipients(
    transaction: &Transaction<'_>,
) -> Result<Vec<Recipient>, StoreError> {
    let sql = format!(
        "{SUBSCRIPTION} WHERE ended_at IS NULL AND removed_at IS NULL
         ORDER BY team.id, subscription.id"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut found: Vec<Recipient> = vec![];
    while let Some(row) = rows.next()? {
        let team: i64 = row.get(1)?;
        let wish = subscription(row)?;
        match found.last_mut() {
            Some(last) if last.team == team => last.subscriptions.push(wish),
            _ => found.push(Recipient {
                team,
                addresses: addresses(transaction, team, Role::First)?,
                subscriptions: vec![wish],
            }),
        }
    }
    Ok(found)
}

/// A team's addresses of one role, sorted.
pub(in crate::store) fn addresses(
    connection: &Connection,
    team: i64,
    role: Role,
) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT address FROM team_address
         WHERE team = :team AND role = :role AND ended_at IS NULL ORDER BY address",
    )?;
    let rows = statement.query_map(named_params! {":team": team, ":role": role.word()}, |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn subscription(row: &Row<'_>) -> Result<Subscription, StoreError> {
    let list = |text: String| {
        serde_json::from_str::<Vec<String>>(&text).map_err(|e| damaged("a subscription", e))
    };
    let least: String = row.get(6)?;
    Ok(Subscription {
        vendor: row.get(4)?,
        kinds: list(row.get(5)?)?,
        min_severity: severity(&least).ok_or_else(|| damaged("a severity", least))?,
        keywords: list(row.get(7)?)?,
        products: list(row.get(8)?)?,
        digest: row
            .get::<_, Option<String>>(9)?
            .map(|text| text.parse().map_err(|e| damaged("a digest", e)))
            .transpose()?,
        quiet: row
            .get::<_, Option<String>>(10)?
            .map(|text| text.parse().map_err(|e| damaged("quiet hours", e)))
            .transpose()?,
    })
}

fn team_id(transaction: &Transaction<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    Ok(transaction
        .query_row(
            "SELECT id FROM team WHERE name = :name AND removed_at IS NULL",
            named_params! {":name": name},
            |row| row.get(0),
        )
        .optional()?)
}

fn enter_team(
    transaction: &Transaction<'_>,
    name: &str,
    origin: &str,
    second_after: Option<SignedDuration>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    Ok(transaction.query_row(
        "INSERT INTO team (name, origin, second_after, added_at)
         VALUES (:name, :origin, :second_after, :now)
         ON CONFLICT (name) DO UPDATE SET removed_at = NULL,
            origin = CASE excluded.origin WHEN 'settings' THEN 'settings' ELSE origin END,
            second_after = coalesce(excluded.second_after, second_after)
         RETURNING id",
        named_params! {
            ":name": name,
            ":origin": origin,
            ":second_after": second_after.map(|after| after.as_secs().max(1)),
            ":now": now.as_millisecond(),
        },
        |row| row.get(0),
    )?)
}

fn enter_address(
    transaction: &Transaction<'_>,
    team: i64,
    address: &str,
    role: Role,
    agreement: &Agreement,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (code, agreed_at) = match agreement {
        Agreement::Vouched => (None, Some(now.as_millisecond())),
        Agreement::Asked { digest, .. } => (Some(digest.0), None),
    };
    transaction.execute(
        "INSERT INTO team_address (team, address, role, code, asked_at, agreed_at)
         VALUES (:team, :address, :role, :code, :now, :agreed_at)
         ON CONFLICT (team, address) DO UPDATE SET
            role = excluded.role, ended_at = NULL,
            agreed_at = CASE WHEN ended_at IS NULL
                THEN coalesce(agreed_at, excluded.agreed_at) ELSE excluded.agreed_at END,
            code = coalesce(excluded.code, code)",
        named_params! {
            ":team": team,
            ":address": address,
            ":role": role.word(),
            ":code": code,
            ":now": now.as_millisecond(),
            ":agreed_at": agreed_at,
        },
    )?;
    Ok(())
}

fn enter_subscription(
    transaction: &Transaction<'_>,
    team: i64,
    origin: &str,
    wish: &Subscription,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let list = |words: &[String]| serde_json::Value::from(words).to_string();
    transaction
        .prepare_cached(
            "INSERT INTO subscription
             (team, origin, vendor, kinds, min_severity, keywords, products, digest, quiet, added_at)
             VALUES (:team, :origin, :vendor, :kinds, :min_severity, :keywords, :products, :digest,
                     :quiet, :now)",
        )?
        .execute(named_params! {
            ":team": team,
            ":origin": origin,
            ":vendor": wish.vendor,
            ":kinds": list(&wish.kinds),
            ":min_severity": wish.min_severity.word(),
            ":keywords": list(&wish.keywords),
            ":products": list(&wish.products),
            ":digest": wish.digest.as_ref().map(ToString::to_string),
            ":quiet": wish.quiet.as_ref().map(ToString::to_string),
            ":now": now.as_millisecond(),
        })?;
    Ok(transaction.last_insert_rowid())
}

/// Ends an address or a team, and drops what waits for it.
fn leave(
    transaction: &Transaction<'_>,
    team: &str,
    address: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(id) = team_id(transaction, team)? else {
        return Ok(false);
    };
    let now = now.as_millisecond();
    let ended = transaction.execute(
        "UPDATE team_address SET ended_at = :now, agreed_at = NULL
         WHERE team = :team AND ended_at IS NULL AND (:address IS NULL OR address = :address)",
        named_params! {":team": id, ":address": address, ":now": now},
    )?;
    transaction.execute(
        "UPDATE delivery SET state = 'dropped', ended_at = :now
         WHERE team = :team AND state IN ('held', 'queued')
           AND (:address IS NULL OR address = :address)",
        named_params! {":team": id, ":address": address, ":now": now},
    )?;
    if address.is_none() {
        transaction.execute(
            "UPDATE subscription SET ended_at = :now WHERE team = :team AND ended_at IS NULL",
            named_params! {":team": id, ":now": now},
        )?;
        transaction.execute(
            "UPDATE team SET removed_at = :now WHERE id = :team",
            named_params! {":team": id, ":now": now},
        )?;
    }
    Ok(address.is_none() || ended > 0)
}
