//! Attachments of mails that [`super::compose`] made, found again whatever relays did to the headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The largest mail that is looked through, in bytes.
const MAIL: usize = 4 << 20;

/// The content of the first attachment of this name, sent as base64.
#[must_use]
pub fn attachment(mail: &[u8], name: &str) -> Option<Vec<u8>> {
    let text = str::from_utf8(mail.get(..mail.len().min(MAIL))?).ok()?;
    let wanted = format!("filename=\"{name}\"");
    let mut lines = text.lines();
    lines.by_ref().find(|line| line.contains(&wanted))?;
    lines.by_ref().find(|line| line.is_empty())?;
    let base64: String = lines
        .take_while(|line| !line.starts_with("--"))
        .map(str::trim)
        .collect();
    STANDARD.decode(base64).ok()
}

/// The mail's own `Message-ID`, with its brackets.
#[must_use]
pub fn message_id(mail: &[u8]) -> Option<String> {
    let text = str::from_utf8(mail.get(..mail.len().min(MAIL))?).ok()?;
    let mut head = text.lines().take_while(|line| !line.is_empty());
    head.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("message-id")
            .then(|| value.trim().to_owned())
    })
}
