//! anchorwatch keeps watch over software vendors' trust anchors and judges signed packages offline.
//!
//! The modules are floors; each may use only the floors below it. `ARCHITECTURE.md` has the map.

pub mod domain;
pub mod formats;
pub mod judge;
pub mod render;
pub mod store;
pub mod config;
pub mod service;
