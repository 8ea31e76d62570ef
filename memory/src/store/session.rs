//! Working memory: one hash per thread.

use redis::Value;

use super::{
    Store, codec, query, reply,
    request::Request,
    rows::{self, Owner},
    write::{Change, NewTurn, OnThread, Write, Writer},
};
use crate::{
    Error, Result,
    filter::{check_words, words_of},
    look::ThreadSummary,
    model::SessionState,
    scope::{Scope, ThreadId},
    settings::Settings,
};

/// The store of working memory: goal, scratchpad and the newest turns of each thread.
///
/// Every write is one atomic step in Redis that also renews the TTL; reads never renew it. A thread belongs to the
/// user and namespace that began it: anybody else's call fails with [`Error::NotYours`] or [`Error::ThreadTaken`] and
/// changes nothing.
/// Cheap to clone.
#[derive(Clone)]
pub struct AgentSession {
    store: Store,
    writer: Writer,
}

/// A page of threads, last active first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThreadPage {
    /// The threads.
    pub threads: Vec<ThreadSummary>,
    /// Threads that match in all.
    pub total: u64,
}

impl AgentSession {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store, settings: &Settings) -> Self {
        Self { writer: Writer::new(store.clone(), settings), store }
    }

    /// Begins a thread.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] where the thread is there already, [`Error::ThreadTaken`] where it is somebody else's.
    pub async fn start(&self, scope: &Scope, thread_id: &ThreadId, goal: &str, now: f64) -> Result<()> {
        self.write(scope, thread_id, Change::Start { goal }, now).await.map(drop)
    }

    /// Appends a turn, beginning the thread where there is none, and returns how many turns it has had.
    ///
    /// # Errors
    /// [`Error::ThreadTaken`] where the thread is somebody else's.
    pub async fn append_turn(&self, scope: &Scope, thread_id: &ThreadId, turn: NewTurn<'_>) -> Result<u64> {
        self.write(scope, thread_id, Change::Append(turn), turn.ts).await
    }

    /// Replaces the goal, beginning the thread where there is none.
    ///
    /// # Errors
    /// [`Error::ThreadTaken`] where the thread is somebody else's.
    pub async fn set_goal(&self, scope: &Scope, thread_id: &ThreadId, goal: &str, now: f64) -> Result<()> {
        self.write(scope, thread_id, Change::Goal(goal), now).await.map(drop)
    }

    /// Replaces the scratchpad, beginning the thread where there is none.
    ///
    /// # Errors
    /// [`Error::ThreadTaken`] where the thread is somebody else's.
    pub async fn set_scratchpad(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        notes: &str,
        now: f64,
    ) -> Result<()> {
        self.write(scope, thread_id, Change::Scratchpad(notes), now).await.map(drop)
    }

    /// Reads a session; `None` where it expired or never was.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn load(&self, scope: &Scope, thread_id: &ThreadId) -> Result<Option<SessionState>> {
        self.store.run("load session", self.load_request(scope, thread_id)).await
    }

    /// Deletes a session; `false` where there was none. The thread's event log stays.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn delete(&self, scope: &Scope, thread_id: &ThreadId) -> Result<bool> {
        Ok(self.write(scope, thread_id, Change::Delete, 0.0).await? > 0)
    }

    /// Lists the threads of a scope, last active first. A session that another program wrote without a namespace is
    /// listed in every namespace of its user.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn threads(&self, scope: &Scope, offset: usize, limit: usize) -> Result<ThreadPage> {
        self.find_threads(scope, "", offset, limit).await
    }

    /// Lists those threads of a scope in whose id, goal or last turn all the words of a text begin, last active first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text of more than 200 characters.
    pub async fn find_threads(
        &self,
        scope: &Scope,
        find: &str,
        offset: usize,
        limit: usize,
    ) -> Result<ThreadPage> {
        check_words("find_threads", find)?;
        let request = self.threads_request(scope, &words_of(find), offset, limit);
        self.store.run("list threads", request).await
    }

    /// The threads in whose id, goal or last turn all these words begin; without words, all.
    pub(crate) fn threads_request<'a>(
        &self,
        scope: &'a Scope,
        words: &[String],
        offset: usize,
        limit: usize,
    ) -> Request<'a, ThreadPage> {
        let keys = self.store.keys();
        let command = query::threads(&keys.thread_index(), scope, words, offset, limit);
        let prefix = keys.session_prefix.clone();
        Request::one(command, move |reply| Ok(page(scope, &prefix, reply)))
    }

    /// Reads a session, as a request.
    pub(crate) fn load_request<'a>(
        &self,
        scope: &'a Scope,
        thread_id: &'a ThreadId,
    ) -> Request<'a, Option<SessionState>> {
        let on = |name: &str| {
            let mut command = redis::cmd(name);
            command.arg(self.store.keys().session(thread_id));
            command
        };
        let (fields, pttl) = (Request::one(on("HGETALL"), Ok), Request::one(on("PTTL"), Ok));
        fields.and(pttl).and_then(|(fields, pttl)| loaded(scope, thread_id, fields, &pttl))
    }

    async fn write(&self, scope: &Scope, thread_id: &ThreadId, change: Change<'_>, now: f64) -> Result<u64> {
        let write = Write::new(scope, now).session(OnThread::Named(thread_id), change.checked()?);
        Ok(self.writer.run("write session", write).await?.turn_count)
    }
}

fn page(scope: &Scope, prefix: &str, reply: Value) -> ThreadPage {
    let found = reply::found(reply);
    let threads = found.rows.into_iter().filter_map(|(key, fields)| {
        let text = |name: &str| fields.get(name).map(String::as_str);
        let is_own = Owner::of_session(text("user"), text("namespace")).is(scope);
        is_own.then(|| codec::thread(fields, key.strip_prefix(prefix)?)).flatten()
    });
    ThreadPage { threads: threads.collect(), total: found.total }
}

fn loaded(scope: &Scope, thread_id: &ThreadId, fields: Value, pttl: &Value) -> Result<Option<SessionState>> {
    let ttl_seconds = reply::ttl_seconds(pttl).unwrap_or(0);
    match codec::session(reply::fields(fields), thread_id.as_str(), ttl_seconds) {
        Some(session) if !rows::is_own_session(scope, &session) => {
            Err(Error::NotYours { thread_id: thread_id.clone() })
        }
        session => Ok(session),
    }
}
