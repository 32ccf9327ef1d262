//! Values that nearly name a key: copies with wrong digits, and keys made to look like it.
//!
//! They are reported and never accepted.

/// How a value resembles the key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resemblance {
    /// At most two digits are wrong, missing or too many.
    WrongDigits,
    /// It begins and ends alike, and differs between.
    BothEnds,
    /// The last eight digits agree.
    SameEnd,
    /// The first eight digits agree.
    SameBeginning,
}

impl Resemblance {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongDigits => "wrong-digits",
            Self::BothEnds => "same-beginning-and-end",
            Self::SameEnd => "same-end",
            Self::SameBeginning => "same-beginning",
        }
    }
}

/// How many digits may differ in a copy that was meant to be the same.
const WRONG: usize = 2;
/// How many digits people compare at either end.
const END: usize = 8;
/// How many digits a key id has.
const KEY_ID: usize = 16;

/// How `value` resembles `own`, when it does and is not the same. Letter case does not count.
#[must_use]
pub fn resemblance(own: &str, value: &str) -> Option<Resemblance> {
    let (own, value) = (own.to_ascii_uppercase(), value.to_ascii_uppercase());
    if own == value || own.len() < 2 * END || value.len() < 2 * END {
        return None;
    }
    // A key id is the end of its own fingerprint, and no look-alike.
    let of_id = own.len() == KEY_ID || value.len() == KEY_ID;
    if of_id && (own.ends_with(&value) || value.ends_with(&own)) {
        return None;
    }
    if is_within(own.as_bytes(), value.as_bytes(), WRONG) {
        return Some(Resemblance::WrongDigits);
    }
    let head = own.get(..END).is_some_and(|head| value.starts_with(head));
    let tail = own
        .get(own.len() - END..)
        .is_some_and(|tail| value.ends_with(tail));
    match (head, tail) {
        (true, true) => Some(Resemblance::BothEnds),
        (false, true) => Some(Resemblance::SameEnd),
        (true, false) => Some(Resemblance::SameBeginning),
        (false, false) => None,
    }
}

/// Whether at most `most` insertions, deletions and replacements make one of the other: a band of
/// Levenshtein's table.
fn is_within(a: &[u8], b: &[u8], most: usize) -> bool {
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if row.iter().all(|distance| *distance > most) {
            return false;
        }
    }
    row.last().is_some_and(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_is_not_the_same() {
        let own = "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560";
        for (value, expected) in [
            (own, None),
            ("d55c0d1ac78a8d8126cb631cfc9ca96aca026560", None),
            ("FC9CA96ACA026560", None),
            (
                "D55C0D1AC78A8D8126CB631CFC9CA96ACA02656",
                Some(Resemblance::WrongDigits),
            ),
            (
                "D55C0D1AC78A8D8126CB631CFC9CA96ACA0265600",
                Some(Resemblance::WrongDigits),
            ),
            (
                "1D55C0D1AC78A8D8126CB631CFC9CA96ACA026560",
                Some(Resemblance::WrongDigits),
            ),
            (
                "D55C0D1AC78A8D8126CB631CFC9CA96ACA026561",
                Some(Resemblance::WrongDigits),
            ),
            (
                "D55C0D1A000000000000000000000000CA026560",
                Some(Resemblance::BothEnds),
            ),
            (
                "0000000000000000000000000000A96ACA026560",
                Some(Resemblance::SameEnd),
            ),
            (
                "D55C0D1AC7000000000000000000000000000000",
                Some(Resemblance::SameBeginning),
            ),
            ("E8A032E094D8EB4EA189D270DA418C88A3219F7B", None),
            ("", None),
        ] {
            assert_eq!(resemblance(own, value), expected, "{value}");
        }
    }
}
