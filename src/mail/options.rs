//! What an installation decides about mail.

use std::path::PathBuf;
use std::time::Duration;

use lettre::Address;
use serde::Deserialize;

/// `[mail]`. Without a server mails are written into a folder: nothing is sent, and nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    pub transport: Transport,
    /// For `folder`; without it, `outbox` beside the store.
    pub folder: Option<PathBuf>,
    /// The sender; its domain is the right side of Message-IDs.
    pub from: String,
    /// For `smtp`: a host name.
    pub server: Option<String>,
    pub port: u16,
    pub tls: Encryption,
    pub user: Option<String>,
    /// The first line is the password.
    pub password_file: Option<PathBuf>,
    /// Authorities to trust for the server besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// For one whole mail, in seconds.
    pub timeout: u64,
    /// Where one click ends a subscription (RFC 8058); https.
    pub unsubscribe_url: Option<String>,
}

/// Where mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Folder,
    Smtp,
}

/// How the conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    Starttls,
    /// From the first byte on, as on port 465.
    Implicit,
    /// Only to this machine itself, and never with a password.
    None,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            transport: Transport::Folder,
            folder: None,
            from: "anchorwatch@anchorwatch.localhost".to_owned(),
            server: None,
            port: 587,
            tls: Encryption::Starttls,
            user: None,
            password_file: None,
            ca_file: None,
            timeout: 60,
            unsubscribe_url: None,
        }
    }
}

/// Why options cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    #[error("mail.from is no address: {0}")]
    From(String),
    #[error("mail.transport is smtp, and mail.server is not set")]
    NoServer,
    #[error("mail.user and mail.password_file stand together")]
    HalfCredentials,
    #[error("mail.tls is none and mail.user is set: a password never goes without TLS")]
    PasswordWithoutTls,
    #[error("mail.timeout is between 1 and 600 seconds")]
    Timeout,
    #[error("mail.unsubscribe_url begins with https:// and has visible ASCII only")]
    UnsubscribeUrl,
    #[error("{path}: {source}")]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Options {
    /// Holds the options against each other, without touching files or the network.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn check(&self) -> Result<(), OptionsError> {
        if !is_address(&self.from) {
            return Err(OptionsError::From(self.from.clone()));
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err(OptionsError::HalfCredentials);
        }
        if self.user.is_some() && self.tls == Encryption::None {
            return Err(OptionsError::PasswordWithoutTls);
        }
        if self.transport == Transport::Smtp && self.server.is_none() {
            return Err(OptionsError::NoServer);
        }
        if !(1..=600).contains(&self.timeout) {
            return Err(OptionsError::Timeout);
        }
        let is_usable = |url: &str| {
            let visible = |b: u8| b.is_ascii_graphic() && b != b'<' && b != b'>';
            url.starts_with("https://") && url.len() <= 512 && url.bytes().all(visible)
        };
        if self
            .unsubscribe_url
            .as_deref()
            .is_some_and(|url| !is_usable(url))
        {
            return Err(OptionsError::UnsubscribeUrl);
        }
        Ok(())
    }

    /// The sender's domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.from.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub(super) fn time(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// Whether mail can go to this address: RFC 5321's forms, in visible ASCII.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= 254
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>,;:\\\"()".contains(&b))
        && text.parse::<Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_make_no_headers() {
        for (text, usable) in [
            ("ops@example.org", true),
            ("o.p+s@sub.example.org", true),
            ("ops", false),
            ("ops@example.org\r\nBcc: x@example.org", false),
            ("ops@example.org, other@example.org", false),
            ("<ops@example.org>", false),
            ("öps@example.org", false),
            ("ops@", false),
        ] {
            assert_eq!(is_address(text), usable, "{text}");
        }
    }

    #[test]
    fn a_password_never_goes_in_the_clear() {
        let smtp = Options {
            transport: Transport::Smtp,
            server: Some("mail.example.org".to_owned()),
            ..Options::default()
        };
        let with = |change: fn(&mut Options)| {
            let mut options = smtp.clone();
            change(&mut options);
            options
                .check()
                .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
        };
        let told = [
            with(|_| {}),
            with(|o| o.server = None),
            with(|o| o.user = Some("u".to_owned())),
            with(|o| {
                o.user = Some("u".to_owned());
                o.password_file = Some("p".into());
                o.tls = Encryption::None;
            }),
            with(|o| o.from = "a@b\r\nc".to_owned()),
            with(|o| o.timeout = 0),
            with(|o| o.unsubscribe_url = Some("http://example.org".to_owned())),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        fine
        mail.transport is smtp, and mail.server is not set
        mail.user and mail.password_file stand together
        mail.tls is none and mail.user is set: a password never goes without TLS
        mail.from is no address: a@b
        c
        mail.timeout is between 1 and 600 seconds
        mail.unsubscribe_url begins with https:// and has visible ASCII only
        ");
    }
}
