//! Long-term memory as a table: listed, sorted, filtered, a page at a time.

use std::collections::HashMap;

use redis::{Cmd, Value};

use super::{LongTermMemory, set_ttls};
use crate::{
    Embedding, Result,
    look::{SortBy, TableQuery},
    model::{Kind, MemoryRecord},
    scope::Scope,
    store::{
        reply,
        search::{MEMORY_FIELDS, MemorySearch},
    },
};

/// Rows that are sorted where Redis cannot sort by itself (by lifetime) or has to measure each (by distance): the newest
/// so many. As many as Redis Search returns at most where nobody changed that.
const SORTED_MAX: usize = 10_000;

/// Which part of a listing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageRequest {
    /// Only memories of this kind.
    pub kind: Option<Kind>,
    /// Rows to pass over: 0, or the `next_offset` of the page before.
    pub offset: usize,
    /// Most rows to return.
    pub limit: usize,
}

/// A page of memories.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryPage {
    /// The memories.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match in all.
    pub total: u64,
    /// Where the next page begins; `None` after the last one.
    pub next_offset: Option<usize>,
}

impl LongTermMemory {
    /// A page of the scope's memories, newest first, with TTLs. Two round trips, whatever the number of rows.
    ///
    /// A page may be shorter than its limit where scopes differ in upper and lower case alone; go on with `next_offset`.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn list(&self, scope: &Scope, page: PageRequest) -> Result<MemoryPage> {
        let reply = self.store.one("list memories", self.list_command(scope, page)).await?;
        let mut listed = self.listed(scope, page, reply);
        self.read_ttls(&mut listed.memories).await?;
        Ok(listed)
    }

    pub(super) fn list_command(&self, scope: &Scope, page: PageRequest) -> Cmd {
        let PageRequest { kind, offset, limit } = page;
        let newest = Some(("created_ts", true));
        MemorySearch { kind, offset, limit, sort_by: newest, ..self.search(scope) }.command()
    }

    pub(super) fn listed(&self, scope: &Scope, page: PageRequest, reply: Value) -> MemoryPage {
        let found = reply::found(reply);
        let next = page.offset + found.rows.len();
        let has_more = !found.rows.is_empty() && (next as u64) < found.total;
        MemoryPage {
            memories: self.owned(scope, found.rows),
            total: found.total,
            next_offset: has_more.then_some(next),
        }
    }

    /// Counts the memories that match.
    pub(crate) fn count_command(&self, scope: &Scope, kind: Option<Kind>, words: &[String]) -> Cmd {
        MemorySearch { kind, words, fields: &[], ..self.search(scope) }.command()
    }

    /// The page of a table, without TTLs. One round trip, three where it is sorted by lifetime.
    ///
    /// `near` is what distances are measured to; without it, a table by distance is one by time of writing.
    pub(crate) async fn table(
        &self,
        scope: &Scope,
        query: &TableQuery,
        near: Option<&Embedding>,
    ) -> Result<Vec<MemoryRecord>> {
        if query.sort == SortBy::Lifetime {
            return self.table_by_lifetime(scope, query).await;
        }
        let words = query.words();
        let search = MemorySearch {
            kind: query.kind,
            words: &words,
            offset: query.offset,
            limit: query.limit,
            ..self.search(scope)
        };
        let reply = self.store.one("list memories", sorted(search, query, near).command()).await?;
        Ok(self.owned(scope, reply::found(reply).rows))
    }

    /// Lifetimes are in no index: the keys first, then what is left of each, then the rows.
    async fn table_by_lifetime(&self, scope: &Scope, query: &TableQuery) -> Result<Vec<MemoryRecord>> {
        let words = query.words();
        let newest = MemorySearch {
            kind: query.kind,
            words: &words,
            fields: &[],
            sort_by: Some(("created_ts", true)),
            limit: SORTED_MAX,
            ..self.search(scope)
        };
        let keys = reply::keys(self.store.one("list memories", newest.command()).await?);
        let replies = self.store.all("read lifetimes", keys.iter().map(pttl).collect()).await?;
        let mut keyed: Vec<(u64, String)> = replies.iter().map(lifetime).zip(keys).collect();
        keyed.sort_by_key(|(left, _)| *left);
        if query.is_descending {
            keyed.reverse();
        }
        let page: Vec<String> =
            keyed.into_iter().map(|(_, key)| key).skip(query.offset).take(query.limit).collect();
        self.rows(scope, &page).await
    }

    /// The rows under these keys, in this order; those that are gone are left out.
    async fn rows(&self, scope: &Scope, keys: &[String]) -> Result<Vec<MemoryRecord>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let search = MemorySearch { keys, fields: MEMORY_FIELDS, limit: keys.len(), ..self.search(scope) };
        let reply = self.store.one("list memories", search.command()).await?;
        let mut rows = self.owned(scope, reply::found(reply).rows);
        let place: HashMap<&str, usize> =
            keys.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        rows.sort_by_key(|memory| place.get(self.key(memory).as_str()).copied());
        Ok(rows)
    }

    /// How far each of these memories is from a vector.
    pub(crate) fn distances_command(&self, scope: &Scope, memories: &[MemoryRecord], to: &Embedding) -> Cmd {
        let keys: Vec<String> = memories.iter().map(|memory| self.key(memory)).collect();
        MemorySearch { keys: &keys, fields: &["distance"], ..self.search(scope) }
            .nearest(to, keys.len())
            .command()
    }

    /// Sets the distances, from the reply to [`Self::distances_command`].
    pub(crate) fn set_distances(&self, memories: &mut [MemoryRecord], reply: Value) {
        let distances: HashMap<String, f64> = reply::found(reply)
            .rows
            .into_iter()
            .filter_map(|(key, fields)| Some((key, fields.get("distance")?.parse().ok()?)))
            .collect();
        for memory in memories {
            let distance = distances.get(&self.key(memory)).copied();
            memory.distance = distance.filter(|distance| distance.is_finite());
        }
    }

    pub(crate) async fn read_ttls(&self, memories: &mut [MemoryRecord]) -> Result<()> {
        if memories.is_empty() {
            return Ok(());
        }
        let replies = self.store.all("read lifetimes", self.ttl_commands(memories)).await?;
        set_ttls(memories, &replies);
        Ok(())
    }

    pub(crate) fn ttl_commands(&self, memories: &[MemoryRecord]) -> Vec<Cmd> {
        memories.iter().map(|memory| pttl(&self.key(memory))).collect()
    }
}

/// The search in the order that is asked for.
fn sorted<'a>(search: MemorySearch<'a>, query: &TableQuery, near: Option<&'a Embedding>) -> MemorySearch<'a> {
    let by = |field| MemorySearch { sort_by: Some((field, query.is_descending)), ..search };
    match (query.sort, near) {
        (SortBy::Distance, Some(vector)) => {
            let depth = if query.is_descending { SORTED_MAX } else { query.offset + query.limit };
            MemorySearch { near: Some((vector, depth)), ..by("distance") }
        }
        (SortBy::Hits, _) => by("hit_count"),
        (SortBy::Kind, _) => by("kind"),
        (SortBy::Text, _) => by("text"),
        (SortBy::Source, _) => by("source_thread"),
        (SortBy::Created | SortBy::Lifetime | SortBy::Distance, _) => by("created_ts"),
    }
}

fn pttl(key: &String) -> Cmd {
    let mut command = redis::cmd("PTTL");
    command.arg(key);
    command
}

/// Milliseconds left, the most for what stays.
fn lifetime(pttl: &Value) -> u64 {
    u64::try_from(reply::integer(pttl)).unwrap_or(u64::MAX)
}
