//! JSON that keeps order and refuses a key that stands twice, which `serde_json`'s own values
//! silently let the last one win.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::ManifestError;
use crate::formats::limits;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::formats) enum Json {
    Null,
    Bool(bool),
    Number(f64, Option<u64>),
    Text(String),
    List(Vec<Self>),
    /// In the order written.
    Object(Vec<(String, Self)>),
}

impl Json {
    pub(in crate::formats) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(in crate::formats) fn object(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// The first field whose key, written in lower case without `-` and `_`, is one of `names`; of
    /// several the one whose name stands first.
    pub(in crate::formats) fn field(&self, names: &[&str]) -> Option<&Self> {
        // One look at each key, and none at those that are too long: an object may have a million.
        let longest = names.iter().map(|name| name.len()).max()? * 2;
        self.object()?
            .iter()
            .filter(|(key, _)| key.len() <= longest)
            .filter_map(|(key, value)| {
                let key = plain(key);
                let rank = names.iter().position(|name| key == *name)?;
                Some((rank, value))
            })
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, value)| value)
    }
}

/// A key without the marks by which spellings differ.
pub(in crate::formats) fn plain(key: &str) -> String {
    key.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Reads one JSON text with nothing after it. Depth is bounded by `serde_json` (128).
pub(in crate::formats) fn parse(bytes: &[u8]) -> Result<Json, ManifestError> {
    let state = State {
        left: Cell::new(limits::JSON_VALUES),
        duplicate: Cell::new(None),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = Seed(&state)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    if let Some(key) = state.duplicate.take() {
        return Err(ManifestError::DuplicateKey { key });
    }
    if state.left.get() == 0 {
        return Err(ManifestError::TooMany {
            what: "JSON values",
            limit: limits::JSON_VALUES,
        });
    }
    outcome.map_err(|error| ManifestError::Json(error.to_string()))
}

struct State {
    left: Cell<usize>,
    duplicate: Cell<Option<String>>,
}

#[derive(Clone, Copy)]
struct Seed<'a>(&'a State);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let left = self.0.left.get().saturating_sub(1);
        self.0.left.set(left);
        if left == 0 {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "sizes are read from the exact integer beside it"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64, Some(value)))
    }

    #[expect(clippy::cast_precision_loss, reason = "no negative number is of use")]
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64, u64::try_from(value).ok()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value, None))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = vec![];
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut fields = vec![];
        let mut keys = BTreeSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                self.0.duplicate.set(Some(key));
                return Err(A::Error::custom("duplicate key"));
            }
            fields.push((key, access.next_value_seed(self)?));
        }
        Ok(Json::Object(fields))
    }
}
