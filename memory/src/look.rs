//! A look at one scope: everything that a dashboard shows, read in one go.

use serde::{Deserialize, Serialize};

use crate::{
    listing::Listing,
    model::{Event, Kind, MemoryRecord, SessionState, WriteKind},
    scope::{MemoryId, ThreadId},
    text::Text,
    turn::{IndexState, Revised, Step, Timings},
};

/// Events in a look.
pub const EVENTS: usize = 20;

/// Threads in a look where nothing else is asked for.
pub const THREADS: usize = 20;

/// Characters of the last turn that stand for a thread in a list.
pub const LAST_SAID_CHARS: usize = 120;

/// What to look at, within one scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookRequest {
    /// The thread; `None` is the one that was last active.
    pub thread_id: Option<ThreadId>,
    /// A text to be compared with the memories; nothing is written for it. `None` compares nothing.
    pub query: Option<Text>,
    /// Compare it with memories of this kind only.
    pub recall_kind: Option<Kind>,
    /// As what the text would be written, for the preview.
    pub write: WriteKind,
    /// The memories table.
    pub table: Listing,
    /// Only threads in whose id, goal or last turn these words begin; empty for all.
    pub find_threads: String,
    /// Most threads.
    pub thread_limit: usize,
    /// Whether to count what waits for a decision.
    pub counts_review: bool,
}

impl Default for LookRequest {
    fn default() -> Self {
        Self {
            thread_id: None,
            query: None,
            recall_kind: None,
            write: WriteKind::Episodic,
            table: Listing::default(),
            find_threads: String::new(),
            thread_limit: THREADS,
            counts_review: true,
        }
    }
}

/// Everything that the dashboard shows of one scope and thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When it was read, in Unix seconds by the server's clock.
    pub at: f64,
    /// The index.
    pub index: IndexState,
    /// Version of Redis, such as `7.4.1`.
    pub redis_version: String,
    /// The thread: the one asked for, or the current one of the scope; `None` where there is none.
    pub thread_id: Option<ThreadId>,
    /// Its working memory; `None` where it expired or never was.
    pub session: Option<SessionState>,
    /// Events of the thread, newest first, at most [`EVENTS`].
    pub events: Vec<Event>,
    /// Threads of the scope, last active first.
    pub threads: Vec<ThreadSummary>,
    /// Threads that match in all.
    pub thread_count: u64,
    /// The page of the memories table. With a query, each with its distance.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match the filters of the table. Like [`Self::memory_count`] it is exact, unless a scope that
    /// differs in case alone has memories and none of them is on the page or among the newest 50.
    pub match_count: u64,
    /// Memories of the scope in all.
    pub memory_count: u64,
    /// Pairs of memories that wait for somebody to decide, counted up to [`crate::review::COUNTED`].
    pub review_count: u64,
    /// What the query would recall; `None` without a query.
    pub probe: Option<ProbeOutcome>,
}

/// One thread in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThreadSummary {
    /// The thread's id.
    pub thread_id: ThreadId,
    /// What it is after; empty for none.
    pub goal: String,
    /// The beginning of its last turn; empty where nobody wrote it.
    pub last_said: String,
    /// Turns over its whole life.
    pub turn_count: u64,
    /// Last write, in Unix seconds.
    pub last_active_ts: f64,
}

/// What would be recalled for a text; nothing was written for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeOutcome {
    /// The nearest memories of the scope, nearest first, at most 50.
    pub candidates: Vec<MemoryRecord>,
    /// What would become of the text as a turn.
    pub preview: Preview,
    /// How long it took; nothing was written.
    pub timings: Timings,
    /// What was asked of Redis.
    pub steps: Vec<Step>,
}

/// What would become of a text that is sent as a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preview {
    /// Nothing would be written.
    Skipped,
    /// A new memory.
    New {
        /// Its kind.
        kind: Kind,
        /// Its lifetime; `None` stays.
        ttl_seconds: Option<u64>,
    },
    /// A new memory that says something else of the same thing as an earlier one; both stay.
    Revision {
        /// Its kind.
        kind: Kind,
        /// Its lifetime; `None` stays.
        ttl_seconds: Option<u64>,
        /// The earlier memory.
        revises: Revised,
        /// What that one says.
        text: String,
    },
    /// A hit on a memory that says the same.
    Duplicate {
        /// The memory.
        onto: MemoryId,
        /// What it says.
        text: String,
        /// How near it is.
        distance: f64,
        /// Its lifetime after the hit; `None` stays.
        ttl_seconds: Option<u64>,
    },
}
