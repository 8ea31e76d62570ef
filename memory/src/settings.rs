//! Lifetimes and limits, with the defaults that Redis's own demos share.

use serde::{Deserialize, Serialize};

use crate::{
    keys::Keys,
    lifetime::{Lifetime, Seconds},
    model::{Kind, words},
    threshold::Threshold,
};

/// Turns in the rolling window of a session.
pub const RECENT_TURNS: usize = 20;

/// Entries that a thread's event log keeps, approximately: Redis trims whole nodes.
pub const EVENT_LOG_MAX_LENGTH: usize = 1000;

/// Name of the agent where none is given.
pub const DEFAULT_AGENT: &str = "demo-agent";

words! {
    /// When a text counts as one that is remembered already.
    DedupRule, "dedup_rule" {
        /// Within the dedup distance, and it says the same: see [`crate::comparison`]. Nothing is dropped for an older text.
        Content = "content",
        /// Within the dedup distance, whatever it says, as in Redis's own demos.
        Distance = "distance",
    }
}

/// Settings of a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Where things lie in Redis.
    pub keys: Keys,
    /// Lifetime of working memory, renewed by every write.
    pub session_ttl_seconds: Seconds,
    /// Lifetime of an episodic memory; semantic ones stay.
    pub episodic_ttl_seconds: Seconds,
    /// Lifetime of an event log, renewed by every event. As long as episodic memories, so that what is remembered can be traced.
    pub event_ttl_seconds: Seconds,
    /// Up to which distance a text may count as one that is remembered already.
    pub dedup_threshold: Threshold,
    /// What else it takes for that.
    pub dedup_rule: DedupRule,
    /// Up to which distance memories are recalled where a request says nothing else.
    pub recall_threshold: Threshold,
    /// The agent's name in new sessions.
    pub agent: String,
    /// What serves the memory, for the head line of a page.
    pub stack_label: String,
}

impl Default for Settings {
    fn default() -> Self {
        const SEVEN_DAYS: Seconds = Seconds::constant(7 * 24 * 60 * 60);
        Self {
            keys: Keys::default(),
            session_ttl_seconds: Seconds::constant(3600),
            episodic_ttl_seconds: SEVEN_DAYS,
            event_ttl_seconds: SEVEN_DAYS,
            dedup_threshold: Threshold::DEFAULT_DEDUP,
            dedup_rule: DedupRule::Content,
            recall_threshold: Threshold::DEFAULT_RECALL,
            agent: DEFAULT_AGENT.into(),
            stack_label: "agent-memory: Rust, Leptos, axum, ONNX Runtime".into(),
        }
    }
}

impl Settings {
    /// Seconds that a new memory of this kind lives; `None` where it stays.
    #[must_use]
    pub fn seconds_of(&self, lifetime: Lifetime, kind: Kind) -> Option<u64> {
        match (lifetime, kind) {
            (Lifetime::For(seconds), _) => Some(seconds.get()),
            (Lifetime::OfKind, Kind::Episodic) => Some(self.episodic_ttl_seconds.get()),
            (Lifetime::OfKind, Kind::Semantic) | (Lifetime::Stays, _) => None,
        }
    }
}
