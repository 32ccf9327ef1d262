//! One post a line: `{url, title, author, author_id, published, text}`; only `url` and `text` must be
//! there, and other keys are passed over.

use serde::Deserialize;

use super::{ArchivedPost, instant};
use crate::formats::limits;

#[derive(Deserialize)]
struct Line {
    url: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    author: Option<String>,
    /// Hosts give numbers or text.
    #[serde(default)]
    author_id: Option<serde_json::Value>,
    #[serde(default)]
    published: Option<String>,
    text: String,
}

/// Why a line is no post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    #[error("not a post as JSON: {0}")]
    Json(String),
    #[error("the address is empty or longer than {limit} bytes")]
    Address { limit: usize },
    #[error("`published` is no time: {0}")]
    Published(String),
}

/// Reads one line.
///
/// # Errors
/// [`LineFault`].
pub fn line(text: &str) -> Result<ArchivedPost, LineFault> {
    let line: Line =
        serde_json::from_str(text).map_err(|error| LineFault::Json(error.to_string()))?;
    if line.url.trim().is_empty() || line.url.len() > limits::POST_ADDRESS {
        return Err(LineFault::Address {
            limit: limits::POST_ADDRESS,
        });
    }
    let published = match line.published.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            instant(text).ok_or_else(|| LineFault::Published(text.chars().take(60).collect()))?,
        ),
    };
    Ok(ArchivedPost {
        url: line.url.trim().to_owned(),
        title: line.title.unwrap_or_default(),
        author: line.author.unwrap_or_default(),
        author_id: match line.author_id {
            Some(serde_json::Value::String(id)) => id,
            Some(serde_json::Value::Number(id)) => id.to_string(),
            _ => String::new(),
        },
        published,
        text: line.text,
    })
}
