//! Reading posts, keeping them, and joining them to keys.

mod explaining;
mod flagged;
mod keeping;
mod labelled;
mod linking;
mod process;
mod random;
mod scale;
