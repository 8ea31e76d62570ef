//! Working memory: one hash per thread.

use redis::{Cmd, Value};

use super::{Store, codec, reply, scripts, search};
use crate::{
    Error, Result, input,
    look::{LAST_SAID_CHARS, ThreadSummary, check_find, words_of},
    model::{Role, SessionState},
    scope::{DEFAULT_NAME, Scope, ThreadId},
    settings::{RECENT_TURNS, Settings},
};

/// The store of working memory: goal, scratchpad and the newest turns of each thread.
///
/// Every write is one atomic step in Redis that also renews the TTL; reads never renew it. A thread belongs to the
/// user and namespace that began it: anybody else's call fails with [`Error::NotYours`] and changes nothing.
/// Cheap to clone.
#[derive(Clone)]
pub struct AgentSession {
    store: Store,
    ttl_seconds: u64,
    agent: String,
}

/// A turn to append.
#[derive(Debug, Clone, Copy)]
pub struct NewTurn<'a> {
    /// Who spoke.
    pub role: Role,
    /// What was said, at most 65,536 bytes.
    pub content: &'a str,
    /// When, in Unix seconds.
    pub ts: f64,
}

/// A page of threads, last active first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThreadPage {
    /// The threads.
    pub threads: Vec<ThreadSummary>,
    /// Threads that match in all.
    pub total: u64,
}

