//! What the dashboard shows of one scope and thread.

use redis::Value;

use super::{CURRENT_THREADS, Memory, newest_thread};
use crate::{
    AgentEventLog, AgentSession, Event, Result, SessionState,
    embedder::MODEL,
    model::MemoryRecord,
    scope::{Scope, ThreadId},
    store::{PageRequest, index, set_ttls},
    turn::{IndexState, Snapshot},
};

/// Most memories in a [`Snapshot`].
pub const SNAPSHOT_MEMORIES: usize = 200;

/// Most events in a [`Snapshot`].
pub const SNAPSHOT_EVENTS: usize = 20;

impl Memory {
    /// Everything that the dashboard shows. Two round trips. `None` for the thread is the current one: of the scope's
    /// threads, the one that was last active.
    ///
    /// # Errors
    /// [`crate::Error::NotYours`] for somebody else's thread.
    pub async fn snapshot(&self, scope: &Scope, thread_id: Option<&ThreadId>) -> Result<Snapshot> {
        let page = PageRequest { kind: None, offset: 0, limit: SNAPSHOT_MEMORIES };
        let commands = vec![
            self.long_term.index_command(),
            self.long_term.list_command(scope, page),
            self.sessions.threads_command(scope, 0, CURRENT_THREADS),
        ];
        let replies = self.store.all("read state", commands).await?;
        let [info, memories, threads] = replies.try_into().unwrap_or([const { Value::Nil }; 3]);
        let mut listed = self.long_term.listed(scope, page, memories);
        let thread_id =
            thread_id.cloned().or_else(|| newest_thread(&self.sessions.listed(scope, threads).threads));

        let (session, events) = self.thread_state(scope, thread_id.as_ref(), &mut listed.memories).await?;
        Ok(Snapshot {
            index: self.index_state(&index::parse_info(info)),
            thread_id,
            session,
            memory_count: listed.total,
            memories: listed.memories,
            events,
        })
    }

    /// Second round trip of a snapshot: the session, its events, and how long the memories live.
    async fn thread_state(
        &self,
        scope: &Scope,
        thread_id: Option<&ThreadId>,
        memories: &mut [MemoryRecord],
    ) -> Result<(Option<SessionState>, Vec<Event>)> {
        let mut commands = self.long_term.ttl_commands(memories);
        if let Some(thread_id) = thread_id {
            commands.extend(self.sessions.load_commands(thread_id));
            commands.push(self.events.recent_command(thread_id, SNAPSHOT_EVENTS));
        }
        if commands.is_empty() {
            return Ok((None, Vec::new()));
        }
        let mut replies = self.store.all("read state", commands).await?;
        let mut of_thread = replies.split_off(memories.len()).into_iter();
        set_ttls(memories, &replies);
        let Some(thread_id) = thread_id else { return Ok((None, Vec::new())) };
        let mut next = || of_thread.next().unwrap_or(Value::Nil);
        let session = AgentSession::loaded(scope, thread_id, next(), &next())?;
        Ok((session, AgentEventLog::read(scope, thread_id, next())))
    }

    fn index_state(&self, info: &index::Info) -> IndexState {
        IndexState {
            num_docs: info.num_docs,
            indexing_failures: info.indexing_failures,
            index_name: self.settings.keys.memory_index.clone(),
            model: MODEL.into(),
            session_ttl_seconds: self.settings.session_ttl_seconds,
            dedup_threshold: self.settings.dedup_threshold.distance(),
            default_recall_threshold: self.settings.recall_threshold.distance(),
            stack_label: self.settings.stack_label.clone(),
        }
    }
}
