//! Changing a memory, and dropping many.

use super::Memory;
use crate::{
    Result,
    filter::MemoryFilter,
    lifetime::Lifetime,
    model::{Kind, MemoryRecord},
    scope::{MemoryId, Scope},
    store::MemoryEdit,
    text::Text,
};

/// Ids that [`Dropped`] names at most.
pub const DROP_SHOWN: usize = 100;

/// What to change of a memory; everything that is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextEdit {
    /// The new text, embedded again.
    pub text: Option<Text>,
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    pub kind: Option<Kind>,
    /// The new lifetime from now on. [`Lifetime::OfKind`] leaves it as it is, unless the kind is new.
    pub lifetime: Lifetime,
}

/// What was dropped, or would be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dropped {
    /// Memories that matched.
    pub matched: usize,
    /// Memories that were deleted; 0 in a dry run.
    pub deleted: usize,
    /// Ids of those that matched, at most [`DROP_SHOWN`].
    pub ids: Vec<MemoryId>,
}

impl Memory {
    /// Changes a memory and returns it as it is now; `None` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn edit(&self, scope: &Scope, id: &MemoryId, edit: &TextEdit) -> Result<Option<MemoryRecord>> {
        // Who may not edit it shall not make us embed.
        if self.long_term.get(scope, id).await?.is_none() {
            return Ok(None);
        }
        let embedding = match &edit.text {
            Some(text) => Some(self.embed(text).await?),
            None => None,
        };
        let text = edit.text.as_ref().map(Text::as_str).zip(embedding.as_ref());
        let edit = MemoryEdit { text, kind: edit.kind, lifetime: edit.lifetime };
        if self.long_term.edit(scope, id, edit).await? {
            self.long_term.get(scope, id).await
        } else {
            Ok(None)
        }
    }

    /// Drops all memories of the scope that the filter accepts, or in a dry run only tells which these are.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn forget_where(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        is_dry_run: bool,
    ) -> Result<Dropped> {
        let ids = self.long_term.ids(scope, filter).await?;
        let mut dropped = Dropped { matched: ids.len(), ..Dropped::default() };
        if !is_dry_run {
            for batch in ids.chunks(500) {
                dropped.deleted += self.long_term.forget_many(scope, batch).await?;
            }
        }
        dropped.ids = ids.into_iter().take(DROP_SHOWN).collect();
        Ok(dropped)
    }
}
