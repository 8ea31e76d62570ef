//! What the API's answers look like. Kept apart from the library's types: these are promised, those may change.

use agent_memory::{
    Event, IndexState, InvalidInput, Kind, MemoryId, MemoryRecord, Role, SessionState, Timings, Turn,
    comparison::{Difference, Differences},
    filter::Standing,
    history::{Disagreement, disagreements},
    look::ThreadSummary,
    model::WriteKind,
    turn::{Relation, Revised, Written},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a memory is meant to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Kind)]
pub(super) enum KindWord {
    /// What happened: expires after seven days unless told otherwise.
    #[default]
    Episodic,
    /// What is so: stays.
    Semantic,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Episodic => Self::Episodic,
            KindWord::Semantic => Self::Semantic,
        }
    }
}

impl From<Kind> for KindWord {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Episodic => Self::Episodic,
            Kind::Semantic => Self::Semantic,
        }
    }
}

/// Whether a memory is what is so now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Standing)]
pub(super) enum StandingWord {
    /// Nobody put another one in its place.
    #[default]
    Current,
    /// Another one took its place: it is kept, and no longer recalled.
    Superseded,
    /// Either.
    Any,
}

impl From<StandingWord> for Standing {
    fn from(word: StandingWord) -> Self {
        match word {
            StandingWord::Current => Self::Current,
            StandingWord::Superseded => Self::Superseded,
            StandingWord::Any => Self::Any,
        }
    }
}

/// How a new memory stands to what is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Force)]
pub(super) enum ForceWord {
    /// It is a memory of its own, whatever lies near.
    New,
}

/// What a caller knows of how a new memory stands to earlier ones.
pub(super) fn relation(
    force: Option<ForceWord>,
    supersedes: Option<String>,
) -> Result<Relation, InvalidInput> {
    let supersedes = supersedes.map(MemoryId::existing).transpose()?;
    Ok(Relation { is_new: force.is_some(), supersedes: supersedes.into_iter().collect() })
}

/// What a turn does to long-term memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WriteKind)]
pub(super) enum WriteWord {
    /// Remember the turn as episodic.
    #[default]
    Episodic,
    /// Remember the turn as semantic.
    Semantic,
    /// Write nothing.
    Skip,
}

