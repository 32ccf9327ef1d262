//! OpenPGP: keys and signatures made here by the library, judged through our own door.

mod attacks;
mod checked;
pub(crate) mod continuity;
mod debian;
pub(crate) mod fixtures;
mod policy;
mod random;
mod real;
mod trusted;
