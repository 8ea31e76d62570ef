//! A turn, a recall, a probe: what goes through the model.

use agent_memory::{
    Lifetime, Memory, MemoryFilter, MemoryRecord, Text, Threshold, TurnRequest,
    evaluation::{Profile, Setting},
    look::Preview,
    model::TurnAction,
    ranking::{Ranked, Reason, Stage, estimated_tokens, matched},
    scope::MemoryId,
    service::{Explained, Recalled},
    store::RecallOptions,
    threshold::{CANDIDATE_K, RECALL_K, recalled},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, In, Place, Writing, count_or, thread_of, threshold_or},
    memories::TagsBody,
    problem::Problem,
    records::{
        DisagreementView, ForceWord, KindWord, MemoryView, RevisedView, RoleWord, StandingWord, TimingsView,
        WriteWord, WrittenView, disagreeing, relation,
    },
    settings::{RankingWord, WeightsRecord, resolved},
};

/// Most memories that one recall returns.
const K_MAX: usize = 100;

/// Most tokens that may be asked for.
const TOKENS_MAX: usize = 100_000;

/// Most turns before and after a memory.
const EXPAND_MAX: u64 = 10;

/// A turn to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnBody {
    /// What is said, or the goal; trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536, example = "Which food must I avoid?")]
    text: String,
    /// On which thread; the one last active where nothing is said, or a fresh one where there is none. `~main` is your own
    /// `main`, whoever else has a thread of that name.
    #[schema(max_length = 128)]
    thread_id: Option<String>,
    /// Who says it.
    #[serde(default)]
    #[schema(required = false)]
    role: RoleWord,
    /// What to write to long-term memory.
    #[serde(default)]
    #[schema(required = false)]
    kind: WriteWord,
    /// Whether the text is the thread's new goal instead of a turn; nothing is remembered then.
    #[serde(default)]
    #[schema(required = false)]
    is_goal: bool,
    /// Up to which cosine distance memories are recalled, 0 to 2; the server's setting where nothing is said.
    #[schema(minimum = 0, maximum = 2)]
    threshold: Option<f64>,
    /// Most memories to recall, 1 to 50; 5 where nothing is said.
    #[schema(minimum = 1, maximum = 50)]
    k: Option<usize>,
    /// How many of the nearest to tell with their distances, recalled or not, 0 to 50; none where nothing is said.
    #[serde(default)]
    #[schema(required = false, maximum = 50)]
    candidates: usize,
    /// How to rank what is recalled; by distance, words and neighbouring turns where nothing is said.
    ranking: Option<RankingWord>,
    /// How much each part of a hybrid ranking counts.
    weights: Option<WeightsRecord>,
    /// Name of a profile, which says threshold, k, ranking and weights where nothing else is said.
    #[schema(max_length = 128)]
    profile: Option<String>,
    /// Lifetime in seconds of what is remembered; 0 pins it. That of its kind where nothing is said.
    #[schema(maximum = 315360000)]
    ttl_seconds: Option<u64>,
    /// Labels of what is remembered, at most 32.
    #[serde(default)]
    #[schema(required = false, max_items = 32)]
    tags: Vec<String>,
    /// `new` remembers it as a memory of its own, whatever lies near.
    #[schema(inline)]
    force: Option<ForceWord>,
    /// The memory whose place it takes: that one is kept in the history and no longer recalled.
    supersedes: Option<String>,
}

/// What a turn did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TurnReply {
    /// The thread, given or found or begun.
    thread_id: String,
    /// What was remembered; null where nothing was.
    written: Option<WrittenView>,
    /// What was recalled before that, best first; of several versions of one thing the newest first.
    recalled: Vec<MemoryView>,
    /// Which of these disagree, and about what.
    disagreements: Vec<DisagreementView>,
    /// What lay near before that, recalled or not, nearest first, as far as it was asked for.
    candidates: Vec<NearView>,
    /// How long it took.
    timings: TimingsView,
}

/// A memory and how near it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Near)]
pub(super) struct NearView {
    /// The memory.
    memory_id: String,
    /// Its cosine distance to the text, 0 to 2.
    distance: f64,
}

/// Take a turn
///
/// Embeds once, recalls, appends to working memory (or sets the goal), remembers, and logs one event: all that is written is
/// written in one step or not at all. A turn never recalls itself. 409 where the thread id is another user's.
#[utoipa::path(post, path = "/turn", tag = "agent loop", operation_id = "take_turn", params(Place),
    request_body = TurnBody, responses((status = 200, body = TurnReply)))]
