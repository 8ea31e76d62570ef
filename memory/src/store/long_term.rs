//! Long-term memory: one JSON document per memory, one vector index over all of them.
//!
//! - `recall`: the nearest to a vector
//! - `hybrid`: by distance, words and neighbouring turns
//! - `candidates`: all that a query may recall, for measuring
//! - `around`: who lies near whom
//! - `list`: pages, tables, counts, all ids
//! - `edit`: reading one exactly, changing parts of it
//! - `past`: what became of one, its versions, one in the place of another
//! - `forget`: one, many, all; and one that may be brought back for a while
//! - `transfer`: whole documents out and in again
//! - `words`: words that the index cannot look for
//! - `unreadable`: what the index cannot read

mod around;
mod candidates;
mod edit;
mod forget;
mod hybrid;
mod list;
mod past;
mod recall;
mod transfer;
mod unreadable;
mod words;

use std::sync::Arc;

pub(crate) use self::{
    around::Neighbours,
    edit::{Alteration, Life},
    hybrid::Candidates,
    list::TablePage,
    transfer::{ImportRecord, Imported},
};
pub use self::{
    edit::MemoryEdit,
    forget::ASIDE_SECONDS,
    recall::RecallOptions,
    transfer::{Collision, ExportOptions, MemoryExport},
};
use super::{
    Store, index,
    model::check_dimensions,
    query::{MemoryQuery, Near, Telling},
    request::Request,
    rows::{self, Rows},
    write::{NewMemory, Write, Writer},
};
use crate::{
    Embedder, Embedding, Result,
    filter::MemoryFilter,
    input,
    model::MemoryRecord,
    scope::{MemoryId, Scope},
    settings::Settings,
    turn::Written,
};

/// The store of long-term memories.
///
/// Every call works inside one scope, compared exactly. Cheap to clone.
#[derive(Clone)]
pub struct LongTermMemory {
    store: Store,
    writer: Writer,
    settings: Arc<Settings>,
    /// Who knows which texts it can read; without one, all.
    embedder: Option<Arc<dyn Embedder>>,
}

impl LongTermMemory {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store, settings: &Settings) -> Self {
        let writer = Writer::new(store.clone(), settings);
        Self { writer, store, settings: Arc::new(settings.clone()), embedder: None }
    }

    /// The same with an embedder that knows which texts it can read.
    pub(crate) fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }

    /// Writes a memory, or counts a hit on a near-identical one of the same scope and kind and renews its TTL. One
    /// atomic step: parallel writes of the same text leave one memory.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a text that is empty or too long, or a vector of another number of dimensions.
    pub async fn remember(&self, scope: &Scope, memory: NewMemory<'_>) -> Result<Written> {
        input::required_text("text", memory.text)?;
        check_dimensions(self.store.place(), memory.embedding)?;
        let write = Write::new(scope, memory.created_ts).memory(Some(memory));
        let outcome = self.writer.run("remember", write).await?;
        outcome.written.ok_or_else(|| super::reply::nonsense("remember"))
    }

    /// State of the index over all scopes, as a request.
    pub(crate) fn index_request(&self) -> Request<'static, index::Info> {
        Request::one(index::info(&self.store.place().index), |info| Ok(index::parse_info(info)))
    }

    /// How long memories still live, in their order, as a request.
    pub(crate) fn lives_request(&self, memories: &[MemoryRecord]) -> Request<'static, Vec<Option<u64>>> {
        let lives = memories.iter().map(|memory| self.pttl_request(&self.key(&memory.id)));
        Request::all(lives.collect::<Vec<_>>())
    }

    /// The same, set in the memories.
    fn living_request(&self, memories: Vec<MemoryRecord>) -> Request<'static, Vec<MemoryRecord>> {
        self.lives_request(&memories).map(|lives| {
            let living = memories.into_iter().zip(lives);
            living.map(|(memory, ttl_seconds)| MemoryRecord { ttl_seconds, ..memory }).collect()
        })
    }

    fn pttl_request(&self, key: &str) -> Request<'static, Option<u64>> {
        let mut command = redis::cmd("PTTL");
        command.arg(key);
        Request::one(command, |left| Ok(super::reply::ttl_seconds(&left)))
    }

    fn query<'a>(&'a self, scope: &'a Scope, filter: &'a MemoryFilter) -> MemoryQuery<'a> {
        MemoryQuery::new((&self.store.place().index, self.store.keys()), scope, filter)
    }

    fn near<'a>(&self, scope: &Scope, filter: &MemoryFilter, to: &'a Embedding, k: usize) -> Near<'a> {
        Near { to, k, policy: self.store.policy(scope, filter, k) }
    }

    /// The scope's own among the rows of a search.
    fn rows<'a>(&'a self, query: &MemoryQuery<'a>) -> Request<'a, Rows> {
        let (scope, filter) = (query.scope, query.filter);
        let prefix = &self.store.keys().memory_prefix;
        Request::one(query.command(), move |reply| Ok(rows::memories(reply, prefix, scope, filter)))
    }

    /// The same, which tells more.
    fn telling_rows<'a>(&'a self, query: &MemoryQuery<'a>, telling: Telling) -> Request<'a, Rows> {
        let (scope, filter) = (query.scope, query.filter);
        let prefix = &self.store.keys().memory_prefix;
        Request::one(query.command_telling(telling), move |reply| {
            Ok(rows::memories(reply, prefix, scope, filter))
        })
    }

    /// The first `wanted` rows of the scope's own where rows of others stand between them: looks deeper until there are
    /// enough. Rare, since it takes scopes whose names differ in case alone.
    async fn own_rows<'a>(
        &'a self,
        attempt: &'static str,
        query: &MemoryQuery<'a>,
        wanted: usize,
    ) -> Result<Vec<MemoryRecord>> {
        let mut depth = wanted;
        loop {
            let mut rows = self.store.run(attempt, self.rows(&query.first(depth))).await?;
            if rows.memories.len() >= wanted || rows.found < depth || depth >= DEEPEST {
                rows.memories.truncate(wanted);
                return Ok(rows.memories);
            }
            depth = (depth * 4).clamp(1, DEEPEST);
        }
    }

    fn key(&self, id: &MemoryId) -> String {
        self.store.keys().memory(id)
    }
}

/// Rows that are looked through at most, for one's own among those of others and where Redis cannot sort by itself. As many
/// as Redis Search returns at most where nobody changed that.
const DEEPEST: usize = 10_000;
