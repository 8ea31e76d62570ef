//! What became of a memory, and taking it back.

use super::{Memory, now};
use crate::{
    Result,
    embedder::Purpose,
    history::{Deed, History, PastChange},
    input::InvalidInput,
    model::MemoryRecord,
    scope::{MemoryId, Scope},
    store::{Alteration, Life},
    text::Text,
};

impl Memory {
    /// A memory with each change of it and its other versions; `None` where the scope has none of this id, not even one that
    /// was dropped and can yet be brought back. Two to three round trips.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] where the document is no JSON object.
    pub async fn history(&self, scope: &Scope, id: &MemoryId) -> Result<Option<History>> {
        let Some(past) = self.long_term.past(scope, id).await? else { return Ok(None) };
        let versions = self.long_term.versions(scope, &past.memory).await?;
        let (memory, changes, aside_seconds) = (past.memory, past.changes, past.aside_seconds);
        Ok(Some(History { memory, changes, versions, aside_seconds }))
    }

    /// Takes a change back: what it replaced holds again. `at` is the time of the change as the history tells it, without it the
    /// latest that can be taken back. Taking back is a change itself, so it can be taken back too. `None` where the scope has no
    /// such memory.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] where there is no such change, or one that cannot be taken back.
    pub async fn revert(
        &self,
        scope: &Scope,
        id: &MemoryId,
        at: Option<f64>,
    ) -> Result<Option<MemoryRecord>> {
        let Some(past) = self.long_term.past(scope, id).await? else { return Ok(None) };
        let mut newest_first = past.changes.into_iter().rev();
        let change =
            newest_first.find(|change| change.is_reversible() && at.is_none_or(|at| at == change.ts));
        let Some(change) = change else {
            let expected = match at {
                Some(_) => "the `ts` of a change in the history that can be taken back",
                None => "told for a memory with a change that can be taken back",
            };
            return Err(InvalidInput::unfit("ts", expected).into());
        };
        if self.take_back(scope, id, &change).await? { self.long_term.get(scope, id).await } else { Ok(None) }
    }

    /// Takes the change of this time back, unless another one came after it: whether it did.
    pub(super) async fn undo_latest(&self, scope: &Scope, id: &MemoryId, at: f64) -> Result<bool> {
        let Some(past) = self.long_term.past(scope, id).await? else { return Ok(false) };
        let latest = past.changes.iter().rev().find(|change| change.is_reversible());
        match latest {
            Some(change) if change.ts == at => self.take_back(scope, id, change).await,
            _ => Ok(false),
        }
    }

    async fn take_back(&self, scope: &Scope, id: &MemoryId, change: &PastChange) -> Result<bool> {
        match change.deed() {
            Some(Deed::Drop) => self.bring_back(scope, id).await,
            Some(Deed::Superseded) => self.restore(scope, id).await,
            Some(Deed::Restored) => match &change.superseded_by {
                Some(newer) => self.supersede(scope, id, newer).await,
                None => Ok(false),
            },
            _ => self.replace(scope, id, change).await,
        }
    }

    /// Puts one memory in the place of another one, which is kept in the history and no longer recalled; `false` where the
    /// scope has not both.
    ///
    /// # Errors
    /// [`crate::Error::AlreadySuperseded`] where the one that should take the place is superseded itself.
    pub async fn supersede(&self, scope: &Scope, older: &MemoryId, newer: &MemoryId) -> Result<bool> {
        self.long_term.supersede(scope, older, newer, &self.by, now()).await
    }

    /// Makes a superseded memory current again; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn restore(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let restored = Alteration { is_restored: true, ..Alteration::new(Deed::Restored, &self.by, now()) };
        self.long_term.alter(scope, id, &restored).await
    }

    /// Puts back what a change replaced.
    async fn replace(&self, scope: &Scope, id: &MemoryId, change: &PastChange) -> Result<bool> {
        let text = change.text.as_ref().map(Text::new).transpose()?;
        let embedding = match &text {
            Some(text) => Some(self.embed(text, Purpose::Passage).await?),
            None => None,
        };
        let reverted = Alteration {
            text: text.as_ref().map(Text::as_str).zip(embedding.as_ref()),
            kind: change.kind.as_deref(),
            tags: change.tags.as_deref(),
            life: life(change.expires_at_ms, now()),
            ..Alteration::new(Deed::Revert, &self.by, now())
        };
        self.long_term.alter(scope, id, &reverted).await
    }
}

/// A life that would be over by now stays as it is: taking a change back never deletes anything.
fn life(expires_at_ms: Option<i64>, now: f64) -> Life {
    match expires_at_ms {
        None => Life::AsItIs,
        Some(at_ms) => match u64::try_from(at_ms) {
            Err(_) => Life::Stays,
            Ok(at_ms) if at_ms as f64 <= now * 1000.0 => Life::AsItIs,
            Ok(at_ms) => Life::Until(at_ms),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_that_is_over_is_not_put_back() {
        assert_eq!(life(None, 10.0), Life::AsItIs);
        assert_eq!(life(Some(-1), 10.0), Life::Stays);
        assert_eq!(life(Some(9_000), 10.0), Life::AsItIs);
        assert_eq!(life(Some(11_000), 10.0), Life::Until(11_000));
    }
}
