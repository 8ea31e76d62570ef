//! Recall by distance, words and neighbouring turns together: [`crate::ranking`] says how they are put together.

use std::collections::{HashMap, HashSet};

use redis::Value;
use serde::Deserialize;
use serde_json::Value as Json;

use super::LongTermMemory;
use crate::{
    Embedding, Result,
    filter::MemoryFilter,
    model::MemoryRecord,
    ranking::{
        Candidate, Frequencies, NEIGHBOURS, Ranked, Said, is_question, passes, rank, terms_of, word_distance,
        word_scores,
    },
    revision::newest_first,
    scope::{MemoryId, Scope},
    store::{
        codec,
        frequencies::Counts,
        long_term::RecallOptions,
        policy::Policy,
        query::{LINKED_FIELDS, MemoryQuery, Near, Telling, Turns, is_piece},
        reply,
        request::Request,
        rows::Owner,
    },
};

/// The nearest that are ranked.
const NEAREST: usize = 25;

/// Memories whose words fit best that are ranked.
const TEXTS: usize = 50;

/// How many of each have their neighbouring turns ranked too.
const SEEDS: usize = 3;

/// Threads of one name, each begun after the one before had expired, whose turns are looked through at most.
const THREADS_OF_A_NAME: usize = 4;

/// What was recalled by distance, words and neighbourhood.
pub(crate) struct HybridRecall {
    /// The best that pass, best first; of several versions of one thing the newest first.
    pub(crate) memories: Vec<MemoryRecord>,
    /// All candidates with their places.
    pub(crate) ranked: Vec<Ranked>,
}

/// What the searches found.
#[derive(Default)]
pub(crate) struct Candidates {
    /// The scope's own that the filter accepts.
    own: Vec<Candidate>,
    /// Whether others took places of the scope's own.
    has_others: bool,
}

/// What is looked for.
pub(crate) struct Sought<'a> {
    /// Its words.
    pub(crate) terms: Vec<String>,
    /// Its vector.
    pub(crate) near: &'a Embedding,
    /// Whether the model can read it.
    is_read: bool,
}

impl LongTermMemory {
    /// What a question recalls by distance and words together. Two round trips.
    pub(crate) async fn recall_hybrid(
        &self,
        scope: &Scope,
        sought: &Sought<'_>,
        options: &RecallOptions,
    ) -> Result<HybridRecall> {
        let found = self.hybrid_request(scope, &options.filter, options.k, sought);
        let found = self.store.run("recall", found).await?;
        let candidates = self.enough(scope, &options.filter, options.k, sought, found).await?;
        let ranked = rank(&candidates, options.weights);
        let mut memories = self.best(scope, &options.filter, options.k, &ranked, sought).await?;
        memories.retain(|memory| passes(&sought.terms, memory, options.threshold));
        Ok(HybridRecall { memories: newest_first(memories), ranked })
    }

