//! Recalling outside of any turn.

use std::time::Instant;

use super::{Memory, milliseconds_since};
use crate::{
    Result,
    model::MemoryRecord,
    ranking::{Ranked, Ranking},
    scope::Scope,
    store::RecallOptions,
    text::Text,
    turn::Timings,
};

/// What was recalled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recalled {
    /// The memories, best first; of several versions of one thing the newest first.
    pub memories: Vec<MemoryRecord>,
    /// How the candidates of a hybrid recall were ranked, best first; empty for one by distance.
    pub ranked: Vec<Ranked>,
    /// The words of the text that were looked for; none for a recall by distance.
    pub terms: Vec<String>,
    /// How long it took.
    pub timings: Timings,
}

impl Memory {
    /// The memories that a text recalls: the best that a filter accepts and that pass the threshold. Nothing is written. One round
    /// trip by distance, two by distance and words together.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recall(&self, scope: &Scope, text: &Text, options: &RecallOptions) -> Result<Recalled> {
        let began = Instant::now();
        let (embedding, embed_ms) = self.timed_embed(text).await?;
        let searching = Instant::now();
        let mut recalled = Recalled::default();
        match options.ranking {
            Ranking::Distance => {
                recalled.memories = self.long_term.recall(scope, &embedding, options).await?;
                self.mark_unread(text, &mut recalled.memories);
            }
            Ranking::Hybrid => {
                let sought = self.long_term.sought(text.as_str(), &embedding);
                let found = self.long_term.recall_hybrid(scope, &sought, options).await?;
                recalled = Recalled {
                    memories: found.memories,
                    ranked: found.ranked,
                    terms: sought.terms,
                    ..recalled
                };
            }
        }
        let recall_ms = milliseconds_since(searching);
        let timings = Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: milliseconds_since(began) };
        Ok(Recalled { timings, ..recalled })
    }

    /// Marks the memories whose distance to a text says nothing.
    pub(super) fn mark_unread(&self, text: &Text, memories: &mut [MemoryRecord]) {
        let is_read = self.embedder.reads(text.as_str());
        for memory in memories {
            memory.is_unread = !(is_read && self.embedder.reads(&memory.text));
        }
    }
}
