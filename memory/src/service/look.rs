//! Everything that a dashboard shows of one scope and thread.

use super::{
    Memory, now,
    probe::{Found, Question},
};
use crate::{
    Embedding, Event, Result, SessionState,
    filter::{MemoryFilter, check_words, words_of},
    look::{EVENTS, Look, LookRequest},
    model::MemoryRecord,
    scope::{Scope, ThreadId},
    settings::DedupRule,
    store::{Request, TablePage, ThreadPage, index},
    turn::IndexState,
};

/// Threads to look at for the current one: more than one, since a session of another program may be somebody else's
/// after all (tags are compared without the spaces around them).
const CURRENT_THREADS: usize = 3;

impl Memory {
    /// Everything that the dashboard shows. Two round trips, four where the table is sorted by lifetime, some more where
    /// scopes differ in case alone. Nothing is written: no turn, no event, no hit.
    ///
    /// # Errors
    /// [`crate::Error::NotYours`] for somebody else's thread, [`crate::Error::Invalid`] for a query or a text to look for that is
    /// too long.
    pub async fn look(&self, scope: &Scope, request: &LookRequest) -> Result<Look> {
        let mut table = request.table.clone().checked()?;
        table.filter = self.long_term.resolved(scope, &table.filter).await?;
        check_words("find_threads", &request.find_threads)?;
        let query = match &request.query {
            Some(text) => Some(self.timed_embed_both(text, request.write.kind().is_some()).await?),
            None => None,
        };
        let vectors = query.as_ref().map(|(vectors, _)| vectors);
        let near = vectors.map(|vectors| &vectors.query);
        let question = vectors.map(|near| Question::new(scope, request.recall_kind, request.write, near));
        let found = async {
            match &question {
                Some(question) => self.store.run("recall", self.nearby_request(question)).await.map(Some),
                None => Ok(None),
            }
        };
        // The three wait for each other's replies nowhere: they share one round trip.
        let (overview, page, found) = tokio::join!(
            self.overview(scope, request, &table.filter),
            self.long_term.table(scope, &table, near),
            found
        );
        let (mut overview, page, found): (Overview, TablePage, Option<Found>) = (overview?, page?, found?);
        if overview.has_others || page.has_others {
            let exact = |filter| self.long_term.exact_count_request(scope, filter);
            let all = MemoryFilter::default();
            (overview.memory_count, overview.match_count) =
                self.store.run("count memories", exact(&all).and(exact(&table.filter))).await?;
        }
        let probe = match (question, found, query.as_ref(), &request.query) {
            (Some(question), Some(found), Some((_, embed_ms)), Some(text)) => {
                let nearby = self.nearby(&question, found).await?;
                Some(self.probed(text, request.write, nearby, *embed_ms))
            }
            _ => None,
        };
        let thread_id = request.thread_id.clone().or(overview.current);
        let details = self.details(scope, thread_id.as_ref(), page.memories, near).await?;
        Ok(Look {
            at: now(),
            index: self.index_state(&overview.info),
            redis_version: self.store.redis_version().into(),
            thread_id,
            session: details.session,
            events: details.events,
            threads: overview.listed.threads,
            thread_count: overview.listed.total,
            memories: details.memories,
            match_count: overview.match_count,
            memory_count: overview.memory_count,
            review_count: overview.review_count,
            probe,
        })
    }

    /// The index, the counts, the threads.
    async fn overview(
        &self,
        scope: &Scope,
        request: &LookRequest,
        filter: &MemoryFilter,
    ) -> Result<Overview> {
        let words = words_of(&request.find_threads);
        let counts = self.long_term.count_all_request(scope).and(self.long_term.count_request(scope, filter));
        let threads = self
            .sessions
            .threads_request(scope, &words, 0, request.thread_limit)
            // Which thread is the current one does not depend on what is looked for.
            .and(self.sessions.threads_request(scope, &[], 0, CURRENT_THREADS));
        let overview = self.long_term.index_request().and(counts).and(threads);
        let waiting = match request.counts_review {
            true => self.review.count_request(scope),
            false => Request::none(0),
        };
        let overview = overview.and(waiting);
        let (((info, counted), (listed, newest)), review_count) =
            self.store.run("read state", overview).await?;
        if !info.is_extended() {
            self.extend_index(&info);
        }
        let ((memory_count, has_others), match_count) = counted;
        let current = newest.threads.into_iter().map(|thread| thread.thread_id);
        let current = current.into_iter().find(|id| ThreadId::new(id).is_ok());
        Ok(Overview { info, memory_count, has_others, match_count, listed, current, review_count })
    }

    /// Another program made the index anew, as it knows it: adds what ours has, without anybody waiting for it.
    fn extend_index(&self, info: &index::Info) {
        let (store, info) = (self.store.clone(), info.clone());
        tokio::spawn(async move {
            if let Err(error) = store.extend_index(&info).await {
                tracing::warn!(%error, "the index was not completed");
            }
        });
    }

    /// Second round trip: the session, its events, and how long and how near the memories of the table are.
    async fn details(
        &self,
        scope: &Scope,
        thread_id: Option<&ThreadId>,
        memories: Vec<MemoryRecord>,
        near: Option<&Embedding>,
    ) -> Result<Details> {
        let distances = match near {
            Some(near) => self.long_term.distances_request(scope, &memories, near),
            None => Request::none(Vec::new()),
        };
        let lives = self.long_term.lives_request(&memories);
        let thread = match thread_id {
            Some(thread_id) => self
                .sessions
                .load_request(scope, thread_id)
                .and(self.events.recent_request(scope, thread_id, EVENTS)),
            None => Request::none((None, Vec::new())),
        };
        let ((distances, lives), (session, events)) =
            self.store.run("read state", distances.and(lives).and(thread)).await?;
        let mut distances = distances.into_iter();
        let memories = memories.into_iter().zip(lives).map(|(memory, ttl_seconds)| MemoryRecord {
            ttl_seconds,
            distance: distances.next().unwrap_or(memory.distance),
            ..memory
        });
        let memories = memories.collect();
        Ok(Details { memories, session, events })
    }

    pub(super) fn index_state(&self, info: &index::Info) -> IndexState {
        IndexState {
            num_docs: info.num_docs,
            indexing_failures: info.indexing_failures,
            index_name: self.store.place().index.clone(),
            model: self.model_name(),
            session_ttl_seconds: self.settings.session_ttl_seconds.get(),
            dedup_threshold: self.settings.dedup_threshold,
            dedup_rule: Some(self.settings.dedup_rule).filter(|rule| *rule != DedupRule::Content),
            default_recall_threshold: self.settings.recall_threshold,
            stack_label: self.settings.stack_label.clone(),
        }
    }
}

/// What the first round trip brought, besides memories.
struct Overview {
    info: index::Info,
    memory_count: u64,
    has_others: bool,
    match_count: u64,
    listed: ThreadPage,
    current: Option<ThreadId>,
    review_count: u64,
}

/// What the second round trip brought.
struct Details {
    memories: Vec<MemoryRecord>,
    session: Option<SessionState>,
    events: Vec<Event>,
}