    /// A question as it is looked for.
    pub(crate) fn sought<'a>(&self, text: &str, near: &'a Embedding) -> Sought<'a> {
        Sought { terms: terms_of(text), near, is_read: self.reads(text) }
    }

    /// Whether the model can read a text.
    pub(crate) fn reads(&self, text: &str) -> bool {
        self.embedder.as_ref().is_none_or(|embedder| embedder.reads(text))
    }

    /// Everything that may be recalled, without what it says, as a request.
    pub(crate) fn hybrid_request<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a MemoryFilter,
        k: usize,
        sought: &'a Sought<'_>,
    ) -> Request<'a, Candidates> {
        if k == 0 {
            return Request::none(Candidates::default());
        }
        if filter.ids.is_some() {
            return self.candidates_among(scope, filter, k, sought);
        }
        let policy = self.store.policy(scope, filter, NEAREST);
        let counts = [NEAREST.max(k), TEXTS, SEEDS, NEIGHBOURS as usize];
        let terms = &sought.terms;
        let words: Vec<String> = terms.iter().filter(|term| !is_piece(term)).cloned().collect();
        let known = self.store.known_frequencies(scope, filter, &words);
        let command = self.query(scope, filter).hybrid_command(terms, &known, sought.near, policy, counts);
        let store = &self.store;
        Request::one(command, move |answer| {
            let mut parts = reply::elements(answer);
            let rest = parts.split_off(parts.len().min(1));
            let counts = reply::elements(parts.pop().unwrap_or(Value::Nil));
            let frequencies = frequencies(&counts, &known, &words, terms);
            store.keep_frequencies(scope, filter, &frequencies, &counted(&counts, words));
            let is_read = |text: &str| sought.is_read && self.reads(text);
            let prefix = &store.keys().memory_prefix;
            Ok(candidates(rest, prefix, (scope, filter), (terms, &frequencies), is_read))
        })
    }

    /// All candidates: looks deeper where others took places of the scope's own, since tags fold case.
    pub(crate) async fn enough(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        k: usize,
        sought: &Sought<'_>,
        found: Candidates,
    ) -> Result<Vec<Candidate>> {
        let mut own = found.own;
        if found.has_others {
            let wanted = NEAREST.max(k);
            let nearest = self.nearest_request(scope, filter, wanted, sought.near, Telling::Lives);
            let rows = self.store.run("recall", nearest).await?;
            let nearest = self.filled(scope, filter, wanted, sought.near, rows).await?;
            let more = self.as_candidates(&nearest, sought).into_iter();
            let known: HashSet<MemoryId> = own.iter().map(|one| one.id.clone()).collect();
            own.extend(more.filter(|one| !known.contains(&one.id)));
        }
        Ok(own)
    }

    /// The candidates among memories that are known by their ids: the nearest of these, ranked by their own words.
    fn candidates_among<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a MemoryFilter,
        k: usize,
        sought: &'a Sought<'_>,
    ) -> Request<'a, Candidates> {
        let count = NEAREST.max(k).saturating_add(TEXTS);
        let nearest = self.nearest_request(scope, filter, count, sought.near, Telling::Lives);
        nearest.map(|rows| Candidates { own: self.as_candidates(&rows.memories, sought), has_others: false })
    }

    /// Memories that were found by their distance, with what their words say.
    fn as_candidates(&self, memories: &[MemoryRecord], sought: &Sought<'_>) -> Vec<Candidate> {
        let said = memories.iter().map(|memory| Said {
            text: &memory.text,
            source_thread: &memory.source_thread,
            turn: memory.turn,
            began: memory.thread_began.map(f64::to_bits),
        });
        let said: Vec<Said<'_>> = said.collect();
        let scores = word_scores(&sought.terms, &Frequencies::default(), &said);
        let candidate = |(memory, (text_score, around_score)): (&MemoryRecord, _)| Candidate {
            id: memory.id.clone(),
            distance: self.telling_distance(sought, memory).0,
            text_score,
            around_score,
            is_question: is_question(&memory.text),
        };
        memories.iter().zip(scores).map(candidate).collect()
    }

    /// The distance that a hybrid recall tells of a memory, and whether it is that of the words.
    fn telling_distance(&self, sought: &Sought<'_>, memory: &MemoryRecord) -> (Option<f64>, bool) {
        match sought.is_read && self.reads(&memory.text) {
            true => (memory.distance, false),
            false => (Some(word_distance(&sought.terms, &memory.text)), true),
        }
    }

    /// Sets the distances that a hybrid recall tells.
    pub(crate) fn tell_distances(&self, sought: &Sought<'_>, memories: &mut [MemoryRecord]) {
        for memory in memories {
            (memory.distance, memory.is_unread) = self.telling_distance(sought, memory);
        }
    }

    /// The `k` best of what was ranked, best first, with distances, lives and exact times.
    pub(crate) async fn best(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        k: usize,
        ranked: &[Ranked],
        sought: &Sought<'_>,
    ) -> Result<Vec<MemoryRecord>> {
        // A few more, since one may be gone, superseded, or of a scope that differs in case alone.
        let wanted: Vec<MemoryId> =
            ranked.iter().take(k.saturating_add(k / 2 + 5)).map(|one| one.id.clone()).collect();
        let mut memories = self.measured(scope, &wanted, sought.near, filter).await?;
        let place: HashMap<&MemoryId, usize> = wanted.iter().enumerate().map(|(at, id)| (id, at)).collect();
        memories.sort_by_key(|memory| place.get(&memory.id).copied());
        memories.truncate(k);
        self.tell_distances(sought, &mut memories);
        Ok(memories)
    }

    /// The memories that were said up to so many turns before or after one of these, in no order.
    pub(crate) async fn said_around(
        &self,
        scope: &Scope,
        memories: &[MemoryRecord],
        reach: u64,
    ) -> Result<Vec<MemoryRecord>> {
        let turns = memories.iter().filter(|memory| !memory.source_thread.is_empty()).filter_map(|memory| {
            let turn = memory.turn?;
            let thread = memory.source_thread.as_str();
            Some(Turns { thread, from: turn.saturating_sub(reach), to: turn.saturating_add(reach) })
        });
        let turns: Vec<Turns<'_>> = turns.collect();
        if turns.is_empty() || reach == 0 {
            return Ok(Vec::new());
        }
        let current = MemoryFilter::default();
        let limit =
            turns.len().saturating_mul(2 * reach.min(1000) as usize + 1).saturating_mul(THREADS_OF_A_NAME);
        let query = self.query(scope, &current);
        let query = MemoryQuery { turns: &turns, fields: LINKED_FIELDS, limit, ..query };
        let mut said =
            self.store.run("recall", self.telling_rows(&query, Telling::LivesAndTimes)).await?.memories;
        // Tags fold case, and a thread of the same name may have begun anew.
        said.retain(|one| {
            memories.iter().any(|memory| {
                let is_near = one.turn.zip(memory.turn).is_some_and(|(one, at)| one.abs_diff(at) <= reach);
                is_near
                    && one.source_thread == memory.source_thread
                    && one.thread_began == memory.thread_began
            })
        });
        Ok(said)
    }

    /// Memories of these ids with their distances, lives and exact times, in no order; those that do not pass the filter are
    /// left out.
    pub(crate) async fn measured(
        &self,
        scope: &Scope,
        ids: &[MemoryId],
        to: &Embedding,
        filter: &MemoryFilter,
    ) -> Result<Vec<MemoryRecord>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<String> = ids.iter().map(|id| self.key(id)).collect();
        // Among a few keys the engine compares each.
        let near = Near { to, k: keys.len(), policy: Policy::Engine };
        let query = self.query(scope, filter).nearest(near);
        let query = MemoryQuery { fields: LINKED_FIELDS, keys: &keys, ..query };
        let rows = self.store.run("recall", self.telling_rows(&query, Telling::LivesAndTimes)).await?;
        Ok(rows.memories)
    }
}

