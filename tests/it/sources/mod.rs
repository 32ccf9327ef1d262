//! Sources: kept, asked politely, told; against servers on loopback.

mod command;
mod csaf;
mod hop;
mod keeping;
mod polling;
mod tls;
mod world;
