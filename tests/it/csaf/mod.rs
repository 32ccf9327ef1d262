//! CSAF: documents kept whole, conformance, providers and their keys.

mod command;
mod conformance;
mod keys;
mod oasis;
mod plan;
mod random;
mod stackable;
