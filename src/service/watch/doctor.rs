//! `doctor`: one look at everything that a service needs, each with what to do.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::mail::{Options, SmtpSender, Transport};
use crate::service::instance::key_path;
use crate::store::{Store, StoreError};

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Fine,
    /// It works, and somebody should know.
    Warning,
    Broken,
}

impl Grade {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub what: &'static str,
    pub grade: Grade,
    /// What was found, and what to do about it.
    pub says: String,
}

fn look(what: &'static str, grade: Grade, says: impl Into<String>) -> Look {
    Look {
        what,
        grade,
        says: says.into(),
    }
}

/// Space below which the store may soon not be written, in bytes.
const SPACE: u64 = 256 << 20;

/// Looks at the store, its key, the clock, teams, outbox, tasks and the last backup.
///
/// # Errors
/// When the store cannot be asked at all.
pub fn look_at_store(
    store: &mut Store,
    path: &Path,
    now: Timestamp,
) -> Result<Vec<Look>, StoreError> {
    let mut looks = vec![match store.integrity()? {
        None => look("store", Grade::Fine, format!("{} is whole", path.display())),
        Some(said) => look(
            "store",
            Grade::Broken,
            format!("{said}; restore the last backup"),
        ),
    }];
    looks.push(permissions(&key_path(path)));
    if let Some(free) = free_space(path) {
        let grade = if free < SPACE {
            Grade::Warning
        } else {
            Grade::Fine
        };
        looks.push(look("disk", grade, format!("{} MiB free", free >> 20)));
    }
    looks.push(clock(store, now)?);
    looks.push(listeners(store)?);
    let health = store.outbox_health(now)?;
    let overdue = health
        .overdue_since
        .filter(|since| since.duration_until(now) > SignedDuration::from_hours(1));
    looks.push(match (overdue, health.failed) {
        (Some(since), _) => look(
            "outbox",
            Grade::Warning,
            format!("a mail is due since {since}; does `anchorwatch serve` run?"),
        ),
        (None, 0) => look(
            "outbox",
            Grade::Fine,
            format!("{} mails wait", health.queued),
        ),
        (None, failed) => look(
            "outbox",
            Grade::Warning,
            format!("{failed} mails were given up; see `anchorwatch outbox list --state failed`"),
        ),
    });
    for task in store.tasks()? {
        if task.outcome.starts_with("failed") {
            looks.push(look(
                "task",
                Grade::Warning,
                format!("{}: {}", task.name, task.outcome),
            ));
        }
    }
    let backup = store.task("backup")?.and_then(|task| task.last_at);
    looks.push(match backup {
        Some(at) if at.duration_until(now) < SignedDuration::from_hours(8 * 24) => {
            look("backup", Grade::Fine, format!("last at {at}"))
        }
        Some(at) => look("backup", Grade::Warning, format!("the last one is of {at}")),
        None => look(
            "backup",
            Grade::Warning,
            "none yet; `anchorwatch backup FILE` makes one",
        ),
    });
    Ok(looks)
}

/// Talks to the mail server, as far as its greeting, TLS and the password; sends nothing.
pub async fn look_at_mail(options: &Options) -> Look {
    if options.transport == Transport::Folder {
        return look(
            "mail",
            Grade::Warning,
            "mails are written into a folder and sent to nobody; set mail.transport",
        );
    }
    let mut sender = match SmtpSender::new(options) {
        Ok(sender) => sender,
        Err(error) => return look("mail", Grade::Broken, error.to_string()),
    };
    match sender.greet().await {
        Ok(()) => look("mail", Grade::Fine, "the server greets and lets us in"),
        Err(error) => look("mail", Grade::Broken, error.to_string()),
    }
}

fn listeners(store: &mut Store) -> Result<Look, StoreError> {
    let teams = store.teams()?.len();
    if teams == 0 {
        return Ok(look(
            "teams",
            Grade::Warning,
            "nobody is told of anything; `anchorwatch team add NAME ADDRESS`",
        ));
    }
    Ok(match store.hearers_of_trust()? {
        0 => look(
            "teams",
            Grade::Warning,
            "nobody hears of every change of trust; subscribe a team with --vendor '*'",
        ),
        count => look(
            "teams",
            Grade::Fine,
            format!("{teams} teams; {count} hear of changes of trust"),
        ),
    })
}

/// A clock that went back would hide what is due.
fn clock(store: &Store, now: Timestamp) -> Result<Look, StoreError> {
    let last = store.audit_log(Some(1))?.first().map(|entry| entry.at);
    Ok(match last {
        Some(last) if last > now => look(
            "clock",
            Grade::Broken,
            format!("it says {now}, and the last change of trust is of {last}"),
        ),
        _ => look("clock", Grade::Fine, now.to_string()),
    })
}

#[cfg(unix)]
fn permissions(key: &Path) -> Look {
    use std::os::unix::fs::PermissionsExt as _;
    match std::fs::metadata(key) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => look(
            "key",
            Grade::Broken,
            format!(
                "others may read {}; chmod 600 it, then `anchorwatch instance rotate`",
                key.display()
            ),
        ),
        Ok(_) => look(
            "key",
            Grade::Fine,
            format!("{} is its owner's alone", key.display()),
        ),
        Err(error) => look("key", Grade::Warning, format!("{}: {error}", key.display())),
    }
}

#[cfg(not(unix))]
fn permissions(key: &Path) -> Look {
    look(
        "key",
        Grade::Warning,
        format!("who may read {} is not known here", key.display()),
    )
}

/// What `df` says of the store's folder; absent where there is no such program.
fn free_space(path: &Path) -> Option<u64> {
    let folder = path.parent()?;
    let output = std::process::Command::new("df")
        .args(["-Pk", "--"])
        .arg(folder)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(kib << 10)
}
