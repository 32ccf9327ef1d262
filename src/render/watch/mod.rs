//! The watch told to people: teams, subscriptions, silences, the outbox, and the mails themselves.

mod defang;
mod letter;
mod lists;
mod told;

pub use letter::{AllQuiet, Letter, LetterFacts, alert_json, all_quiet, letter, notice, opt_in};
pub use lists::{
    outbox_text, rehearsal_text, shown_text, silences_text, subscriptions_text, teams_text,
};
pub use told::{Meaning, Told};
