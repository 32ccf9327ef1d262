//! Lists of root programmes: read whole or refused, compared as keys, kept by day.

mod accepted;
mod chain;
mod changes;
mod formats;
mod making;
mod process;
mod properties;
mod replay;
