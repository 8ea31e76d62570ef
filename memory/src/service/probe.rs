//! Asking without writing: what a text would recall, and what would become of it as a turn.

use super::{Memory, Vectors};
use crate::{
    Result,
    comparison::Verdict,
    filter::MemoryFilter,
    lifetime::Lifetime,
    look::{Preview, ProbeOutcome},
    model::{Kind, MemoryRecord, WriteKind},
    scope::Scope,
    store::{PREVIEW_K, Request, Rows, Telling, renewed_ttl},
    text::Text,
    threshold::CANDIDATE_K,
    turn::{Revised, Step, Timings},
};

/// What is asked without writing.
pub(super) struct Question<'a> {
    scope: &'a Scope,
    /// What may be recalled.
    recalled: MemoryFilter,
    /// Where a duplicate would be; `None` where nothing would be written.
    written: Option<MemoryFilter>,
    near: &'a Vectors,
}

impl<'a> Question<'a> {
    /// What is near a vector, of one kind where one is given, and what would become of it as a turn that is written so.
    pub(super) fn new(scope: &'a Scope, kind: Option<Kind>, write: WriteKind, near: &'a Vectors) -> Self {
        let written = write.kind().map(|kind| MemoryFilter::of_kind(Some(kind)));
        Self { scope, recalled: MemoryFilter::of_kind(kind), written, near }
    }
}

/// What Redis found for a question.
pub(super) struct Found {
    recalled: Rows,
    of_kind: Rows,
    lines: Vec<String>,
    recall_ms: f64,
}

/// What the memory holds near a text.
pub(super) struct Nearby {
    pub(super) candidates: Vec<MemoryRecord>,
    /// Where a duplicate would be: the nearest ones of the kind that would be written.
    pub(super) of_kind: Vec<MemoryRecord>,
    pub(super) recall_ms: f64,
    pub(super) steps: Vec<Step>,
}

impl Memory {
    /// What would be recalled for a text, and what would become of it as a turn that is written so. Nothing is written:
    /// no turn, no event, no hit. One round trip.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn probe(&self, scope: &Scope, text: &Text, write: WriteKind) -> Result<ProbeOutcome> {
        let (near, embed_ms) = self.timed_embed_both(text, write.kind().is_some()).await?;
        let question = Question::new(scope, None, write, &near);
        let found = self.store.run("recall", self.nearby_request(&question)).await?;
        Ok(self.probed(text, write, self.nearby(&question, found).await?, embed_ms))
    }

    /// What is near, as a request; [`Self::nearby`] completes the answer.
    pub(super) fn nearby_request<'a>(&'a self, question: &'a Question<'a>) -> Request<'a, Found> {
        let Question { scope, recalled, written, near } = question;
        let recall =
            self.long_term.nearest_request(scope, recalled, CANDIDATE_K, &near.query, Telling::Lives);
        let lines = recall.lines();
        let of_kind = match written {
            Some(filter) => {
                self.long_term.nearest_request(scope, filter, PREVIEW_K, near.passage(), Telling::Lives)
            }
            None => Request::none(Rows::default()),
        };
        let both = recall.timed().and(of_kind);
        both.map(|((recalled, recall_ms), of_kind)| Found { recalled, of_kind, lines, recall_ms })
    }

    /// The answer; asks again where scopes that differ in case alone crowded ours out.
    pub(super) async fn nearby(&self, question: &Question<'_>, found: Found) -> Result<Nearby> {
        let Question { scope, recalled, written, near } = question;
        let fill = |filter, k, near, rows| self.long_term.filled(scope, filter, k, near, rows);
        let of_kind = match written {
            Some(filter) => fill(filter, PREVIEW_K, near.passage(), found.of_kind).await?,
            None => Vec::new(),
        };
        let recall = Step { purpose: "recall".into(), lines: found.lines, took_ms: found.recall_ms };
        Ok(Nearby {
            candidates: fill(recalled, CANDIDATE_K, &near.query, found.recalled).await?,
            of_kind,
            recall_ms: found.recall_ms,
            steps: vec![recall],
        })
    }

    pub(super) fn probed(
        &self,
        text: &Text,
        write: WriteKind,
        nearby: Nearby,
        embed_ms: f64,
    ) -> ProbeOutcome {
        let (recall_ms, mut nearby) = (nearby.recall_ms, nearby);
        self.mark_unread(text, &mut nearby.candidates);
        ProbeOutcome {
            preview: self.preview(text, write.kind(), nearby.of_kind),
            candidates: nearby.candidates,
            timings: Timings { embed_ms, recall_ms, write_ms: 0.0, total_ms: embed_ms + recall_ms },
            steps: nearby.steps,
        }
    }

    /// What would become of a text of this kind, whose nearest memories of the kind are these: as `write.lua` decides.
    fn preview(&self, text: &Text, kind: Option<Kind>, nearest_of_kind: Vec<MemoryRecord>) -> Preview {
        let Some(kind) = kind else { return Preview::Skipped };
        let kind_ttl = self.settings.seconds_of(Lifetime::OfKind, kind);
        let mut revision = None;
        for memory in nearest_of_kind {
            let Some(distance) = memory.distance.filter(|at| self.settings.dedup_threshold.includes(*at))
            else {
                continue;
            };
            match self.writer.verdict(&memory.text, text.as_str()) {
                Verdict::Same => {
                    let ttl_seconds = renewed_ttl(memory.ttl_seconds, kind_ttl);
                    return Preview::Duplicate { onto: memory.id, text: memory.text, distance, ttl_seconds };
                }
                Verdict::Revision(differences) if revision.is_none() => {
                    revision = Some((Revised { memory_id: memory.id, distance, differences }, memory.text));
                }
                Verdict::Revision(_) | Verdict::Other => {}
            }
        }
        match revision {
            Some((revises, text)) => Preview::Revision { kind, ttl_seconds: kind_ttl, revises, text },
            None => Preview::New { kind, ttl_seconds: kind_ttl },
        }
    }
}
