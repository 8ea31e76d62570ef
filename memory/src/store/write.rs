//! The one write: a session changed, a memory remembered, an event logged, the outcome kept under the caller's key. One
//! atomic step of `scripts/write.lua`, so that a process or connection that ends leaves all of it or nothing.

mod judgement;
mod parts;
mod told;

use std::sync::Arc;

use redis::Value;

pub(crate) use self::judgement::{Judged, Neighbour};
pub(crate) use self::parts::Change;
pub use self::parts::{NewEvent, NewMemory, NewTurn};
use self::told::{Told, ToldEvent, ToldMemory, ToldOlder, ToldOnce, ToldSession, ToldThreads};
use super::{
    Store,
    codec::{self, Document},
    idempotency::{IdempotencyKey, KEPT},
    model::Place,
    query, reply,
    request::Request,
    scripts,
};
use crate::{
    Embedder, Error, Result,
    comparison::{Reading, Verdict, compare},
    filter::MemoryFilter,
    look::LAST_SAID_CHARS,
    scope::{MemoryId, Scope, ThreadId},
    settings::{DedupRule, EVENT_LOG_MAX_LENGTH, RECENT_TURNS, Settings},
    turn::Written,
};

/// Threads to look at for the current one: more than one, since a session of another program may be somebody else's after
/// all (tags are compared without the spaces around them).
const CURRENT_THREADS: usize = 3;

/// Nearest memories of a kind that `write.lua` looks at first for a near-identical one.
const DUPLICATE_K: usize = 4;

/// The way in of what comes from no server and no command.
pub(crate) const LIBRARY: &str = "library";

/// Which thread a write is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OnThread<'a> {
    /// This one; it begins where there is none.
    Named(&'a ThreadId),
    /// The scope's current one; where there is none, a thread of this id begins.
    Current {
        /// The id of the one that begins.
        or: &'a ThreadId,
    },
}

/// A write under construction. Every part is optional; all are carried out or none.
#[derive(Clone, Copy)]
pub(crate) struct Write<'a> {
    scope: &'a Scope,
    now: f64,
    session: Option<(OnThread<'a>, Change<'a>)>,
    memory: Option<NewMemory<'a>>,
    event: Option<&'a NewEvent>,
    imported: Option<(&'a str, Option<u64>)>,
    once: Option<(&'a IdempotencyKey, usize)>,
    by: &'a str,
}

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The thread; empty where the write was about none.
    pub(crate) thread_id: ThreadId,
    /// Turns over its whole life; sessions deleted, for a deletion.
    pub(crate) turn_count: u64,
    /// What became of the memory.
    pub(crate) written: Option<Written>,
}

impl Outcome {
    /// Whether this memory is new by this write.
    pub(crate) fn wrote(&self, id: &MemoryId) -> bool {
        self.written
            .as_ref()
            .is_some_and(|written| written.deduplicated_at.is_none() && written.memory_id == *id)
    }
}

impl<'a> Write<'a> {
    /// A write of nothing yet, at this time in Unix seconds.
    pub(crate) fn new(scope: &'a Scope, now: f64) -> Self {
        Self { scope, now, session: None, memory: None, imported: None, event: None, once: None, by: LIBRARY }
    }

    /// It came in this way; histories and inboxes tell it.
    pub(crate) fn by(self, by: &'a str) -> Self {
        Self { by, ..self }
    }

    /// The text that it remembers.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.memory.map(|memory| memory.text)
    }

    /// It changes a session.
    pub(crate) fn session(self, thread: OnThread<'a>, change: Change<'a>) -> Self {
        Self { session: Some((thread, change)), ..self }
    }

    /// It remembers; on a thread that is yet to be found, `source_thread` is left to the script.
    pub(crate) fn memory(self, memory: Option<NewMemory<'a>>) -> Self {
        Self { memory, ..self }
    }

    /// The memory is written as this document (JSON) until this time (Unix milliseconds; `None` stays), as it was exported.
    pub(crate) fn imported(self, document: &'a str, expires_at_ms: Option<u64>) -> Self {
        Self { imported: Some((document, expires_at_ms)), ..self }
    }

    /// It logs, on the thread of the session. What becomes of the memory is told as the event's detail.
    pub(crate) fn event(self, event: &'a NewEvent) -> Self {
        Self { event: Some(event), ..self }
    }

    /// It is done once under this key; `part` tells it from other writes of the same request.
    pub(crate) fn once(self, key: Option<&'a IdempotencyKey>, part: usize) -> Self {
        Self { once: key.map(|key| (key, part)), ..self }
    }
}

