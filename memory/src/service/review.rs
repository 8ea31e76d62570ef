//! What a person is to decide, and carrying it out.

use super::{Memory, NewText, now};
use crate::{
    Result,
    comparison::{Differences, Verdict},
    filter::MemoryFilter,
    input::InvalidInput,
    lifetime::Lifetime,
    model::{Kind, MemoryRecord},
    review::{Decided, Decision, Inbox, Pair, PairKind, ScanProgress},
    scope::{MemoryId, Scope},
    store::{Neighbours, NotedPair, Request},
    text::Text,
    turn::Relation,
};

/// Memories that one call of a scan compares at most.
pub const SCAN_MAX: usize = 500;

impl Memory {
    /// The pairs of a scope that wait for a decision, newest first. Two round trips.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn inbox(&self, scope: &Scope, limit: usize) -> Result<Inbox> {
        let noted = self.store.run("read the inbox", self.review.list_request(scope, limit)).await?;
        let ids: Vec<MemoryId> =
            noted.pairs.iter().flat_map(|pair| [pair.older.clone(), pair.newer.clone()]).collect();
        let memories = self.long_term.of_ids(scope, &ids).await?;
        let of = |id: &MemoryId| memories.iter().find(|memory| memory.id == *id).cloned();
        let pairs = noted.pairs.into_iter().filter_map(|pair| {
            let (older, newer) = (of(&pair.older)?, of(&pair.newer)?);
            let differences = match self.writer.verdict(&older.text, &newer.text) {
                Verdict::Revision(differences) => differences,
                Verdict::Same | Verdict::Other => Differences::default(),
            };
            let NotedPair { kind, distance, found_ts, by, .. } = pair;
            Some(Pair { kind, older, newer, distance, differences, found_ts, by })
        });
        Ok(Inbox { total: noted.total, pairs: pairs.collect() })
    }

    /// Carries out a decision about a pair of the inbox; `None` where the scope has not both memories, or no such pair for
    /// a decision that leaves both. `merged` is the text of one's own for [`Decision::Merge`].
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a merge without a text.
    pub async fn decide(
        &self,
        scope: &Scope,
        older: &MemoryId,
        newer: &MemoryId,
        decision: Decision,
        merged: Option<Text>,
    ) -> Result<Option<Decided>> {
        let mut decided = Decided { decision, older: older.clone(), newer: newer.clone(), merged: None };
        let is_done = match decision {
            Decision::NewerWins => self.supersede(scope, older, newer).await?,
            Decision::OlderWins => self.supersede(scope, newer, older).await?,
            Decision::KeepBoth | Decision::NoConflict => {
                let keep = self.review.decide_request(scope, older, newer, Some(decision), &self.by, now());
                self.store.run("keep a decision", keep).await?
            }
            Decision::Merge => {
                let Some(text) = merged else {
                    return Err(InvalidInput::unfit("text", "the text that takes the place of both").into());
                };
                let Some(latest) = self.long_term.get(scope, newer).await? else { return Ok(None) };
                // What stays goes on staying.
                let lifetime = if latest.ttl_seconds.is_none() { Lifetime::Stays } else { Lifetime::OfKind };
                // A word of another program counts as what stays.
                let kind = latest.kind.parse().unwrap_or(Kind::Semantic);
                let relation = Relation { is_new: true, supersedes: vec![newer.clone(), older.clone()] };
                let new = NewText { relation, lifetime, ..NewText::new(kind, text) };
                decided.merged = Some(self.remember(scope, new).await?.memory_id);
                true
            }
        };
        Ok(is_done.then_some(decided))
    }

    /// Undoes a decision: both memories are as they were, and the pair waits again. `false` where there was nothing to undo.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some of it may be undone by then.
    pub async fn undo_decision(&self, scope: &Scope, decided: &Decided) -> Result<bool> {
        let Decided { decision, older, newer, merged } = decided;
        match decision {
            Decision::NewerWins => self.restore(scope, older).await,
            Decision::OlderWins => self.restore(scope, newer).await,
            Decision::KeepBoth | Decision::NoConflict => {
                let reopen = self.review.decide_request(scope, older, newer, None, &self.by, now());
                self.store.run("take a decision back", reopen).await
            }
            Decision::Merge => {
                let is_restored = self.restore(scope, older).await? | self.restore(scope, newer).await?;
                if let Some(merged) = merged {
                    self.set_aside(scope, merged).await?;
                }
                Ok(is_restored)
            }
        }
    }

    /// Compares the next memories of a scope with those around them, and notes pairs that nobody knew of. Changes no memory.
    /// Goes by id from behind `after`, so a scan that was broken off goes on where it was, however much later.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; what was noted stays.
    pub async fn scan(&self, scope: &Scope, after: Option<&MemoryId>, limit: usize) -> Result<ScanProgress> {
        let mut ids = self.long_term.ids(scope, &MemoryFilter::default()).await?;
        ids.sort_unstable();
        let total = ids.len() as u64;
        let from = after.map_or(0, |after| ids.partition_point(|id| id <= after));
        let batch: Vec<MemoryId> = ids.iter().skip(from).take(limit.min(SCAN_MAX)).cloned().collect();
        let is_last = from + batch.len() >= ids.len();
        let mut found = 0;
        for part in batch.chunks(50) {
            found += self.inspect(scope, part, "scan").await?;
        }
        let next = batch.last().filter(|_| !is_last).cloned();
        Ok(ScanProgress { scanned: batch.len(), total, found, next })
    }

    /// Notes pairs that these memories make with those around them; how many were not known.
    pub(super) async fn inspect(&self, scope: &Scope, ids: &[MemoryId], by: &str) -> Result<usize> {
        let within = self.settings.dedup_threshold;
        let around = self.long_term.neighbours(scope, ids, within).await?;
        let mut notes = Vec::new();
        for Neighbours { memory, near } in &around {
            for other in near {
                let (older, newer) = in_order(memory, other);
                let kind = match self.writer.verdict(&older.text, &newer.text) {
                    Verdict::Same => PairKind::Same,
                    Verdict::Revision(_) => PairKind::Conflict,
                    Verdict::Other => continue,
                };
                let pair = NotedPair {
                    older: older.id.clone(),
                    newer: newer.id.clone(),
                    kind,
                    distance: other.distance.unwrap_or_default(),
                    found_ts: now(),
                    by: by.into(),
                };
                notes.push(self.review.note_request(scope, &pair));
            }
        }
        let noted = self.store.run("note what is to be reviewed", Request::all(notes)).await?;
        Ok(noted.into_iter().filter(|is_new| *is_new).count())
    }
}

/// The one that was written first, and the other one.
fn in_order<'a>(one: &'a MemoryRecord, other: &'a MemoryRecord) -> (&'a MemoryRecord, &'a MemoryRecord) {
    let is_first = one.created_ts.total_cmp(&other.created_ts).then_with(|| one.id.cmp(&other.id)).is_le();
    if is_first { (one, other) } else { (other, one) }
}
