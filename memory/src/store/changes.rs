//! What changes in Redis, whoever changes it: told by Redis itself within milliseconds.
//!
//! Redis can tell a client of every key that is written, deleted or expires, by prefix: `CLIENT TRACKING … BCAST`
//! (<https://redis.io/docs/latest/develop/reference/client-side-caching/>). It needs neither a change of Redis'
//! configuration, as keyspace notifications would, nor polling.

use std::time::Duration;

use redis::{PushInfo, PushKind, Value};
use tokio::sync::{broadcast, mpsc};

use super::{Store, reply};
use crate::{Result, keys::Keys};

/// Changes that a slow receiver may fall behind before it is told that it missed some.
const BACKLOG: usize = 4096;

/// Between two attempts to connect, and between two signs of life on an idle connection.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Something of ours changed in Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The session of this thread id.
    Session(String),
    /// The memory of this id.
    Memory(String),
    /// The event log of this thread id.
    Events(String),
    /// Anything may have changed: the connection was away, or Redis was flushed.
    Everything,
}

/// A watch over all our keys: one connection, any number of receivers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Changes {
    sender: broadcast::Sender<Change>,
}

impl Changes {
    /// Starts watching, on a connection of its own that is made again whenever it breaks. Ends with the last clone.
    ///
    /// Has to be called inside a tokio runtime.
    #[must_use]
    pub fn watch(store: Store) -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        let weak = sender.downgrade();
        tokio::spawn(async move {
            while let Some(sender) = weak.upgrade() {
                if let Err(error) = follow(&store, &sender).await {
                    tracing::debug!(%error, "the watch over changes broke");
                }
                drop(sender);
                tokio::time::sleep(RETRY_PAUSE).await;
            }
        });
        Self { sender }
    }

    /// All changes from now on. A receiver that lags is told so by its channel and should take everything as changed.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }
}

/// Passes changes on until the connection breaks.
async fn follow(store: &Store, sender: &broadcast::Sender<Change>) -> Result<()> {
    let (push_sender, mut pushes) = mpsc::unbounded_channel();
    let mut connection = store.told_of_changes(push_sender).await?;
    let failed = |error| reply::failed("watch for changes", error);
    let mut command = redis::cmd("CLIENT");
    command.arg(&["TRACKING", "ON", "BCAST"]);
    for prefix in prefixes(store.keys()) {
        command.arg("PREFIX").arg(prefix);
    }
    command.query_async::<()>(&mut connection).await.map_err(failed)?;
    // Whatever happened before, or while the connection was away.
    let _ = sender.send(Change::Everything);

    let mut ping = tokio::time::interval(PING_INTERVAL);
    loop {
        tokio::select! {
            push = pushes.recv() => match push {
                Some(push) => for change in changes(&push, store.keys()) {
                    // Nobody listening is fine.
                    let _ = sender.send(change);
                },
                None => return Ok(()),
            },
            _ = ping.tick() => redis::cmd("PING").query_async::<()>(&mut connection).await.map_err(failed)?,
        }
    }
}

/// The prefixes to watch: Redis refuses one that another covers.
fn prefixes(keys: &Keys) -> Vec<&str> {
    let all = [&keys.session_prefix, &keys.memory_prefix, &keys.event_prefix].map(String::as_str);
    let is_covered = |at: usize| {
        let covers = |(other, prefix): (usize, &&str)| {
            other != at && all[at].starts_with(*prefix) && (all[at] != *prefix || other < at)
        };
        all.iter().enumerate().any(covers)
    };
    (0..all.len()).filter(|&at| !is_covered(at)).map(|at| all[at]).collect()
}

/// What a push tells.
fn changes(push: &PushInfo, keys: &Keys) -> Vec<Change> {
    match (&push.kind, push.data.first()) {
        (PushKind::Invalidate, Some(Value::Array(names))) => {
            names.iter().filter_map(reply::text).filter_map(|name| change(&name, keys)).collect()
        }
        // FLUSHALL and FLUSHDB name no keys.
        (PushKind::Invalidate, _) => vec![Change::Everything],
        _ => Vec::new(),
    }
}

/// What the change of one key means; the longest prefix decides.
fn change(name: &str, keys: &Keys) -> Option<Change> {
    type Kind = fn(String) -> Change;
    let kinds = [
        (&keys.session_prefix, Change::Session as Kind),
        (&keys.memory_prefix, Change::Memory as Kind),
        (&keys.event_prefix, Change::Events as Kind),
    ];
    let matching = kinds.into_iter().filter(|(prefix, _)| name.starts_with(prefix.as_str()));
    let (prefix, kind) = matching.max_by_key(|(prefix, _)| prefix.len())?;
    Some(kind(name[prefix.len()..].into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_prefix() {
        let keys = Keys::default();
        let rows = [
            ("agent:session:t1", Some(Change::Session("t1".into()))),
            ("agent:mem:m1", Some(Change::Memory("m1".into()))),
            ("agent:events:t1", Some(Change::Events("t1".into()))),
            ("agent:other", None),
        ];
        for (name, expected) in rows {
            assert_eq!(change(name, &keys), expected, "{name}");
        }
    }

    #[test]
    fn a_prefix_inside_another_is_watched_once_and_told_apart() {
        let keys = Keys { session_prefix: "a:".into(), memory_prefix: "a:mem:".into(), ..Keys::default() };
        assert_eq!(prefixes(&keys), ["a:", "agent:events:"]);
        assert_eq!(change("a:mem:1", &keys), Some(Change::Memory("1".into())));
        let same = Keys {
            session_prefix: "a:".into(),
            memory_prefix: "a:".into(),
            event_prefix: "a:".into(),
            ..keys
        };
        assert_eq!(prefixes(&same), ["a:"]);
    }

    #[test]
    fn a_flush_changes_everything() {
        let push = |data| PushInfo { kind: PushKind::Invalidate, data };
        let keys = Keys::default();
        assert_eq!(changes(&push(vec![Value::Nil]), &keys), [Change::Everything]);
        let names =
            Value::Array(vec![Value::BulkString(b"agent:mem:1".into()), Value::BulkString(b"x".into())]);
        assert_eq!(changes(&push(vec![names]), &keys), [Change::Memory("1".into())]);
    }
}
