//! One turn: embed, then two round trips to Redis.

use std::time::Instant;

use redis::{Cmd, Value};

use super::{CURRENT_THREADS, Memory, milliseconds_since, newest_thread, now, random_bits, thread_started};
use crate::{
    AgentSession, Embedding, Result, input,
    model::{MemoryRecord, TurnAction},
    scope::{MemoryId, Scope, ThreadId},
    store::{NewEvent, NewMemory, NewTurn, reply, set_ttls, traced},
    threshold::CANDIDATE_K,
    turn::{Step, Timings, TurnOutcome, TurnRequest, Written},
};

impl Memory {
    /// Takes a turn: embed the text once, append it to working memory (or make it the goal), recall what is near,
    /// remember it, and log one event. Two round trips to Redis, three where the thread has to be found.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long, [`crate::Error::NotYours`] for somebody else's thread; nothing
    /// was changed then. [`crate::Error::Unavailable`] leaves open how much was carried out.
    pub async fn turn(&self, request: TurnRequest) -> Result<TurnOutcome> {
        let began = Instant::now();
        let text = input::required_text("text", &request.text)?;
        let (embedded, thread) =
            tokio::join!(self.timed_embed(text), self.thread(&request.scope, request.thread_id.as_ref()));
        let ((embedding, embed_ms), (thread_id, is_fresh)) = (embedded?, thread?);

        let turn =
            Ongoing { request: &request, text, thread_id: &thread_id, embedding: &embedding, now: now() };
        let id = MemoryId::from_random_bits(random_bits()?);
        let mut done = self.take(&turn, &id).await?;
        self.conclude(&turn, is_fresh, &mut done).await?;
        let timings = Timings { embed_ms, total_ms: milliseconds_since(began), ..done.timings };
        let Done { written, candidates, steps, .. } = done;
        Ok(TurnOutcome { thread_id, written, candidates, timings, steps })
    }

    /// The thread of a turn, and whether it has yet to begin.
    async fn thread(&self, scope: &Scope, given: Option<&ThreadId>) -> Result<(ThreadId, bool)> {
        if let Some(thread_id) = given {
            return Ok((thread_id.clone(), false));
        }
        let page = self.sessions.threads(scope, 0, CURRENT_THREADS).await?;
        match newest_thread(&page.threads) {
            Some(thread_id) => Ok((thread_id, false)),
            None => Ok((ThreadId::from_random_bits(random_bits()?), true)),
        }
    }

    /// First round trip of a turn: append, recall, remember, with Redis's own clock between them.
    async fn take(&self, turn: &Ongoing<'_>, id: &MemoryId) -> Result<Done> {
        let scope = &turn.request.scope;
        let memory = turn.memory(id);
        let mut commands = vec![
            redis::cmd("TIME"),
            self.session_command(turn),
            redis::cmd("TIME"),
            self.long_term.nearest_command(scope, None, CANDIDATE_K, turn.embedding),
            redis::cmd("TIME"),
        ];
        if let Some(memory) = memory {
            commands.push(self.long_term.remember_command(scope, Some(turn.thread_id), memory));
            commands.push(redis::cmd("TIME"));
        }
        let lines = turn.request.is_traced.then(|| commands.clone());
        let mut replies = self.store.all("take a turn", commands).await?.into_iter();
        let mut next = || replies.next().unwrap_or(Value::Nil);

        let began = next();
        AgentSession::written(turn.thread_id, next())?;
        let (appended, nearest, recalled) = (next(), next(), next());
        let written = match memory {
            Some(memory) => Some(self.long_term.remembered(memory, Some(turn.thread_id), next())?),
            None => None,
        };
        let recall_ms = reply::milliseconds_between(&appended, &recalled);
        let write_ms = memory.map_or(0.0, |_| reply::milliseconds_between(&recalled, &next()));
        let append_ms = reply::milliseconds_between(&began, &appended);
        let steps = lines.map(|commands| turn.steps(&commands, [append_ms, recall_ms, write_ms]));
        let candidates = self.complete(turn, nearest, id).await?;
        let timings = Timings { recall_ms, write_ms, ..Timings::default() };
        Ok(Done { written, candidates, timings, steps: steps.unwrap_or_default() })
    }

