//! Lifetimes and limits, with the defaults that Redis's own demos share.

use serde::{Deserialize, Serialize};

use crate::{keys::Keys, model::Kind, threshold::Threshold};

/// Turns in the rolling window of a session.
pub const RECENT_TURNS: usize = 20;

/// Entries that a thread's event log keeps, approximately: Redis trims whole nodes.
pub const EVENT_LOG_MAX_LENGTH: usize = 1000;

/// Name of the agent where none is given.
pub const DEFAULT_AGENT: &str = "demo-agent";

/// Settings of a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Where things lie in Redis.
    pub keys: Keys,
    /// Lifetime of working memory, renewed by every write.
    pub session_ttl_seconds: u64,
    /// Lifetime of an episodic memory; semantic ones stay.
    pub episodic_ttl_seconds: u64,
    /// Lifetime of an event log, renewed by every event. As long as episodic memories, so that what is remembered can be traced.
    pub event_ttl_seconds: u64,
    /// Up to which distance a text counts as one that is remembered already.
    pub dedup_threshold: Threshold,
    /// Up to which distance memories are recalled where a request says nothing else.
    pub recall_threshold: Threshold,
    /// The agent's name in new sessions.
    pub agent: String,
    /// What serves the memory, for the head line of a page.
    pub stack_label: String,
}

impl Default for Settings {
    fn default() -> Self {
        const SEVEN_DAYS: u64 = 7 * 24 * 60 * 60;
        Self {
            keys: Keys::default(),
            session_ttl_seconds: 3600,
            episodic_ttl_seconds: SEVEN_DAYS,
            event_ttl_seconds: SEVEN_DAYS,
            dedup_threshold: Threshold::DEFAULT_DEDUP,
            recall_threshold: Threshold::DEFAULT_RECALL,
            agent: DEFAULT_AGENT.into(),
            stack_label: "agent-memory: Rust, Leptos, axum, ONNX Runtime".into(),
        }
    }
}

impl Settings {
    /// Lifetime of a new memory of this kind; `None` where it stays.
    #[must_use]
    pub fn memory_ttl_seconds(&self, kind: Kind) -> Option<u64> {
        match kind {
            Kind::Episodic => Some(self.episodic_ttl_seconds),
            Kind::Semantic => None,
        }
    }
}
