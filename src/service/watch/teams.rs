//! The use cases of `team`, `subscribe`, `unsubscribe` and `subscription test`.

use jiff::{SignedDuration, Timestamp};

use crate::formats::digest::sha256;
use crate::judge::watch::{
    Happened, Notice, Rehearsed, Subscription, SubscriptionError, is_told, rehearse,
};
use crate::mail::is_address;
use crate::store::{Agreement, Role, Store, StoreError};

/// The longest name of a team, in characters.
const NAME: usize = 64;
/// How far `subscription test` looks back.
pub const REHEARSED_DAYS: u32 = 90;

/// Why a team or a subscription cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    #[error("a team's name has 1 to 64 letters, digits, `-`, `_` or `.`")]
    Name,
    #[error("{0} is no address that mail can go to")]
    Address(String),
    #[error("there is no team {0}")]
    NoTeam(String),
    #[error("there is no subscription {0}")]
    NoSubscription(i64),
    #[error("the team {0} has no address {1}")]
    NoAddress(String, String),
    #[error("this is not the code that {0} was asked with")]
    Code(String),
    #[error("the operating system gives no random numbers")]
    Random,
    #[error(transparent)]
    Subscription(#[from] SubscriptionError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a change leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Nobody hears of every change of trust any more, and before somebody did.
    pub nobody_hears: bool,
}

/// Holds a team's name against what may stand in files and mail.
///
/// # Errors
/// [`TeamError::Name`].
pub fn check_name(name: &str) -> Result<(), TeamError> {
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > NAME || !name.chars().all(usual) {
        return Err(TeamError::Name);
    }
    Ok(())
}

/// Adds an address. Unless somebody vouches for it, it is asked by mail first, with a code.
///
/// # Errors
/// [`TeamError`].
pub fn add(
    store: &mut Store,
    team: &str,
    address: &str,
    role: Role,
    is_vouched: bool,
    now: Timestamp,
) -> Result<(), TeamError> {
    check_name(team)?;
    if !is_address(address) {
        return Err(TeamError::Address(address.to_owned()));
    }
    let agreement = if is_vouched {
        Agreement::Vouched
    } else {
        let code = code()?;
        Agreement::Asked {
            digest: sha256(code.as_bytes()),
            code,
        }
    };
    Ok(store.add_address(team, address, role, &agreement, now)?)
}

/// Takes the code that an address was asked with.
///
/// # Errors
/// [`TeamError`].
pub fn agree(
    store: &mut Store,
    team: &str,
    address: &str,
    code: &str,
    now: Timestamp,
) -> Result<(), TeamError> {
    let digest = sha256(code.trim().as_bytes());
    if store.agree(team, address, digest, now)? {
        Ok(())
    } else {
        Err(TeamError::Code(address.to_owned()))
    }
}

/// Takes an address or a whole team away; owners are told when nobody hears of changes of trust
/// any more.
///
/// # Errors
/// [`TeamError`].
pub fn remove(
    store: &mut Store,
    team: &str,
    address: Option<&str>,
    owners: &[String],
    now: Timestamp,
) -> Result<Left, TeamError> {
    let before = store.hearers_of_trust()?;
    if !store.remove_from_team(team, address, now)? {
        return Err(match address {
            Some(address) => TeamError::NoAddress(team.to_owned(), address.to_owned()),
            None => TeamError::NoTeam(team.to_owned()),
        });
    }
    left(store, before, owners, now)
}

/// Keeps a wish and gives its number.
///
/// # Errors
/// [`TeamError`].
pub fn subscribe(
    store: &mut Store,
    team: &str,
    wish: &Subscription,
    now: Timestamp,
) -> Result<i64, TeamError> {
    wish.check()?;
    store
        .subscribe(team, wish, now)?
        .ok_or_else(|| TeamError::NoTeam(team.to_owned()))
}

/// Ends a wish.
///
/// # Errors
/// [`TeamError`].
pub fn unsubscribe(
    store: &mut Store,
    id: i64,
    owners: &[String],
    now: Timestamp,
) -> Result<Left, TeamError> {
    let before = store.hearers_of_trust()?;
    if !store.unsubscribe(id, now)? {
        return Err(TeamError::NoSubscription(id));
    }
    left(store, before, owners, now)
}

fn left(
    store: &mut Store,
    before: usize,
    owners: &[String],
    now: Timestamp,
) -> Result<Left, TeamError> {
    let nobody_hears = before > 0 && store.hearers_of_trust()? == 0;
    if nobody_hears {
        for owner in owners {
            store.tell_owner(
                owner,
                "[anchorwatch] nobody hears of changes of trust any more",
                "nobody-hears",
                now,
            )?;
        }
    }
    Ok(Left { nobody_hears })
}

/// What a subscription would have sent in the last 90 days, and the events that happened.
///
/// # Errors
/// [`TeamError`].
pub fn rehearsal(
    store: &Store,
    id: i64,
    window: SignedDuration,
    now: Timestamp,
) -> Result<(Vec<Rehearsed>, Vec<Notice>), TeamError> {
    let kept = store.subscriptions()?.into_iter().find(|one| one.id == id);
    let wish = kept.ok_or(TeamError::NoSubscription(id))?.subscription;
    let back = SignedDuration::from_hours(24 * i64::from(REHEARSED_DAYS));
    let from = now.checked_sub(back).unwrap_or(Timestamp::UNIX_EPOCH);
    let notices: Vec<Notice> = store
        .events_since(from)?
        .iter()
        .filter(|(_, event)| is_told(&event.kind))
        .map(|(id, event)| {
            Notice::of(&Happened {
                id: *id,
                at: event.at,
                kind: &event.kind,
                vendor: event.vendor.as_deref(),
                anchor: event.anchor.as_deref(),
                detail: &event.detail,
            })
        })
        .collect();
    Ok((rehearse(&notices, &wish, window), notices))
}

/// Twelve letters and digits without those that are mistaken for each other.
fn code() -> Result<String, TeamError> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0u8; 12];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| TeamError::Random)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied())
        .map(char::from)
        .collect())
}