impl From<WriteWord> for WriteKind {
    fn from(word: WriteWord) -> Self {
        match word {
            WriteWord::Episodic => Self::Episodic,
            WriteWord::Semantic => Self::Semantic,
            WriteWord::Skip => Self::Skip,
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(super) enum RoleWord {
    /// The person.
    #[default]
    User,
    /// The agent.
    Assistant,
    /// A tool that the agent called.
    Tool,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::User => Self::User,
            RoleWord::Assistant => Self::Assistant,
            RoleWord::Tool => Self::Tool,
        }
    }
}

/// One long-term memory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Memory)]
pub(super) struct MemoryView {
    /// Its id.
    id: String,
    /// Whose it is.
    user: String,
    /// In which namespace.
    namespace: String,
    /// `episodic` or `semantic`; other programs may have written another word.
    kind: String,
    /// The thread it came from; may be empty.
    source_thread: String,
    /// What is remembered.
    text: String,
    /// When it was written, in Unix seconds.
    created_ts: f64,
    /// How often a near-identical text was deduplicated onto it.
    hit_count: i64,
    /// Cosine distance to the query, 0 to 2; null where nothing was asked.
    distance: Option<f64>,
    /// Whether the model knows too few words of it, or of the question, for a cosine distance to say anything. A hybrid recall then tells
    /// the share of the question's words that it lacks as the distance, 0 to 1.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    unread: bool,
    /// Seconds until it expires; null where it stays.
    ttl_seconds: Option<u64>,
    /// The earlier memory of which it is another version: it says something else of the same thing. Of all versions that are recalled
    /// the newest comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    revises: Option<String>,
    /// The memory that took its place; only in what is asked for with `standing`, in histories, and by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    /// Which turn of its thread it was, counted from 1; only where a turn wrote it, in what is recalled or read by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<u64>,
    /// Its labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

impl From<MemoryRecord> for MemoryView {
    fn from(memory: MemoryRecord) -> Self {
        Self {
            id: memory.id.into(),
            user: memory.user,
            namespace: memory.namespace,
            kind: memory.kind,
            source_thread: memory.source_thread,
            text: memory.text,
            created_ts: memory.created_ts,
            hit_count: memory.hit_count,
            distance: memory.distance,
            unread: memory.is_unread,
            ttl_seconds: memory.ttl_seconds,
            revises: memory.revises.map(Into::into),
            superseded_by: memory.superseded_by.map(Into::into),
            turn: memory.turn,
            tags: memory.tags,
        }
    }
}

/// A recalled memory and an earlier version of it that was recalled too: nobody has decided between them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Disagreement)]
pub(super) struct DisagreementView {
    /// The newer one, which comes first.
    newer: String,
    /// The earlier one.
    earlier: String,
    /// Where they differ.
    differences: Vec<DifferenceView>,
}

/// What of these disagrees, and about what.
pub(super) fn disagreeing(memories: &[MemoryRecord]) -> Vec<DisagreementView> {
    let view = |Disagreement { newer, earlier, differences }: Disagreement| DisagreementView {
        newer: newer.into(),
        earlier: earlier.into(),
        differences: difference_views(differences),
    };
    disagreements(memories).into_iter().map(view).collect()
}

pub(super) fn difference_views(differences: Differences) -> Vec<DifferenceView> {
    let view = |one: Difference| DifferenceView {
        kind: one.kind.as_str().into(),
        earlier: one.earlier.text,
        newer: one.newer.text,
    };
    differences.list.into_iter().map(view).collect()
}

/// One turn of the rolling window.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Turn)]
pub(super) struct TurnView {
    /// Who spoke.
    role: String,
    /// What was said.
    content: String,
    /// When, in Unix seconds.
    ts: f64,
}

impl From<Turn> for TurnView {
    fn from(turn: Turn) -> Self {
        Self { role: turn.role, content: turn.content, ts: turn.ts }
    }
}

/// Working memory of one thread.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Thread)]
pub(super) struct ThreadView {
    /// Its id.
    thread_id: String,
    /// Whose it is.
    user: String,
    /// In which namespace; null where another program wrote the session and told none.
    namespace: Option<String>,
    /// The agent's name.
    agent: String,
    /// What the thread is after.
    goal: String,
    /// The agent's notes.
    scratchpad: String,
    /// Turns over its whole life.
    turn_count: u64,
    /// When it began, in Unix seconds.
    created_ts: f64,
    /// When it was last written, in Unix seconds.
    last_active_ts: f64,
    /// The newest turns, oldest first, at most 20.
    recent_turns: Vec<TurnView>,
    /// Seconds until it expires; null where it does not.
    ttl_seconds: Option<u64>,
}

impl From<SessionState> for ThreadView {
    fn from(session: SessionState) -> Self {
        Self {
            thread_id: session.thread_id.into(),
            user: session.user,
            namespace: session.namespace,
            agent: session.agent,
            goal: session.goal,
            scratchpad: session.scratchpad,
            turn_count: session.turn_count,
            created_ts: session.created_ts,
            last_active_ts: session.last_active_ts,
            recent_turns: session.recent_turns.into_iter().map(Into::into).collect(),
            ttl_seconds: Some(session.ttl_seconds).filter(|&ttl| ttl > 0),
        }
    }
}

/// One thread in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThreadRow {
    /// Its id.
    thread_id: String,
    /// What it is after.
    goal: String,
    /// The beginning of its last turn.
    last_said: String,
    /// Turns over its whole life.
    turn_count: u64,
    /// When it was last written, in Unix seconds.
    last_active_ts: f64,
}

impl From<ThreadSummary> for ThreadRow {
    fn from(thread: ThreadSummary) -> Self {
        Self {
            thread_id: thread.thread_id.into(),
            goal: thread.goal,
            last_said: thread.last_said,
            turn_count: thread.turn_count,
            last_active_ts: thread.last_active_ts,
        }
    }
}

/// One entry of a thread's event log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventView {
    /// The id that Redis gave the entry: milliseconds, a dash, a counter.
    pub(super) event_id: String,
    /// The thread.
    thread_id: String,
    /// What happened, such as `turn_appended:user`.
    action: String,
    /// More about it.
    detail: String,
    /// When, in Unix seconds.
    ts: f64,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.event_id,
            thread_id: event.thread_id.into(),
            action: event.action,
            detail: event.detail,
            ts: event.ts,
        }
    }
}

