//! One turn: embed, then one round trip to Redis.

use std::time::Instant;

use super::{Memory, Vectors, milliseconds_since, now};
use crate::{
    Result,
    filter::MemoryFilter,
    input,
    model::{MemoryRecord, TurnAction},
    ranking::{Ranking, rank},
    scope::{MemoryId, ThreadId},
    store::{
        Candidates, NewEvent, NewMemory, NewTurn, OnThread, Outcome, Reply, Rows, SessionChange, Telling,
    },
    turn::{Step, Timings, TurnOutcome, TurnRequest, Written},
};

impl Memory {
    /// Takes a turn: embed the text (once, unless the model reads a question otherwise than what is remembered), recall what is
    /// near, append the text to working memory (or make it the goal), remember it, and log one event. One round trip to Redis, two where it ranks by words too; what is written is written in one
    /// atomic step.
    ///
    /// # Errors
    /// [`crate::Error::ThreadTaken`] for somebody else's thread, [`crate::Error::NoSuchMemory`] where it should supersede a memory that the
    /// scope does not have; nothing was changed then. [`crate::Error::Unavailable`] leaves open
    /// whether the turn was taken: repeat it under the same key with [`Memory::once`] to be sure.
    pub async fn turn(&self, request: TurnRequest) -> Result<TurnOutcome> {
        input::tags(&request.tags)?;
        let began = Instant::now();
        let is_written = request.written_kind().is_some();
        let (vectors, embed_ms) = self.timed_embed_both(&request.text, is_written).await?;
        let (fresh, id) = (ThreadId::random()?, MemoryId::random()?);
        let turn = Ongoing { request: &request, vectors: &vectors, fresh: &fresh, id: &id, now: now() };
        let outcome = self.take(&turn).await?;
        let timings = Timings { embed_ms, total_ms: milliseconds_since(began), ..outcome.timings };
        Ok(TurnOutcome { timings, ..outcome })
    }

    /// The round trip of a turn. Recall stands before the write, so a turn never recalls itself.
    async fn take(&self, turn: &Ongoing<'_>) -> Result<TurnOutcome> {
        let (request, all) = (turn.request, MemoryFilter::default());
        let event = turn.event();
        let write = self
            .write(&request.scope, turn.now)
            .session(turn.thread(), turn.change())
            .memory(turn.memory())
            .event(&event)
            .once(self.once.as_ref(), 0);
        let sought = self.long_term.sought(request.text.as_str(), &turn.vectors.query);
        let (scope, k) = (&request.scope, request.k);
        let nearest = match request.ranking {
            Ranking::Distance => self
                .long_term
                .nearest_request(scope, &all, k, &turn.vectors.query, Telling::Lives)
                .map(Searched::Nearest),
            Ranking::Hybrid => self.long_term.hybrid_request(scope, &all, k, &sought).map(Searched::Found),
        };
        let near =
            self.long_term.candidates_request(&request.scope, &all, request.candidates, &turn.vectors.query);
        let (recall, first) = (nearest.and(near), self.writer.request(write, &[]));
        let lines = request.is_traced.then(|| (recall.lines(), first.lines()));

        let (recalled, written) = self.store.run("take a turn", recall.timed().and(first.timed())).await?;
        let (((searched, candidates), mut recall_ms), (reply, mut write_ms)) = (recalled, written);
        let finishing = Instant::now();
        let is_done = matches!(reply, Reply::Done(_));
        let outcome = self.writer.finish("take a turn", write, reply).await?;
        if !is_done {
            write_ms += milliseconds_since(finishing);
        }
        let nearest = match searched {
            // The turn's own memory is there by now and takes one place.
            Searched::Nearest(rows) if rows.is_short(k) => {
                self.long_term.filled(scope, &all, k + 1, &turn.vectors.query, rows).await?
            }
            Searched::Nearest(rows) => rows.memories,
            Searched::Found(found) => {
                let reading = Instant::now();
                let found = self.long_term.enough(scope, &all, k, &sought, found).await?;
                let ranked = rank(&found, request.weights);
                // The turn's own memory may be there by now.
                let best = self.long_term.best(scope, &all, k.saturating_add(1), &ranked, &sought).await?;
                recall_ms += milliseconds_since(reading);
                best
            }
        };
        let mut nearest = nearest;
        if request.ranking == Ranking::Distance {
            self.mark_unread(&request.text, &mut nearest);
        }
        let steps = lines.map(|(recall, write)| {
            [("recall", recall, recall_ms), ("write", write, write_ms)]
                .map(|(purpose, lines, took_ms)| Step { purpose: purpose.into(), lines, took_ms })
        });
        let write_ms = if outcome.written.is_some() { write_ms } else { 0.0 };
        Ok(TurnOutcome {
            nearest: without_itself(nearest, &outcome, request.k),
            ranking: request.ranking,
            terms: sought.terms,
            candidates: candidates.into_iter().filter(|near| !outcome.wrote(&near.id)).collect(),
            thread_id: outcome.thread_id,
            written: outcome.written.map(|written| Written {
                truncated_after: self.embedder.truncates_after(request.text.as_str()),
                ..written
            }),
            timings: Timings { recall_ms, write_ms, ..Timings::default() },
            steps: steps.map(Vec::from).unwrap_or_default(),
        })
    }
}

/// What a turn found before it wrote.
enum Searched {
    /// By distance.
    Nearest(Rows),
    /// By distance, words and neighbouring turns; what they say is yet to be read.
    Found(Candidates),
}

/// A repeated turn finds what it wrote the first time, and one that had to look deeper what it wrote just now.
fn without_itself(mut nearest: Vec<MemoryRecord>, outcome: &Outcome, k: usize) -> Vec<MemoryRecord> {
    nearest.retain(|memory| !outcome.wrote(&memory.id));
    nearest.truncate(k);
    nearest
}

/// A turn on its way.
struct Ongoing<'a> {
    request: &'a TurnRequest,
    vectors: &'a Vectors,
    /// The id of the thread that begins where the scope has none.
    fresh: &'a ThreadId,
    /// The id of the memory where it is new.
    id: &'a MemoryId,
    now: f64,
}

impl<'a> Ongoing<'a> {
    fn thread(&self) -> OnThread<'a> {
        match &self.request.thread_id {
            Some(thread_id) => OnThread::Named(thread_id),
            None => OnThread::Current { or: self.fresh },
        }
    }

    fn change(&self) -> SessionChange<'a> {
        let text = self.request.text.as_str();
        match self.request.action {
            TurnAction::Goal => SessionChange::Goal(text),
            TurnAction::Turn => {
                SessionChange::Append(NewTurn { role: self.request.role, content: text, ts: self.now })
            }
        }
    }

    fn memory(&self) -> Option<NewMemory<'a>> {
        Some(NewMemory {
            id: self.id,
            text: self.request.text.as_str(),
            embedding: self.vectors.passage(),
            kind: self.request.written_kind()?,
            source_thread: self.request.thread_id.as_ref().map_or("", ThreadId::as_str),
            lifetime: self.request.lifetime,
            created_ts: self.now,
            tags: &self.request.tags,
            relation: Some(&self.request.relation),
        })
    }

    fn event(&self) -> NewEvent {
        let action = match self.request.action {
            TurnAction::Turn => format!("turn_appended:{}", self.request.role),
            TurnAction::Goal => "goal_set".into(),
        };
        NewEvent { action, detail: String::new(), ts: self.now }
    }
}
