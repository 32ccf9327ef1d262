//! Fetching, from servers on loopback that do what servers do, and what they should not.

mod answers;
mod forbidden;
mod hostile;
pub(crate) mod server;
mod tls;
