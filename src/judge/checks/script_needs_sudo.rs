//! `script-needs-sudo`: a script in the package asks for the administrator's rights by itself.
//!
//! An upgrade that raises its own rights in mid-script runs whatever its author (or whoever changed
//! it) wants as root; who installs it should know before typing the password.

use crate::domain::{Finding, FindingKind};
use crate::formats::limits;

const ENDINGS: [&str; 13] = [
    ".sh", ".bash", ".zsh", ".ksh", ".py", ".pl", ".rb", ".bat", ".cmd", ".ps1", ".psm1", ".vbs",
    ".command",
];
/// Programs that run another one with more rights.
const RAISERS: [&str; 7] = ["sudo", "su", "doas", "pkexec", "runas", "gsudo", "gksudo"];
/// Words after which a shell still expects a command.
const LEADERS: [&str; 14] = [
    "then", "do", "else", "elif", "if", "while", "until", "!", "exec", "nohup", "env", "time",
    "xargs", "command",
];
/// How many lines of one script are told.
const TOLD: usize = 8;

/// Whether a file is a script, by its name or its first line.
#[must_use]
pub fn is_script(path: &str, head: &[u8]) -> bool {
    let path = path.to_lowercase();
    head.starts_with(b"#!") || ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// The lines of a script that ask, at most eight; `head` is the file up to [`limits::SCRIPT`] bytes.
#[must_use]
pub fn check(path: &str, head: &[u8]) -> Vec<Finding> {
    if !is_script(path, head) {
        return vec![];
    }
    let head = head.get(..limits::SCRIPT).unwrap_or(head);
    let batch = [".bat", ".cmd"]
        .iter()
        .any(|ending| path.to_lowercase().ends_with(ending));
    String::from_utf8_lossy(head)
        .lines()
        .enumerate()
        .filter(|(_, line)| !is_comment(line, batch) && asks(line))
        .take(TOLD)
        .map(|(index, line)| {
            let kind = FindingKind::ScriptNeedsSudo {
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                command: line.trim().chars().take(120).collect(),
            };
            Finding::new(kind, path)
        })
        .collect()
}

fn is_comment(line: &str, batch: bool) -> bool {
    let line = line.trim_start();
    if batch {
        let line = line.trim_start_matches('@').to_lowercase();
        return line.starts_with("rem ") || line.starts_with("::");
    }
    line.starts_with('#')
}

/// Whether a raiser stands where a command does: at the beginning of the line, behind an operator, a
/// quote (a command inside a string) or a leading word.
fn asks(line: &str) -> bool {
    let lower = line.to_lowercase();
    if lower.contains("-verb runas") || lower.contains("-verb \"runas\"") {
        return true;
    }
    let mut expected = true;
    let mut word = String::new();
    for character in lower.chars().chain([' ']) {
        if character.is_alphanumeric() || matches!(character, '_' | '-' | '/' | '.' | '!' | '=') {
            word.push(character);
            continue;
        }
        // What ends a word here: for a raiser a blank, a quote or the end, not `sudo:` in a text.
        let name = word.rsplit('/').next().unwrap_or(&word);
        let ended = character.is_whitespace() || matches!(character, '"' | '\'' | ',' | ')');
        if expected && ended && RAISERS.contains(&name) {
            return true;
        }
        if !word.is_empty() {
            // Assignments before a command (`A=1 sudo`) leave the place open.
            expected = LEADERS.contains(&word.as_str()) || word.contains('=');
            word.clear();
        }
        if matches!(
            character,
            ';' | '|' | '&' | '(' | '{' | '`' | '"' | '\'' | '@'
        ) {
            expected = true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_raise_rights_are_found_and_talk_about_them_is_not() {
        let asking = [
            "sudo rpm -U a.rpm",
            "  /usr/bin/sudo -n true",
            "cd x && sudo make install",
            "if ! sudo -v; then",
            "echo a | sudo tee /etc/b",
            "su -c 'make install'",
            "A=1 doas ls",
            "x=$(sudo id)",
            "subprocess.run([\"sudo\", \"ls\"])",
            "os.system('pkexec ls')",
            "runas /user:Administrator a.exe",
            "Start-Process a.exe -Verb RunAs",
        ];
        let quiet = [
            "echo sudo is not needed",
            "pseudo code",
            "apt-get install sudo",
            "# sudo make install",
            "results=1",
            "issue su",
            "cp visudo /tmp",
            "sudoers=/etc/sudoers",
            "",
        ];
        for (lines, expected) in [(&asking[..], true), (&quiet[..], false)] {
            for line in lines {
                let found = check("install.sh", line.as_bytes());
                assert_eq!(found.is_empty(), !expected, "{line:?}");
            }
        }
    }

    #[test]
    fn only_scripts_are_read_and_lines_are_counted() {
        let text = b"#!/bin/sh\nset -e\nsudo true\n";
        let lines: Vec<u32> = check("install", text)
            .into_iter()
            .map(|finding| match finding.kind {
                FindingKind::ScriptNeedsSudo { line, .. } => line,
                kind => panic!("{kind:?}"),
            })
            .collect();
        assert_eq!(lines, [3]);
        assert!(check("readme.txt", b"sudo true\n").is_empty());
        assert!(check("a.bat", b"rem sudo true\n@REM runas x\n:: runas\n").is_empty());
        assert_eq!(check("a.sh", "sudo x\n".repeat(100).as_bytes()).len(), TOLD);
    }
}