/// The candidates in the answer of `hybrid.lua`, behind its counts.
fn candidates(
    answer: Vec<Value>,
    prefix: &str,
    (scope, filter): (&Scope, &MemoryFilter),
    (terms, frequencies): (&[String], &Frequencies),
    is_read: impl Fn(&str) -> bool,
) -> Candidates {
    let mut parts = answer.into_iter();
    let distances = reply::fields(parts.next().unwrap_or(Value::Nil));
    let (mut found, mut has_others): (Vec<(String, Document)>, bool) = (Vec::new(), false);
    while let (Some(key), Some(document)) = (parts.next(), parts.next()) {
        let [key, document] = [key, document].map(|part| reply::text(&part).unwrap_or_default());
        // One that expired meanwhile has none.
        let Ok(document) = serde_json::from_str::<Document>(&document) else { continue };
        // Tags fold case: nobody else's text is read.
        match document.is_accepted(scope, filter) {
            true => found.push((key, document)),
            false => has_others = true,
        }
    }
    let said: Vec<Said<'_>> = found.iter().map(|(_, document)| document.said()).collect();
    let scores = word_scores(terms, frequencies, &said);
    let candidate =
        |((key, _), said): (&(String, Document), &Said<'_>), (text_score, around_score)| Candidate {
            id: MemoryId::read(key.strip_prefix(prefix).unwrap_or(key)),
            distance: match is_read(said.text) {
                true => distances.get(key).and_then(|distance| codec::distance(distance)),
                false => Some(word_distance(terms, said.text)),
            },
            text_score,
            around_score,
            is_question: is_question(said.text),
        };
    let own = found.iter().zip(&said).zip(scores).map(|(one, scores)| candidate(one, scores)).collect();
    Candidates { own, has_others }
}

/// The words that were counted just now, with how many memories have each.
fn counted(counts: &[Value], words: Vec<String>) -> Vec<(String, u64)> {
    let counts = counts.iter().skip(1).map(|count| u64::try_from(reply::integer(count)).ok());
    words.into_iter().zip(counts).filter_map(|(word, count)| Some((word, count?))).collect()
}

