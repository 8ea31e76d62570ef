//! Reading one memory exactly, and changing parts of it.

use redis::Value;
use serde_json::json;

use super::{LongTermMemory, reply, scripts};
use crate::{
    Embedding, Error, Result, input,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::codec,
};

/// What to change of a memory; everything that is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MemoryEdit<'a> {
    /// The new text with its vector, at most 65,536 bytes.
    pub text: Option<(&'a str, &'a Embedding)>,
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    pub kind: Option<Kind>,
    /// The new lifetime in seconds from now; 0 stays.
    pub ttl_seconds: Option<u64>,
}

impl LongTermMemory {
    /// Reads one memory of the scope from its document; `None` where the scope has none of this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the document is no JSON object.
    pub async fn get(&self, scope: &Scope, id: &MemoryId) -> Result<Option<MemoryRecord>> {
        let key = self.store.keys().memory(id);
        let mut get = redis::cmd("JSON.GET");
        get.arg(&key);
        let mut pttl = redis::cmd("PTTL");
        pttl.arg(&key);
        let replies = self.store.all("read a memory", vec![get, pttl]).await?;
        let [document, pttl] = replies.try_into().unwrap_or([Value::Nil, Value::Nil]);
        let Some(document) = reply::text(&document) else { return Ok(None) };
        let mut memory = codec::document(id.as_str(), &document)
            .ok_or_else(|| Error::Corrupt { key, problem: "it is no JSON object".into() })?;
        memory.ttl_seconds = reply::ttl_seconds(&pttl);
        Ok(Some(memory).filter(|memory| scope.owns(&memory.user, &memory.namespace)))
    }

    /// Changes parts of one memory in one atomic step; `false` where the scope has none of this id. Fields that other
    /// programs added stay, and so do the time of writing and the hits.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is empty or too long.
    pub async fn edit(&self, scope: &Scope, id: &MemoryId, edit: MemoryEdit<'_>) -> Result<bool> {
        let mut changed = serde_json::Map::new();
        if let Some((text, embedding)) = edit.text {
            changed.insert("text".into(), json!(input::required_text("text", text)?));
            changed.insert("embedding".into(), json!(embedding.as_slice()));
        }
        if let Some(kind) = edit.kind {
            changed.insert("kind".into(), json!(kind));
        }
        let of_kind = |kind| self.settings.memory_ttl_seconds(kind).unwrap_or(0);
        let ttl_seconds = edit.ttl_seconds.or_else(|| edit.kind.map(of_kind));
        let mut command = scripts::call(&scripts::EDIT, &[self.store.keys().memory(id)]);
        command.arg(scope.user()).arg(scope.namespace());
        command.arg(serde_json::Value::Object(changed).to_string());
        command.arg(ttl_seconds.map(|ttl| ttl.to_string()).unwrap_or_default());
        Ok(reply::integer(&self.store.one("edit a memory", command).await?) > 0)
    }

    /// Deletes memories of the scope in one round trip and returns how many there were; others of these ids stay.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn forget_many(&self, scope: &Scope, ids: &[String]) -> Result<usize> {
        let prefix = &self.store.keys().memory_prefix;
        let commands = ids.iter().map(|id| {
            let mut command = scripts::call(&scripts::FORGET, &[format!("{prefix}{id}")]);
            command.arg(scope.user()).arg(scope.namespace());
            command
        });
        let replies = self.store.all("delete memories", commands.collect()).await?;
        Ok(replies.iter().filter(|reply| reply::integer(reply) > 0).count())
    }
}
