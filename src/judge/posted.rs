//! Posts as the judge sees them. They belong to a view like everything else: what counts is what was
//! known at its time.

use jiff::Timestamp;

use crate::formats::post::Reading;

/// A post, in the revision that was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its handle.
    pub id: String,
    pub url: String,
    pub title: String,
    /// The account's stable id on its host; empty when unknown.
    pub author_id: String,
    pub published: Option<Timestamp>,
    /// Whether we asked its host ourselves.
    pub fetched: bool,
    /// What was read from the revision known.
    pub reading: Reading,
    /// Full identities that an earlier revision printed and this one does not.
    pub withdrawn: Vec<String>,
}

/// That a post prints a value: enough to choose which posts to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The post's handle.
    pub post: String,
    pub url: String,
    /// Of the revision known.
    pub author_id: String,
    pub value: String,
    /// Whether the revision known still prints it.
    pub still: bool,
}
