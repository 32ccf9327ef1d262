//! Reading posts and joining them to keys.

mod labelled;
mod random;
