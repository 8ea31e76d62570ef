//! What became of a memory, the other versions of it, and one memory in the place of another.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::LongTermMemory;
use crate::{
    Error, Result,
    filter::MemoryFilter,
    history::{Deed, PastChange},
    model::MemoryRecord,
    scope::{MemoryId, Scope},
    store::{
        codec,
        query::{LINKED_FIELDS, Lineage, MemoryQuery},
        reply,
        request::Request,
        rows, scripts,
    },
};

/// Versions that are told at most.
const VERSIONS: usize = 100;

/// A memory with its changes, and for how long it lies aside where it was dropped.
pub(crate) struct Past {
    pub(crate) memory: MemoryRecord,
    pub(crate) changes: Vec<PastChange>,
    pub(crate) aside_seconds: Option<u64>,
}

impl LongTermMemory {
    /// A memory of the scope with its changes, also one that was dropped and can yet be brought back.
    pub(crate) async fn past(&self, scope: &Scope, id: &MemoryId) -> Result<Option<Past>> {
        let keys = self.store.keys();
        let (key, aside) = (keys.memory(id), keys.aside(id));
        let both = self.document_request(&key).and(self.document_request(&aside));
        let mut ends = redis::cmd("HGETALL");
        ends.arg(format!("{aside}:ends"));
        let dropped = Request::one(ends, |fields| Ok(reply::fields(fields)));
        let (((document, left), (aside_document, aside_left)), dropped) =
            self.store.run("read a history", both.and(dropped)).await?;
        if let Some(past) = past(scope, id, &key, document, left)? {
            return Ok(Some(past));
        }
        let Some(past) = past(scope, id, &aside, aside_document, None)? else { return Ok(None) };
        let changes = past.changes.into_iter().chain([drop_of(&dropped)]).collect();
        Ok(Some(Past { aside_seconds: aside_left, changes, ..past }))
    }

    fn document_request(&self, key: &str) -> Request<'static, (Option<String>, Option<u64>)> {
        let mut get = redis::cmd("JSON.GET");
        get.arg(key);
        Request::one(get, |document| Ok(reply::text(&document))).and(self.pttl_request(key))
    }

    /// The other versions of a memory, newest first: those of its chain, what it superseded and what superseded it.
    pub(crate) async fn versions(&self, scope: &Scope, memory: &MemoryRecord) -> Result<Vec<MemoryRecord>> {
        let everything = MemoryFilter::everything();
        let lineage = Lineage { chain: memory.chain_id().as_str(), id: memory.id.as_str() };
        let related = MemoryQuery {
            versions_of: Some(lineage),
            sort_by: Some(("created_ts", true)),
            limit: VERSIONS,
            fields: LINKED_FIELDS,
            ..self.query(scope, &everything)
        };
        let named = [memory.chain.as_ref(), memory.revises.as_ref(), memory.superseded_by.as_ref()];
        let named: Vec<String> = named.into_iter().flatten().map(|id| self.key(id)).collect();
        let by_name = match named.is_empty() {
            true => Request::none(rows::Rows::default()),
            false => {
                self.rows(&MemoryQuery { keys: &named, limit: named.len(), ..self.query(scope, &everything) })
            }
        };
        let (related, by_name) = self.store.run("read versions", self.rows(&related).and(by_name)).await?;
        let mut versions = related.memories;
        for memory in by_name.memories {
            if versions.iter().all(|known| known.id != memory.id) {
                versions.push(memory);
            }
        }
        versions.retain(|version| version.id != memory.id);
        versions.sort_by(|one, other| other.created_ts.total_cmp(&one.created_ts));
        self.store.run("read versions", self.exact_request(versions)).await
    }

    /// Puts one memory of the scope in the place of another one, in one atomic step; `false` where the scope has not both.
    ///
    /// # Errors
    /// [`Error::AlreadySuperseded`] where the one that should take the place is superseded itself.
    pub(crate) async fn supersede(
        &self,
        scope: &Scope,
        older: &MemoryId,
        newer: &MemoryId,
        by: &str,
        now: f64,
    ) -> Result<bool> {
        let mut command = scripts::call(&scripts::SUPERSEDE, &[self.key(older), self.key(newer)]);
        command.arg(scope.user()).arg(scope.namespace()).arg(newer.as_str()).arg(now.to_string()).arg(by);
        let done = Request::one(command, |done| Ok(reply::integer(&done)));
        match self.store.run("supersede a memory", done).await? {
            -1 => Err(Error::AlreadySuperseded { memory_id: newer.clone() }),
            done => Ok(done > 0),
        }
    }
}

fn past(
    scope: &Scope,
    id: &MemoryId,
    key: &str,
    document: Option<String>,
    ttl_seconds: Option<u64>,
) -> Result<Option<Past>> {
    let Some(document) = document else { return Ok(None) };
    let corrupt = || Error::Corrupt { key: key.into(), problem: "it is no JSON object".into() };
    let memory = codec::document(id.as_str(), &document).ok_or_else(corrupt)?;
    if !rows::is_own_memory(scope, &memory) {
        return Ok(None);
    }
    let memory = MemoryRecord { ttl_seconds, ..memory };
    Ok(Some(Past { memory, changes: changes(&document), aside_seconds: None }))
}

/// The changes in a document; what is none is left out.
fn changes(document: &str) -> Vec<PastChange> {
    let history = serde_json::from_str::<Json>(document).ok().and_then(|mut fields| {
        let history = fields.get_mut("history")?.take();
        history.as_array().cloned()
    });
    let entries = history.unwrap_or_default().into_iter();
    entries.filter_map(|entry| serde_json::from_value(entry).ok()).collect()
}

/// The drop of a memory that lies aside.
fn drop_of(told: &HashMap<String, String>) -> PastChange {
    PastChange {
        ts: told.get("ts").and_then(|ts| ts.parse().ok()).unwrap_or_default(),
        by: told.get("by").cloned().unwrap_or_default(),
        what: Deed::Drop.to_string(),
        expires_at_ms: told.get("ends").and_then(|ends| ends.parse().ok()),
        ..PastChange::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_change_is_left_out() {
        let document =
            r#"{"history":[{"ts":1.5,"by":"page","what":"edit","text":"was"},7,{"ts":"x"},{"what":"edit"}]}"#;
        let read = changes(document);
        assert_eq!((read.len(), read[0].text.as_deref(), read[0].ts), (2, Some("was"), 1.5));
        for other in ["", "[]", "{}", r#"{"history":"theirs"}"#] {
            assert!(changes(other).is_empty(), "{other}");
        }
    }
}
