//! Looking into a JSON value by the paths that the CSAF standard writes.

use std::fmt::Write as _;

use serde_json::Value;

/// A value and where it stands, as a JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    pub place: String,
    pub value: &'a Value,
}

impl<'a> Found<'a> {
    /// The text, when it is one.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }
}

/// Every value at `path` below `root`, in the order of the document.
///
/// A path is a row of `/key`, `/key[]` for each item of a list, and `/key[]*` for each item of a
/// list that nests under the same key, which the standard writes `/key[](/key[])*`. What has another
/// type than the path asks for is passed over.
///
/// `root` stands at `place`, empty for a whole document.
#[must_use]
pub fn select<'a>(root: &'a Value, place: &str, path: &str) -> Vec<Found<'a>> {
    let mut found = vec![Found {
        place: place.to_owned(),
        value: root,
    }];
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let mut next = vec![];
        for at in found {
            if let Some(key) = segment.strip_suffix("[]*") {
                nested(&at, key, &mut next);
            } else if let Some(key) = segment.strip_suffix("[]") {
                items(&at, key, &mut next);
            } else if let Some(value) = at.value.get(segment) {
                next.push(Found {
                    place: below(&at.place, segment, None),
                    value,
                });
            }
        }
        found = next;
    }
    found
}

fn items<'a>(at: &Found<'a>, key: &str, into: &mut Vec<Found<'a>>) {
    let Some(list) = at.value.get(key).and_then(Value::as_array) else {
        return;
    };
    into.extend(list.iter().enumerate().map(|(index, value)| Found {
        place: below(&at.place, key, Some(index)),
        value,
    }));
}

/// Depth is bounded by the reader's.
fn nested<'a>(at: &Found<'a>, key: &str, into: &mut Vec<Found<'a>>) {
    let mut level = vec![];
    items(at, key, &mut level);
    for item in level {
        into.push(item.clone());
        nested(&item, key, into);
    }
}

/// A row of keys has no `/`, and the standard's keys have no `~`: nothing needs an escape.
fn below(place: &str, key: &str, index: Option<usize>) -> String {
    let mut below = String::with_capacity(place.len() + key.len() + 8);
    below.push_str(place);
    below.push('/');
    below.push_str(key);
    if let Some(index) = index {
        let _ = write!(below, "/{index}");
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_values_and_say_where() {
        let root = serde_json::json!({
            "a": {"b": "text"},
            "list": [{"id": 1}, "odd", {"id": 2, "list": [{"id": 3, "list": [{"id": 4}]}]}],
            "scalar": 7,
        });
        for (path, expected) in [
            ("/a/b", vec!["/a/b"]),
            ("/a/none", vec![]),
            ("/scalar[]", vec![]),
            ("/scalar/b", vec![]),
            ("/list[]/id", vec!["/list/0/id", "/list/2/id"]),
            (
                "/list[]*/id",
                vec![
                    "/list/0/id",
                    "/list/2/id",
                    "/list/2/list/0/id",
                    "/list/2/list/0/list/0/id",
                ],
            ),
            ("", vec![""]),
        ] {
            let found = select(&root, "", path);
            let places: Vec<&str> = found.iter().map(|found| found.place.as_str()).collect();
            assert_eq!(places, expected, "{path}");
            for found in &found {
                assert_eq!(root.pointer(&found.place), Some(found.value));
            }
        }
    }
}
