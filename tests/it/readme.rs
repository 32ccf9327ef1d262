//! The README's transcripts are what the program says: a block behind a `transcript:` comment is
//! compared with the command's real output.

use std::path::Path;
use std::process::Command;

#[test]
fn transcripts_are_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut seen = 0;
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("<!-- transcript: ") {
        let (command, after) = after.split_once(" -->\n```text\n").unwrap();
        let (shown, after) = after.split_once("```").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
            .args(command.split(' '))
            .arg("--no-store")
            .current_dir(root)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said, shown,
            "README.md: {command}\n--- real output:\n{said}"
        );
        seen += 1;
        rest = after;
    }
    assert!(seen > 0);
}