pub(super) async fn turn(
    Writing(memory): Writing,
    In(scope): In,
    Body(body): Body<TurnBody>,
) -> Result<Json<TurnReply>, Problem> {
    let said = said(body.threshold, body.ranking, body.weights)?;
    let setting = resolved(&memory, &scope, body.profile.as_deref(), said).await?;
    let thread_id = body.thread_id.map(|id| thread_of(&scope, &id)).transpose()?;
    let candidates = match body.candidates {
        0 => 0,
        some => count_or("candidates", Some(some), 0, CANDIDATE_K)?,
    };
    let request = TurnRequest {
        thread_id,
        role: body.role.into(),
        action: if body.is_goal { TurnAction::Goal } else { TurnAction::Turn },
        write: body.kind.into(),
        lifetime: Lifetime::from_ttl(body.ttl_seconds)?,
        relation: relation(body.force, body.supersedes)?,
        tags: body.tags,
        ranking: setting.ranking,
        weights: setting.weights,
        k: count_or("k", body.k, setting.k, CANDIDATE_K)?,
        candidates,
        ..TurnRequest::new(scope, body.text)?
    };
    let outcome = memory.turn(request).await?;
    let near = outcome.candidates.iter();
    let recalled = outcome.recalled(setting.threshold);
    Ok(Json(TurnReply {
        disagreements: disagreeing(&recalled),
        recalled: views(&recalled),
        candidates: near
            .map(|near| NearView { memory_id: near.id.to_string(), distance: near.distance })
            .collect(),
        thread_id: outcome.thread_id.to_string(),
        written: outcome.written.map(Into::into),
        timings: outcome.timings.into(),
    }))
}

/// What to recall.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecallBody {
    /// What it should be about; trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536, example = "food allergies")]
    text: String,
    /// Most memories to return, 1 to 100; 5 where nothing is said.
    #[schema(minimum = 1, maximum = 100)]
    k: Option<usize>,
    /// Up to which cosine distance, 0 to 2; the server's setting where nothing is said.
    #[schema(minimum = 0, maximum = 2)]
    threshold: Option<f64>,
    /// Only this kind.
    kind: Option<KindWord>,
    /// Only those that come from this thread.
    #[schema(max_length = 128)]
    source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    created_to: Option<f64>,
    /// Only those said at or after this time, in Unix seconds.
    said_from: Option<f64>,
    /// Only those said at or before this time, in Unix seconds.
    said_to: Option<f64>,
    /// Only those with such labels.
    #[serde(default)]
    #[schema(required = false)]
    tags: TagsBody,
    /// Only those with all these words, or with words that begin so.
    #[serde(default)]
    #[schema(required = false, max_length = 200)]
    words: String,
    /// Current ones, superseded ones, or any.
    #[serde(default)]
    #[schema(required = false)]
    standing: StandingWord,
    /// How to rank; by distance, words and neighbouring turns where nothing is said.
    ranking: Option<RankingWord>,
    /// How much each part of a hybrid ranking counts.
    weights: Option<WeightsRecord>,
    /// Name of a profile, which says threshold, k, ranking and weights where nothing else is said.
    #[schema(max_length = 128)]
    profile: Option<String>,
    /// Tell how each row came to its place, and why each of these memories was recalled or not.
    #[serde(default)]
    #[schema(required = false)]
    explain: bool,
    /// Memories to explain besides, at most 50; any of the scope.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    explain_ids: Vec<String>,
    /// Most tokens that the memories may have together, 1 to 100,000, by an estimate that is rather too high; the best are taken as long
    /// as they fit, at most 50 where `k` says nothing else.
    #[schema(minimum = 1, maximum = 100000)]
    max_tokens: Option<usize>,
    /// Tell the turns around each memory too, so many before and after it, 0 to 10, as far as they were remembered.
    #[serde(default)]
    #[schema(required = false, maximum = 10)]
    expand: u64,
}

/// Why a memory was recalled or not, and how it came to its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
struct ExplanationView {
    /// The memory.
    memory_id: String,
    /// Why: `within_threshold`, `carried_by_words`, `outranked`, `no_tokens_left`, `beyond_threshold`, `no_candidate`, `filtered_out`,
    /// `superseded`, `unknown`.
    reason: String,
    /// What it says; null where the scope has none of this id.
    text: Option<String>,
    /// Its cosine distance to the question.
    distance: Option<f64>,
    /// Its place among all candidates, from 1; null for none of them, and where the ranking is by distance.
    rank: Option<usize>,
    /// The sum of the three shares, as they are weighed, without what a question loses.
    score: Option<f64>,
    /// By the vector: the cosine.
    vector: StageView,
    /// By the words of the text itself: BM25.
    text_score: StageView,
    /// By its words and those of the two turns before and after it: BM25.
    around: StageView,
    /// Whether it asks something itself, which takes 0.2 off its score at equal weights.
    is_question: bool,
    /// Which words of the question it has.
    words: Vec<String>,
    /// Whether it is within the threshold.
    within_threshold: bool,
}

