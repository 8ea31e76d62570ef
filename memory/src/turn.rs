//! What goes into a turn, and what comes out.

use serde::{Deserialize, Serialize};

use crate::{
    comparison::Differences,
    input::InvalidInput,
    lifetime::Lifetime,
    model::{Kind, MemoryRecord, Role, TurnAction, WriteKind},
    ranking::{Ranking, Weights, passes},
    revision::newest_first,
    scope::{MemoryId, Scope, ThreadId},
    settings::DedupRule,
    text::Text,
    threshold::{RECALL_K, Threshold, recalled},
};

/// One turn to take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRequest {
    /// Whose turn.
    pub scope: Scope,
    /// On which thread; `None` is the current thread of the scope, or a fresh one where there is none.
    pub thread_id: Option<ThreadId>,
    /// What is said, or the goal.
    pub text: Text,
    /// Who says it.
    pub role: Role,
    /// A turn or a goal.
    pub action: TurnAction,
    /// What to write to long-term memory.
    pub write: WriteKind,
    /// Lifetime of the memory.
    pub lifetime: Lifetime,
    /// Labels of the memory.
    pub tags: Vec<String>,
    /// What the caller knows of earlier memories; the usual comparison decides where it knows nothing.
    pub relation: Relation,
    /// Most memories to recall; 0 for a turn that recalls nothing.
    pub k: usize,
    /// By distance alone, or with words and neighbouring turns, which takes a second round trip.
    pub ranking: Ranking,
    /// How much each part of a hybrid ranking counts.
    pub weights: Weights,
    /// How many candidates to tell with their distances, beyond those that are recalled; 0 for none.
    pub candidates: usize,
    /// Whether to tell the Redis commands, some 20 kB of text.
    pub is_traced: bool,
}

impl TurnRequest {
    /// A turn of the user that is remembered as episodic, on the scope's current thread.
    ///
    /// # Errors
    /// A text that is empty or too long, see [`Text`].
    pub fn new(scope: Scope, text: impl AsRef<str>) -> Result<Self, InvalidInput> {
        Ok(Self {
            scope,
            thread_id: None,
            text: Text::new(text)?,
            role: Role::User,
            action: TurnAction::Turn,
            write: WriteKind::Episodic,
            lifetime: Lifetime::OfKind,
            tags: Vec::new(),
            relation: Relation::default(),
            k: RECALL_K,
            ranking: Ranking::Distance,
            weights: Weights::default(),
            candidates: 0,
            is_traced: false,
        })
    }

    /// The same turn on this thread.
    #[must_use]
    pub fn on(self, thread_id: ThreadId) -> Self {
        Self { thread_id: Some(thread_id), ..self }
    }

    /// The same turn, remembered as this kind.
    #[must_use]
    pub fn remembered_as(self, write: WriteKind) -> Self {
        Self { write, ..self }
    }

    /// The kind that will be written: none for `skip`, and none for a goal.
    #[must_use]
    pub fn written_kind(&self) -> Option<Kind> {
        match self.action {
            TurnAction::Turn => self.write.kind(),
            TurnAction::Goal => None,
        }
    }
}

/// What a writer knows of how a new memory stands to earlier ones.
///
/// ```
/// use agent_memory::{MemoryId, turn::Relation};
///
/// // The user said: not on Tuesday any more.
/// let known = Relation::superseding(MemoryId::new("0123456789ab")?);
/// # Ok::<(), agent_memory::InvalidInput>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Relation {
    /// It is a memory of its own, whatever lies near: nothing is compared.
    pub is_new: bool,
    /// The memories that it supersedes: these are no longer recalled, and their histories tell why.
    pub supersedes: Vec<MemoryId>,
}

impl Relation {
    /// It takes the place of this memory.
    #[must_use]
    pub fn superseding(id: MemoryId) -> Self {
        Self { is_new: false, supersedes: vec![id] }
    }
}

