//! The event log: one bounded stream per thread.

use futures::{Stream, stream};
use redis::{Cmd, Value};

use super::{Store, reply, request::Request, rows::Owner, write::NewEvent};
use crate::{
    Result,
    model::Event,
    scope::{Scope, ThreadId},
    settings::{EVENT_LOG_MAX_LENGTH, Settings},
};

/// The store of what happened on each thread. Cheap to clone.
#[derive(Clone)]
pub struct AgentEventLog {
    store: Store,
    ttl_seconds: u64,
}

impl AgentEventLog {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store, settings: &Settings) -> Self {
        Self { store, ttl_seconds: settings.event_ttl_seconds.get() }
    }

    /// Records an event, renews the log's TTL, and returns the entry's id. The log keeps about the newest 1000.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot take it.
    pub async fn record(&self, scope: &Scope, thread_id: &ThreadId, event: &NewEvent) -> Result<String> {
        let [add, expire] = self.record_commands(scope, thread_id, event);
        let id = Request::one(add, |id| Ok(reply::text(&id).unwrap_or_default()));
        let expire = Request::one(expire, |_| Ok(()));
        Ok(self.store.run("record event", id.and(expire)).await?.0)
    }

    /// The newest events of a thread, newest first. Events that another scope recorded are left out.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recent(&self, scope: &Scope, thread_id: &ThreadId, limit: usize) -> Result<Vec<Event>> {
        self.store.run("read events", self.recent_request(scope, thread_id, limit)).await
    }

    /// The same, as a request.
    pub(crate) fn recent_request<'a>(
        &self,
        scope: &'a Scope,
        thread_id: &'a ThreadId,
        limit: usize,
    ) -> Request<'a, Vec<Event>> {
        Request::one(self.recent_command(thread_id, limit), |reply| {
            let events = entries(reply).into_iter();
            Ok(events.filter_map(|(id, fields)| event(scope, thread_id, id, fields)).collect())
        })
    }

    /// Follows a thread: all events after the entry `after` (`0` for all, `$` for those to come), as they arrive.
    ///
    /// The stream ends with an error when the connection breaks; call again with the last id seen to go on without gaps
    /// or doubles. It holds a connection of its own until it is dropped.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] where no connection is to be had.
    pub async fn follow(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        after: &str,
    ) -> Result<impl Stream<Item = Result<Event>> + Send + use<>> {
        let follower = Follower {
            connection: self.store.dedicated().await?,
            key: self.store.keys().events(thread_id),
            scope: scope.clone(),
            thread_id: thread_id.clone(),
            after: self.resolved(thread_id, after).await?,
            waiting: Vec::new().into_iter(),
        };
        Ok(stream::try_unfold(follower, Follower::next))
    }

    /// `$` as the id that it stands for now, so that nothing is missed between two reads.
    async fn resolved(&self, thread_id: &ThreadId, after: &str) -> Result<String> {
        if after != "$" {
            return Ok(after.into());
        }
        let newest =
            Request::one(self.recent_command(thread_id, 1), |reply| Ok(entries(reply).into_iter().next()));
        let newest = self.store.run("read events", newest).await?;
        Ok(newest.map_or_else(|| "0".into(), |(id, _)| id))
    }

    fn record_commands(&self, scope: &Scope, thread_id: &ThreadId, event: &NewEvent) -> [Cmd; 2] {
        let key = self.store.keys().events(thread_id);
        let mut add = redis::cmd("XADD");
        add.arg(&key).arg(&["MAXLEN", "~"]).arg(EVENT_LOG_MAX_LENGTH).arg("*");
        add.arg("action").arg(&event.action).arg("detail").arg(&event.detail);
        add.arg("ts").arg(event.ts.to_string());
        // Whose event it is, so that a thread id that was used by two scopes one after the other shows neither the other's.
        add.arg("user").arg(scope.user()).arg("namespace").arg(scope.namespace());
        let mut expire = redis::cmd("EXPIRE");
        expire.arg(&key).arg(self.ttl_seconds);
        [add, expire]
    }

    fn recent_command(&self, thread_id: &ThreadId, limit: usize) -> Cmd {
        let mut command = redis::cmd("XREVRANGE");
        command.arg(self.store.keys().events(thread_id)).arg(&["+", "-", "COUNT"]).arg(limit);
        command
    }
}

/// A blocking reader of one stream.
struct Follower {
    connection: redis::aio::MultiplexedConnection,
    key: String,
    scope: Scope,
    thread_id: ThreadId,
    after: String,
    waiting: std::vec::IntoIter<(String, Value)>,
}

impl Follower {
    async fn next(mut self) -> Result<Option<(Event, Self)>> {
        loop {
            for (id, fields) in self.waiting.by_ref() {
                self.after.clone_from(&id);
                if let Some(event) = event(&self.scope, &self.thread_id, id, fields) {
                    return Ok(Some((event, self)));
                }
            }
            self.waiting = self.read().await?.into_iter();
        }
    }

    /// Waits for entries; none after a while means that there were none.
    async fn read(&mut self) -> Result<Vec<(String, Value)>> {
        // Short enough that a dropped follower frees its connection soon, long enough to cost nothing.
        const BLOCK_MILLISECONDS: usize = 5000;
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(100).arg("BLOCK").arg(BLOCK_MILLISECONDS);
        command.arg("STREAMS").arg(&self.key).arg(&self.after);
        let answer: Value = command
            .query_async(&mut self.connection)
            .await
            .map_err(|error| reply::failed("follow events", error))?;
        let streams = reply::elements(answer).into_iter();
        Ok(streams.flat_map(|stream| entries(reply::elements(stream).pop().unwrap_or(Value::Nil))).collect())
    }
}

/// The entries of a stream reply: id and fields.
fn entries(reply: Value) -> Vec<(String, Value)> {
    let entries = reply::elements(reply).into_iter().filter_map(|entry| {
        let [id, fields] = <[Value; 2]>::try_from(reply::elements(entry)).ok()?;
        Some((reply::text(&id)?, fields))
    });
    entries.collect()
}

/// An entry as an event; `None` where another scope recorded it. Other programs tell no scope.
fn event(scope: &Scope, thread_id: &ThreadId, event_id: String, fields: Value) -> Option<Event> {
    let mut fields = reply::fields(fields);
    let owner =
        Owner::of_event(fields.get("user").map(String::as_str), fields.get("namespace").map(String::as_str));
    if !owner.is(scope) {
        return None;
    }
    let ts = fields.get("ts").and_then(|ts| ts.parse().ok()).unwrap_or(0.0);
    let mut text = |name: &str| fields.remove(name).unwrap_or_default();
    Some(Event { thread_id: thread_id.clone(), action: text("action"), detail: text("detail"), event_id, ts })
}
