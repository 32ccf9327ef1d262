//! The watch: teams and what they want to hear, mail that is sent once, and the rounds of the service.

pub mod doctor;
pub mod health;
pub mod lock;
pub mod post;
pub mod rounds;
pub mod teams;
pub mod verify;
