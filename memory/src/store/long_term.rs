//! Long-term memory: one JSON document per memory, one vector index over all of them.

mod edit;
mod filter;
mod forget;
mod list;
mod own;
mod select;
mod table;
mod transfer;

use redis::{Cmd, Value};

pub use self::{
    edit::MemoryEdit,
    filter::{MemoryCursor, MemoryFilter},
    forget::ASIDE_SECONDS,
    list::{MemoryPage, PageRequest},
    select::FilteredPage,
    transfer::{Collision, ExportOptions, MemoryExport},
};
pub(crate) use self::{
    own::{has_others, own_count},
    table::TablePage,
    transfer::{ImportRecord, Imported},
};
use super::{
    Store,
    codec::{self, Document},
    index, reply, scripts,
    search::MemorySearch,
};
use crate::{
    Embedding, Error, Result, input,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope, ThreadId},
    settings::Settings,
    threshold::{RECALL_K, Threshold, recalled},
    turn::Written,
};

/// The store of long-term memories.
///
/// Every call works inside one scope, compared exactly. Cheap to clone.
#[derive(Clone)]
pub struct LongTermMemory {
    store: Store,
    settings: Settings,
}

/// A memory to write.
#[derive(Debug, Clone, Copy)]
pub struct NewMemory<'a> {
    /// The id it gets where it is not a duplicate.
    pub id: &'a MemoryId,
    /// What is remembered, at most 65,536 bytes.
    pub text: &'a str,
    /// Its vector.
    pub embedding: &'a Embedding,
    /// Its kind, within which duplicates are looked for.
    pub kind: Kind,
    /// The thread it comes from.
    pub source_thread: &'a str,
    /// Lifetime in seconds: `None` is that of the kind, 0 stays.
    pub ttl_seconds: Option<u64>,
    /// When, in Unix seconds.
    pub created_ts: f64,
}

/// How to recall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecallOptions {
    /// Most memories to return.
    pub k: usize,
    /// Only memories of this kind.
    pub kind: Option<Kind>,
    /// Only memories up to this distance.
    pub threshold: Threshold,
}

impl Default for RecallOptions {
    fn default() -> Self {
        Self { k: RECALL_K, kind: None, threshold: Threshold::DEFAULT_RECALL }
    }
}

/// Candidates of a vector search, before TTLs are known.
pub(crate) struct Candidates {
    pub(crate) memories: Vec<MemoryRecord>,
    /// Whether rows of other scopes, whose names differ in case alone, took places of ours.
    pub(crate) is_short: bool,
}

impl LongTermMemory {
    /// The store on this connection.
    #[must_use]
    pub fn new(store: Store, settings: &Settings) -> Self {
        Self { store, settings: settings.clone() }
    }

    /// Writes a memory, or counts a hit on a near-identical one of the same scope and kind and renews its TTL. One
    /// atomic step: parallel writes of the same text leave one memory.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is empty or too long.
    pub async fn remember(&self, scope: &Scope, memory: NewMemory<'_>) -> Result<Written> {
        input::required_text("text", memory.text)?;
        let reply = self.store.one("remember", self.remember_command(scope, None, memory)).await?;
        self.remembered(memory, None, reply)
    }

