//! The sample memories: written on a first look, and again when somebody clears the table.

use super::{Memory, NewText};
use crate::{
    Embedding, Result,
    scope::Scope,
    seed::{SAMPLES, SEED_THREAD},
    text::Text,
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
        let (samples, embeddings) = self.embedded_samples().await?;
        match extent {
            ResetExtent::Own => self.long_term.clear(scope).await?,
            ResetExtent::Everything => self.long_term.clear_of_everybody().await?,
        };
        Ok(self.write_all(scope, &samples, &embeddings).await?.len())
    }

    /// Writes the samples into the scope where no scope has any memory; returns how many.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn seed_if_empty(&self, scope: &Scope) -> Result<usize> {
        if self.index().await?.num_docs > 0 {
            return Ok(0);
        }
        let (samples, embeddings) = self.embedded_samples().await?;
        Ok(self.write_all(scope, &samples, &embeddings).await?.len())
    }

    async fn embedded_samples(&self) -> Result<(Vec<NewText>, Vec<Embedding>)> {
        let sample = |(kind, text): (_, &str)| {
            Ok(NewText { source_thread: SEED_THREAD.into(), ..NewText::new(kind, Text::new(text)?) })
        };
        let samples = SAMPLES.into_iter().map(sample).collect::<Result<Vec<_>>>()?;
        let embeddings = self.embed_many(&SAMPLES.map(|(_, text)| text.to_owned())).await?;
        Ok((samples, embeddings))
    }
}
