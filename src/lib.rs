//! anchorwatch keeps watch over software vendors' trust anchors and judges signed packages offline.
//!
//! The modules are floors; each may use only the floors below it. `ARCHITECTURE.md` has the map.

pub mod cli;
pub mod config;
pub mod domain;
pub mod fetch;
pub mod formats;
pub mod judge;
pub mod mail;
pub mod render;
pub mod service;
pub mod store;
pub mod web;