/// What the script says to a write.
pub(crate) enum Reply {
    /// It is done.
    Done(Outcome),
    /// Nothing is done: these lie within the dedup distance, and it has to be said what the new text is to them.
    Judge(Vec<Neighbour>),
}

/// Turns writes into requests, and judges what is near a new text.
#[derive(Clone)]
pub(crate) struct Writer {
    store: Store,
    settings: Arc<Settings>,
    /// Whose reading of a text counts; without one, texts count as read whole.
    embedder: Option<Arc<dyn Embedder>>,
}

impl Writer {
    pub(crate) fn new(store: Store, settings: &Settings) -> Self {
        Self { store, settings: Arc::new(settings.clone()), embedder: None }
    }

    /// The same with an embedder that knows which texts it reads whole.
    pub(crate) fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }

    /// Carries a write out: one round trip, and a second one where something lies within the dedup distance of a new text.
    pub(crate) async fn run(&self, attempt: &'static str, write: Write<'_>) -> Result<Outcome> {
        let reply = self.store.run(attempt, self.request(write, &[])).await?;
        self.finish(attempt, write, reply).await
    }

    /// Carries on from the script's first reply. Others may write meanwhile, so what is near may change; each round knows
    /// all that the rounds before it found, so only a stream of near-identical texts could keep it going, and not for long.
    pub(crate) async fn finish(
        &self,
        attempt: &'static str,
        write: Write<'_>,
        mut reply: Reply,
    ) -> Result<Outcome> {
        const ROUNDS: usize = 64;
        let mut judged: Vec<Judged> = Vec::new();
        for _ in 0..ROUNDS {
            let neighbours = match reply {
                Reply::Done(outcome) => return Ok(outcome),
                Reply::Judge(neighbours) => neighbours,
            };
            let text = write.memory.map_or("", |memory| memory.text);
            judged.retain(|known| neighbours.iter().all(|new| !known.is_of(&new.id)));
            judged.extend(
                neighbours.into_iter().map(|near| Judged::new(near, |earlier| self.verdict(earlier, text))),
            );
            reply = self.store.run(attempt, self.request(write, &judged)).await?;
        }
        Err(reply::nonsense(attempt))
    }

    /// What a new text is to an earlier one within the dedup distance.
    pub(crate) fn verdict(&self, earlier: &str, newer: &str) -> Verdict {
        if self.settings.dedup_rule == DedupRule::Distance {
            return Verdict::Same;
        }
        let is_read = |text| self.embedder.as_ref().is_none_or(|embedder| embedder.reads_whole(text));
        match compare(earlier, newer, Reading::Whole) {
            // How the model reads them matters here alone, and costs more than the comparison.
            Verdict::Same if !(is_read(newer) && is_read(earlier)) => {
                compare(earlier, newer, Reading::Partial)
            }
            verdict => verdict,
        }
    }

    /// The request that carries a write out, with what is known of the memories around it.
    pub(crate) fn request<'a>(&self, write: Write<'a>, judged: &'a [Judged]) -> Request<'a, Reply> {
        let parts = self.parts(&write, judged);
        let mut command = scripts::call(&scripts::WRITE, &parts.keys);
        command.arg(codec::json_text(&parts.told));
        command.arg(write.session.map(|(_, change)| value(change)).unwrap_or_default());
        match (&write.memory, &parts.told.memory) {
            (Some(memory), Some(told)) => {
                command.arg(memory.embedding.to_le_bytes());
                match write.imported {
                    Some((document, _)) => command.arg(document),
                    None => command.arg(document(write.scope, memory, told.tells_thread, self.store.place())),
                };
                command.arg(memory.text);
            }
            _ => {
                command.arg("").arg("").arg("");
            }
        }
        let (memory, once) = (write.memory, write.once);
        let is_deletion = matches!(write.session, Some((_, Change::Delete)));
        Request::one(command, move |answer| {
            let answer = reply::elements(answer);
            match answer.first().and_then(reply::text).as_deref() {
                Some("judge") => Ok(Reply::Judge(judgement::neighbours(&answer))),
                _ => outcome(&answer, memory.as_ref(), judged, once, is_deletion).map(Reply::Done),
            }
        })
    }

    fn parts<'a>(&self, write: &Write<'a>, judged: &[Judged]) -> Parts<'a> {
        let (keys, settings) = (self.store.keys(), &self.settings);
        let mut names = Vec::with_capacity(5);
        let mut key = |name: String| {
            names.push(name);
            names.len()
        };
        let session = write.session.map(|(thread, change)| {
            let (thread_id, is_looked_for) = match thread {
                OnThread::Named(thread_id) => (thread_id, false),
                OnThread::Current { or } => (or, true),
            };
            ToldSession {
                key: key(keys.session(thread_id)),
                thread_id: thread_id.as_str().to_owned(),
                agent: settings.agent.clone(),
                ttl: settings.session_ttl_seconds.get(),
                window: RECENT_TURNS,
                operation: change.word(),
                last_said: last_said(change),
                threads: is_looked_for.then(|| ToldThreads {
                    index: keys.thread_index(),
                    query: query::current_thread_query(),
                    prefix: keys.session_prefix.clone(),
                    limit: CURRENT_THREADS,
                }),
            }
        });
        let event = write.event.zip(session.as_ref()).map(|(event, session)| ToldEvent {
            key: key(format!("{}{}", keys.event_prefix, session.thread_id)),
            prefix: keys.event_prefix.clone(),
            action: event.action.clone(),
            detail: event.detail.clone(),
            ttl: settings.event_ttl_seconds.get(),
            length: EVENT_LOG_MAX_LENGTH,
        });
        let memory = write.memory.as_ref().map(|memory| ToldMemory {
            key: key(keys.memory(memory.id)),
            review: key(keys.review(&write.scope.tag())),
            supersedes: memory
                .relation
                .map_or(&[][..], |relation| &relation.supersedes)
                .iter()
                .map(|id| ToldOlder { key: key(keys.memory(id)), id: id.to_string() })
                .collect(),
            prefix: keys.memory_prefix.clone(),
            index: self.store.place().index.clone(),
            query: query::duplicate_query(self.store.policy(
                write.scope,
                &MemoryFilter::of_kind(Some(memory.kind)),
                DUPLICATE_K,
            )),
            kind: memory.kind.as_str(),
            ttl: settings.seconds_of(memory.lifetime, memory.kind).unwrap_or(0),
            expires_at_ms: write.imported.and_then(|(_, expires_at_ms)| expires_at_ms),
            threshold: settings.dedup_threshold.distance(),
            tells_thread: matches!(write.session, Some((OnThread::Current { .. }, _))),
            rule: match memory.relation {
                Some(relation) if relation.is_new => "new",
                _ => settings.dedup_rule.as_str(),
            },
            judged: judged.iter().map(Judged::told).collect(),
        });
        let once = write.once.map(|(once, part)| ToldOnce {
            key: key(keys.idempotency(once.digest())),
            fingerprint: once.fingerprint().to_owned(),
            part: format!("part{part}"),
            ttl: KEPT.as_secs(),
        });
        let (scope, now) = (write.scope, write.now.to_string());
        Parts {
            keys: names,
            told: Told {
                user: scope.user(),
                namespace: scope.namespace(),
                now,
                by: write.by,
                session,
                memory,
                event,
                once,
            },
        }
    }
}

