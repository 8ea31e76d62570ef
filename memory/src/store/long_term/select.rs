//! Recalling, listing and collecting memories by a filter.

use std::collections::HashMap;

use redis::{Cmd, Value};

use super::{
    LongTermMemory,
    filter::{self, MemoryCursor, MemoryFilter},
    reply, set_ttls,
};
use crate::{
    Embedding, Result,
    model::MemoryRecord,
    scope::Scope,
    store::codec,
    threshold::{Threshold, recalled},
};

/// A page of memories that a filter accepts, newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FilteredPage {
    /// The memories, with exact `created_ts` and TTL.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match in all; scopes whose names differ in case alone count along.
    pub total: u64,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<MemoryCursor>,
}

impl LongTermMemory {
    /// The nearest memories within the threshold that the filter accepts, at most `k`, nearest first.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recall_where(
        &self,
        scope: &Scope,
        embedding: &Embedding,
        filter: &MemoryFilter,
        threshold: Threshold,
        k: usize,
    ) -> Result<Vec<MemoryRecord>> {
        let mut memories = self.nearest_where(scope, embedding, filter, k).await?;
        let within = recalled(&memories, threshold, k).len();
        memories.truncate(within);
        self.complete(&mut memories).await?;
        Ok(memories)
    }

    /// A page of the memories that the filter accepts, newest first. `cursor` is [`FilteredPage::next`] of the page before.
    ///
    /// A page may be shorter than its limit where names differ in upper and lower case alone; `next` tells whether there is more.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn list_where(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        cursor: Option<MemoryCursor>,
        limit: usize,
    ) -> Result<FilteredPage> {
        let index = &self.store.keys().memory_index;
        let commands =
            vec![filter::page(index, scope, filter, cursor, limit), filter::count(index, scope, filter)];
        let replies = self.store.all("list memories", commands).await?;
        let [page, count] = replies.try_into().unwrap_or([Value::Nil, Value::Nil]);
        let found = reply::found(page);
        let given = cursor.map_or(0, |cursor| cursor.skip) + found.rows.len();
        let mut memories: Vec<MemoryRecord> =
            found.rows.into_iter().filter_map(|(key, fields)| self.row(&key, fields)).collect();
        let times = self.complete(&mut memories).await?;
        let next = MemoryCursor::behind(cursor, &times).filter(|_| (given as u64) < found.total);
        memories.retain(|memory| scope.owns(&memory.user, &memory.namespace) && filter.accepts(memory));
        Ok(FilteredPage { memories, total: reply::found(count).total, next })
    }

    /// The ids of all memories that the filter accepts, in no order.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn ids_where(&self, scope: &Scope, filter: &MemoryFilter) -> Result<Vec<String>> {
        const ATTEMPT: &str = "collect memories";
        let index = &self.store.keys().memory_index;
        let mut answer = self.store.one(ATTEMPT, filter::every(index, scope, filter)).await?;
        let mut ids = Vec::new();
        loop {
            let mut parts = reply::elements(answer);
            let cursor = parts.pop().as_ref().and_then(reply::text).unwrap_or_else(|| "0".into());
            let rows = reply::elements(parts.pop().unwrap_or(Value::Nil));
            ids.extend(rows.into_iter().filter_map(|row| self.accepted(scope, filter, reply::fields(row))));
            if cursor == "0" {
                return Ok(ids);
            }
            answer = self.store.one(ATTEMPT, read_cursor(index, &cursor)).await?;
        }
    }

    async fn nearest_where(
        &self,
        scope: &Scope,
        embedding: &Embedding,
        filter: &MemoryFilter,
        k: usize,
    ) -> Result<Vec<MemoryRecord>> {
        const DEEPEST: usize = 10_000;
        let mut depth = k;
        loop {
            let command = filter::nearest(&self.store.keys().memory_index, scope, filter, depth, embedding);
            let rows = reply::found(self.store.one("recall", command).await?).rows;
            let row_count = rows.len();
            let mut memories: Vec<MemoryRecord> =
                rows.into_iter().filter_map(|(key, fields)| self.row(&key, fields)).collect();
            memories.retain(|memory| {
                memory.distance.is_some()
                    && scope.owns(&memory.user, &memory.namespace)
                    && filter.accepts(memory)
            });
            let others_crowd_ours_out = row_count >= depth && memories.len() < k;
            if !others_crowd_ours_out || depth >= DEEPEST {
                memories.truncate(k);
                return Ok(memories);
            }
            depth *= 4;
        }
    }

    /// Reads TTLs and exact times into the memories and returns the times; `None` where a document has none.
    async fn complete(&self, memories: &mut [MemoryRecord]) -> Result<Vec<Option<f64>>> {
        if memories.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = self.ttl_commands(memories);
        commands.extend(memories.iter().map(|memory| self.time_command(memory)));
        let mut replies = self.store.all("read memories", commands).await?;
        let times: Vec<_> = replies.split_off(memories.len()).iter().map(time).collect();
        set_ttls(memories, &replies);
        for (memory, time) in memories.iter_mut().zip(&times) {
            memory.created_ts = time.unwrap_or(memory.created_ts);
        }
        Ok(times)
    }

    fn time_command(&self, memory: &MemoryRecord) -> Cmd {
        let mut command = redis::cmd("JSON.GET");
        command.arg(self.key(memory)).arg("$.created_ts");
        command
    }

    fn row(&self, key: &str, fields: HashMap<String, String>) -> Option<MemoryRecord> {
        codec::memory(key, &self.store.keys().memory_prefix, fields)
    }

    fn accepted(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        fields: HashMap<String, String>,
    ) -> Option<String> {
        let key = fields.get("__key")?.clone();
        let memory = self.row(&key, fields)?;
        (scope.owns(&memory.user, &memory.namespace) && filter.accepts(&memory)).then_some(memory.id)
    }
}

fn read_cursor(index: &str, cursor: &str) -> Cmd {
    let mut command = redis::cmd("FT.CURSOR");
    command.arg("READ").arg(index).arg(cursor).arg(&["COUNT", "1000"]);
    command
}

/// The number in the answer to `JSON.GET key $.created_ts`.
fn time(reply: &Value) -> Option<f64> {
    let values: Vec<serde_json::Value> = serde_json::from_str(&reply::text(reply)?).ok()?;
    values.first()?.as_f64()
}
