//! Changing a memory.

use super::{Memory, now, probe::Question};
use crate::{
    Result,
    embedder::Purpose,
    history::Deed,
    lifetime::Lifetime,
    look::Preview,
    model::{Kind, MemoryRecord, WriteKind},
    scope::{MemoryId, Scope},
    store::{Alteration, MemoryEdit},
    text::Text,
};

/// What to change of a memory; everything that is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextEdit {
    /// The new text, embedded again.
    pub text: Option<Text>,
    /// The new kind. Without a lifetime given, that of the kind begins anew.
    pub kind: Option<Kind>,
    /// The new lifetime from now on. [`Lifetime::OfKind`] leaves it as it is, unless the kind is new.
    pub lifetime: Lifetime,
    /// All its labels from now on.
    pub tags: Option<Vec<String>>,
}

impl Memory {
    /// Changes a memory and returns it as it is now; `None` where the scope has none of this id. What it was is kept in its
    /// history; where its new text disagrees with other memories, that waits in the inbox.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for labels that are too long or too many.
    pub async fn edit(&self, scope: &Scope, id: &MemoryId, edit: &TextEdit) -> Result<Option<MemoryRecord>> {
        // Who may not edit it shall not make us embed.
        if self.long_term.get(scope, id).await?.is_none() {
            return Ok(None);
        }
        let embedding = match &edit.text {
            Some(text) => Some(self.embed(text, Purpose::Passage).await?),
            None => None,
        };
        let text = edit.text.as_ref().map(Text::as_str).zip(embedding.as_ref());
        let changed =
            MemoryEdit { text, kind: edit.kind, lifetime: edit.lifetime, tags: edit.tags.as_deref() };
        let change = Alteration::new(Deed::Edit, &self.by, now()).edit(&changed, &self.settings);
        if !self.long_term.alter(scope, id, &change).await? {
            return Ok(None);
        }
        if edit.text.is_some() {
            self.inspect(scope, std::slice::from_ref(id), &self.by).await?;
        }
        self.long_term.get(scope, id).await
    }

    /// What a new text of a memory would be to the others around it: as the preview of a turn, itself apart. Nothing is
    /// written. `None` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn preview_edit(&self, scope: &Scope, id: &MemoryId, text: &Text) -> Result<Option<Preview>> {
        let Some(memory) = self.long_term.get(scope, id).await? else { return Ok(None) };
        let write = match memory.kind.parse() {
            Ok(Kind::Episodic) => WriteKind::Episodic,
            _ => WriteKind::Semantic,
        };
        let (near, _) = self.timed_embed_both(text, true).await?;
        let question = Question::new(scope, None, write, &near);
        let found = self.store.run("recall", self.nearby_request(&question)).await?;
        let mut nearby = self.nearby(&question, found).await?;
        nearby.of_kind.retain(|other| other.id != *id);
        Ok(Some(self.probed(text, write, nearby, 0.0).preview))
    }
}
