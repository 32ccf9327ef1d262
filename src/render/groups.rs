//! Fingerprints as people read them out: hex in groups of four.

/// `c74a…` becomes `C74A 91F0 …`, upper case, a space after every four digits.
#[must_use]
pub fn in_groups_of_four(hex: &str) -> String {
    let mut grouped = String::with_capacity(hex.len() * 5 / 4);
    for (index, digit) in hex.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit.to_ascii_uppercase());
    }
    grouped
}
