//! Reading one memory exactly, and changing parts of it.

use serde_json::json;

use super::LongTermMemory;
use crate::{
    Embedding, Error, Result,
    history::Deed,
    input,
    lifetime::Lifetime,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    settings::Settings,
    store::{
        LIBRARY, codec,
        model::{Place, check_dimensions},
        reply,
        request::Request,
        rows, scripts, unix_now,
    },
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
    /// All labels from now on.
    pub tags: Option<&'a [String]>,
}

/// Any change of a memory: an edit, or an edit that is taken back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alteration<'a> {
    pub(crate) text: Option<(&'a str, &'a Embedding)>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) tags: Option<&'a [String]>,
    /// Whether it is to be current again.
    pub(crate) is_restored: bool,
    pub(crate) life: Life,
    pub(crate) deed: Deed,
    pub(crate) by: &'a str,
    pub(crate) now: f64,
}

/// How long a memory lives from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    AsItIs,
    Stays,
    /// So many seconds from now.
    For(u64),
    /// Until this moment, in Unix milliseconds.
    Until(u64),
}

impl<'a> Alteration<'a> {
    /// Nothing yet.
    pub(crate) fn new(deed: Deed, by: &'a str, now: f64) -> Self {
        Self { text: None, kind: None, tags: None, is_restored: false, life: Life::AsItIs, deed, by, now }
    }

    /// An edit.
    pub(crate) fn edit(self, edit: &MemoryEdit<'a>, settings: &Settings) -> Self {
        // Without a new kind, the lifetime of a kind is no change.
        let life = match (edit.lifetime, edit.kind) {
            (Lifetime::OfKind, None) => Life::AsItIs,
            (lifetime, kind) => match settings.seconds_of(lifetime, kind.unwrap_or(Kind::Semantic)) {
                Some(seconds) => Life::For(seconds),
                None => Life::Stays,
            },
        };
        Self { text: edit.text, kind: edit.kind.map(Kind::as_str), tags: edit.tags, life, ..self }
    }

    /// The changed fields, as a JSON merge patch.
    fn patch(&self, place: &Place) -> serde_json::Map<String, serde_json::Value> {
        let mut changed = serde_json::Map::new();
        if let Some((text, embedding)) = self.text {
            changed = codec::vector_patch(text, embedding, place);
            changed.insert("text".into(), json!(text));
            if !place.is_first() {
                // The one that the demos and the model before look for: of a text that is no more.
                changed.insert("embedding".into(), json!(null));
            }
        }
        if let Some(kind) = self.kind {
            changed.insert("kind".into(), json!(kind));
        }
        if let Some(tags) = self.tags {
            changed.insert("tags".into(), if tags.is_empty() { json!(null) } else { json!(tags) });
        }
        if self.is_restored {
            changed.insert("superseded_by".into(), json!(null));
            changed.insert("superseded_ts".into(), json!(null));
        }
        changed
    }
}

impl Life {
    fn told(self) -> String {
        match self {
            Self::AsItIs => String::new(),
            Self::Stays => "0".into(),
            Self::For(seconds) => seconds.to_string(),
            Self::Until(at_ms) => format!("@{at_ms}"),
        }
    }
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
    /// programs added stay, and so do the time of writing and the hits. What they were is kept in its history.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is empty or too long, or for labels that are too long or too many.
    pub async fn edit(&self, scope: &Scope, id: &MemoryId, edit: MemoryEdit<'_>) -> Result<bool> {
        let edit = Alteration::new(Deed::Edit, LIBRARY, unix_now()).edit(&edit, &self.settings);
        self.alter(scope, id, &edit).await
    }

    /// The same for any change.
    pub(crate) async fn alter(&self, scope: &Scope, id: &MemoryId, change: &Alteration<'_>) -> Result<bool> {
        let altered = self.alter_request(scope, id, change)?;
        self.store.run("edit a memory", altered).await
    }

    pub(crate) fn alter_request(
        &self,
        scope: &Scope,
        id: &MemoryId,
        change: &Alteration<'_>,
    ) -> Result<Request<'static, bool>> {
        if let Some((text, embedding)) = change.text {
            input::required_text("text", text)?;
            check_dimensions(self.store.place(), embedding)?;
        }
        input::tags(change.tags.unwrap_or_default())?;
        let mut command = scripts::call(&scripts::EDIT, &[self.store.keys().memory(id)]);
        command.arg(scope.user()).arg(scope.namespace());
        command.arg(serde_json::Value::Object(change.patch(self.store.place())).to_string());
        command.arg(change.life.told()).arg(change.now.to_string()).arg(change.by).arg(change.deed.as_str());
        Ok(Request::one(command, |done| Ok(reply::integer(&done) > 0)))
    }
}
