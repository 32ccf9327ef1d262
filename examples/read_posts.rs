//! Reads posts, one JSON line a file.
//!
//! `cargo run --release --example read_posts -- FILE...` (paths, or `-` for one path a line on stdin).

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks on the terminal"
)]

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use anchorwatch::formats::post::{Reading, Token, read};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths == ["-"] {
        paths = std::io::stdin()
            .lock()
            .lines()
            .map_while(Result::ok)
            .collect();
    }
    let mut out = std::io::stdout().lock();
    for path in paths {
        let line = match std::fs::read(&path) {
            Ok(bytes) => describe(&path, &read(&String::from_utf8_lossy(&bytes))),
            Err(error) => json!({ "path": path, "error": error.to_string() }),
        };
        if writeln!(out, "{line}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn describe(path: &str, reading: &Reading) -> Value {
    let mut lines = Lines::new(&reading.text);
    let tokens: Vec<Value> = reading
        .tokens
        .iter()
        .map(|token| describe_token(token, &mut lines))
        .collect();
    let dates: Vec<Value> = reading
        .dates
        .iter()
        .map(|date| json!({ "date": date.to_string(), "role": date.role.word() }))
        .collect();
    let reasons: Vec<String> = reading
        .reasons
        .iter()
        .map(|reason| format!("{} {:+}", reason.code, reason.points))
        .collect();
    json!({
        "path": path,
        "tokens": tokens,
        "dates": dates,
        "speaker": reading.voice.word(),
        "kind": reading.kind.code(),
        "language": reading.language,
        "score": reading.score(),
        "reasons": reasons,
        "cut": reading.cut,
    })
}

fn describe_token(token: &Token, lines: &mut Lines<'_>) -> Value {
    json!({
        "kind": token.kind.code(),
        "value": token.value,
        "side": token.side.word(),
        "place": { "line": lines.number(token.place.start), "start": token.place.start, "end": token.place.end },
    })
}

/// Line numbers of places that come in order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    fn number(&mut self, place: usize) -> usize {
        let between = self.text.get(self.at..place).unwrap_or("");
        self.line += between.matches('\n').count();
        self.at = self.at.max(place);
        self.line
    }
}
