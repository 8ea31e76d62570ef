//! Remembering many texts at once, and recalling by a filter.

use std::time::Instant;

use super::{Memory, milliseconds_since, now, random_bits};
use crate::{
    Embedding, Result, input,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::{MemoryFilter, NewMemory},
    threshold::Threshold,
    turn::{Timings, Written},
};

/// A text to remember outside of any turn.
#[derive(Debug, Clone, PartialEq)]
pub struct NewText {
    /// What is remembered, at most 65,536 bytes.
    pub text: String,
    /// Its kind.
    pub kind: Kind,
    /// The thread it comes from; empty where it comes from none.
    pub source_thread: String,
    /// Lifetime in seconds: `None` is that of the kind, 0 stays.
    pub ttl_seconds: Option<u64>,
}

/// What to recall.
#[derive(Debug, Clone, PartialEq)]
pub struct RecallQuery {
    /// What it should be about.
    pub text: String,
    /// Most memories to return.
    pub k: usize,
    /// Only memories up to this distance.
    pub threshold: Threshold,
    /// Only these memories.
    pub filter: MemoryFilter,
}

/// What was recalled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recalled {
    /// The memories, nearest first.
    pub memories: Vec<MemoryRecord>,
    /// How long it took.
    pub timings: Timings,
}

impl Memory {
    /// Remembers texts, embedded together and written in one round trip; one answer per text, in their order. Each write is
    /// atomic by itself, and a text that says the same as one before it is deduplicated onto that.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long; nothing was written then.
    pub async fn remember_many(&self, scope: &Scope, texts: &[NewText]) -> Result<Vec<Written>> {
        for new in texts {
            input::required_text("text", &new.text)?;
            if !new.source_thread.is_empty() {
                input::name("source_thread", &new.source_thread)?;
            }
        }
        let embeddings =
            self.embed_many(texts.iter().map(|new| new.text.trim().to_string()).collect()).await?;
        let ids = texts.iter().map(|_| Ok(MemoryId::from_random_bits(random_bits()?)));
        let ids: Vec<MemoryId> = ids.collect::<Result<_>>()?;
        let created_ts = now();
        let memories: Vec<NewMemory<'_>> = texts
            .iter()
            .zip(&embeddings)
            .zip(&ids)
            .map(|((new, embedding), id)| NewMemory {
                id,
                text: new.text.trim(),
                embedding,
                kind: new.kind,
                source_thread: &new.source_thread,
                ttl_seconds: new.ttl_seconds,
                created_ts,
            })
            .collect();
        let commands = memories.iter().map(|memory| self.long_term.remember_command(scope, None, *memory));
        let replies = self.store.all("remember", commands.collect()).await?;
        let written = memories.into_iter().zip(replies);
        written.map(|(memory, reply)| self.long_term.remembered(memory, None, reply)).collect()
    }

    /// The memories that a query recalls. Nothing is written.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn recall_where(&self, scope: &Scope, query: &RecallQuery) -> Result<Recalled> {
        let began = Instant::now();
        let (embedding, embed_ms) = self.timed_embed(input::required_text("text", &query.text)?).await?;
        let searching = Instant::now();
        let memories =
            self.long_term.recall_where(scope, &embedding, &query.filter, query.threshold, query.k).await?;
        let recall_ms = milliseconds_since(searching);
        let timings = Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: milliseconds_since(began) };
        Ok(Recalled { memories, timings })
    }

    /// The vectors of many texts, computed together.
    pub(super) async fn embed_many(&self, texts: Vec<String>) -> Result<Vec<Embedding>> {
        self.embedder.embed_many(&texts).await
    }
}
