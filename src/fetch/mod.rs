//! HTTP GET, politely and safely.
//!
//! Polite: validators are sent back, `Cache-Control` and `Retry-After` are handed to whoever plans the
//! next visit, moves and ends are told, and the User-Agent says whom to write to. Safe: every address
//! is checked before anything is sent to it ([`Range`]), at every redirect again; a name is resolved
//! once for a connection and the connection goes to what was checked; sizes, ratios and times are
//! bounded. Redirects are followed here, never by the library.

mod address;
mod answer;
mod body;
mod error;
mod fetcher;
mod header;
mod names;
mod options;
mod target;

pub use address::{Range, range};
pub use answer::{Answer, Body, CacheControl, Hop, Outcome, RetryAfter, Validators};
pub use error::{FetchError, Phase};
pub use fetcher::{Fetcher, Request};
pub use names::{Found, Names, SystemNames};
pub use options::{Options, OptionsError};