/// The keys that a write names, and what it tells the script.
struct Parts<'a> {
    keys: Vec<String>,
    told: Told<'a>,
}

fn value(change: Change<'_>) -> String {
    match change {
        Change::Append(turn) => codec::turn_json(turn.role.as_str(), turn.content, turn.ts),
        Change::Start { goal: text } | Change::Goal(text) | Change::Scratchpad(text) => text.to_owned(),
        Change::Delete => String::new(),
    }
}

/// The beginning of what was said, for lists of threads.
fn last_said(change: Change<'_>) -> String {
    match change {
        Change::Append(turn) => turn.content.chars().take(LAST_SAID_CHARS).collect(),
        _ => String::new(),
    }
}

fn document(scope: &Scope, memory: &NewMemory<'_>, tells_thread: bool, place: &Place) -> String {
    Document {
        id: memory.id,
        scope,
        kind: memory.kind,
        source_thread: (!tells_thread).then_some(memory.source_thread),
        text: memory.text,
        embedding: memory.embedding,
        created_ts: memory.created_ts,
        tags: memory.tags,
    }
    .to_json(place)
}

/// Reads the script's answer.
fn outcome(
    answer: &[Value],
    memory: Option<&NewMemory<'_>>,
    judged: &[Judged],
    once: Option<(&IdempotencyKey, usize)>,
    is_deletion: bool,
) -> Result<Outcome> {
    let answer: Vec<String> = answer.iter().filter_map(reply::text).collect();
    let text = |at: usize| answer.get(at).map_or("", String::as_str);
    let thread_id = || ThreadId::read(text(1));
    match text(0) {
        "done" | "repeated" => {}
        "denied" if is_deletion => return Err(Error::NotYours { thread_id: thread_id() }),
        "denied" => return Err(Error::ThreadTaken { thread_id: thread_id() }),
        "exists" => return Err(Error::AlreadyExists { thread_id: thread_id() }),
        "taken" => return Err(Error::KeyReused),
        "missing" => return Err(Error::NoSuchMemory { memory_id: MemoryId::read(text(1)) }),
        "unfit" => {
            let problem = format!("it holds a {} of somebody else's making", text(2));
            return Err(Error::Corrupt { key: text(1).into(), problem });
        }
        _ => return Err(reply::nonsense("write")),
    }
    if let ("repeated", Some((key, _))) = (text(0), once) {
        key.tell_repeated();
    }
    let written = memory.filter(|_| !text(4).is_empty()).map(|memory| Written {
        memory_id: MemoryId::read(text(5)),
        kind: memory.kind,
        deduplicated_at: if text(4) == "hit" { codec::distance(text(6)) } else { None },
        revises: judgement::revised(text(7), text(8), judged),
        truncated_after: None,
    });
    Ok(Outcome { thread_id: thread_id(), turn_count: text(3).parse().unwrap_or_default(), written })
}

