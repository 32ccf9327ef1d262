//! One conversation with a mail server, kept open from mail to mail.
//!
//! lettre's own sender says neither how far a mail had come when the line broke, nor bounds more than
//! the time of connecting; its connection does what it is told step by step, so both are known here.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::options::{Encryption, Options, OptionsError};
use super::outcome::SendError;

/// Sends mails, one after the other.
pub struct SmtpSender {
    from: Address,
    server: String,
    port: u16,
    tls: Option<TlsParameters>,
    encryption: Encryption,
    credentials: Option<Credentials>,
    hello: ClientId,
    time: Duration,
    open: Option<AsyncSmtpConnection>,
}

impl SmtpSender {
    /// Reads what the options name; nothing is connected yet.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn new(options: &Options) -> Result<Self, OptionsError> {
        options.check()?;
        let server = options.server.clone().ok_or(OptionsError::NoServer)?;
        let file = |path: &std::path::PathBuf| {
            std::fs::read_to_string(path).map_err(|source| OptionsError::File {
                path: path.clone(),
                source,
            })
        };
        let tls_error =
            |error: lettre::transport::smtp::Error| OptionsError::Tls(error.to_string());
        let tls = if options.tls == Encryption::None {
            None
        } else {
            let mut builder = TlsParameters::builder(server.clone());
            if let Some(path) = &options.ca_file {
                let certificate =
                    Certificate::from_pem(file(path)?.as_bytes()).map_err(tls_error)?;
                builder = builder.add_root_certificate(certificate);
            }
            Some(builder.build_rustls().map_err(tls_error)?)
        };
        let credentials = match (&options.user, &options.password_file) {
            (Some(user), Some(path)) => {
                let text = file(path)?;
                let password = text.lines().next().unwrap_or_default().to_owned();
                Some(Credentials::new(user.clone(), password))
            }
            _ => None,
        };
        Ok(Self {
            from: options
                .from
                .parse()
                .map_err(|_| OptionsError::From(options.from.clone()))?,
            server,
            port: options.port,
            tls,
            encryption: options.tls,
            credentials,
            hello: ClientId::Domain(options.domain().to_owned()),
            time: options.time(),
            open: None,
        })
    }

    /// Sends one mail to one address, and gives what the server said when it took it.
    ///
    /// # Errors
    /// [`SendError`], by how far the mail had come.
    pub async fn send(&mut self, to: &str, message: &[u8]) -> Result<String, SendError> {
        let to: Address = to
            .parse()
            .map_err(|_| SendError::Refused("no address".to_owned()))?;
        let message = str::from_utf8(message)
            .ok()
            .filter(|text| text.is_ascii())
            .ok_or_else(|| SendError::Refused("not in ASCII".to_owned()))?;
        // A line that was quiet for long may be dead without our knowing; then a new one is tried.
        for is_fresh in [self.open.is_none(), true] {
            if self.open.is_none() {
                let connected = timeout(self.time, self.connect()).await;
                self.open = Some(connected.map_err(|_| SendError::TimedOut)??);
            }
            let outcome = self.converse(&to, message).await;
            if outcome.is_err() {
                self.open = None;
            }
            match outcome {
                Err(SendError::Unreachable(_)) if !is_fresh => {}
                outcome => return outcome,
            }
        }
        Err(SendError::Unreachable("the line broke twice".to_owned()))
    }

    /// Greets the server and says who we are, without sending anything; for `doctor`.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn greet(&mut self) -> Result<(), SendError> {
        let connected = timeout(self.time, self.connect()).await;
        let mut connection = connected.map_err(|_| SendError::TimedOut)??;
        let _ = timeout(self.time, connection.quit()).await;
        Ok(())
    }

    /// Ends the conversation.
    pub async fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            let _ = timeout(Duration::from_secs(1), open.quit()).await;
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let address = self.address().await?;
        let implicit = (self.encryption == Encryption::Implicit).then(|| self.tls.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (address, self.port),
            Some(self.time),
            &self.hello,
            implicit.flatten(),
            None,
        )
        .await
        .map_err(|error| before(&error))?;
        if let (Encryption::Starttls, Some(tls)) = (self.encryption, &self.tls) {
            connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(|error| SendError::Unprotected(said(&error)))?;
        }
        if let Some(credentials) = &self.credentials {
            if !connection.is_encrypted() {
                return Err(SendError::Unprotected("a password needs TLS".to_owned()));
            }
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| before(&error))?;
        }
        Ok(connection)
    }

    /// Where the server is. Without TLS it must be this machine, by every address it has.
    async fn address(&self) -> Result<IpAddr, SendError> {
        let found = tokio::net::lookup_host((self.server.as_str(), self.port))
            .await
            .map_err(|error| SendError::Unreachable(error.to_string()))?;
        let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
        let is_here = addresses.iter().all(IpAddr::is_loopback);
        if self.encryption == Encryption::None && !is_here {
            return Err(SendError::Unprotected(
                "without TLS mail goes to this machine only".to_owned(),
            ));
        }
        addresses
            .first()
            .copied()
            .ok_or_else(|| SendError::Unreachable("the server has no address".to_owned()))
    }

    async fn converse(&mut self, to: &Address, message: &str) -> Result<String, SendError> {
        let time = self.time;
        let Some(open) = self.open.as_mut() else {
            return Err(SendError::Unreachable("not connected".to_owned()));
        };
        let late = |_| SendError::TimedOut;
        let mail = Mail::new(Some(self.from.clone()), vec![]);
        timeout(time, open.command(mail))
            .await
            .map_err(late)?
            .map_err(|error| before(&error))?;
        timeout(time, open.command(Rcpt::new(to.clone(), vec![])))
            .await
            .map_err(late)?
            .map_err(|error| about_this(&error))?;
        timeout(time, open.command(Data))
            .await
            .map_err(late)?
            .map_err(|error| about_this(&error))?;
        // From here on the server may have it, whatever we hear.
        let answer = timeout(time, open.command(Whole(message)))
            .await
            .map_err(|_| SendError::DroppedAfterData("no answer in time".to_owned()))?;
        match answer {
            Ok(response) => Ok(text(&response)),
            Err(error) if error.is_transient() || error.is_permanent() => Err(about_this(&error)),
            Err(error) => Err(SendError::DroppedAfterData(said(&error))),
        }
    }
}