/// What became of a text that was to be remembered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Written)]
pub(super) struct WrittenView {
    /// The memory that now holds the text.
    memory_id: String,
    /// Its kind.
    kind: KindWord,
    /// Whether a near-identical memory held it already; that one's hits went up then.
    deduped: bool,
    /// Cosine distance to that memory; null where the text is new.
    existing_distance: Option<f64>,
    /// The earlier memory of which this is another version: it says something else of the same thing. Both stay; null where there is
    /// none.
    revises: Option<RevisedView>,
    /// How many characters of the text the model read, from its beginning; null where it read all. The rest is kept and returned, and
    /// words find it, but it has no part in any distance.
    truncated_after: Option<usize>,
}

/// An earlier memory that says something else of the same thing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Revised)]
pub(super) struct RevisedView {
    /// The earlier memory.
    memory_id: String,
    /// Its cosine distance.
    distance: f64,
    /// Which words differ.
    differences: Vec<DifferenceView>,
}

/// Words that differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
pub(super) struct DifferenceView {
    /// What kind of words: number, date, time, unit, version, name, id, negation, opposite, roles, tense, word, sign, case, emoji.
    kind: String,
    /// The earlier text's; empty where it lacks them.
    earlier: String,
    /// The newer text's; empty where it lacks them.
    newer: String,
}

impl From<Revised> for RevisedView {
    fn from(revised: Revised) -> Self {
        Self {
            memory_id: revised.memory_id.into(),
            distance: revised.distance,
            differences: difference_views(revised.differences),
        }
    }
}

impl From<Written> for WrittenView {
    fn from(written: Written) -> Self {
        Self {
            memory_id: written.memory_id.to_string(),
            kind: written.kind.into(),
            deduped: written.deduplicated_at.is_some(),
            existing_distance: written.deduplicated_at,
            revises: written.revises.map(Into::into),
            truncated_after: written.truncated_after,
        }
    }
}

/// How long the parts took, in milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Timings)]
pub(super) struct TimingsView {
    /// Text to vector.
    embed_ms: f64,
    /// Recall.
    recall_ms: f64,
    /// Writing turn, memory and event; 0 where no memory was written.
    write_ms: f64,
    /// All of it.
    total_ms: f64,
}

impl From<Timings> for TimingsView {
    fn from(timings: Timings) -> Self {
        Self {
            embed_ms: timings.embed_ms,
            recall_ms: timings.recall_ms,
            write_ms: timings.write_ms,
            total_ms: timings.total_ms,
        }
    }
}

/// The memory index, and the settings that matter to a caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Index)]
pub(super) struct IndexView {
    /// Memories in the index, of all users and namespaces.
    num_docs: u64,
    /// Documents that could not be indexed.
    indexing_failures: u64,
    /// The index's name.
    index_name: String,
    /// The embedding model.
    model: String,
    /// Lifetime of working memory.
    session_ttl_seconds: u64,
    /// Deduplication threshold, a cosine distance.
    dedup_threshold: f64,
    /// Recall threshold where a request says nothing else, a cosine distance.
    default_recall_threshold: f64,
}

impl From<IndexState> for IndexView {
    fn from(index: IndexState) -> Self {
        Self {
            num_docs: index.num_docs,
            indexing_failures: index.indexing_failures,
            index_name: index.index_name,
            model: index.model,
            session_ttl_seconds: index.session_ttl_seconds,
            dedup_threshold: index.dedup_threshold.distance(),
            default_recall_threshold: index.default_recall_threshold.distance(),
        }
    }
}