/// How common the terms are, by what was counted just now and what was known before: -1 for what was not counted. Of pieces of words
/// nobody counts that.
fn frequencies(counts: &[Value], known: &Counts, words: &[String], terms: &[String]) -> Frequencies {
    let mut counts = counts.iter().map(|count| u64::try_from(reply::integer(count)).ok());
    let total = counts.next().flatten().or(known.total).unwrap_or_default();
    let known = known.shares.iter().map(|share| share.map(|share| (share * total as f64).round() as u64));
    let having: Vec<Option<u64>> = counts.zip(known).map(|(counted, known)| counted.or(known)).collect();
    let of = |term: &String| {
        let at = words.iter().position(|word| word == term)?;
        having.get(at).copied().flatten()
    };
    Frequencies { total, having: terms.iter().map(of).collect() }
}

/// What `JSON.GET` says of some paths: for each a list of at most one value.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "$.user")]
    user: Values,
    #[serde(rename = "$.namespace")]
    namespace: Values,
    #[serde(rename = "$.text")]
    text: Values,
    #[serde(rename = "$.source_thread")]
    source_thread: Values,
    #[serde(rename = "$.turn")]
    turn: Values,
    #[serde(rename = "$.thread_began")]
    thread_began: Values,
    #[serde(rename = "$.kind")]
    kind: Values,
    #[serde(rename = "$.superseded_by")]
    superseded_by: Values,
}

impl Document {
    fn is_accepted(&self, scope: &Scope, filter: &MemoryFilter) -> bool {
        let first = |values: &'_ Values| values.first().unwrap_or_default().to_owned();
        Owner::of_memory(self.user.first(), self.namespace.first()).is(scope)
            && filter.accepts_names(&first(&self.kind), &first(&self.source_thread))
            && filter.standing.admits(self.superseded_by.first().is_some())
    }

    fn said(&self) -> Said<'_> {
        Said {
            text: self.text.first().unwrap_or_default(),
            source_thread: self.source_thread.first().unwrap_or_default(),
            turn: self.turn.0.first().and_then(Json::as_u64),
            began: self.thread_began.0.first().and_then(Json::as_f64).map(f64::to_bits),
        }
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Values(Vec<Json>);

impl Values {
    fn first(&self) -> Option<&str> {
        self.0.first()?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_memory_by_memory_and_nobody_elses() {
        let bulk = |text: &str| Value::BulkString(text.into());
        let document = |user: &str, text: &str, turn: &str| {
            bulk(&format!(
                r#"{{"$.user":["{user}"],"$.namespace":["n"],"$.text":["{text}"],"$.source_thread":["t"],"$.turn":[{turn}],"$.thread_began":[],"$.kind":["semantic"],"$.superseded_by":[]}}"#
            ))
        };
        let answer = vec![
            Value::Array(["m:a", "0.25", "m:gone", "0.3", "m:x", "0.4"].map(bulk).into()),
            bulk("m:a"),
            document("ada", "red kayak", "7"),
            bulk("m:gone"),
            bulk(""),
            bulk("m:x"),
            document("Ada", "red kayak", "8"),
            bulk("m:b"),
            document("ada", "a kayak?", ""),
        ];
        let terms = ["red".to_string(), "kayak".to_string()];
        // One was counted now, one is known.
        let known = Counts { total: Some(8), shares: vec![None, Some(1.0 / 3.0)] };
        let frequencies = frequencies(&[9, 2, -1].map(Value::Int), &known, &terms, &terms);
        assert_eq!((frequencies.total, &frequencies.having[..]), (9, &[Some(2), Some(3)][..]));
        let ada = Scope::new("ada", "n").unwrap();
        let Candidates { own: found, has_others } =
            candidates(answer, "m:", (&ada, &MemoryFilter::default()), (&terms, &frequencies), |_| true);
        let told: Vec<_> = found.iter().map(|one| (one.id.as_str(), one.distance, one.is_question)).collect();
        assert_eq!(told, [("a", Some(0.25), false), ("b", None, true)]);
        assert!(has_others);
        assert!(found[0].text_score > found[1].text_score && found[1].text_score.is_some(), "{found:?}");
    }
}