    /// The nearest memories within the threshold, nearest first, with distance and TTL. Two round trips.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn recall(
        &self,
        scope: &Scope,
        embedding: &Embedding,
        options: RecallOptions,
    ) -> Result<Vec<MemoryRecord>> {
        let mut memories = self.nearest(scope, options.kind, options.k, embedding).await?;
        let within = recalled(&memories, options.threshold, options.k).len();
        memories.truncate(within);
        self.read_ttls(&mut memories).await?;
        Ok(memories)
    }

    /// State of the index over all scopes.
    pub(crate) async fn index_info(&self) -> Result<index::Info> {
        let reply = self.store.one("read index", self.index_command()).await?;
        Ok(index::parse_info(reply))
    }

    pub(crate) fn index_command(&self) -> Cmd {
        index::info(&self.store.keys().memory_index)
    }

    /// The `k` nearest of the scope without TTLs, however many rows of others Redis has to pass over.
    pub(crate) async fn nearest(
        &self,
        scope: &Scope,
        kind: Option<Kind>,
        k: usize,
        embedding: &Embedding,
    ) -> Result<Vec<MemoryRecord>> {
        const DEEPEST: usize = 10_000;
        let mut depth = k;
        loop {
            let command = self.nearest_command(scope, kind, depth, embedding);
            let mut found = self.candidates(scope, depth, self.store.one("recall", command).await?);
            if !found.is_short || found.memories.len() >= k || depth >= DEEPEST {
                found.memories.truncate(k);
                return Ok(found.memories);
            }
            depth *= 4;
        }
    }

    pub(crate) fn nearest_command(
        &self,
        scope: &Scope,
        kind: Option<Kind>,
        k: usize,
        embedding: &Embedding,
    ) -> Cmd {
        MemorySearch { kind, ..self.search(scope) }.nearest(embedding, k).command()
    }

    pub(crate) fn candidates(&self, scope: &Scope, k: usize, reply: Value) -> Candidates {
        let rows = reply::found(reply).rows;
        let is_full = rows.len() >= k;
        let row_count = rows.len();
        let mut memories = self.owned(scope, rows);
        memories.retain(|memory| memory.distance.is_some());
        Candidates { is_short: is_full && memories.len() < row_count, memories }
    }

    /// `session` is the thread that the memory comes from, where somebody else's is to stop the write.
    pub(crate) fn remember_command(
        &self,
        scope: &Scope,
        session: Option<&ThreadId>,
        memory: NewMemory<'_>,
    ) -> Cmd {
        let keys = self.store.keys();
        let mut script_keys = vec![keys.memory(memory.id)];
        script_keys.extend(session.map(|thread_id| keys.session(thread_id)));
        let document = Document {
            id: memory.id,
            scope,
            kind: memory.kind,
            source_thread: memory.source_thread,
            text: memory.text,
            embedding: memory.embedding,
            created_ts: memory.created_ts,
        };
        let ttl_seconds = memory.ttl_seconds.or_else(|| self.settings.memory_ttl_seconds(memory.kind));
        let mut command = scripts::call(&scripts::REMEMBER, &script_keys);
        command.arg(&keys.memory_index).arg(&keys.memory_prefix);
        command.arg(scope.user()).arg(scope.namespace()).arg(memory.kind.as_str());
        command.arg(memory.embedding.to_le_bytes()).arg(self.settings.dedup_threshold.distance());
        command.arg(document.to_json()).arg(ttl_seconds.unwrap_or(0));
        command
    }

    pub(crate) fn remembered(
        &self,
        memory: NewMemory<'_>,
        session: Option<&ThreadId>,
        reply: Value,
    ) -> Result<Written> {
        let answer: Vec<String> = reply::elements(reply).iter().filter_map(reply::text).collect();
        let written = |id: &str, deduplicated_at| {
            Ok(Written { memory_id: MemoryId::new(id)?, kind: memory.kind, deduplicated_at })
        };
        match (answer.first().map(String::as_str), answer.get(1), answer.get(2), session) {
            (Some("new"), Some(id), None, _) => written(id, None),
            (Some("hit"), Some(id), Some(distance), _) => written(id, codec::distance(distance)),
            (Some("denied"), _, _, Some(thread_id)) => Err(Error::NotYours { thread_id: thread_id.clone() }),
            _ => Err(Error::Refused { attempt: "remember", reason: "its script answered nonsense".into() }),
        }
    }

    fn search<'a>(&'a self, scope: &'a Scope) -> MemorySearch<'a> {
        MemorySearch::new(&self.store.keys().memory_index, scope)
    }

    fn owned(
        &self,
        scope: &Scope,
        rows: Vec<(String, std::collections::HashMap<String, String>)>,
    ) -> Vec<MemoryRecord> {
        let prefix = &self.store.keys().memory_prefix;
        rows.into_iter()
            .filter_map(|(key, fields)| codec::memory(&key, prefix, fields))
            .filter(|memory| scope.owns(&memory.user, &memory.namespace))
            .collect()
    }

    fn key(&self, memory: &MemoryRecord) -> String {
        format!("{}{}", self.store.keys().memory_prefix, memory.id)
    }
}

/// How long a memory lives after a hit, which never shortens a life; `None` stays.
pub(crate) fn renewed_ttl(left: Option<u64>, of_the_kind: Option<u64>) -> Option<u64> {
    Some(left?.max(of_the_kind?))
}

/// Sets what is left of each memory's life, from the replies to [`LongTermMemory::ttl_commands`].
pub(crate) fn set_ttls(memories: &mut [MemoryRecord], replies: &[Value]) {
    for (memory, pttl) in memories.iter_mut().zip(replies) {
        memory.ttl_seconds = reply::ttl_seconds(pttl);
    }
}
