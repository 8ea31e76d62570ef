//! Reading one memory exactly, and changing parts of it.

use serde_json::json;

use super::LongTermMemory;
use crate::{
    Embedding, Error, Result, input,
    lifetime::Lifetime,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::{codec, reply, request::Request, rows, scripts},
};

/// What to change of a memory; everything that is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MemoryEdit<'a> {
    /// The new text with its vector, at most 65,536 bytes.
    pub text: Option<(&'a str, &'a Embedding)>,
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    pub kind: Option<Kind>,
    /// The new lifetime from now on. [`Lifetime::OfKind`] leaves it as it is, unless the kind is new.
    pub lifetime: Lifetime,
}

impl LongTermMemory {
    /// Reads one memory of the scope from its document; `None` where the scope has none of this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the document is no JSON object.
    pub async fn get(&self, scope: &Scope, id: &MemoryId) -> Result<Option<MemoryRecord>> {
        let key = self.key(id);
        let mut get = redis::cmd("JSON.GET");
        get.arg(&key);
        let document = Request::one(get, |document| Ok(reply::text(&document)));
        let (document, ttl_seconds) =
            self.store.run("read a memory", document.and(self.pttl_request(&key))).await?;
        let Some(document) = document else { return Ok(None) };
        let memory = codec::document(id.as_str(), &document)
            .ok_or_else(|| Error::Corrupt { key, problem: "it is no JSON object".into() })?;
        Ok(Some(MemoryRecord { ttl_seconds, ..memory }).filter(|memory| rows::is_own_memory(scope, memory)))
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
        // Without a new kind, the lifetime of a kind is no change.
        let seconds = |kind| self.settings.seconds_of(edit.lifetime, kind).unwrap_or(0).to_string();
        let ttl = match (edit.lifetime, edit.kind) {
            (Lifetime::OfKind, None) => String::new(),
            (_, kind) => seconds(kind.unwrap_or(Kind::Semantic)),
        };
        let mut command = scripts::call(&scripts::EDIT, &[self.store.keys().memory(id)]);
        command.arg(scope.user()).arg(scope.namespace());
        command.arg(serde_json::Value::Object(changed).to_string());
        command.arg(ttl);
        self.store.run("edit a memory", Request::one(command, |done| Ok(reply::integer(&done) > 0))).await
    }
}