/// A change of a session, with the word that the script knows it by.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    Start { goal: &'a str },
    Append(NewTurn<'a>),
    Goal(&'a str),
    Scratchpad(&'a str),
    Delete,
}

impl AgentSession {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store, settings: &Settings) -> Self {
        Self { store, ttl_seconds: settings.session_ttl_seconds, agent: settings.agent.clone() }
    }

    /// Begins a thread.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] where the thread is there already, [`Error::NotYours`] where it is somebody else's.
    pub async fn start(&self, scope: &Scope, thread_id: &ThreadId, goal: &str, now: f64) -> Result<()> {
        input::text("goal", goal)?;
        self.write(scope, thread_id, Change::Start { goal }, now).await.map(drop)
    }

    /// Appends a turn, beginning the thread where there is none, and returns how many turns it has had.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn append_turn(&self, scope: &Scope, thread_id: &ThreadId, turn: NewTurn<'_>) -> Result<u64> {
        input::text("text", turn.content)?;
        self.write(scope, thread_id, Change::Append(turn), turn.ts).await
    }

    /// Replaces the goal, beginning the thread where there is none.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn set_goal(&self, scope: &Scope, thread_id: &ThreadId, goal: &str, now: f64) -> Result<()> {
        input::text("goal", goal)?;
        self.write(scope, thread_id, Change::Goal(goal), now).await.map(drop)
    }

    /// Replaces the scratchpad, beginning the thread where there is none.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn set_scratchpad(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        notes: &str,
        now: f64,
    ) -> Result<()> {
        input::text("scratchpad", notes)?;
        self.write(scope, thread_id, Change::Scratchpad(notes), now).await.map(drop)
    }

    /// Reads a session; `None` where it expired or never was.
    ///
    /// # Errors
    /// [`Error::NotYours`] where the thread is somebody else's.
    pub async fn load(&self, scope: &Scope, thread_id: &ThreadId) -> Result<Option<SessionState>> {
        let replies = self.store.all("load session", self.load_commands(thread_id).into()).await?;
        let [fields, pttl] = replies.try_into().unwrap_or([Value::Nil, Value::Nil]);
        Self::loaded(scope, thread_id, fields, &pttl)
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
        check_find("find_threads", find)?;
        let command = self.threads_command(scope, &words_of(find), offset, limit);
        let reply = self.store.one("list threads", command).await?;
        Ok(self.listed(scope, reply))
    }

    /// The threads in whose id, goal or last turn all these words begin; without words, all.
    pub(crate) fn threads_command(
        &self,
        scope: &Scope,
        words: &[String],
        offset: usize,
        limit: usize,
    ) -> Cmd {
        search::threads(&self.store.keys().thread_index(), scope, words, offset, limit)
    }

    pub(crate) fn listed(&self, scope: &Scope, reply: Value) -> ThreadPage {
        let found = reply::found(reply);
        let prefix = &self.store.keys().session_prefix;
        let threads = found.rows.into_iter().filter_map(|(key, fields)| {
            let user = fields.get("user").map_or(DEFAULT_NAME, String::as_str);
            let is_owned = owns(scope, user, fields.get("namespace").map(String::as_str));
            is_owned.then(|| codec::thread(fields, key.strip_prefix(prefix)?)).flatten()
        });
        ThreadPage { threads: threads.collect(), total: found.total }
    }

    pub(crate) fn load_commands(&self, thread_id: &ThreadId) -> [Cmd; 2] {
        let key = self.store.keys().session(thread_id);
        ["HGETALL", "PTTL"].map(|name| {
            let mut command = redis::cmd(name);
            command.arg(&key);
            command
        })
    }

    pub(crate) fn loaded(
        scope: &Scope,
        thread_id: &ThreadId,
        fields: Value,
        pttl: &Value,
    ) -> Result<Option<SessionState>> {
        let ttl_seconds = reply::ttl_seconds(pttl).unwrap_or(0);
        match codec::session(reply::fields(fields), thread_id.as_str(), ttl_seconds) {
            Some(session) if !owns(scope, &session.user, session.namespace.as_deref()) => {
                Err(Error::NotYours { thread_id: thread_id.clone() })
            }
            session => Ok(session),
        }
    }

    pub(crate) fn append_command(&self, scope: &Scope, thread_id: &ThreadId, turn: NewTurn<'_>) -> Cmd {
        self.command(scope, thread_id, Change::Append(turn), turn.ts)
    }

    pub(crate) fn goal_command(&self, scope: &Scope, thread_id: &ThreadId, goal: &str, now: f64) -> Cmd {
        self.command(scope, thread_id, Change::Goal(goal), now)
    }

    async fn write(&self, scope: &Scope, thread_id: &ThreadId, change: Change<'_>, now: f64) -> Result<u64> {
        let command = self.command(scope, thread_id, change, now);
        Self::written(thread_id, self.store.one("write session", command).await?)
    }

    fn command(&self, scope: &Scope, thread_id: &ThreadId, change: Change<'_>, now: f64) -> Cmd {
        let (operation, value) = match change {
            Change::Start { goal } => ("start", goal.to_string()),
            Change::Append(turn) => ("append", codec::turn_json(turn.role.as_str(), turn.content, turn.ts)),
            Change::Goal(goal) => ("goal", goal.to_string()),
            Change::Scratchpad(notes) => ("scratchpad", notes.to_string()),
            Change::Delete => ("delete", String::new()),
        };
        let last_said: String = match change {
            Change::Append(turn) => turn.content.chars().take(LAST_SAID_CHARS).collect(),
            _ => String::new(),
        };
        let mut command = scripts::call(&scripts::WRITE_SESSION, &[self.store.keys().session(thread_id)]);
        command.arg(operation).arg(thread_id.as_str()).arg(scope.user()).arg(scope.namespace());
        command.arg(&self.agent).arg(now.to_string()).arg(self.ttl_seconds).arg(RECENT_TURNS).arg(value);
        command.arg(last_said);
        command
    }

    /// Reads the script's answer: the turn count.
    pub(crate) fn written(thread_id: &ThreadId, reply: Value) -> Result<u64> {
        let answer = reply::elements(reply);
        match answer.first().and_then(reply::text).as_deref() {
            Some("ok") => Ok(answer.get(1).map_or(0, reply::integer).try_into().unwrap_or_default()),
            Some("exists") => Err(Error::AlreadyExists { thread_id: thread_id.clone() }),
            _ => Err(Error::NotYours { thread_id: thread_id.clone() }),
        }
    }
}

/// Whether a session is the scope's; one that tells no namespace is its user's in every namespace.
fn owns(scope: &Scope, user: &str, namespace: Option<&str>) -> bool {
    scope.owns(user, namespace.unwrap_or(scope.namespace()))
}
