//! Recalling outside of any turn.

use std::time::Instant;

use super::{Memory, milliseconds_since};
use crate::{
    Embedding, Result,
    filter::MemoryFilter,
    model::MemoryRecord,
    ranking::{Ranked, Ranking, Reason, fitting, passes},
    scope::{MemoryId, Scope},
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
    /// What was said around the memories, in the order of threads and turns, as far as that was asked for.
    pub around: Vec<MemoryRecord>,
    /// Why those were recalled or not of which that was asked.
    pub explained: Vec<Explained>,
    /// How long it took.
    pub timings: Timings,
}

/// Why a memory was recalled or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The memory.
    pub id: MemoryId,
    /// Why.
    pub reason: Reason,
    /// The memory with its distance; `None` where the scope has none of this id.
    pub memory: Option<MemoryRecord>,
}

impl Memory {
    /// The memories that a text recalls: of the `k` best that a filter accepts those that pass the threshold. Nothing is written. One round
    /// trip by distance, two by distance and words together.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recall(&self, scope: &Scope, text: &Text, options: &RecallOptions) -> Result<Recalled> {
        let began = Instant::now();
        let (embedding, embed_ms) = self.timed_embed(text).await?;
        let searching = Instant::now();
        let options = &RecallOptions {
            filter: self.long_term.resolved_to_recall(scope, &options.filter).await?,
            ..options.clone()
        };
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
        let passing = if options.explain.is_empty() { Vec::new() } else { recalled.memories.clone() };
        if let Some(most) = options.max_tokens {
            recalled.memories.truncate(fitting(&recalled.memories, most));
        }
        recalled.around = self.around(scope, &recalled.memories, options.expand).await?;
        if !options.explain.is_empty() {
            recalled.explained =
                self.explain(scope, text, &embedding, options, (&recalled, &passing)).await?;
        }
        let recall_ms = milliseconds_since(searching);
        let timings = Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: milliseconds_since(began) };
        Ok(Recalled { timings, ..recalled })
    }

    /// What was said around memories, without these.
    async fn around(
        &self,
        scope: &Scope,
        memories: &[MemoryRecord],
        reach: u64,
    ) -> Result<Vec<MemoryRecord>> {
        let mut around = self.long_term.said_around(scope, memories, reach).await?;
        around.retain(|one| memories.iter().all(|memory| memory.id != one.id));
        around.sort_by(|one, other| {
            let place = |memory: &MemoryRecord| (memory.source_thread.clone(), memory.turn);
            place(one).cmp(&place(other)).then_with(|| one.id.cmp(&other.id))
        });
        Ok(around)
    }

    /// Why memories were recalled or not; `found` is what was, and what passed before the tokens were counted.
    async fn explain(
        &self,
        scope: &Scope,
        text: &Text,
        embedding: &Embedding,
        options: &RecallOptions,
        (found, passing): (&Recalled, &[MemoryRecord]),
    ) -> Result<Vec<Explained>> {
        let everything = MemoryFilter::everything();
        let measured = |filter| self.long_term.measured(scope, &options.explain, embedding, filter);
        // They wait for each other nowhere, and share one round trip.
        let (mut known, asked) = tokio::try_join!(measured(&everything), measured(&options.filter))?;
        match options.ranking {
            Ranking::Distance => self.mark_unread(text, &mut known),
            Ranking::Hybrid => {
                let sought = self.long_term.sought(text.as_str(), embedding);
                self.long_term.tell_distances(&sought, &mut known);
            }
        }
        let has = |memories: &[MemoryRecord], id: &MemoryId| memories.iter().any(|memory| memory.id == *id);
        let explained = options.explain.iter().map(|id| {
            let memory = known.iter().find(|memory| memory.id == *id).cloned();
            let reason = match &memory {
                None => Reason::Unknown,
                Some(memory) if memory.superseded_by.is_some() && !has(&asked, id) => Reason::Superseded,
                Some(_) if !has(&asked, id) => Reason::Filtered,
                Some(memory) => {
                    let is_within =
                        memory.distance.is_some_and(|distance| options.threshold.includes(distance));
                    let passes = match options.ranking {
                        Ranking::Distance => is_within,
                        Ranking::Hybrid => passes(&found.terms, memory, options.threshold),
                    };
                    match (has(&found.memories, id), has(passing, id)) {
                        (true, _) if is_within => Reason::Within,
                        (true, _) => Reason::Carried,
                        (false, true) => Reason::TooLong,
                        _ if !passes => Reason::Beyond,
                        _ if options.ranking == Ranking::Distance => Reason::Outranked,
                        _ if found.ranked.iter().any(|ranked| ranked.id == *id) => Reason::Outranked,
                        _ => Reason::NoCandidate,
                    }
                }
            };
            Explained { id: id.clone(), reason, memory }
        });
        Ok(explained.collect())
    }

    /// Marks the memories whose distance to a text says nothing.
    pub(super) fn mark_unread(&self, text: &Text, memories: &mut [MemoryRecord]) {
        let is_read = self.embedder.reads(text.as_str());
        for memory in memories {
            memory.is_unread = !(is_read && self.embedder.reads(&memory.text));
        }
    }
}
