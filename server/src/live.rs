//! The live stream of a page: says what changed, so that the page reads it again.
//!
//! Server-sent events under `/live?user=…&namespace=…&thread=…`:
//! - `redis`: `up` or `down`, first of all and whenever it turns; after `up` everything counts as changed
//! - `changed`: `{"session":…,"events":…,"memories":…,"threads":…}`, first of all too, since a page that comes back may have
//!   missed something
//!
//! The stream holds no data of anybody, so nothing can be missed or doubled: a page reads the state as it is.

use std::{convert::Infallible, time::Duration};

use agent_memory::{
    Memory, Scope, ThreadId,
    store::{Change, Changes},
};
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use crate::{guard, health::Health, shutdown::Shutdown};

/// How long changes are gathered into one event. A turn makes half a dozen within a millisecond or two.
const GATHER: Duration = Duration::from_millis(25);

/// A comment on idle streams, so that proxies keep them and a dead one is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Live {
    memory: Memory,
    changes: Changes,
    health: Health,
    shutdown: Shutdown,
}

/// The route of the stream. Watches Redis from now on.
pub(crate) fn routes(memory: Memory, health: Health, shutdown: Shutdown) -> Router {
    let changes = memory.watch_changes();
    Router::new().route("/live", get(follow)).with_state(Live { memory, changes, health, shutdown })
}

#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Place {
    user: String,
    namespace: String,
    thread: String,
}

async fn follow(State(live): State<Live>, Query(place): Query<Place>) -> Response {
    let scope = Scope::new(&place.user, &place.namespace);
    let thread = (!place.thread.is_empty()).then(|| ThreadId::new(&place.thread)).transpose();
    let (scope, thread) = match (scope, thread) {
        (Ok(scope), Ok(thread)) => (scope, thread),
        (Err(error), _) | (_, Err(error)) => {
            return guard::error(StatusCode::BAD_REQUEST, &error.to_string());
        }
    };
    // Not even when somebody else's thread changes is ours to tell. Redis gone is told by the stream itself.
    if let Some(thread) = &thread
        && let Err(agent_memory::Error::NotYours { .. }) = live.memory.sessions().load(&scope, thread).await
    {
        return guard::error(StatusCode::NOT_FOUND, "this user and namespace have no such thread");
    }
    let stopped = live.shutdown.requested();
    let events = events(live, thread).take_until(stopped);
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// What a page has to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
struct Stale {
    session: bool,
    events: bool,
    memories: bool,
    threads: bool,
}

impl Stale {
    const ALL: Self = Self { session: true, events: true, memories: true, threads: true };

    /// Adds what a change means for a page on this thread.
    fn add(&mut self, change: &Change, thread: Option<&str>) {
        match change {
            Change::Session(id) => {
                self.threads = true;
                self.session |= thread.is_none_or(|thread| thread == id);
            }
            Change::Events(id) => self.events |= thread.is_none_or(|thread| thread == id),
            // Whose memory it was cannot be told once it is gone.
            Change::Memory(_) => self.memories = true,
            Change::Everything => *self = Self::ALL,
        }
    }

    fn to_event(self) -> Option<Event> {
        (self != Self::default()).then(|| Event::default().event("changed").json_data(self).ok()).flatten()
    }
}

struct Follower {
    changes: broadcast::Receiver<Change>,
    redis: watch::Receiver<bool>,
    thread: Option<String>,
    is_fresh: bool,
}

fn events(live: Live, thread: Option<ThreadId>) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let follower = Follower {
        changes: live.changes.subscribe(),
        redis: live.health.receiver(),
        thread: thread.map(String::from),
        is_fresh: true,
    };
    stream::unfold(follower, |mut follower| async move {
        let events = follower.next().await?;
        Some((stream::iter(events.into_iter().map(Ok)), follower))
    })
    .flatten()
}

impl Follower {
    /// The next events; `None` when the server stops watching.
    async fn next(&mut self) -> Option<Vec<Event>> {
        if std::mem::take(&mut self.is_fresh) {
            return Some(self.turned());
        }
        loop {
            tokio::select! {
                turned = self.redis.changed() => {
                    turned.ok()?;
                    return Some(self.turned());
                }
                change = self.changes.recv() => {
                    let mut stale = Stale::default();
                    self.gather(&mut stale, change)?;
                    tokio::time::sleep(GATHER).await;
                    while !self.changes.is_empty() {
                        let change = self.changes.recv().await;
                        self.gather(&mut stale, change)?;
                    }
                    if let Some(event) = stale.to_event() {
                        return Some(vec![event]);
                    }
                }
            }
        }
    }

    fn gather(&self, stale: &mut Stale, change: Result<Change, broadcast::error::RecvError>) -> Option<()> {
        match change {
            Ok(change) => stale.add(&change, self.thread.as_deref()),
            Err(broadcast::error::RecvError::Lagged(_)) => *stale = Stale::ALL,
            Err(broadcast::error::RecvError::Closed) => return None,
        }
        Some(())
    }

    /// Whether Redis is there, and that everything may have changed meanwhile.
    fn turned(&mut self) -> Vec<Event> {
        let is_up = *self.redis.borrow_and_update();
        let turned = Event::default().event("redis").data(if is_up { "up" } else { "down" });
        std::iter::once(turned).chain(is_up.then(|| Stale::ALL.to_event()).flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_of_its_own_thread_and_of_all_memories() {
        let rows = [
            (Change::Session("t1".into()), Stale { session: true, threads: true, ..Stale::default() }),
            (Change::Session("t2".into()), Stale { threads: true, ..Stale::default() }),
            (Change::Events("t1".into()), Stale { events: true, ..Stale::default() }),
            (Change::Events("t2".into()), Stale::default()),
            (Change::Memory("m".into()), Stale { memories: true, ..Stale::default() }),
            (Change::Everything, Stale::ALL),
        ];
        for (change, expected) in rows {
            let mut stale = Stale::default();
            stale.add(&change, Some("t1"));
            assert_eq!(stale, expected, "{change:?}");
        }
    }
}