    /// The candidates of a turn; asks again where scopes that differ in case alone crowded ours out.
    async fn complete(
        &self,
        turn: &Ongoing<'_>,
        nearest: Value,
        own: &MemoryId,
    ) -> Result<Vec<MemoryRecord>> {
        let scope = &turn.request.scope;
        let found = self.long_term.candidates(scope, CANDIDATE_K, nearest);
        if !found.is_short {
            return Ok(found.memories);
        }
        let mut memories = self.long_term.nearest(scope, None, CANDIDATE_K + 1, turn.embedding).await?;
        memories.retain(|memory| memory.id != own.as_str());
        memories.truncate(CANDIDATE_K);
        Ok(memories)
    }

    /// Second round trip of a turn: the event, and how long the candidates live.
    async fn conclude(&self, turn: &Ongoing<'_>, is_fresh: bool, done: &mut Done) -> Result<()> {
        let scope = &turn.request.scope;
        let mut commands = self.long_term.ttl_commands(&done.candidates);
        if is_fresh {
            let started = thread_started(scope, turn.now);
            commands.extend(self.events.record_commands(scope, turn.thread_id, &started));
        }
        let event = turn.event(done.written.as_ref());
        commands.extend(self.events.record_commands(scope, turn.thread_id, &event));
        let lines = turn.request.is_traced.then(|| commands.clone());
        commands.insert(0, redis::cmd("TIME"));
        commands.insert(done.candidates.len() + 1, redis::cmd("TIME"));
        commands.push(redis::cmd("TIME"));
        let mut replies = self.store.all("log a turn", commands).await?;
        let ended = replies.pop().unwrap_or(Value::Nil);
        let began = replies.remove(0);
        set_ttls(&mut done.candidates, &replies);
        if let Some(commands) = lines {
            let (ttls, log) = commands.split_at(done.candidates.len());
            let read = &replies[done.candidates.len()];
            done.steps.push(traced("read lifetimes", ttls, reply::milliseconds_between(&began, read)));
            done.steps.push(traced("log the event", log, reply::milliseconds_between(read, &ended)));
        }
        Ok(())
    }

    fn session_command(&self, turn: &Ongoing<'_>) -> Cmd {
        let (scope, thread_id) = (&turn.request.scope, turn.thread_id);
        match turn.request.action {
            TurnAction::Goal => self.sessions.goal_command(scope, thread_id, turn.text, turn.now),
            TurnAction::Turn => {
                let new = NewTurn { role: turn.request.role, content: turn.text, ts: turn.now };
                self.sessions.append_command(scope, thread_id, new)
            }
        }
    }
}

/// A turn on its way.
struct Ongoing<'a> {
    request: &'a TurnRequest,
    text: &'a str,
    thread_id: &'a ThreadId,
    embedding: &'a Embedding,
    now: f64,
}

/// What the first round trip of a turn brought.
struct Done {
    written: Option<Written>,
    candidates: Vec<MemoryRecord>,
    timings: Timings,
    steps: Vec<Step>,
}

impl<'a> Ongoing<'a> {
    /// The commands of the first round trip by purpose, without the looks at the clock between them.
    fn steps(&self, commands: &[Cmd], took_ms: [f64; 3]) -> Vec<Step> {
        let first = match self.request.action {
            TurnAction::Turn => "append the turn",
            TurnAction::Goal => "set the goal",
        };
        let purposes = [first, "recall", "remember"].into_iter().zip(took_ms);
        let commands = commands.iter().skip(1).step_by(2);
        commands
            .zip(purposes)
            .map(|(command, (purpose, ms))| traced(purpose, std::slice::from_ref(command), ms))
            .collect()
    }

    fn memory(&self, id: &'a MemoryId) -> Option<NewMemory<'a>> {
        Some(NewMemory {
            id,
            text: self.text,
            embedding: self.embedding,
            kind: self.request.written_kind()?,
            source_thread: self.thread_id.as_str(),
            ttl_seconds: self.request.ttl_seconds,
            created_ts: self.now,
        })
    }

    fn event(&self, written: Option<&Written>) -> NewEvent {
        let action = match self.request.action {
            TurnAction::Turn => format!("turn_appended:{}", self.request.role),
            TurnAction::Goal => "goal_set".into(),
        };
        let detail = match written {
            None => String::new(),
            Some(Written { memory_id, deduplicated_at: Some(_), .. }) => {
                format!("deduped onto {memory_id}")
            }
            Some(Written { memory_id, kind, deduplicated_at: None }) => {
                format!("wrote {memory_id} as {kind}")
            }
        };
        NewEvent { action, detail, ts: self.now }
    }
}
