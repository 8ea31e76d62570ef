//! What takes a change of many memories back: the ids and the moment, kept for a while.

use super::{Store, long_term::ASIDE_SECONDS, reply, request::Request, rows::Owner};
use crate::{
    Result,
    scope::{MemoryId, Scope},
};

/// The store of changes that can be taken back. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Undo {
    store: Store,
}

/// A change of many memories.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeptChange {
    /// Whether they were dropped; otherwise they were edited.
    pub(crate) is_drop: bool,
    /// When, in Unix seconds: the `ts` in their histories.
    pub(crate) at: f64,
    pub(crate) ids: Vec<MemoryId>,
}

impl Undo {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a change and returns its name. It stands there before anything is changed, so that a change that breaks off can
    /// be taken back too.
    pub(crate) async fn keep(
        &self,
        scope: &Scope,
        is_drop: bool,
        at: f64,
        ids: &[MemoryId],
    ) -> Result<String> {
        let name = MemoryId::random()?.to_string();
        let key = self.store.keys().undo(&name);
        let mut keep = redis::cmd("HSET");
        keep.arg(&key).arg("user").arg(scope.user()).arg("namespace").arg(scope.namespace());
        keep.arg("what").arg(if is_drop { "drop" } else { "edit" }).arg("at").arg(at.to_string());
        keep.arg("ids").arg(serde_json::to_string(ids).unwrap_or_default());
        let mut expire = redis::cmd("EXPIRE");
        expire.arg(&key).arg(ASIDE_SECONDS);
        let kept = Request::one(keep, |_| Ok(())).and(Request::one(expire, |_| Ok(())));
        self.store.run("keep what takes it back", kept).await?;
        Ok(name)
    }

    /// The change of this name, where it is the scope's.
    pub(crate) async fn find(&self, scope: &Scope, name: &str) -> Result<Option<KeptChange>> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.store.keys().undo(name));
        let fields = Request::one(command, |fields| Ok(reply::fields(fields)));
        let fields = self.store.run("read what takes it back", fields).await?;
        let text = |name: &str| fields.get(name).map(String::as_str);
        if !Owner::of_memory(text("user"), text("namespace")).is(scope) {
            return Ok(None);
        }
        let ids: Vec<String> = text("ids").and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default();
        Ok(Some(KeptChange {
            is_drop: text("what") == Some("drop"),
            at: text("at").and_then(|at| at.parse().ok()).unwrap_or_default(),
            ids: ids.into_iter().map(MemoryId::read).collect(),
        }))
    }

    /// Forgets a change: it is taken back.
    pub(crate) async fn forget(&self, name: &str) -> Result<()> {
        let mut command = redis::cmd("DEL");
        command.arg(self.store.keys().undo(name));
        self.store.run("forget what took it back", Request::one(command, |_| Ok(()))).await
    }
}