/// One of the three scores.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Stage)]
struct StageView {
    /// Its place by this score among the candidates; null where it has none of it.
    rank: Option<usize>,
    /// The score.
    score: Option<f64>,
    /// What it adds to the sum, 0 to 1.
    share: f64,
}

impl From<Stage> for StageView {
    fn from(stage: Stage) -> Self {
        Self { rank: stage.rank, score: stage.score, share: stage.share }
    }
}

fn explanations(found: &Recalled, threshold: Threshold) -> Vec<ExplanationView> {
    let is_within =
        |memory: &MemoryRecord| memory.distance.is_some_and(|distance| threshold.includes(distance));
    let recalled = found.memories.iter().map(|memory| Explained {
        id: memory.id.clone(),
        reason: if is_within(memory) { Reason::Within } else { Reason::Carried },
        memory: Some(memory.clone()),
    });
    let besides =
        found.explained.iter().filter(|one| found.memories.iter().all(|memory| memory.id != one.id));
    let explained = recalled.chain(besides.cloned());
    let view = |Explained { id, reason, memory }: Explained| {
        let place = found.ranked.iter().position(|ranked| ranked.id == id);
        let ranked = place.map(|place| &found.ranked[place]);
        let stage = |of: fn(&Ranked) -> Stage| ranked.map(|ranked| of(ranked).into()).unwrap_or_default();
        let words = memory.iter().flat_map(|memory| matched(&found.terms, &memory.text));
        ExplanationView {
            memory_id: id.to_string(),
            reason: reason.to_string(),
            distance: memory.as_ref().and_then(|memory| memory.distance),
            rank: place.map(|place| place + 1),
            score: ranked.map(|ranked| ranked.score),
            vector: stage(|ranked| ranked.vector),
            text_score: stage(|ranked| ranked.text),
            around: stage(|ranked| ranked.around),
            is_question: ranked.is_some_and(|ranked| ranked.is_question),
            words: words.map(Into::into).collect(),
            within_threshold: memory.as_ref().is_some_and(is_within),
            text: memory.map(|memory| memory.text),
        }
    };
    explained.map(view).collect()
}

impl RecallBody {
    fn checked(self, setting: Setting) -> Result<(Text, RecallOptions), Problem> {
        let filter = MemoryFilter {
            kind: self.kind.map(Into::into),
            source_thread: self.source_thread,
            created_from: self.created_from,
            created_to: self.created_to,
            said_from: self.said_from,
            said_to: self.said_to,
            tags: self.tags.into(),
            words: self.words,
            standing: self.standing.into(),
            ids: None,
        };
        count_or("explain_ids", Some(self.explain_ids.len().max(1)), 1, CANDIDATE_K)?;
        if self.expand > EXPAND_MAX {
            return Err(Problem::invalid("expand", format!("expand is at most {EXPAND_MAX}")));
        }
        let max_tokens =
            self.max_tokens.map(|most| count_or("max_tokens", Some(most), 1, TOKENS_MAX)).transpose()?;
        let usual_k = if max_tokens.is_some() && self.profile.is_none() { CANDIDATE_K } else { setting.k };
        let options = RecallOptions {
            k: count_or("k", self.k, usual_k, K_MAX)?,
            threshold: setting.threshold,
            filter: filter.checked()?,
            ranking: setting.ranking,
            weights: setting.weights,
            max_tokens,
            expand: self.expand,
            explain: self.explain_ids.into_iter().map(MemoryId::existing).collect::<Result<_, _>>()?,
        };
        Ok((Text::new(self.text)?, options))
    }
}

/// What was recalled.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecallReply {
    /// The memories, best first; of several versions of one thing the newest first.
    memories: Vec<MemoryView>,
    /// Which of these disagree, and about what.
    disagreements: Vec<DisagreementView>,
    /// How the rows of a hybrid ranking came to their places, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanations: Option<Vec<ExplanationView>>,
    /// What was said around the memories, in the order of threads and turns, as far as `expand` asks for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    around: Vec<MemoryView>,
    /// About how many tokens the memories have together.
    tokens: usize,
    /// The threshold that was applied.
    threshold: f64,
    /// How long it took.
    timings: TimingsView,
}

