//! The one normal form of a path inside a package.
//!
//! Parts are split at `/`; empty parts and `.` vanish, so `./a//b/` is `a/b`. Refused are `..`, a
//! leading `/`, a drive letter, a backslash, control characters and those that change the
//! direction of text. Case and Unicode composition are kept.

use super::fault::Fault;

/// Why a path has no normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    #[error("climbs out of its folder")]
    Traversal,
    #[error("is absolute")]
    Absolute,
    #[error("has a backslash")]
    Backslash,
    #[error("has a control character")]
    ControlCharacter,
    #[error("is empty")]
    Empty,
}

impl PathFault {
    pub(super) fn into_fault(self, name: &str) -> Fault {
        let name = name.to_owned();
        match self {
            Self::Traversal => Fault::Traversal { name },
            Self::Absolute => Fault::AbsolutePath { name },
            Self::Backslash => Fault::Backslash { name },
            Self::ControlCharacter => Fault::ControlCharacter { name },
            Self::Empty => Fault::EmptyName,
        }
    }
}

/// The normal form; empty for the folder itself (`./`).
///
/// # Errors
/// When the path has none.
pub fn normal_path(written: &str) -> Result<String, PathFault> {
    if written.is_empty() {
        return Err(PathFault::Empty);
    }
    if written.chars().any(misleading) {
        return Err(PathFault::ControlCharacter);
    }
    let drive = matches!(written.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if written.starts_with('/') || drive || written.starts_with("\\\\") {
        return Err(PathFault::Absolute);
    }
    if written.split(['/', '\\']).any(|part| part == "..") {
        return Err(PathFault::Traversal);
    }
    if written.contains('\\') {
        return Err(PathFault::Backslash);
    }
    let mut path = String::with_capacity(written.len());
    for part in written
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    Ok(path)
}

/// Control characters, and the marks that make text read in another order than it is stored.
fn misleading(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Where a relative link in the folder of `path` leads; `None` when it leaves the tree.
pub(super) fn resolve_link(path: &str, target: &str) -> Option<String> {
    let drive = matches!(target.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if target.is_empty() || target.starts_with('/') || drive || target.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form_or_none() {
        let cases: [(&str, Result<&str, PathFault>); 16] = [
            ("a/b", Ok("a/b")),
            ("./a//b/", Ok("a/b")),
            ("./", Ok("")),
            ("a/./b", Ok("a/b")),
            ("..a/b..", Ok("..a/b..")),
            ("", Err(PathFault::Empty)),
            ("../a", Err(PathFault::Traversal)),
            ("a/../b", Err(PathFault::Traversal)),
            ("a\\..\\b", Err(PathFault::Traversal)),
            ("/etc/passwd", Err(PathFault::Absolute)),
            ("C:/a", Err(PathFault::Absolute)),
            ("\\\\host\\a", Err(PathFault::Absolute)),
            ("a\\b", Err(PathFault::Backslash)),
            ("a\0b", Err(PathFault::ControlCharacter)),
            ("a\u{1b}[2J", Err(PathFault::ControlCharacter)),
            ("a\u{202e}gpj.exe", Err(PathFault::ControlCharacter)),
        ];
        for (written, expected) in cases {
            let found = normal_path(written);
            assert_eq!(found.as_deref().map_err(|e| *e), expected, "{written:?}");
        }
    }

    #[test]
    fn links_stay_in_the_tree_or_lead_nowhere() {
        let cases = [
            ("lib/a.so", "a.so.1", Some("lib/a.so.1")),
            ("lib/a.so", "../bin/a", Some("bin/a")),
            ("a", "../b", None),
            ("lib/a", "x/../../../b", None),
            ("a", "/etc/passwd", None),
            ("a", "c:x", None),
            ("a", "", None),
        ];
        for (path, target, expected) in cases {
            assert_eq!(resolve_link(path, target).as_deref(), expected, "{target}");
        }
    }
}
