//! What goes into a turn, a probe or a look, and what comes out.

use serde::{Deserialize, Serialize};

use crate::{
    model::{Event, Kind, MemoryRecord, Role, SessionState, TurnAction, WriteKind},
    scope::{MemoryId, Scope, ThreadId},
    threshold::{RECALL_K, Threshold, recalled},
};

/// One turn to take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRequest {
    /// Whose turn.
    pub scope: Scope,
    /// On which thread; `None` is the current thread of the scope, or a fresh one where there is none.
    pub thread_id: Option<ThreadId>,
    /// What is said, or the goal.
    pub text: String,
    /// Who says it.
    pub role: Role,
    /// A turn or a goal.
    pub action: TurnAction,
    /// What to write to long-term memory.
    pub write: WriteKind,
    /// Lifetime of the memory; `None` is that of its kind.
    pub ttl_seconds: Option<u64>,
}

impl TurnRequest {
    /// A turn of the user that is remembered as episodic, on the scope's current thread.
    #[must_use]
    pub fn new(scope: Scope, text: impl Into<String>) -> Self {
        Self {
            scope,
            thread_id: None,
            text: text.into(),
            role: Role::User,
            action: TurnAction::Turn,
            write: WriteKind::Episodic,
            ttl_seconds: None,
        }
    }

    /// The same turn on this thread.
    #[must_use]
    pub fn on(self, thread_id: ThreadId) -> Self {
        Self { thread_id: Some(thread_id), ..self }
    }

    /// The same turn, remembered as this kind.
    #[must_use]
    pub fn remembered_as(self, write: WriteKind) -> Self {
        Self { write, ..self }
    }

    /// The kind that will be written: none for `skip`, and none for a goal.
    #[must_use]
    pub fn written_kind(&self) -> Option<Kind> {
        match self.action {
            TurnAction::Turn => self.write.kind(),
            TurnAction::Goal => None,
        }
    }
}

/// What a turn wrote to long-term memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The memory that now holds the text.
    pub memory_id: MemoryId,
    /// Its kind.
    pub kind: Kind,
    /// Distance to the memory that held it already; `None` where the text is new.
    pub deduplicated_at: Option<f64>,
}

/// How long the parts of a turn took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Text to vector, in milliseconds, waiting for the embedder included.
    pub embed_ms: f64,
    /// Recall inside Redis, in milliseconds.
    pub recall_ms: f64,
    /// Writing the memory inside Redis, in milliseconds; 0 where nothing was written.
    pub write_ms: f64,
    /// The whole turn, in milliseconds, all waiting included.
    pub total_ms: f64,
}

/// What a turn did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnOutcome {
    /// The thread, given or found or begun.
    pub thread_id: ThreadId,
    /// The memory; `None` where the turn wrote none.
    pub written: Option<Written>,
    /// The nearest memories of the scope before the turn's own was written, nearest first, at most 50.
    pub candidates: Vec<MemoryRecord>,
    /// How long it took.
    pub timings: Timings,
}

impl TurnOutcome {
    /// The memories that a threshold recalls, at most five.
    #[must_use]
    pub fn recalled(&self, threshold: Threshold) -> &[MemoryRecord] {
        recalled(&self.candidates, threshold, RECALL_K)
    }
}

/// State of the memory index and the settings that matter to a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct IndexState {
    /// Memories in the index, of all scopes.
    pub num_docs: u64,
    /// Documents that could not be indexed.
    pub indexing_failures: u64,
    /// The index's name.
    pub index_name: String,
    /// The embedding model.
    pub model: String,
    /// Lifetime of working memory.
    pub session_ttl_seconds: u64,
    /// Deduplication threshold, a cosine distance.
    pub dedup_threshold: f64,
    /// Recall threshold where a request says nothing else, a cosine distance.
    pub default_recall_threshold: f64,
    /// What serves this, for the page's head line.
    pub stack_label: String,
}

/// Everything that the dashboard shows of one scope and thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The index.
    pub index: IndexState,
    /// The thread: the one asked for, or the current one of the scope; `None` where there is none.
    pub thread_id: Option<ThreadId>,
    /// Its working memory; `None` where it expired or never was.
    pub session: Option<SessionState>,
    /// Memories of the scope, newest first, at most 200.
    pub memories: Vec<MemoryRecord>,
    /// Memories of the scope in all.
    pub memory_count: u64,
    /// Events of the thread, newest first, at most 20.
    pub events: Vec<Event>,
}

/// What would be recalled for a text; nothing was written for it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProbeOutcome {
    /// The nearest memories of the scope, nearest first, at most 50.
    pub candidates: Vec<MemoryRecord>,
    /// How long it took; nothing was written.
    pub timings: Timings,
}
