//! Beginning, changing and ending threads, each with its entry in the event log.

use super::{Memory, now, random_bits, thread_started};
use crate::{
    Result, input,
    model::Role,
    scope::{Scope, ThreadId},
    store::{NewEvent, NewTurn},
};

impl Memory {
    /// Begins a thread with a goal, under this id or a random one, and logs it.
    ///
    /// # Errors
    /// [`crate::Error::AlreadyExists`] where there is a thread of this id, [`crate::Error::NotYours`] where it is somebody else's.
    pub async fn begin_thread(
        &self,
        scope: &Scope,
        thread_id: Option<ThreadId>,
        goal: &str,
    ) -> Result<ThreadId> {
        let thread_id = match thread_id {
            Some(thread_id) => thread_id,
            None => ThreadId::from_random_bits(random_bits()?),
        };
        let now = now();
        self.sessions.start(scope, &thread_id, goal, now).await?;
        self.events.record(scope, &thread_id, &thread_started(scope, now)).await?;
        Ok(thread_id)
    }

    /// Appends a turn to working memory alone and logs it: no embedding, no recall. Returns how many turns the thread has had.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long, [`crate::Error::NotYours`] for somebody else's thread.
    pub async fn append_turn(
        &self,
        scope: &Scope,
        thread_id: &ThreadId,
        role: Role,
        text: &str,
    ) -> Result<u64> {
        let content = input::required_text("text", text)?;
        let now = now();
        let count = self.sessions.append_turn(scope, thread_id, NewTurn { role, content, ts: now }).await?;
        let event = NewEvent { action: format!("turn_appended:{role}"), detail: String::new(), ts: now };
        self.events.record(scope, thread_id, &event).await?;
        Ok(count)
    }

    /// Replaces a thread's goal and logs it.
    ///
    /// # Errors
    /// [`crate::Error::NotYours`] for somebody else's thread.
    pub async fn set_goal(&self, scope: &Scope, thread_id: &ThreadId, goal: &str) -> Result<()> {
        let now = now();
        self.sessions.set_goal(scope, thread_id, goal, now).await?;
        let event = NewEvent { action: "goal_set".into(), detail: String::new(), ts: now };
        self.events.record(scope, thread_id, &event).await.map(drop)
    }
}
