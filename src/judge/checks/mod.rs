//! Checks on what a manifest declares and what scripts do: one file a check, each a pure function
//! from facts to findings. None decides a verdict.

pub mod loose_dependency;
pub mod reboot_only_recommended;
pub mod script_needs_sudo;
pub mod stale_timestamps;
