//! 6.1.11: a weakness exists, and has the name that CWE gives it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::subject::{Subject, text};
use super::{Report, cut};

/// `number TAB name` a line, in order of numbers; lines with `#` are notes.
const NAMES: &str = include_str!("cwe-4.14.tsv");
/// The same, by number.
static BY_NUMBER: LazyLock<BTreeMap<u32, &'static str>> = LazyLock::new(|| {
    NAMES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(number, name)| Some((number.parse().ok()?, name)))
        .collect()
});
/// The highest number in it: what is newer cannot be judged.
const NEWEST: u32 = 1423;

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for weakness in subject.document.select("/vulnerabilities[]/cwe") {
        let (Some(id), Some(name)) = (text(weakness.value, "id"), text(weakness.value, "name"))
        else {
            continue;
        };
        let number = id.strip_prefix("CWE-").and_then(|id| id.parse().ok());
        match number.and_then(name_of) {
            Some(known) if known == name => {}
            Some(known) => {
                let detail = format!("{} is named {known}", cut(id));
                report.fail(format!("{}/name", weakness.place), detail);
            }
            None if number.is_some_and(|number| number > NEWEST) => {
                report.not_judged(
                    &weakness.place,
                    format!("{} is newer than CWE 4.14", cut(id)),
                );
            }
            None => {
                let detail = format!("{} is no weakness", cut(id));
                report.fail(format!("{}/id", weakness.place), detail);
            }
        }
    }
}

fn name_of(number: u32) -> Option<&'static str> {
    BY_NUMBER.get(&number).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_ends_where_it_says() {
        let numbers: Vec<u32> = NAMES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                let (id, name) = line.split_once('\t').unwrap();
                assert!(!name.is_empty() && name == name.trim(), "{line}");
                id.parse().unwrap()
            })
            .collect();
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert_eq!(numbers.last(), Some(&NEWEST));
        assert_eq!(name_of(20), Some("Improper Input Validation"));
        assert_eq!(name_of(2), None);
    }
}
