//! All that a query may recall, for measuring.

use std::collections::HashMap;

use super::{LongTermMemory, hybrid::Sought};
use crate::{
    Result,
    evaluation::Found,
    filter::MemoryFilter,
    model::MemoryRecord,
    ranking::{Weights, is_carried, rank},
    scope::{MemoryId, Scope},
    threshold::Threshold,
};

impl LongTermMemory {
    /// Every candidate of a query, with all that its ranking is made of. Two round trips.
    pub(crate) async fn found(&self, scope: &Scope, sought: &Sought<'_>) -> Result<Vec<Found>> {
        let all = MemoryFilter::default();
        // As many as a recall has that asks for no more than usual.
        let found = self.store.run("recall", self.hybrid_request(scope, &all, 1, sought)).await?;
        let candidates = self.enough(scope, &all, 1, sought, found).await?;
        let ranked = rank(&candidates, Weights::default());
        let memories = self.best(scope, &all, ranked.len(), &ranked, sought).await?;
        let read: HashMap<MemoryId, MemoryRecord> =
            memories.into_iter().map(|memory| (memory.id.clone(), memory)).collect();
        // One that is gone by now takes no place.
        let found = candidates.into_iter().filter_map(|candidate| {
            let memory = read.get(&candidate.id)?;
            let is_worded =
                !memory.is_unread && is_carried(&sought.terms, &memory.text, Some(0.0), Threshold::default());
            Some(Found { candidate, is_worded })
        });
        Ok(found.collect())
    }
}
