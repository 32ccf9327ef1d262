//! Reads feeds: files in, one JSON object a file out.
//!
//! `parse_feeds [--text] [--address URL] [PATH...]`. A path that ends in `.jsonl`, or standard input without a path,
//! holds one `{"path": ..., "headers": {...}}` a line; such paths are relative to the list.
//! Of the headers `Content-Type` and `Content-Location` count; `--address` says where all of them
//! came from. An answer is
//! `path, ok, error, kind, title, id, links, published, updated, entries, repairs`, an entry
//! `key, id, title, links, published, updated`, and with `--text` also `summary` and `content`.
#![allow(
    clippy::disallowed_types,
    reason = "serde_json::Map is ordered; nothing else hashes here"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};

use anchorwatch::formats::feed::{Entry, Feed, Link, Served, Text, read};
use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Line {
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

fn main() -> anyhow::Result<()> {
    let mut with_text = false;
    let mut address = None;
    let mut paths = vec![];
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--text" => with_text = true,
            "--address" => {
                let stated = arguments.next().context("--address takes a URL")?;
                address = Some(url::Url::parse(&stated).context(stated)?);
            }
            path => paths.push(PathBuf::from(path)),
        }
    }
    let mut output = std::io::stdout().lock();
    let mut answer = |path: &str, file: &Path, headers: &BTreeMap<String, String>| {
        let value = answered(path, file, headers, address.as_ref(), with_text);
        serde_json::to_writer(&mut output, &value)?;
        writeln!(output)?;
        anyhow::Ok(())
    };
    let mut list = |input: Box<dyn Read>, folder: &Path| {
        for line in BufReader::new(input).lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(&line).context("a line without path")?;
            answer(&line.path, &folder.join(&line.path), &line.headers)?;
        }
        anyhow::Ok(())
    };
    if paths.is_empty() {
        return list(Box::new(std::io::stdin()), Path::new(""));
    }
    for path in paths {
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            let file = std::fs::File::open(&path).with_context(|| path.display().to_string())?;
            list(Box::new(file), path.parent().unwrap_or(Path::new("")))?;
        } else {
            let line = json!({"path": path.to_string_lossy()}).to_string();
            list(Box::new(std::io::Cursor::new(line)), Path::new(""))?;
        }
    }
    Ok(())
}

fn answered(
    path: &str,
    file: &Path,
    headers: &BTreeMap<String, String>,
    base: Option<&url::Url>,
    with_text: bool,
) -> Value {
    let body = match std::fs::read(file) {
        Ok(body) => body,
        Err(error) => return json!({"path": path, "ok": false, "error": error.to_string()}),
    };
    let header = |name: &str| {
        headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    };
    let charset = header("Content-Type")
        .and_then(|value| {
            value
                .split(';')
                .skip(1)
                .find(|part| part.contains("charset"))
        })
        .and_then(|part| part.split_once('='))
        .map(|(_, charset)| charset.trim());
    let address = header("Content-Location").and_then(|location| {
        let joined = base.map_or_else(|| url::Url::parse(location), |base| base.join(location));
        joined
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
    });
    let served = Served {
        body: &body,
        charset,
        address: address.as_ref().or(base).map(url::Url::as_str),
    };
    match read(&served) {
        Ok(feed) => told(path, &feed, with_text),
        Err(error) => json!({
            "path": path, "ok": false, "error": error.to_string(), "kind": null, "title": null,
            "entries": [], "repairs": [],
        }),
    }
}

fn told(path: &str, feed: &Feed, with_text: bool) -> Value {
    json!({
        "path": path,
        "ok": true,
        "error": null,
        "kind": feed.kind.word(),
        "encoding": feed.encoding,
        "title": text(feed.title.as_ref()),
        "id": feed.id,
        "links": links(&feed.links),
        "published": feed.published.map(|at| at.to_string()),
        "updated": feed.updated.map(|at| at.to_string()),
        "entries": feed.entries.iter().map(|it| entry(it, with_text)).collect::<Vec<_>>(),
        "repairs": feed
            .repairs
            .iter()
            .map(|(repair, count)| json!({"code": repair.code(), "count": count}))
            .collect::<Vec<_>>(),
    })
}

fn entry(entry: &Entry, with_text: bool) -> Value {
    let mut value = json!({
        "key": entry.key,
        "id": entry.id.as_deref().unwrap_or(&entry.key),
        "title": text(entry.title.as_ref()),
        "links": links(&entry.links),
        "published": entry.published.map(|at| at.to_string()),
        "updated": entry.updated.map(|at| at.to_string()),
    });
    if with_text && let Some(fields) = value.as_object_mut() {
        let summary = entry.summary.as_ref().or(entry.content.as_ref());
        fields.insert("summary".to_owned(), json!(text(summary)));
        fields.insert("content".to_owned(), json!(text(entry.content.as_ref())));
    }
    value
}

fn text(text: Option<&Text>) -> Option<&str> {
    text.map(|text| text.text.as_str())
}

fn links(links: &[Link]) -> Vec<&str> {
    links.iter().map(|link| link.href.as_str()).collect()
}
