//! Recalling and remembering outside of any turn.

use super::{Memory, now, random_bits};
use crate::{
    Result, input,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::{NewMemory, RecallOptions},
    threshold::Threshold,
    turn::Written,
};

impl Memory {
    /// The memories that a text recalls: at most five within the threshold. Nothing is written.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn recall(&self, scope: &Scope, text: &str, threshold: Threshold) -> Result<Vec<MemoryRecord>> {
        let embedding = self.embed(input::required_text("text", text)?).await?;
        self.long_term
            .recall(scope, &embedding, RecallOptions { threshold, ..RecallOptions::default() })
            .await
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
