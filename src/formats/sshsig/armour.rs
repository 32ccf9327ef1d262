//! The armour of SSHSIG: base64 between two lines of its own, nothing before or behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::formats::limits;

pub(super) const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// What is wrong with the armour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArmourError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("does not begin with the armour's first line")]
    Begin,
    #[error("the armour has no end")]
    End,
    #[error("something stands behind the armour")]
    Trailing,
    #[error("not base64 in its one canonical form")]
    NotBase64,
}

/// The length of the lines that OpenSSH writes.
const LINE: usize = 70;

pub(super) fn encode(blob: &[u8]) -> String {
    let mut text = format!("{BEGIN}\n");
    let base64 = STANDARD.encode(blob);
    for (place, character) in base64.chars().enumerate() {
        if place > 0 && place.is_multiple_of(LINE) {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str(&format!("\n{END}\n"));
    text
}

pub(super) fn decode(file: &[u8]) -> Result<Vec<u8>, ArmourError> {
    if file.len() > limits::RAW_SIGNATURE {
        return Err(ArmourError::TooLarge {
            limit: limits::RAW_SIGNATURE,
        });
    }
    let text = str::from_utf8(file).map_err(|_| ArmourError::NotBase64)?;
    let mut lines = text.lines();
    if lines.next() != Some(BEGIN) {
        return Err(ArmourError::Begin);
    }
    let mut base64 = String::new();
    loop {
        match lines.next() {
            Some(END) => break,
            Some(line) => base64.push_str(line),
            None => return Err(ArmourError::End),
        }
    }
    if lines.any(|line| !line.trim().is_empty()) {
        return Err(ArmourError::Trailing);
    }
    STANDARD.decode(base64).map_err(|_| ArmourError::NotBase64)
}