/// Recall memories
///
/// The best for a text, of one kind, thread or time where that is asked for. Nothing is written. In a hybrid ranking the cosine, the words
/// of the text (BM25) and those of the turns around it count the same; of the `k` best a row is recalled where it lies within the threshold, or where
/// its words carry it: at least two words of the question and half of them stand in it, at most 0.2 beyond the threshold.
#[utoipa::path(post, path = "/recall", tag = "agent loop", operation_id = "recall", params(Place),
    request_body = RecallBody, responses((status = 200, body = RecallReply)))]
pub(super) async fn recall(
    State(memory): State<Memory>,
    In(scope): In,
    Body(body): Body<RecallBody>,
) -> Result<Json<RecallReply>, Problem> {
    let is_explained = body.explain || !body.explain_ids.is_empty();
    let said = said(body.threshold, body.ranking, body.weights)?;
    let setting = resolved(&memory, &scope, body.profile.as_deref(), said).await?;
    let (text, options) = body.checked(setting)?;
    let found = memory.recall(&scope, &text, &options).await?;
    Ok(Json(RecallReply {
        memories: views(&found.memories),
        disagreements: disagreeing(&found.memories),
        explanations: is_explained.then(|| explanations(&found, options.threshold)),
        around: views(&found.around),
        tokens: found.memories.iter().map(|memory| estimated_tokens(&memory.text)).sum(),
        threshold: options.threshold.distance(),
        timings: found.timings.into(),
    }))
}

/// What to probe.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProbeBody {
    /// What is asked; trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    text: String,
    /// The threshold to judge by, 0 to 2; the server's setting where nothing is said.
    #[schema(minimum = 0, maximum = 2)]
    threshold: Option<f64>,
    /// As what the text would be written, for the preview.
    #[serde(default)]
    #[schema(required = false)]
    kind: WriteWord,
}

/// A memory near a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Candidate {
    /// The memory.
    memory: MemoryView,
    /// Whether a turn with this text would recall it.
    recalled: bool,
    /// How far it lies beyond the threshold; negative within it.
    margin: Option<f64>,
}

/// What a probe found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProbeReply {
    /// The nearest memories, recalled or not, nearest first, at most 50.
    candidates: Vec<Candidate>,
    /// The threshold that was applied.
    threshold: f64,
    /// The memory that a turn with this text would count a hit on; null where it would be new, or not written.
    duplicate_of: Option<String>,
    /// The memory of which a turn with this text would be another version; null where there is none.
    revises: Option<RevisedView>,
    /// How long it took.
    timings: TimingsView,
}

/// Probe a text
///
/// Why was something recalled, or not? The 50 nearest memories with their distances. Nothing is written: no turn, no event, no hit.
#[utoipa::path(post, path = "/probe", tag = "agent loop", operation_id = "probe", params(Place),
    request_body = ProbeBody, responses((status = 200, body = ProbeReply)))]
pub(super) async fn probe(
    State(memory): State<Memory>,
    In(scope): In,
    Body(body): Body<ProbeBody>,
) -> Result<Json<ProbeReply>, Problem> {
    let threshold = threshold_or(body.threshold, memory.settings().recall_threshold)?;
    let outcome = memory.probe(&scope, &Text::new(body.text)?, body.kind.into()).await?;
    let (duplicate_of, revises) = match outcome.preview {
        Preview::Duplicate { onto, .. } => (Some(onto.to_string()), None),
        Preview::Revision { revises, .. } => (None, Some(revises.into())),
        Preview::Skipped | Preview::New { .. } => (None, None),
    };
    let within = recalled(&outcome.candidates, threshold, RECALL_K).len();
    let candidates = outcome.candidates.into_iter().enumerate().map(|(at, memory)| Candidate {
        recalled: at < within,
        margin: memory.distance.map(|distance| threshold.margin(distance)),
        memory: memory.into(),
    });
    Ok(Json(ProbeReply {
        candidates: candidates.collect(),
        threshold: threshold.distance(),
        duplicate_of,
        revises,
        timings: outcome.timings.into(),
    }))
}

/// What a request says by itself; how many is checked where it is used, since the limits differ.
fn said(
    threshold: Option<f64>,
    ranking: Option<RankingWord>,
    weights: Option<WeightsRecord>,
) -> Result<Profile, Problem> {
    let profile = Profile {
        threshold: threshold.map(Threshold::new).transpose()?,
        k: None,
        ranking: ranking.map(Into::into),
        weights: weights.map(Into::into),
    };
    Ok(profile.checked()?)
}

fn views(memories: &[agent_memory::MemoryRecord]) -> Vec<MemoryView> {
    memories.iter().cloned().map(Into::into).collect()
}
