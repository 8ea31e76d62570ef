//! [`Memory`]: embedder and stores behind one handle; one turn is one call.
//!
//! - `turn`: one turn in two round trips
//! - `recall`: recall and remember outside of any turn
//! - `probe`: asking without writing
//! - `look`: what the dashboard shows
//! - `samples`: the sample memories, reset
//! - `threads`: beginning, changing and ending threads
//! - `batch`, `edit`: remembering many texts at once, recalling by a filter; changing and dropping memories
//! - `import`: writing memories as they were exported

use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use crate::{
    AgentEventLog, AgentSession, Embedder, Embedding, Error, IndexState, LongTermMemory, Result,
    scope::{MemoryId, Scope, ThreadId},
    settings::Settings,
    store::{Changes, Idempotency, NewEvent, Store},
};

mod batch;
mod edit;
mod import;
mod look;
mod probe;
mod recall;
mod recent_embeddings;
mod samples;
mod threads;
mod turn;

use self::recent_embeddings::RecentEmbeddings;
pub use self::{
    batch::{NewText, RecallQuery, Recalled},
    edit::{DROP_SHOWN, Dropped, TextEdit},
    import::{Import, ImportOptions, ImportReport, LineProblem},
    samples::ResetExtent,
};

/// The memory of agents: an embedder and the three stores.
///
/// Cheap to clone; clones share the connection and the model.
#[derive(Clone)]
pub struct Memory {
    store: Store,
    sessions: AgentSession,
    long_term: LongTermMemory,
    events: AgentEventLog,
    embedder: Arc<dyn Embedder>,
    recent_embeddings: Arc<RecentEmbeddings>,
    settings: Arc<Settings>,
}

impl Memory {
    /// Connects to Redis and makes sure that the indexes are there.
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub async fn connect(url: &str, settings: Settings, embedder: impl Embedder + 'static) -> Result<Self> {
        let store = Store::connect(url, settings.keys.clone()).await?;
        Ok(Self {
            sessions: AgentSession::new(store.clone(), &settings),
            long_term: LongTermMemory::new(store.clone(), &settings),
            events: AgentEventLog::new(store.clone(), &settings),
            embedder: Arc::new(embedder),
            recent_embeddings: Arc::default(),
            settings: Arc::new(settings),
            store,
        })
    }

    /// Working memory.
    #[must_use]
    pub fn sessions(&self) -> &AgentSession {
        &self.sessions
    }

    /// Long-term memory.
    #[must_use]
    pub fn long_term(&self) -> &LongTermMemory {
        &self.long_term
    }

    /// The event log.
    #[must_use]
    pub fn events(&self) -> &AgentEventLog {
        &self.events
    }

    /// State of the memory index, with the settings that matter to a person.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn index(&self) -> Result<IndexState> {
        Ok(self.index_state(&self.long_term.index_info().await?))
    }

    /// Answers that are kept for repeated requests.
    #[must_use]
    pub fn idempotency(&self) -> Idempotency {
        Idempotency::new(self.store.clone())
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Starts a watch over everything that changes in this memory, whoever changes it.
    #[must_use]
    pub fn watch_changes(&self) -> Changes {
        Changes::watch(self.store.clone())
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where none comes.
    pub async fn ping(&self) -> Result<()> {
        self.store.ping().await
    }

    /// The vector of a text. Those of the latest texts are remembered.
    ///
    /// # Errors
    /// [`Error::Embedder`] when inference fails, [`Error::Overloaded`] where too many texts wait.
    pub async fn embed(&self, text: &str) -> Result<Embedding> {
        if let Some(embedding) = self.recent_embeddings.get(text) {
            return Ok(embedding);
        }
        let embedding = self.embedder.embed(text).await?;
        self.recent_embeddings.keep(text, &embedding);
        Ok(embedding)
    }

    /// Begins a thread and logs it. The scope's other threads stay as they are.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot take it.
    pub async fn new_thread(&self, scope: &Scope) -> Result<ThreadId> {
        let thread_id = ThreadId::from_random_bits(random_bits()?);
        let now = now();
        self.sessions.start(scope, &thread_id, "", now).await?;
        self.events.record(scope, &thread_id, &thread_started(scope, now)).await?;
        Ok(thread_id)
    }

    /// Replaces the agent's notes on a thread and logs it.
    ///
    /// # Errors
    /// [`Error::NotYours`] for somebody else's thread.
    pub async fn set_scratchpad(&self, scope: &Scope, thread_id: &ThreadId, notes: &str) -> Result<()> {
        let now = now();
        self.sessions.set_scratchpad(scope, thread_id, notes, now).await?;
        let event = NewEvent { action: "scratchpad_set".into(), detail: String::new(), ts: now };
        self.events.record(scope, thread_id, &event).await.map(drop)
    }

    /// Deletes one memory of the scope; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn forget(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.long_term.forget(scope, id).await
    }

    /// Takes one memory of the scope out, so that [`Self::bring_back`] can undo it for a minute; `false` where the scope has
    /// none of this id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn set_aside(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.long_term.set_aside(scope, id).await
    }

    /// Puts a memory back that was set aside; `false` where the scope has none aside under this id.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn bring_back(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.long_term.bring_back(scope, id).await
    }

    async fn timed_embed(&self, text: &str) -> Result<(Embedding, f64)> {
        let began = Instant::now();
        let embedding = self.embed(text).await?;
        Ok((embedding, milliseconds_since(began)))
    }
}

/// Threads to look at for the current one: more than one, since a session of another program may be somebody else's
/// after all (tags are compared without the spaces around them).
const CURRENT_THREADS: usize = 3;

fn thread_started(scope: &Scope, now: f64) -> NewEvent {
    let detail = format!("user={} namespace={}", scope.user(), scope.namespace());
    NewEvent { action: "thread_started".into(), detail, ts: now }
}

fn newest_thread(threads: &[crate::look::ThreadSummary]) -> Option<ThreadId> {
    threads.iter().find_map(|thread| ThreadId::new(&thread.thread_id).ok())
}

/// Unix seconds, to the microsecond.
#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit 53 bits until the year 2255")]
fn now() -> f64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_1970.as_micros() as f64 / 1e6
}

fn milliseconds_since(instant: Instant) -> f64 {
    instant.elapsed().as_secs_f64() * 1000.0
}

pub(crate) fn random_bits() -> Result<u64> {
    getrandom::u64()
        .map_err(|error| Error::Unavailable { attempt: "draw a random id", source: Box::new(error) })
}
