//! All that a query may recall, for measuring; and a hybrid recall by other weights.

use std::collections::HashMap;

use super::LongTermMemory;
use crate::{
    Embedding, Result,
    evaluation::{Found, K_MAX},
    filter::MemoryFilter,
    model::MemoryRecord,
    ranking::{Ranked, Weights, is_carried, passes, rank},
    revision::newest_first,
    scope::{MemoryId, Scope},
    store::RecallOptions,
    threshold::Threshold,
};

impl LongTermMemory {
    /// Every candidate of a query, with all that its ranking is made of and its exact distance. `terms` are its words. Two round trips.
    pub(crate) async fn found(
        &self,
        scope: &Scope,
        terms: &[String],
        embedding: &Embedding,
    ) -> Result<Vec<Found>> {
        let all = MemoryFilter::default();
        let candidates = self.hybrid_request(scope, &all, K_MAX, terms, embedding);
        let candidates = self.store.run("recall", candidates).await?;
        let ranked = rank(&candidates, Weights::default());
        let memories = self.best(scope, &all, ranked.len(), &ranked, embedding).await?;
        let measured: HashMap<MemoryId, MemoryRecord> =
            memories.into_iter().map(|memory| (memory.id.clone(), memory)).collect();
        // One that is gone by now takes no place.
        let found = candidates.into_iter().filter_map(|candidate| {
            let memory = measured.get(&candidate.id)?;
            let is_worded = is_carried(terms, &memory.text, Some(0.0), Threshold::default());
            Some(Found { candidate, distance: memory.distance, is_worded })
        });
        Ok(found.collect())
    }

    /// As a hybrid recall, by other weights than the usual ones. Two round trips.
    pub(crate) async fn recall_weighed(
        &self,
        scope: &Scope,
        terms: &[String],
        embedding: &Embedding,
        options: &RecallOptions,
        weights: Weights,
    ) -> Result<(Vec<MemoryRecord>, Vec<Ranked>)> {
        let candidates = self.hybrid_request(scope, &options.filter, options.k, terms, embedding);
        let ranked = rank(&self.store.run("recall", candidates).await?, weights);
        let mut memories = self.best(scope, &options.filter, options.k, &ranked, embedding).await?;
        memories.retain(|memory| passes(terms, memory, options.threshold));
        Ok((newest_first(memories), ranked))
    }
}
