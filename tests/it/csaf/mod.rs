//! CSAF: documents kept whole, conformance, providers and their keys.

mod conformance;
mod oasis;
mod random;