/// How long a memory lives after a hit, which never shortens a life; `None` stays.
pub(crate) fn renewed_ttl(left: Option<u64>, of_the_kind: Option<u64>) -> Option<u64> {
    Some(left?.max(of_the_kind?))
}

/// Where near-identical memories of a kind are looked for, for a preview of what a write would do.
pub(crate) const PREVIEW_K: usize = DUPLICATE_K;

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(words: &[&str]) -> Vec<Value> {
        words.iter().map(|word| Value::BulkString((*word).into())).collect()
    }

    fn read(words: &[&str]) -> Result<Outcome> {
        outcome(&answer(words), None, &[], None, false)
    }

    #[test]
    fn each_answer_of_the_script_has_its_meaning() {
        let done = read(&["done", "t1", "1", "7", "", "", ""]).unwrap();
        assert_eq!((done.thread_id.as_str(), done.turn_count, done.written), ("t1", 7, None));
        assert!(matches!(read(&["denied", "t1"]), Err(Error::ThreadTaken { .. })));
        assert!(matches!(read(&["exists", "t1"]), Err(Error::AlreadyExists { .. })));
        assert!(matches!(read(&["taken"]), Err(Error::KeyReused)));
        assert!(matches!(read(&[]), Err(Error::Refused { .. })));
        let unfit = read(&["unfit", "agent:events:t1", "list"]).unwrap_err().to_string();
        assert!(unfit.contains("agent:events:t1") && unfit.contains("list"), "{unfit}");
        let deleted = outcome(&answer(&["denied", "t1"]), None, &[], None, true);
        assert!(matches!(deleted, Err(Error::NotYours { .. })));
    }

    #[test]
    fn a_repeated_write_is_told_to_its_key() {
        let key = IdempotencyKey::new("d", "f");
        let repeated = answer(&["repeated", "t1", "0", "1", "", "", ""]);
        outcome(&repeated, None, &[], Some((&key, 0)), false).unwrap();
        assert!(key.was_repeated());
    }

    #[test]
    fn a_hit_never_shortens_a_life() {
        let rows = [
            (None, Some(5), None),
            (Some(9), Some(5), Some(9)),
            (Some(1), Some(5), Some(5)),
            (Some(1), None, None),
        ];
        for (left, of_the_kind, expected) in rows {
            assert_eq!(renewed_ttl(left, of_the_kind), expected);
        }
    }
}
