//! The nearest memories to a vector.

use super::LongTermMemory;
use crate::{
    Embedding, Result,
    filter::MemoryFilter,
    model::MemoryRecord,
    ranking::{Ranking, Weights},
    revision::newest_first,
    scope::{MemoryId, Scope},
    store::{
        query::{LINKED_FIELDS, MemoryQuery, NEAR_FIELDS, Telling},
        request::Request,
        rows::Rows,
    },
    threshold::{RECALL_K, Threshold, recalled},
    turn::Candidate,
};

/// How to recall.
///
/// ```
/// use agent_memory::{MemoryFilter, store::RecallOptions, threshold::Threshold};
///
/// let options = RecallOptions { k: 10, threshold: Threshold::new(0.4)?, ..RecallOptions::default() };
/// # Ok::<(), agent_memory::InvalidInput>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RecallOptions {
    /// Most memories to return.
    pub k: usize,
    /// Only memories up to this distance.
    pub threshold: Threshold,
    /// Only these memories.
    pub filter: MemoryFilter,
    /// By distance alone, or with words and neighbouring turns.
    pub ranking: Ranking,
    /// How much each part of a hybrid ranking counts.
    pub weights: Weights,
    /// Most tokens that the memories may have together, by [`crate::ranking::estimated_tokens`]; the best are taken as long as they fit.
    pub max_tokens: Option<usize>,
    /// How many turns before and after each memory to tell along, as far as they were remembered.
    pub expand: u64,
    /// Memories of which to tell why they were recalled or not, besides those that were.
    pub explain: Vec<MemoryId>,
}

impl Default for RecallOptions {
    fn default() -> Self {
        Self {
            k: RECALL_K,
            threshold: Threshold::DEFAULT_RECALL,
            filter: MemoryFilter::default(),
            ranking: Ranking::Distance,
            weights: Weights::default(),
            max_tokens: None,
            expand: 0,
            explain: Vec::new(),
        }
    }
}

impl LongTermMemory {
    /// The nearest memories within the threshold that the filter accepts, by distance alone, nearest first, with distance, exact time and what
    /// is left of their lives; of several versions of one thing the newest first. One round trip.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn recall(
        &self,
        scope: &Scope,
        embedding: &Embedding,
        options: &RecallOptions,
    ) -> Result<Vec<MemoryRecord>> {
        let telling = Telling::LivesAndTimes;
        let request = self.nearest_request(scope, &options.filter, options.k, embedding, telling);
        let rows = self.store.run("recall", request).await?;
        let mut memories = self.filled(scope, &options.filter, options.k, embedding, rows).await?;
        let within = recalled(&memories, options.threshold, options.k).len();
        memories.truncate(within);
        Ok(newest_first(memories))
    }

    /// The `k` nearest, as a request; what [`Self::filled`] completes where rows of others took their places.
    pub(crate) fn nearest_request<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a MemoryFilter,
        k: usize,
        to: &'a Embedding,
        telling: Telling,
    ) -> Request<'a, Rows> {
        if k == 0 {
            return Request::none(Rows::default());
        }
        let nearest = self.query(scope, filter).nearest(self.near(scope, filter, to, k));
        let query = MemoryQuery { fields: LINKED_FIELDS, ..nearest };
        self.telling_rows(&query, telling).map(Rows::near)
    }

    /// The `k` nearest of a search; asks again where scopes that differ in case alone crowded ours out.
    pub(crate) async fn filled(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
        k: usize,
        to: &Embedding,
        rows: Rows,
    ) -> Result<Vec<MemoryRecord>> {
        if !rows.is_short(k) {
            return Ok(rows.memories);
        }
        let nearest = self.query(scope, filter).nearest(self.near(scope, filter, to, k));
        let query = MemoryQuery { fields: LINKED_FIELDS, ..nearest };
        let mut memories = self.own_rows("recall", &query, k).await?;
        memories.retain(|memory| memory.distance.is_some());
        self.store.run("recall", self.exact_request(memories)).await
    }

    /// The ids and distances of the nearest, as a request: what lies near, without what it says.
    pub(crate) fn candidates_request<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a MemoryFilter,
        count: usize,
        to: &'a Embedding,
    ) -> Request<'a, Vec<Candidate>> {
        if count == 0 {
            return Request::none(Vec::new());
        }
        let nearest = self.query(scope, filter).nearest(self.near(scope, filter, to, count));
        let query = MemoryQuery { fields: NEAR_FIELDS, ..nearest };
        self.rows(&query).map(|rows| {
            let near = rows.memories.into_iter();
            near.filter_map(|memory| Some(Candidate { distance: memory.distance?, id: memory.id })).collect()
        })
    }
}
