//! JSON read whole into a value, within limits, and refused where two readers would see different
//! content: a key that stands twice in one object.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::CsafError;
use crate::formats::limits;

/// One JSON text of at most `limit` bytes with nothing behind it. A byte order mark is passed over
/// (RFC 8259 8.1).
pub(super) fn parse(bytes: &[u8], limit: usize) -> Result<Value, CsafError> {
    if bytes.len() > limit {
        return Err(CsafError::TooLarge { limit });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let state = State {
        left: Cell::new(limits::JSON_VALUES),
        refused: RefCell::new(None),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = Seed {
        state: &state,
        depth: 0,
    }
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value));
    match state.refused.into_inner() {
        Some(refused) => Err(refused),
        None => outcome.map_err(|error| CsafError::Json(error.to_string())),
    }
}

/// As [`parse`], for files whose top is an object.
pub(super) fn parse_object(
    bytes: &[u8],
    limit: usize,
    what: &'static str,
) -> Result<Map<String, Value>, CsafError> {
    match parse(bytes, limit)? {
        Value::Object(object) => Ok(object),
        _ => Err(CsafError::NotObject { what }),
    }
}

struct State {
    left: Cell<usize>,
    refused: RefCell<Option<CsafError>>,
}

impl State {
    /// Notes the reason, which the library's own error cannot carry.
    fn refuse<E: serde::de::Error>(&self, why: CsafError) -> E {
        let words = why.to_string();
        self.refused.replace(Some(why));
        E::custom(words)
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    state: &'a State,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > limits::JSON_DEPTH {
            return Err(self.state.refuse(CsafError::TooDeep {
                limit: limits::JSON_DEPTH,
            }));
        }
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.state.left.get().checked_sub(1) {
            Some(left) => self.state.left.set(left),
            None => {
                return Err(self.state.refuse(CsafError::TooMany {
                    what: "JSON values",
                    limit: limits::JSON_VALUES,
                }));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut list = vec![];
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if object.contains_key(&key) {
                let key = key.chars().take(limits::DESCRIPTION).collect();
                return Err(A::Error::custom(
                    self.state
                        .refuse::<A::Error>(CsafError::DuplicateKey { key }),
                ));
            }
            let value = fields.next_value_seed(inside)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_library_reads_and_refuses_doubles_and_excess() {
        for text in [
            "null",
            "[1, -2, 3.5, 10.0, 1e2, 18446744073709551615, true, \"a\\u00e9\\n\"]",
            "{\"a\": {\"b\": []}, \"\": {}}",
            "\u{feff}{\"a\": 1}",
        ] {
            let plain: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            assert_eq!(parse(text.as_bytes(), 1000), Ok(plain), "{text}");
        }
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(deep(limits::JSON_DEPTH).as_bytes(), 1 << 20).is_ok());
        let refused = [
            ("[]".to_owned(), 1, "larger than 1 bytes"),
            (
                "{\"a\": 1, \"a\": 1}".to_owned(),
                1000,
                "the key a stands twice in one object",
            ),
            (
                "[{\"a\": {\"b\": 0, \"b\": 0}}]".to_owned(),
                1000,
                "the key b stands twice in one object",
            ),
            (
                deep(limits::JSON_DEPTH + 1),
                1000,
                "values nest deeper than 100",
            ),
            (deep(1_000_000), 10 << 20, "values nest deeper than 100"),
            (
                "{} {}".to_owned(),
                1000,
                "not JSON: trailing characters at line 1 column 4",
            ),
            (
                "1e999".to_owned(),
                1000,
                "not JSON: number out of range at line 1 column 5",
            ),
        ];
        for (text, limit, words) in refused {
            let error = parse(text.as_bytes(), limit).unwrap_err().to_string();
            assert_eq!(error, words);
        }
    }
}
