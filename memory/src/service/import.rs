//! Writing memories as they were exported: line by line in, batch by batch to Redis.

use serde::{Deserialize, Serialize};

use super::{Memory, now};
use crate::{
    Embedding, Result,
    scope::{MemoryId, Scope},
    store::{Collision, ImportRecord, Imported},
};

/// Lines that are embedded and written together.
const BATCH: usize = 64;

/// Problems that a report names at most.
const PROBLEMS_SHOWN: usize = 20;

/// How to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// What happens where an id is taken.
    pub on_collision: Collision,
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
        let outcomes = match self.options.is_dry_run {
            true => self.would_become(&ids).await?,
            false => self.write_batch(&batch, &ids).await?,
        };
        for ((line, _), outcome) in batch.iter().zip(outcomes) {
            self.count(*line, outcome);
        }
        Ok(())
    }

    async fn would_become(&self, ids: &[MemoryId]) -> Result<Vec<Outcome>> {
        let exist = self.memory.long_term.exist(&ids.iter().collect::<Vec<_>>()).await?;
        let may_overwrite = self.options.on_collision == Collision::Overwrite;
        let imported = exist.into_iter().map(|exists| match exists {
            false => Imported::Written,
            true if may_overwrite => Imported::Overwritten,
            true => Imported::Exists,
        });
        Ok(imported.map(|imported| self.outcome(imported)).collect())
    }

    async fn write_batch(&self, batch: &[(u64, ImportRecord)], ids: &[MemoryId]) -> Result<Vec<Outcome>> {
        let embeddings = self.embeddings(batch).await?;
        let (long_term, now) = (&self.memory.long_term, now());
        let may_overwrite = self.options.on_collision == Collision::Overwrite;
        let request = |at: usize, id: &MemoryId| {
            let (record, embedding) = (&batch[at].1, embeddings[at].as_ref());
            long_term.import_request(&self.scope, id, record, embedding, may_overwrite, now)
        };
        let requests = ids.iter().enumerate().map(|(at, id)| request(at, id)).collect();
        let imported = long_term.import(requests).await?;
        let outcomes: Vec<Outcome> = imported.into_iter().map(|imported| self.outcome(imported)).collect();

        let renamed: Vec<usize> =
            (0..outcomes.len()).filter(|&at| outcomes[at] == Outcome::Renamed).collect();
        let fresh = renamed.iter().map(|_| MemoryId::random());
        let fresh = fresh.collect::<Result<Vec<_>>>()?;
        long_term.import(renamed.iter().zip(&fresh).map(|(&at, id)| request(at, id)).collect()).await?;
        Ok(outcomes)
    }

    /// The vectors of the texts that came without one, in place.
    async fn embeddings(&self, batch: &[(u64, ImportRecord)]) -> Result<Vec<Option<Embedding>>> {
        let texts = batch.iter().filter_map(|(_, record)| record.text_to_embed().map(str::to_string));
        let mut embedded = self.memory.embed_many(&texts.collect::<Vec<_>>()).await?.into_iter();
        let in_place = batch.iter().map(|(_, record)| record.text_to_embed().and_then(|_| embedded.next()));
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
            Outcome::Failed(problem) => self.fail(line, problem.into()),
        }
    }
}

/// What becomes of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Written,
    Overwritten,
    Renamed,
    Skipped,
    Failed(&'static str),
}
