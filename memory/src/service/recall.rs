//! Recalling and remembering outside of any turn.

use std::time::Instant;

use super::{Memory, milliseconds_since, now, random_bits};
use crate::{
    Result, input,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::NewMemory,
    threshold::{CANDIDATE_K, RECALL_K, Threshold, recalled},
    turn::{ProbeOutcome, Timings, Written},
};

impl Memory {
    /// What would be recalled for a text. Nothing is written: no turn, no event, no hit.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn probe(&self, scope: &Scope, text: &str) -> Result<ProbeOutcome> {
        let began = Instant::now();
        let (embedding, embed_ms) = self.timed_embed(input::required_text("text", text)?).await?;
        let searching = Instant::now();
        let mut candidates = self.long_term.nearest(scope, None, CANDIDATE_K, &embedding).await?;
        let recall_ms = milliseconds_since(searching);
        self.long_term.read_ttls(&mut candidates).await?;
        let total_ms = milliseconds_since(began);
        Ok(ProbeOutcome { candidates, timings: Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms } })
    }

    /// The memories that a text recalls: at most five within the threshold. Nothing is written.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn recall(&self, scope: &Scope, text: &str, threshold: Threshold) -> Result<Vec<MemoryRecord>> {
        Ok(recalled(&self.probe(scope, text).await?.candidates, threshold, RECALL_K).to_vec())
    }

    /// Remembers a text outside of any turn.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn remember(&self, scope: &Scope, kind: Kind, text: &str) -> Result<Written> {
        let text = input::required_text("text", text)?;
        let embedding = self.embed(text).await?;
        let id = MemoryId::from_random_bits(random_bits()?);
        let memory = NewMemory {
            id: &id,
            text,
            embedding: &embedding,
            kind,
            source_thread: "",
            ttl_seconds: None,
            created_ts: now(),
        };
        self.long_term.remember(scope, memory).await
    }
}
