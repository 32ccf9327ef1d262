//! Whose turn it is: so many visits at once, and so many to one host.

use std::collections::{BTreeMap, VecDeque};

use url::Url;

use crate::store::sources::Source;

/// Sources that wait, by host. Those of one host keep their order; hosts take turns, so that a host
/// that hangs holds up nobody but itself.
#[derive(Debug, Default)]
pub(super) struct Turns {
    waiting: BTreeMap<String, VecDeque<Source>>,
    /// Hosts that may be asked now, each once.
    ready: VecDeque<String>,
    /// How many visits are under way.
    busy: BTreeMap<String, usize>,
    per_host: usize,
}

impl Turns {
    pub(super) fn new(per_host: usize) -> Self {
        Self {
            per_host: per_host.max(1),
            ..Self::default()
        }
    }

    /// Lets a source wait for its turn.
    pub(super) fn add(&mut self, source: Source) {
        let host = host(&source.address);
        let queue = self.waiting.entry(host.clone()).or_default();
        queue.push_back(source);
        if queue.len() == 1 {
            self.ready_again(host);
        }
    }

    /// The next source whose host has room.
    pub(super) fn take(&mut self) -> Option<Source> {
        let host = self.ready.pop_front()?;
        let source = self.waiting.get_mut(&host)?.pop_front()?;
        *self.busy.entry(host.clone()).or_default() += 1;
        self.ready_again(host);
        Some(source)
    }

    /// A visit ended.
    pub(super) fn give_back(&mut self, address: &str) {
        let host = host(address);
        let was_full = self.busy.get(&host).is_some_and(|n| *n == self.per_host);
        if let Some(count) = self.busy.get_mut(&host) {
            *count = count.saturating_sub(1);
        }
        if was_full {
            self.ready_again(host);
        }
    }

    fn ready_again(&mut self, host: String) {
        let room = self.busy.get(&host).copied().unwrap_or(0) < self.per_host;
        let waits = self
            .waiting
            .get(&host)
            .is_some_and(|queue| !queue.is_empty());
        if room && waits {
            self.ready.push_back(host);
        }
    }
}

/// The host and port of an address, as the ledger names it.
pub(super) fn host(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return String::new();
    };
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::poll::tests::source;

    #[test]
    fn hosts_take_turns_and_none_is_asked_more_than_allowed() {
        let urls = [
            "https://a.example/1",
            "https://a.example/2",
            "https://a.example/3",
            "https://b.example/1",
            "https://a.example:8443/1",
        ];
        let mut turns = Turns::new(2);
        for url in urls {
            turns.add(source(url));
        }
        let take = |turns: &mut Turns| turns.take().map(|source| source.url);
        let mut order = vec![];
        while let Some(url) = take(&mut turns) {
            order.push(url);
        }
        assert_eq!(order, [urls[0], urls[3], urls[4], urls[1]]);
        turns.give_back(urls[3]);
        assert_eq!(
            take(&mut turns),
            None,
            "another host's end frees nothing here"
        );
        turns.give_back(urls[1]);
        assert_eq!(take(&mut turns).as_deref(), Some(urls[2]));
        assert_eq!(take(&mut turns), None);
    }
}
