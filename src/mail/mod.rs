//! Mail: a message put together, and given to a folder or to a server. One mail, one recipient, one
//! conversation at a time.

mod compose;
mod extract;
mod folder;
mod options;
mod outcome;
mod smtp;

pub use compose::{ComposeError, Content, Signed, compose};
pub use extract::{attachment, message_id};
pub use folder::deliver as deliver_to_folder;
pub use options::{Encryption, Options, OptionsError, Transport, is_address};
pub use outcome::SendError;
pub use smtp::SmtpSender;