/// A message with its end, as one write: lettre writes the end by itself, and then waits for the
/// acknowledgement of what went before, which the other side delays (measured on loopback: 21 mails a
/// second so, by Nagle's algorithm). RFC 5321 4.5.2: a line that begins with a dot gets another one.
struct Whole<'a>(&'a str);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_terminator("\r\n") {
            let dot = if line.starts_with('.') { "." } else { "" };
            write!(f, "{dot}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// An answer that concerns this mail and no other.
fn about_this(error: &lettre::transport::smtp::Error) -> SendError {
    if error.is_permanent() {
        SendError::Refused(said(error))
    } else {
        before(error)
    }
}

/// An answer before this mail's address was named.
fn before(error: &lettre::transport::smtp::Error) -> SendError {
    if error.is_transient() {
        SendError::RefusedForNow(said(error))
    } else if error.is_permanent() {
        SendError::SenderRefused(said(error))
    } else if error.is_tls() {
        SendError::Unprotected(said(error))
    } else if error.is_timeout() {
        SendError::TimedOut
    } else {
        SendError::Unreachable(said(error))
    }
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        text = format!("{text}: {source}");
    }
    text.chars().take(300).collect()
}

fn text(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
        .chars()
        .take(300)
        .collect()
}

/// Never the password.
impl fmt::Debug for SmtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpSender({}:{})", self.server, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        for (message, sent) in [
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r\n..b", "a\r\n...b\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(Whole(message).to_string(), sent, "{message:?}");
        }
    }
}
