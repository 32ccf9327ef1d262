//! One advisory, whole.

use serde_json::{Map, Value};

use super::error::CsafError;
use super::json;
use super::select::{self, Found};
use crate::formats::limits;

/// A CSAF document as it was written. Only its outermost form is certain: an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    root: Value,
}

impl Document {
    /// Reads a file, whatever rules of the standard it breaks.
    ///
    /// # Errors
    /// When it is no JSON object, holds a key twice, or is over [`limits::CSAF_DOCUMENT`],
    /// [`limits::JSON_VALUES`] or [`limits::JSON_DEPTH`].
    pub fn read(bytes: &[u8]) -> Result<Self, CsafError> {
        json::parse_object(bytes, limits::CSAF_DOCUMENT, "a document").map(Self::from)
    }

    /// Every value at a path of the standard; see [`select::select`].
    #[must_use]
    pub fn select(&self, path: &str) -> Vec<Found<'_>> {
        select::select(&self.root, "", path)
    }

    /// The text at a path without lists.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.root.pointer(path)?.as_str()
    }

    /// The value at a JSON pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// The whole: the same JSON value as the file's.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.root
    }
}

impl From<Map<String, Value>> for Document {
    fn from(root: Map<String, Value>) -> Self {
        Self {
            root: Value::Object(root),
        }
    }
}
