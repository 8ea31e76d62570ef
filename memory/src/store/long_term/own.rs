//! Exactly the scope's own rows and counts: tags fold upper and lower case, so Redis finds those of `Alice` for `alice`.

use std::collections::HashMap;

use redis::{Cmd, Value};

use super::{
    LongTermMemory,
    table::{SORTED_MAX, sorted},
};
use crate::{
    Embedding, Result,
    look::TableQuery,
    model::{Kind, MemoryRecord},
    scope::Scope,
    store::{
        reply,
        search::{MemorySearch, OWNER_FIELDS},
    },
};

/// Memories of which a look at the counts sees whose they are.
const OWNERS_SAMPLED: usize = 50;

impl LongTermMemory {
    /// Counts the memories that match, those of scopes that differ in case alone among them.
    pub(crate) fn count_command(&self, scope: &Scope, kind: Option<Kind>, words: &[String]) -> Cmd {
        MemorySearch { kind, words, fields: &[], ..self.search(scope) }.command()
    }

    /// The same for all memories of the scope, with a sample that tells whether there are such scopes.
    pub(crate) fn count_all_command(&self, scope: &Scope) -> Cmd {
        let newest = Some(("created_ts", true));
        let (fields, limit) = (OWNER_FIELDS, OWNERS_SAMPLED);
        MemorySearch { fields, limit, sort_by: newest, ..self.search(scope) }.command()
    }

    /// Counts exactly the scope's own memories. Redis reads each, some 3 µs.
    pub(crate) fn exact_count_command(&self, scope: &Scope, kind: Option<Kind>, words: &[String]) -> Cmd {
        MemorySearch { kind, words, ..self.search(scope) }.count_command()
    }

    /// The page among rows of scopes that differ in case alone.
    pub(super) async fn own_page(
        &self,
        scope: &Scope,
        query: &TableQuery,
        near: Option<&Embedding>,
    ) -> Result<Vec<MemoryRecord>> {
        let wanted = query.offset + query.limit;
        let mut depth = wanted;
        loop {
            let (keys, found) = self.own_keys(scope, query, near, depth).await?;
            if keys.len() >= wanted || found < depth || depth >= SORTED_MAX {
                let page: Vec<String> = keys.into_iter().skip(query.offset).take(query.limit).collect();
                return self.rows(scope, &page).await;
            }
            depth *= 4;
        }
    }

    /// The keys of the scope's own among the first rows of a table, and how many rows there were.
    pub(super) async fn own_keys(
        &self,
        scope: &Scope,
        query: &TableQuery,
        near: Option<&Embedding>,
        depth: usize,
    ) -> Result<(Vec<String>, usize)> {
        let words = query.words();
        let search = sorted(self.filtered(scope, query, &words, 0, depth), query, near);
        let search = MemorySearch { fields: OWNER_FIELDS, ..search };
        let rows = reply::found(self.store.one("list memories", search.command()).await?).rows;
        let found = rows.len();
        let keys = rows.into_iter().filter(|(_, fields)| owns(scope, fields)).map(|(key, _)| key);
        Ok((keys.collect(), found))
    }
}

/// Whether there are rows of scopes that differ in case alone.
pub(crate) fn has_others(scope: &Scope, rows: &[(String, HashMap<String, String>)]) -> bool {
    // A row without fields expired between search and answer.
    rows.iter().any(|(_, fields)| !fields.is_empty() && !owns(scope, fields))
}

pub(super) fn owns(scope: &Scope, fields: &HashMap<String, String>) -> bool {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    scope.owns(field("user"), field("namespace"))
}

/// The number of the scope's own memories, from the reply to [`LongTermMemory::exact_count_command`].
pub(crate) fn own_count(scope: &Scope, reply: Value) -> u64 {
    let groups = reply::elements(reply).into_iter().skip(1).map(reply::fields);
    let own = groups.filter(|group| owns(scope, group));
    own.filter_map(|group| group.get("count")?.parse::<u64>().ok()).sum()
}
