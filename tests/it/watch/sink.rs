//! A mail server on loopback that takes mail, or fails in the ways in which servers fail. The
//! recipient's name says how.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A mail as it was taken.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) to: String,
    pub(super) message_id: String,
    pub(super) message: String,
    /// In which stretch of the test; see [`Sink::next_stretch`].
    pub(super) stretch: usize,
}

/// The server; its threads end with the process.
#[derive(Debug, Clone)]
pub(super) struct Sink {
    pub(super) port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    stretch: Arc<AtomicUsize>,
    keeps_messages: bool,
}

impl Sink {
    /// `keeps_messages`: whether whole messages are kept, or their ids alone.
    pub(super) fn start(keeps_messages: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            stretch: Arc::default(),
            keeps_messages,
        };
        let shared = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || shared.converse(&stream));
            }
        });
        sink
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }

    /// From now on mails count for the next stretch.
    pub(super) fn next_stretch(&self) {
        self.stretch.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends when the line breaks.
    fn converse(&self, stream: &TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut lines = BufReader::new(stream.try_clone().ok()?);
        let mut out = stream.try_clone().ok()?;
        let mut say = |text: &str| out.write_all(text.as_bytes()).ok();
        say("220 sink\r\n")?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let verb = line.trim_end().to_ascii_uppercase();
            if verb.starts_with("EHLO") {
                say("250-sink\r\n250 8BITMIME\r\n")?;
            } else if verb.starts_with("RCPT") {
                let start = line.find('<')? + 1;
                line[start..].split('>').next()?.clone_into(&mut to);
                match to.split('@').next()? {
                    "451" => say("451 later\r\n")?,
                    "452" => say("452 no space\r\n")?,
                    "550" => say("550 no such user\r\n")?,
                    _ => say("250 fine\r\n")?,
                }
            } else if verb == "DATA" {
                say("354 go on\r\n")?;
                let mut message = String::new();
                loop {
                    let mut line = String::new();
                    if lines.read_line(&mut line).ok()? == 0 {
                        return None;
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                match to.split('@').next()? {
                    "554" => say("554 not this\r\n")?,
                    "drop" => {
                        let _ = stream.shutdown(std::net::Shutdown::Both);
                        return None;
                    }
                    "stall" => {
                        #[allow(
                            clippy::disallowed_methods,
                            reason = "this server is slow on purpose"
                        )]
                        std::thread::sleep(Duration::from_secs(20));
                        return None;
                    }
                    _ => {
                        self.take(&to, message);
                        say("250 taken\r\n")?;
                    }
                }
            } else if verb == "QUIT" {
                say("221 bye\r\n")?;
                return None;
            } else {
                say("250 fine\r\n")?;
            }
        }
    }

    fn take(&self, to: &str, message: String) {
        let id = message
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: "))
            .unwrap_or_default()
            .to_owned();
        self.taken.lock().unwrap().push(Taken {
            to: to.to_owned(),
            message_id: id,
            message: if self.keeps_messages {
                message
            } else {
                String::new()
            },
            stretch: self.stretch.load(Ordering::SeqCst),
        });
    }
}
