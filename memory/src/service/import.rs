//! Writing memories as they were exported: line by line in, batch by batch to Redis.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Memory, Vectors, now, probe::Question};
use crate::{
    Embedding, Result,
    embedder::Purpose,
    lifetime::{LIFETIME_MAX_SECONDS, Lifetime},
    look::Preview,
    model::Kind,
    scope::{MemoryId, Scope},
    store::{Collision, ImportRecord, Imported, NewMemory, Request},
    text::Text,
};

/// Lines that are embedded and written together.
const BATCH: usize = 64;

/// Problems that a report names at most.
pub(super) const PROBLEMS_SHOWN: usize = 20;

/// How to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// What happens where an id is taken.
    pub on_collision: Collision,
    /// Compare each with the memories around it, as whatever is remembered is: what says the same as one of them is counted on
    /// that one, what revises one is linked to it. Otherwise every line becomes a memory. Superseded ones and revisions of the
    /// file, and kinds of other programs, are written as they are.
    pub deduplicates: bool,
    /// Only check the lines and count; nothing is written.
    pub is_dry_run: bool,
}

/// What became of the lines so far. Each line counts once in one of the other numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// Lines read, blank ones apart.
    pub lines: u64,
    /// Memories written under the id of their line; in a dry run, that would be.
    pub written: u64,
    /// Memories that replaced one of the same id.
    pub overwritten: u64,
    /// Memories written under a new id.
    pub renamed: u64,
    /// Memories left out since their id was taken.
    pub skipped: u64,
    /// Memories left out since one that is there says the same, which counts a hit.
    pub deduplicated: u64,
    /// Memories left out since their life is over.
    pub expired: u64,
    /// Lines that were refused.
    pub failed: u64,
    /// What was wrong, for the first twenty of them.
    pub problems: Vec<LineProblem>,
}

/// What was wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    /// The line, counted from 1.
    pub line: u64,
    /// What was wrong, in words.
    pub problem: String,
}

/// An import on its way. Lines that are wrong are counted and told; the others are written.
pub struct Import {
    memory: Memory,
    scope: Scope,
    options: ImportOptions,
    line_number: u64,
    waiting: Vec<(u64, ImportRecord)>,
    report: ImportReport,
}

impl Memory {
    /// Begins an import into the scope: whatever scope the lines tell, the memories become this one's.
    #[must_use]
    pub fn import(&self, scope: Scope, options: ImportOptions) -> Import {
        Import {
            memory: self.clone(),
            scope,
            options,
            line_number: 0,
            waiting: Vec::with_capacity(BATCH),
            report: ImportReport::default(),
        }
    }
}

impl Import {
    /// Takes the next line and writes when a batch is full; returns whether it did.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer: what was written stays, and the
    /// same import with [`Collision::Skip`] goes on where it broke off.
    pub async fn line(&mut self, line: &str) -> Result<bool> {
        self.line_number += 1;
        if line.trim().is_empty() {
            return Ok(false);
        }
        self.report.lines += 1;
        match ImportRecord::read(line, self.memory.store.place()) {
            Ok(record) if record.is_expired(now()) => self.report.expired += 1,
            Ok(record) => self.waiting.push((self.line_number, record)),
            Err(problem) => self.fail(self.line_number, problem),
        }
        if self.waiting.len() < BATCH {
            return Ok(false);
        }
        self.write().await.map(|()| true)
    }

    /// Counts a line that could not even be read.
    pub fn unreadable(&mut self, problem: impl Into<String>) {
        self.line_number += 1;
        self.report.lines += 1;
        self.fail(self.line_number, problem.into());
    }

    /// What became of the lines that were written or refused so far.
    #[must_use]
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// As [`Import::line`].
    pub async fn finish(mut self) -> Result<ImportReport> {
        self.write().await?;
        Ok(self.report)
    }

    fn fail(&mut self, line: u64, problem: String) {
        self.report.failed += 1;
        if self.report.problems.len() < PROBLEMS_SHOWN {
            self.report.problems.push(LineProblem { line, problem });
        }
    }