/// What a turn wrote to long-term memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The memory that now holds the text.
    pub memory_id: MemoryId,
    /// Its kind.
    pub kind: Kind,
    /// Distance to the memory that held it already; `None` where the text is new.
    pub deduplicated_at: Option<f64>,
    /// The memory of which it is another version; `None` where it says the same as one, or nothing like any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<Revised>,
    /// How many characters of the text the model read, from its beginning; `None` where it read all. The rest is kept and returned, and
    /// words find it, but it has no part in any distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated_after: Option<usize>,
}

/// An earlier memory that says something else of the same thing. Both stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revised {
    /// The earlier memory.
    pub memory_id: MemoryId,
    /// How near it is, a cosine distance.
    pub distance: f64,
    /// Which words differ; empty where that was told in an earlier answer to the same request.
    pub differences: Differences,
}

/// How long the parts of a turn took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Text to vector, in milliseconds, waiting for the embedder included.
    pub embed_ms: f64,
    /// Recall inside Redis, in milliseconds.
    pub recall_ms: f64,
    /// Writing turn, memory and event inside Redis, in milliseconds; 0 where no memory was written.
    pub write_ms: f64,
    /// The whole turn, in milliseconds, all waiting included.
    pub total_ms: f64,
}

/// What a turn did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnOutcome {
    /// The thread, given or found or begun.
    pub thread_id: ThreadId,
    /// The memory; `None` where the turn wrote none.
    pub written: Option<Written>,
    /// The best memories of the scope before the turn's own was written, best first, at most as many as the request's `k`.
    pub nearest: Vec<MemoryRecord>,
    /// How they are ranked.
    pub ranking: Ranking,
    /// The words of the text that were looked for; none in a ranking by distance.
    pub terms: Vec<String>,
    /// What lies near, nearest first, as far as the request asked for it.
    pub candidates: Vec<Candidate>,
    /// How long it took.
    pub timings: Timings,
    /// What was asked of Redis; empty where the turn was not traced.
    pub steps: Vec<Step>,
}

/// A memory and how near it is, without what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The memory.
    pub id: MemoryId,
    /// Its cosine distance to the text, 0 to 2.
    pub distance: f64,
}

/// Commands that were run on Redis for one purpose.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Step {
    /// The purpose, such as `recall`.
    pub purpose: String,
    /// The commands, each as a line for `redis-cli`. At its prompt it takes 4,095 characters and no more: lines with a
    /// vector go in from a file, as in `redis-cli < lines.txt`.
    pub lines: Vec<String>,
    /// How long they took inside Redis, in milliseconds.
    pub took_ms: f64,
}

impl TurnOutcome {
    /// The memories that a threshold recalls, best first; of several versions of one thing the newest first.
    #[must_use]
    pub fn recalled(&self, threshold: Threshold) -> Vec<MemoryRecord> {
        newest_first(match self.ranking {
            Ranking::Distance => recalled(&self.nearest, threshold, self.nearest.len()).to_vec(),
            Ranking::Hybrid => {
                let passes = |memory: &&MemoryRecord| passes(&self.terms, memory, threshold);
                self.nearest.iter().filter(passes).cloned().collect()
            }
        })
    }
}

/// State of the memory index and the settings that matter to a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct IndexState {
    /// Memories in the index, of all scopes.
    pub num_docs: u64,
    /// Documents that could not be indexed.
    pub indexing_failures: u64,
    /// The index's name.
    pub index_name: String,
    /// The embedding model.
    pub model: String,
    /// Lifetime of working memory.
    pub session_ttl_seconds: u64,
    /// Deduplication threshold, a cosine distance.
    pub dedup_threshold: Threshold,
    /// What else it takes for a text to count as known; told where it is not the usual rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedup_rule: Option<DedupRule>,
    /// Recall threshold where a request says nothing else, a cosine distance.
    pub default_recall_threshold: Threshold,
    /// What serves this, for the page's head line.
    pub stack_label: String,
}
