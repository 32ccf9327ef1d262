//! JSON documents with the path of what is wrong in them. A key that stands twice is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::error::ProgrammeError;
pub(super) use crate::formats::manifest::json::Json;

pub(super) fn parse(bytes: &[u8]) -> Result<Json, ProgrammeError> {
    crate::formats::manifest::json::parse(bytes)
        .map_err(|error| ProgrammeError::Json(error.to_string()))
}

/// Whether the document is TUF metadata: a signed part and signatures.
pub(super) fn is_tuf(json: &Json) -> bool {
    exactly(json, "signed").is_some() && exactly(json, "signatures").is_some()
}

/// The field of exactly that name.
pub(super) fn exactly<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.object()?
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// A value, and where it stands.
#[derive(Clone)]
pub(super) struct At<'a> {
    pub(super) value: &'a Json,
    pub(super) path: String,
}

impl<'a> At<'a> {
    pub(super) fn top(value: &'a Json) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    pub(super) fn wrong(&self, what: &'static str) -> ProgrammeError {
        ProgrammeError::Field {
            path: super::bounded(&self.path),
            what,
        }
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    pub(super) fn optional(&self, name: &str) -> Option<Self> {
        exactly(self.value, name).map(|value| Self {
            value,
            path: self.below(name),
        })
    }

    pub(super) fn field(&self, name: &str) -> Result<Self, ProgrammeError> {
        self.optional(name).ok_or_else(|| ProgrammeError::Field {
            path: super::bounded(&self.below(name)),
            what: "missing",
        })
    }

    pub(super) fn text(&self) -> Result<&'a str, ProgrammeError> {
        self.value.text().ok_or_else(|| self.wrong("not a text"))
    }

    pub(super) fn number(&self) -> Result<u64, ProgrammeError> {
        match self.value {
            Json::Number(_, Some(number)) => Ok(*number),
            _ => Err(self.wrong("not a whole number")),
        }
    }

    pub(super) fn instant(&self) -> Result<Timestamp, ProgrammeError> {
        self.text()?
            .parse()
            .map_err(|_| self.wrong("not a time as in RFC 3339"))
    }

    pub(super) fn base64(&self) -> Result<Vec<u8>, ProgrammeError> {
        STANDARD
            .decode(self.text()?)
            .map_err(|_| self.wrong("not base64"))
    }

    pub(super) fn list(&self) -> Result<Vec<Self>, ProgrammeError> {
        let Json::List(items) = self.value else {
            return Err(self.wrong("not a list"));
        };
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, value)| Self {
                value,
                path: format!("{}[{index}]", self.path),
            })
            .collect())
    }

    pub(super) fn fields(&self) -> Result<Vec<(&'a str, Self)>, ProgrammeError> {
        let Some(fields) = self.value.object() else {
            return Err(self.wrong("not an object"));
        };
        Ok(fields
            .iter()
            .map(|(name, value)| {
                let path = self.below(name);
                (name.as_str(), Self { value, path })
            })
            .collect())
    }
}
