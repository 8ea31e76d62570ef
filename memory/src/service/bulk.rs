//! Changing and dropping many memories at once, and taking that back.

use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{Memory, now};
use crate::{
    Result,
    filter::MemoryFilter,
    history::Deed,
    input,
    lifetime::Lifetime,
    model::Kind,
    scope::{MemoryId, Scope},
    store::{Alteration, MemoryEdit, Request},
};

/// Ids that [`ManyChanged`] names at most.
pub const IDS_SHOWN: usize = 100;

/// Memories that are changed in one round trip.
const BATCH: usize = 500;

/// Memories whose changes are taken back side by side.
const AT_ONCE: usize = 64;

/// Which memories to change.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// These; those that the scope does not have are left out.
    Ids(Vec<MemoryId>),
    /// All that a filter accepts.
    Where(MemoryFilter),
}

/// What to do with each of them.
#[derive(Debug, Clone, PartialEq)]
pub enum ManyChange {
    /// Drop it, so that it can be brought back for ten minutes.
    Drop,
    /// Drop it for good.
    DropForGood,
    /// Change kind, lifetime or labels.
    Edit(ManyEdit),
}

/// What to change of each; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ManyEdit {
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    pub kind: Option<Kind>,
    /// The new lifetime from now on. [`Lifetime::OfKind`] leaves it as it is, unless the kind is new.
    pub lifetime: Lifetime,
    /// All labels from now on.
    pub tags: Option<Vec<String>>,
}

/// What was changed, or would be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ManyChanged {
    /// Memories that were selected.
    pub matched: usize,
    /// Memories that were changed; 0 in a dry run.
    pub changed: usize,
    /// Ids of those that were selected, at most [`IDS_SHOWN`].
    pub ids: Vec<MemoryId>,
    /// What takes it back, for ten minutes: see [`Memory::undo_many`].
    pub undo: Option<String>,
}

impl Memory {
    /// Changes or drops many memories of the scope, or in a dry run only tells which these are. What it takes to take that back
    /// is kept for ten minutes.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for labels that are too long or too many. [`crate::Error::Unavailable`] or
    /// [`crate::Error::Refused`] where Redis cannot answer; some may be changed by then, and each tells so in its history.
    pub async fn change_many(
        &self,
        scope: &Scope,
        selection: &Selection,
        change: &ManyChange,
        is_dry_run: bool,
    ) -> Result<ManyChanged> {
        if let ManyChange::Edit(ManyEdit { tags: Some(tags), .. }) = change {
            input::tags(tags)?;
        }
        let ids = match selection {
            Selection::Where(filter) => self.long_term.ids(scope, filter).await?,
            Selection::Ids(ids) => {
                let mut own = Vec::with_capacity(ids.len());
                for part in ids.chunks(BATCH) {
                    own.extend(self.long_term.of_ids(scope, part).await?.into_iter().map(|memory| memory.id));
                }
                own
            }
        };
        let shown = ids.iter().take(IDS_SHOWN).cloned().collect();
        let mut done = ManyChanged { matched: ids.len(), ids: shown, ..ManyChanged::default() };
        if is_dry_run || ids.is_empty() {
            return Ok(done);
        }
        let at = now();
        if *change != ManyChange::DropForGood {
            let is_drop = *change == ManyChange::Drop;
            done.undo = Some(self.undo.keep(scope, is_drop, at, &ids).await?);
        }
        for part in ids.chunks(BATCH) {
            let requests = part.iter().map(|id| self.one_of_many(scope, id, change, at));
            let requests = requests.collect::<Result<Vec<_>>>()?;
            let changed = self.store.run("change memories", Request::all(requests)).await?;
            done.changed += changed.into_iter().filter(|is_done| *is_done).count();
        }
        Ok(done)
    }

    /// Takes a change of many memories back; returns how many are as they were: what was changed again since stays. `None` where nothing is kept under this name
    /// for the scope.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; call it again for the rest.
    pub async fn undo_many(&self, scope: &Scope, undo: &str) -> Result<Option<usize>> {
        let Some(kept) = self.undo.find(scope, undo).await? else { return Ok(None) };
        let mut undone = 0;
        if kept.is_drop {
            for part in kept.ids.chunks(BATCH) {
                let requests = part.iter().map(|id| self.long_term.bring_back_request(scope, id));
                let requests = Request::all(requests.collect::<Vec<_>>());
                let back = self.store.run("bring memories back", requests).await?;
                undone += back.into_iter().filter(|is_back| *is_back).count();
            }
        } else {
            let undoing = kept.ids.into_iter().map(async |id| self.undo_latest(scope, &id, kept.at).await);
            let mut undoing = stream::iter(undoing).buffer_unordered(AT_ONCE);
            while let Some(is_undone) = undoing.try_next().await? {
                undone += usize::from(is_undone);
            }
        }
        self.undo.forget(undo).await?;
        Ok(Some(undone))
    }

    fn one_of_many(
        &self,
        scope: &Scope,
        id: &MemoryId,
        change: &ManyChange,
        at: f64,
    ) -> Result<Request<'static, bool>> {
        match change {
            ManyChange::Drop => Ok(self.long_term.set_aside_request(scope, id, &self.by, at)),
            ManyChange::DropForGood => Ok(self.long_term.forget_request(scope, id)),
            ManyChange::Edit(ManyEdit { kind, lifetime, tags }) => {
                let edit = MemoryEdit { text: None, kind: *kind, lifetime: *lifetime, tags: tags.as_deref() };
                let change = Alteration::new(Deed::Edit, &self.by, at).edit(&edit, &self.settings);
                self.long_term.alter_request(scope, id, &change)
            }
        }
    }
}
