//! The sample memories: written on a first look, and again when somebody clears the table.

use super::{Memory, now, random_bits};
use crate::{
    Embedding, Result,
    scope::{MemoryId, Scope},
    seed::{SAMPLES, SEED_THREAD},
    store::NewMemory,
};

/// Which memories a reset drops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetExtent {
    /// Those of one scope.
    Own,
    /// Those of all scopes.
    Everything,
}

impl Memory {
    /// Drops memories and writes the samples into the scope; returns how many samples.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some memories may be gone by then.
    pub async fn reset(&self, scope: &Scope, extent: ResetExtent) -> Result<usize> {
        // First what can fail without harm.
        let samples = self.embedded_samples().await?;
        match extent {
            ResetExtent::Own => self.long_term.clear(scope).await?,
            ResetExtent::Everything => self.long_term.clear_everybodys().await?,
        };
        self.write_samples(scope, samples).await
    }

    /// Writes the samples into the scope where no scope has any memory; returns how many.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn seed_if_empty(&self, scope: &Scope) -> Result<usize> {
        if self.long_term.index_info().await?.num_docs > 0 {
            return Ok(0);
        }
        self.write_samples(scope, self.embedded_samples().await?).await
    }

    async fn embedded_samples(&self) -> Result<Vec<Embedding>> {
        self.embedder.embed_many(&SAMPLES.map(|(_, text)| text.to_owned())).await
    }

    async fn write_samples(&self, scope: &Scope, embeddings: Vec<Embedding>) -> Result<usize> {
        let mut commands = Vec::with_capacity(SAMPLES.len());
        for ((kind, text), embedding) in SAMPLES.iter().zip(&embeddings) {
            let id = MemoryId::from_random_bits(random_bits()?);
            let memory = NewMemory {
                id: &id,
                text,
                embedding,
                kind: *kind,
                source_thread: SEED_THREAD,
                ttl_seconds: None,
                created_ts: now(),
            };
            commands.push(self.long_term.remember_command(scope, None, memory));
        }
        Ok(self.store.all("write samples", commands).await?.len())
    }
}
