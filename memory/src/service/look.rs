//! Everything that a dashboard shows of one scope and thread.

use redis::Value;

use super::{CURRENT_THREADS, Memory, newest_thread, now, probe::Nearby};
use crate::{
    AgentEventLog, AgentSession, Embedding, Event, Result, SessionState,
    embedder::MODEL,
    input,
    look::{EVENTS, Look, LookRequest, check_find, words_of},
    model::MemoryRecord,
    scope::{Scope, ThreadId},
    store::{TablePage, ThreadPage, has_others, index, own_count, reply, set_ttls},
    turn::IndexState,
};

impl Memory {
    /// Everything that the dashboard shows. Two round trips, four where the table is sorted by lifetime, some more where
    /// scopes differ in case alone. Nothing is written: no turn, no event, no hit.
    ///
    /// # Errors
    /// [`crate::Error::NotYours`] for somebody else's thread, [`crate::Error::Invalid`] for a query or a text to look for that is
    /// too long.
    pub async fn look(&self, scope: &Scope, request: &LookRequest) -> Result<Look> {
        request.table.check()?;
        check_find("find_threads", &request.find_threads)?;
        let query = match request.query.as_deref().map(str::trim).filter(|query| !query.is_empty()) {
            Some(text) => Some(self.timed_embed(input::required_text("query", text)?).await?),
            None => None,
        };
        let near = query.as_ref().map(|(embedding, _)| embedding);
        // The three wait for each other's replies nowhere: they share one round trip.
        let (overview, page, nearby) = tokio::join!(
            self.overview(scope, request),
            self.long_term.table(scope, &request.table, near),
            async {
                match near {
                    Some(near) => self.nearby(scope, request.recall_kind, request.write, near).await,
                    None => Ok(Nearby::default()),
                }
            },
        );
        let (mut overview, page, mut nearby) = (overview?, page?, nearby?);
        if overview.has_others || page.has_others {
            self.count_exactly(scope, request, &mut overview).await?;
        }
        let TablePage { mut memories, .. } = page;
        let thread_id = request.thread_id.clone().or(overview.current);
        let details = self.details(scope, thread_id.as_ref(), &mut memories, &mut nearby, near).await?;
        Ok(Look {
            at: now(),
            index: self.index_state(&overview.info),
            redis_version: self.store.redis_version().into(),
            thread_id,
            session: details.session,
            events: details.events,
            threads: overview.listed.threads,
            thread_count: overview.listed.total,
            memories,
            match_count: overview.match_count,
            memory_count: overview.memory_count,
            probe: query.map(|(_, embed_ms)| self.probed(request.write, nearby, embed_ms)),
        })
    }

    /// The index, the counts, the threads.
    async fn overview(&self, scope: &Scope, request: &LookRequest) -> Result<Overview> {
        let words = words_of(&request.find_threads);
        let commands = vec![
            self.long_term.index_command(),
            self.long_term.count_all_command(scope),
            self.long_term.count_command(scope, request.table.kind, &request.table.words()),
            self.sessions.threads_command(scope, &words, 0, request.thread_limit),
            // Which thread is the current one does not depend on what is looked for.
            self.sessions.threads_command(scope, &[], 0, CURRENT_THREADS),
        ];
        let mut replies = self.store.all("read state", commands).await?.into_iter();
        let mut next = || replies.next().unwrap_or(Value::Nil);
        let (info, all) = (index::parse_info(next()), reply::found(next()));
        Ok(Overview {
            info,
            memory_count: all.total,
            has_others: has_others(scope, &all.rows),
            match_count: reply::total(&next()),
            listed: self.sessions.listed(scope, next()),
            current: newest_thread(&self.sessions.listed(scope, next()).threads),
        })
    }

    /// Counts again without the memories of scopes that differ in case alone.
    async fn count_exactly(
        &self,
        scope: &Scope,
        request: &LookRequest,
        overview: &mut Overview,
    ) -> Result<()> {
        let commands = vec![
            self.long_term.exact_count_command(scope, None, &[]),
            self.long_term.exact_count_command(scope, request.table.kind, &request.table.words()),
        ];
        let mut counts = self.store.all("count memories", commands).await?.into_iter();
        let mut next = || own_count(scope, counts.next().unwrap_or(Value::Nil));
        (overview.memory_count, overview.match_count) = (next(), next());
        Ok(())
    }

    /// Second round trip: the session, its events, and how long and how near the memories are.
    async fn details(
        &self,
        scope: &Scope,
        thread_id: Option<&ThreadId>,
        memories: &mut [MemoryRecord],
        nearby: &mut Nearby,
        near: Option<&Embedding>,
    ) -> Result<Details> {
        let mut commands = self.long_term.ttl_commands(memories);
        commands.extend(self.long_term.ttl_commands(&nearby.candidates));
        commands.extend(self.long_term.ttl_commands(&nearby.of_kind));
        let ttl_count = commands.len();
        let measured = near.filter(|_| !memories.is_empty());
        commands.extend(measured.map(|near| self.long_term.distances_command(scope, memories, near)));
        if let Some(thread_id) = thread_id {
            commands.extend(self.sessions.load_commands(thread_id));
            commands.push(self.events.recent_command(thread_id, EVENTS));
        }
        if commands.is_empty() {
            return Ok(Details::default());
        }
        let mut ttls = self.store.all("read state", commands).await?;
        let mut rest = ttls.split_off(ttl_count).into_iter();
        let mut next = || rest.next().unwrap_or(Value::Nil);
        let (of_table, of_nearby) = ttls.split_at(memories.len());
        set_ttls(memories, of_table);
        nearby.set_ttls(of_nearby);
        if measured.is_some() {
            self.long_term.set_distances(memories, next());
        }
        let Some(thread_id) = thread_id else { return Ok(Details::default()) };
        let session = AgentSession::loaded(scope, thread_id, next(), &next())?;
        Ok(Details { session, events: AgentEventLog::read(scope, thread_id, next()) })
    }

    pub(super) fn index_state(&self, info: &index::Info) -> IndexState {
        IndexState {
            num_docs: info.num_docs,
            indexing_failures: info.indexing_failures,
            index_name: self.settings.keys.memory_index.clone(),
            model: MODEL.into(),
            session_ttl_seconds: self.settings.session_ttl_seconds,
            dedup_threshold: self.settings.dedup_threshold.distance(),
            default_recall_threshold: self.settings.recall_threshold.distance(),
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
}

/// What the second round trip brought, besides lifetimes and distances.
#[derive(Default)]
struct Details {
    session: Option<SessionState>,
    events: Vec<Event>,
}
