//! Recalling outside of any turn.

use std::time::Instant;

use super::{Memory, milliseconds_since};
use crate::{Result, model::MemoryRecord, scope::Scope, store::RecallOptions, text::Text, turn::Timings};

/// What was recalled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recalled {
    /// The memories, nearest first.
    pub memories: Vec<MemoryRecord>,
    /// How long it took.
    pub timings: Timings,
}

impl Memory {
    /// The memories that a text recalls: the nearest within a threshold that a filter accepts. Nothing is written. One round
    /// trip.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recall(&self, scope: &Scope, text: &Text, options: &RecallOptions) -> Result<Recalled> {
        let began = Instant::now();
        let (embedding, embed_ms) = self.timed_embed(text).await?;
        let searching = Instant::now();
        let memories = self.long_term.recall(scope, &embedding, options).await?;
        let recall_ms = milliseconds_since(searching);
        let timings = Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: milliseconds_since(began) };
        Ok(Recalled { memories, timings })
    }
}