    async fn write(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.waiting);
        if batch.is_empty() {
            return Ok(());
        }
        let ids = batch.iter().map(|(_, record)| match record.id() {
            Some(id) => Ok(id.clone()),
            None => MemoryId::random(),
        });
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let lines: Vec<Line<'_>> =
            batch.iter().zip(ids).map(|((_, record), id)| Line { record, id }).collect();
        let outcomes = match (self.options.is_dry_run, self.options.deduplicates) {
            (true, _) => self.would_become(&lines).await?,
            (false, false) => self.write_batch(&lines).await?,
            (false, true) => self.compare_batch(&lines).await?,
        };
        for ((line, _), outcome) in batch.iter().zip(outcomes) {
            self.count(*line, outcome);
        }
        Ok(())
    }

    async fn exist(&self, lines: &[Line<'_>]) -> Result<Vec<bool>> {
        self.memory.long_term.exist(&lines.iter().map(|line| &line.id).collect::<Vec<_>>()).await
    }

    /// What would become of lines. Repetitions within the file itself are not among the deduplicated ones.
    async fn would_become(&self, lines: &[Line<'_>]) -> Result<Vec<Outcome>> {
        let exist = self.exist(lines).await?;
        let may_overwrite = self.options.on_collision == Collision::Overwrite;
        let mut outcomes = Vec::with_capacity(lines.len());
        for (line, exists) in lines.iter().zip(exist) {
            let imported = match exists {
                false => Imported::Written,
                true if may_overwrite => Imported::Overwritten,
                true => Imported::Exists,
            };
            let outcome = self.outcome(imported);
            let is_compared = self.options.deduplicates && self.is_compared(line, exists);
            outcomes.push(match is_compared && self.is_known(line.record).await? {
                true => Outcome::Deduplicated,
                false => outcome,
            });
        }
        Ok(outcomes)
    }

    /// Whether it is compared with the memories around it: it is to become a memory of its own otherwise.
    fn is_compared(&self, line: &Line<'_>, exists: bool) -> bool {
        line.record.compared().is_some() && (!exists || self.options.on_collision == Collision::NewId)
    }

    /// Whether a memory of the scope says the same.
    async fn is_known(&self, record: &ImportRecord) -> Result<bool> {
        let Some((text, kind)) = record.compared() else { return Ok(false) };
        let (text, memory) = (Text::new(text)?, &self.memory);
        let near = match record.embedding(memory.store.place()) {
            Some(near) => near,
            None => memory.embed(&text, Purpose::Passage).await?,
        };
        let near = Vectors { query: near, passage: None };
        let question = Question::new(&self.scope, None, kind.into(), &near);
        let found = memory.store.run("recall", memory.nearby_request(&question)).await?;
        let nearby = memory.nearby(&question, found).await?;
        Ok(matches!(memory.probed(&text, kind.into(), nearby, 0.0).preview, Preview::Duplicate { .. }))
    }

    async fn write_batch(&self, lines: &[Line<'_>]) -> Result<Vec<Outcome>> {
        let embeddings = self.embeddings(lines).await?;
        let (long_term, now) = (&self.memory.long_term, now());
        let may_overwrite = self.options.on_collision == Collision::Overwrite;
        let request = |at: usize, id: &MemoryId| {
            let embedding = embeddings[at].as_ref();
            long_term.import_request(&self.scope, id, lines[at].record, embedding, may_overwrite, now)
        };
        let requests = lines.iter().enumerate().map(|(at, line)| request(at, &line.id)).collect();
        let imported = long_term.import(requests).await?;
        let outcomes: Vec<Outcome> = imported.into_iter().map(|imported| self.outcome(imported)).collect();

        let renamed: Vec<usize> =
            (0..outcomes.len()).filter(|&at| outcomes[at] == Outcome::Renamed).collect();
        let fresh = renamed.iter().map(|_| MemoryId::random());
        let fresh = fresh.collect::<Result<Vec<_>>>()?;
        long_term.import(renamed.iter().zip(&fresh).map(|(&at, id)| request(at, id)).collect()).await?;
        Ok(outcomes)
    }

    /// Writes lines as they are where they are not to be compared, and the others as if they were remembered, in their order.
    async fn compare_batch(&self, lines: &[Line<'_>]) -> Result<Vec<Outcome>> {
        let mut outcomes = vec![Outcome::Skipped; lines.len()];
        let (mut compared, mut plain) = (Vec::new(), Vec::new());
        let exist = self.exist(lines).await?;
        // The same id twice in one batch: the later one finds the earlier.
        let mut seen = HashSet::new();
        for (at, (line, exists)) in lines.iter().zip(exist).enumerate() {
            let exists = !seen.insert(&line.id) || exists;
            match self.is_compared(line, exists) {
                true if exists => {
                    outcomes[at] = Outcome::Renamed;
                    compared.push((at, Line { record: line.record, id: MemoryId::random()? }));
                }
                true => {
                    outcomes[at] = Outcome::Written;
                    compared.push((at, line.clone()));
                }
                false => plain.push((at, line.clone())),
            }
        }
        let (places, lines): (Vec<usize>, Vec<Line<'_>>) = compared.into_iter().unzip();
        for (at, is_known) in places.into_iter().zip(self.remember_batch(&lines).await?) {
            if is_known {
                outcomes[at] = Outcome::Deduplicated;
            }
        }
        let (places, lines): (Vec<usize>, Vec<Line<'_>>) = plain.into_iter().unzip();
        for (at, outcome) in places.into_iter().zip(self.write_batch(&lines).await?) {
            outcomes[at] = outcome;
        }
        Ok(outcomes)
    }

    /// Writes lines as if they were remembered; for each whether a memory that says the same counts a hit instead.
    async fn remember_batch(&self, lines: &[Line<'_>]) -> Result<Vec<bool>> {
        let (memory, scope, now) = (&self.memory, &self.scope, now());
        let embedded = self.embeddings(lines).await?;
        let mut parts = Vec::with_capacity(lines.len());
        for (Line { record, id }, embedded) in lines.iter().zip(embedded) {
            let document = record.placed(scope, id, embedded.as_ref(), now, memory.store.place())?;
            let own = || {
                record.embedding(memory.store.place()).ok_or_else(|| crate::store::unknown_answer("import"))
            };
            parts.push((document, embedded.map_or_else(own, Ok)?));
        }
        let writes: Vec<_> = lines
            .iter()
            .zip(&parts)
            .map(|(Line { record, id }, (document, embedding))| {
                let (text, kind) = record.compared().unwrap_or(("", Kind::Episodic));
                let expires_at_ms = record.expires_at_ms(now, &memory.settings);
                let new = NewMemory {
                    id,
                    text,
                    embedding,
                    kind,
                    source_thread: "",
                    lifetime: lifetime(expires_at_ms, now),
                    created_ts: now,
                    tags: &[],
                    relation: None,
                };
                memory.write(scope, now).memory(Some(new)).imported(document, expires_at_ms)
            })
            .collect();
        let requests: Vec<_> = writes.iter().map(|write| memory.writer.request(*write, &[])).collect();
        let replies = memory.store.run("import memories", Request::all(requests)).await?;
        let mut known = Vec::with_capacity(writes.len());
        for (write, reply) in writes.into_iter().zip(replies) {
            let written = memory.writer.finish("import memories", write, reply).await?.written;
            known.push(written.is_some_and(|written| written.deduplicated_at.is_some()));
        }
        Ok(known)
    }

    /// The vectors of the texts that came without one, in place.
    async fn embeddings(&self, lines: &[Line<'_>]) -> Result<Vec<Option<Embedding>>> {
        let texts = lines.iter().filter_map(|line| line.record.text_to_embed().map(str::to_string));
        let mut embedded = self.memory.embed_many(&texts.collect::<Vec<_>>()).await?.into_iter();
        let in_place = lines.iter().map(|line| line.record.text_to_embed().and_then(|_| embedded.next()));
        Ok(in_place.collect())
    }

    fn outcome(&self, imported: Imported) -> Outcome {
        match (imported, self.options.on_collision) {
            (Imported::Written, _) => Outcome::Written,
            (Imported::Overwritten, _) => Outcome::Overwritten,
            (_, Collision::NewId) => Outcome::Renamed,
            (Imported::Exists, Collision::Error) => Outcome::Failed("there is a memory of this id already"),
            (Imported::Exists, _) => Outcome::Skipped,
            (Imported::NotYours, _) => {
                Outcome::Failed("the id belongs to a memory of another user or namespace")
            }
        }
    }

    fn count(&mut self, line: u64, outcome: Outcome) {
        match outcome {
            Outcome::Written => self.report.written += 1,
            Outcome::Overwritten => self.report.overwritten += 1,
            Outcome::Renamed => self.report.renamed += 1,
            Outcome::Skipped => self.report.skipped += 1,
            Outcome::Deduplicated => self.report.deduplicated += 1,
            Outcome::Failed(problem) => self.fail(line, problem.into()),
        }
    }
}

/// A checked line, and the id that its memory gets.
#[derive(Clone)]
struct Line<'a> {
    record: &'a ImportRecord,
    id: MemoryId,
}

/// How long a memory that counts a hit lives on at least: as long as the one that is imported would.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, and time is after 1970"
)]
fn lifetime(expires_at_ms: Option<u64>, now: f64) -> Lifetime {
    let left = |at: u64| at.saturating_sub((now * 1000.0) as u64).div_ceil(1000);
    let seconds = expires_at_ms.map_or(0, |at| left(at).clamp(1, LIFETIME_MAX_SECONDS));
    Lifetime::from_ttl(Some(seconds)).unwrap_or(Lifetime::OfKind)
}

/// What becomes of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Written,
    Overwritten,
    Renamed,
    Skipped,
    Deduplicated,
    Failed(&'static str),
}
