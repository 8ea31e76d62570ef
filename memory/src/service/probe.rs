//! Asking without writing: what a text would recall, and what would become of it as a turn.

use redis::Value;

use super::Memory;
use crate::{
    Embedding, Result, input,
    look::{Preview, ProbeOutcome},
    model::{Kind, MemoryRecord, WriteKind},
    scope::{MemoryId, Scope},
    store::{renewed_ttl, reply, set_ttls, traced},
    threshold::CANDIDATE_K,
    turn::{Step, Timings},
};

/// Rows that are looked through for a duplicate: the nearest may be somebody else's after all, as in `remember.lua`.
const DUPLICATE_K: usize = 4;

/// What the memory holds near a text.
#[derive(Default)]
pub(super) struct Nearby {
    pub(super) candidates: Vec<MemoryRecord>,
    /// Where a duplicate would be: the nearest ones of the kind that would be written.
    pub(super) of_kind: Vec<MemoryRecord>,
    pub(super) recall_ms: f64,
    pub(super) steps: Vec<Step>,
}

impl Memory {
    /// What would be recalled for a text, and what would become of it as a turn that is written so. Nothing is written:
    /// no turn, no event, no hit. Two round trips.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long.
    pub async fn probe(&self, scope: &Scope, text: &str, write: WriteKind) -> Result<ProbeOutcome> {
        let (near, embed_ms) = self.timed_embed(input::required_text("text", text)?).await?;
        let mut nearby = self.nearby(scope, None, write, &near).await?;
        let mut commands = self.long_term.ttl_commands(&nearby.candidates);
        commands.extend(self.long_term.ttl_commands(&nearby.of_kind));
        if !commands.is_empty() {
            let replies = self.store.all("read lifetimes", commands).await?;
            nearby.set_ttls(&replies);
        }
        Ok(self.probed(write, nearby, embed_ms))
    }

    /// The nearest memories, of one kind where one is given, without TTLs. One round trip.
    pub(super) async fn nearby(
        &self,
        scope: &Scope,
        kind: Option<Kind>,
        write: WriteKind,
        near: &Embedding,
    ) -> Result<Nearby> {
        let recall = self.long_term.nearest_command(scope, kind, CANDIDATE_K, near);
        let mut commands = vec![redis::cmd("TIME"), recall.clone(), redis::cmd("TIME")];
        commands.extend(
            write.kind().map(|kind| self.long_term.nearest_command(scope, Some(kind), DUPLICATE_K, near)),
        );
        let mut replies = self.store.all("recall", commands).await?.into_iter();
        let mut next = || replies.next().unwrap_or(Value::Nil);
        let (began, nearest, ended, of_kind) = (next(), next(), next(), next());
        let recall_ms = reply::milliseconds_between(&began, &ended);
        Ok(Nearby {
            candidates: self.filled(scope, kind, CANDIDATE_K, near, nearest).await?,
            of_kind: self.filled(scope, write.kind(), DUPLICATE_K, near, of_kind).await?,
            recall_ms,
            steps: vec![traced("recall", &[recall], recall_ms)],
        })
    }

    /// The `k` nearest; asks again where scopes that differ in case alone crowded ours out.
    async fn filled(
        &self,
        scope: &Scope,
        kind: Option<Kind>,
        k: usize,
        near: &Embedding,
        reply: Value,
    ) -> Result<Vec<MemoryRecord>> {
        let found = self.long_term.candidates(scope, k, reply);
        if found.is_short { self.long_term.nearest(scope, kind, k, near).await } else { Ok(found.memories) }
    }

    pub(super) fn probed(&self, write: WriteKind, nearby: Nearby, embed_ms: f64) -> ProbeOutcome {
        let recall_ms = nearby.recall_ms;
        ProbeOutcome {
            preview: self.preview(write.kind(), nearby.of_kind),
            candidates: nearby.candidates,
            timings: Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: embed_ms + recall_ms },
            steps: nearby.steps,
        }
    }

    /// What would become of a text of this kind, whose nearest memories of the kind are these.
    fn preview(&self, kind: Option<Kind>, nearest_of_kind: Vec<MemoryRecord>) -> Preview {
        let Some(kind) = kind else { return Preview::Skipped };
        let kind_ttl = self.settings.memory_ttl_seconds(kind);
        let duplicate = nearest_of_kind.into_iter().find_map(|memory| {
            let distance = memory.distance.filter(|at| self.settings.dedup_threshold.includes(*at))?;
            Some((MemoryId::new(&memory.id).ok()?, distance, memory))
        });
        match duplicate {
            Some((onto, distance, memory)) => {
                let ttl_seconds = renewed_ttl(memory.ttl_seconds, kind_ttl);
                Preview::Duplicate { onto, text: memory.text, distance, ttl_seconds }
            }
            None => Preview::New { kind, ttl_seconds: kind_ttl },
        }
    }
}

impl Nearby {
    /// Sets the lifetimes, from the replies for the candidates and then those of the kind.
    pub(super) fn set_ttls(&mut self, replies: &[Value]) {
        let (of_candidates, of_kind) = replies.split_at(self.candidates.len().min(replies.len()));
        set_ttls(&mut self.candidates, of_candidates);
        set_ttls(&mut self.of_kind, of_kind);
    }
}
