//! Starting and changing threads, each in one atomic step with its entry in the event log.

use super::{Memory, now};
use crate::{
    Result,
    model::Role,
    scope::{Scope, ThreadId},
    store::{NewEvent, NewTurn, OnThread, SessionChange, Write},
    text::Text,
};

impl Memory {
    /// Starts a thread with a goal, under this id or a random one, and logs it. The scope's other threads stay as they are.
    ///
    /// # Errors
    /// [`crate::Error::AlreadyExists`] where there is a thread of this id, [`crate::Error::ThreadTaken`] where it is somebody else's.
    pub async fn start_thread(
        &self,
        scope: &Scope,
        thread_id: Option<ThreadId>,
        goal: &str,
    ) -> Result<ThreadId> {
        let thread_id = match thread_id {
            Some(thread_id) => thread_id,
            None => ThreadId::random()?,
        };
        let detail = format!("user={} namespace={}", scope.user(), scope.namespace());
        let event = NewEvent { action: "thread_started".into(), detail, ts: now() };
        self.change_thread(scope, &thread_id, SessionChange::Start { goal }, &event).await?;
        Ok(thread_id)
    }

    /// Appends a turn to working memory alone and logs it: no embedding, no recall. Returns how many turns the thread has had.
    ///
    /// # Errors
    /// [`crate::Error::ThreadTaken`] for somebody else's thread.
    pub async fn append_turn(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        role: Role,
        text: &Text,
    ) -> Result<u64> {
        let event = logged(format!("turn_appended:{role}"));
        let turn = NewTurn { role, content: text.as_str(), ts: event.ts };
        self.change_thread(scope, thread_id, SessionChange::Append(turn), &event).await
    }

    /// Replaces a thread's goal and logs it. An empty one clears it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a goal of more than 65,536 bytes, [`crate::Error::ThreadTaken`] for somebody else's thread.
    pub async fn set_goal(&self, scope: &Scope, thread_id: &ThreadId, goal: &str) -> Result<()> {
        let event = logged("goal_set".into());
        self.change_thread(scope, thread_id, SessionChange::Goal(goal), &event).await.map(drop)
    }

    /// Replaces the agent's notes on a thread and logs it. Empty ones clear them.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for notes of more than 65,536 bytes, [`crate::Error::ThreadTaken`] for somebody else's thread.
    pub async fn set_scratchpad(&self, scope: &Scope, thread_id: &ThreadId, notes: &str) -> Result<()> {
        let event = logged("scratchpad_set".into());
        self.change_thread(scope, thread_id, SessionChange::Scratchpad(notes), &event).await.map(drop)
    }

    async fn change_thread(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        change: SessionChange<'_>,
        event: &NewEvent,
    ) -> Result<u64> {
        let write = Write::new(scope, event.ts)
            .session(OnThread::Named(thread_id), change.checked()?)
            .event(event)
            .once(self.once.as_ref(), 0);
        Ok(self.writer.run("write session", write).await?.turn_count)
    }
}

fn logged(action: String) -> NewEvent {
    NewEvent { action, detail: String::new(), ts: now() }
}
