//! Long-term memory as a table: sorted, filtered, a page at a time.

use std::{cmp::Reverse, collections::HashMap};

use redis::{Cmd, Value};

use super::{
    LongTermMemory,
    own::{has_others, owns},
    set_ttls,
};
use crate::{
    Embedding, Result,
    look::{SortBy, TableQuery},
    model::MemoryRecord,
    scope::Scope,
    store::{
        codec, reply,
        search::{MEMORY_FIELDS, MemorySearch, OWNER_FIELDS, TEXT_FIELDS},
    },
};

/// Rows that are sorted where Redis cannot sort by itself (by lifetime) or has to measure each (by distance): the newest
/// so many. As many as Redis Search returns at most where nobody changed that.
pub(super) const SORTED_MAX: usize = 10_000;

/// A page of a table.
pub(crate) struct TablePage {
    pub(crate) memories: Vec<MemoryRecord>,
    /// Whether Redis finds rows of scopes that differ in case alone.
    pub(crate) has_others: bool,
}

impl LongTermMemory {
    /// The page of a table, without TTLs; distances only where they are what it is sorted by. One round trip, three
    /// where it is sorted by lifetime, two where by text, or where scopes differ in case alone.
    ///
    /// `near` is what distances are measured to; without it, a table by distance is one by time of writing.
    pub(crate) async fn table(
        &self,
        scope: &Scope,
        query: &TableQuery,
        near: Option<&Embedding>,
    ) -> Result<TablePage> {
        match query.sort {
            SortBy::Lifetime => return self.table_by_lifetime(scope, query).await,
            SortBy::Text => return self.table_by_text(scope, query).await,
            _ => {}
        }
        let words = query.words();
        let part = |offset, limit| sorted(self.filtered(scope, query, &words, offset, limit), query, near);
        let mut commands = vec![part(query.offset, query.limit).command()];
        if query.offset > 0 {
            // Rows of others before the page would move it.
            commands.push(MemorySearch { fields: OWNER_FIELDS, ..part(0, query.offset) }.command());
        }
        let mut replies = self.store.all("list memories", commands).await?.into_iter().map(reply::found);
        let rows = replies.next().unwrap_or_default().rows;
        let has_others = has_others(scope, &rows) || replies.any(|before| has_others(scope, &before.rows));
        let memories = match has_others {
            true => self.own_page(scope, query, near).await?,
            false => self.owned(scope, rows),
        };
        Ok(TablePage { memories, has_others })
    }

    pub(super) fn filtered<'a>(
        &'a self,
        scope: &'a Scope,
        query: &TableQuery,
        words: &'a [String],
        offset: usize,
        limit: usize,
    ) -> MemorySearch<'a> {
        MemorySearch { kind: query.kind, words, offset, limit, ..self.search(scope) }
    }

    /// Lifetimes are in no index: the keys first, newest first, then what is left of each, then the rows.
    async fn table_by_lifetime(&self, scope: &Scope, query: &TableQuery) -> Result<TablePage> {
        let newest = TableQuery { sort: SortBy::Created, is_descending: true, ..query.clone() };
        let (keys, found) = self.own_keys(scope, &newest, None, SORTED_MAX).await?;
        let has_others = keys.len() < found;
        let replies = match keys.is_empty() {
            true => Vec::new(),
            false => self.store.all("read lifetimes", keys.iter().map(pttl).collect()).await?,
        };
        let mut keyed: Vec<(u64, String)> = replies.iter().map(lifetime).zip(keys).collect();
        match query.is_descending {
            true => keyed.sort_by_key(|(left, _)| Reverse(*left)),
            false => keyed.sort_by_key(|(left, _)| *left),
        }
        let memories = self.page_of(scope, query, keyed.into_iter().map(|(_, key)| key)).await?;
        Ok(TablePage { memories, has_others })
    }

    /// Redis would put `Zebra` before `apple`: the texts first, newest first, then the rows.
    async fn table_by_text(&self, scope: &Scope, query: &TableQuery) -> Result<TablePage> {
        let newest = TableQuery { sort: SortBy::Created, is_descending: true, ..query.clone() };
        let words = query.words();
        let search = sorted(self.filtered(scope, &newest, &words, 0, SORTED_MAX), &newest, None);
        let search = MemorySearch { fields: TEXT_FIELDS, ..search };
        let rows = reply::found(self.store.one("list memories", search.command()).await?).rows;
        let has_others = has_others(scope, &rows);
        let own = rows.into_iter().filter(|(_, fields)| owns(scope, fields));
        let mut texts: Vec<(String, String)> = own
            .map(|(key, fields)| (fields.get("text").map_or("", String::as_str).to_lowercase(), key))
            .collect();
        match query.is_descending {
            true => texts.sort_by(|one, other| other.0.cmp(&one.0)),
            false => texts.sort_by(|one, other| one.0.cmp(&other.0)),
        }
        let memories = self.page_of(scope, query, texts.into_iter().map(|(_, key)| key)).await?;
        Ok(TablePage { memories, has_others })
    }

    /// The rows of the page among keys that are sorted already.
    async fn page_of(
        &self,
        scope: &Scope,
        query: &TableQuery,
        sorted: impl Iterator<Item = String>,
    ) -> Result<Vec<MemoryRecord>> {
        let page: Vec<String> = sorted.skip(query.offset).take(query.limit).collect();
        self.rows(scope, &page).await
    }

    /// The rows under these keys, in this order; those that are gone are left out.
    pub(super) async fn rows(&self, scope: &Scope, keys: &[String]) -> Result<Vec<MemoryRecord>> {
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
            .filter_map(|(key, fields)| Some((key, codec::distance(fields.get("distance")?)?)))
            .collect();
        for memory in memories {
            memory.distance = distances.get(&self.key(memory)).copied();
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
pub(super) fn sorted<'a>(
    search: MemorySearch<'a>,
    query: &TableQuery,
    near: Option<&'a Embedding>,
) -> MemorySearch<'a> {
    let by = |field| MemorySearch { sort_by: Some((field, query.is_descending)), ..search };
    match (query.sort, near) {
        (SortBy::Distance, Some(vector)) => {
            let depth = if query.is_descending { SORTED_MAX } else { search.offset + search.limit };
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
