//! User ids as people read them: a name, often with a mail address behind it.

/// The part of a user id before its mail address; `None` when nothing else is left. Addresses of
/// people are not for printing, and a name does without.
#[must_use]
pub fn without_address(user_id: &str) -> Option<&str> {
    let name = user_id.split('<').next()?.trim();
    (!name.is_empty() && !name.contains('@')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_left_out() {
        for (user_id, expected) in [
            (
                "Example Vendor <release@example.test>",
                Some("Example Vendor"),
            ),
            (
                "Example (releases) <r@example.test>",
                Some("Example (releases)"),
            ),
            ("Example Vendor", Some("Example Vendor")),
            ("release@example.test", None),
            ("<release@example.test>", None),
            ("Someone (work@example.test) <a@example.test>", None),
            ("", None),
        ] {
            assert_eq!(without_address(user_id), expected, "{user_id}");
        }
    }
}
