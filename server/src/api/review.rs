//! What a person is to decide: memories that disagree, or that say the same twice.

use agent_memory::{
    Memory, MemoryId, Text,
    review::{Decided, Decision, PAIRS_MAX, Pair, PairKind, ScanProgress, Unreadable},
    service::SCAN_MAX,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Body, In, Params, Place, count_or},
    problem::Problem,
    records::{DifferenceView, MemoryView, difference_views},
};

/// What two memories are to each other.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PairKind)]
pub(super) enum PairWord {
    /// They say something else of the same thing.
    Conflict,
    /// They say the same.
    Same,
}

/// Two memories of which nobody has decided yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pair)]
pub(super) struct PairView {
    /// What they are to each other.
    kind: PairWord,
    /// The one that was written first.
    older: MemoryView,
    /// The other one.
    newer: MemoryView,
    /// How near they are, a cosine distance.
    distance: f64,
    /// Where they differ.
    differences: Vec<DifferenceView>,
    /// When that was noticed, in Unix seconds.
    found_ts: f64,
    /// The way in by which the newer one came, or `scan`.
    by: String,
}

impl From<Pair> for PairView {
    fn from(pair: Pair) -> Self {
        Self {
            kind: match pair.kind {
                PairKind::Conflict => PairWord::Conflict,
                PairKind::Same => PairWord::Same,
            },
            older: pair.older.into(),
            newer: pair.newer.into(),
            distance: pair.distance,
            differences: difference_views(pair.differences),
            found_ts: pair.found_ts,
            by: pair.by,
        }
    }
}

/// What waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inbox)]
pub(super) struct InboxView {
    /// Pairs in all.
    total: u64,
    /// The latest of them, newest first.
    pairs: Vec<PairView>,
}

/// How many pairs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct InboxQuery {
    /// Most pairs to return, 1 to 100; 20 where nothing is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// List what waits for a decision
///
/// Pairs of memories that disagree or say the same twice, as they were found on write or by a scan. Nothing is decided by itself.
#[utoipa::path(get, path = "/review", tag = "review", operation_id = "list_review", params(Place, InboxQuery),
    responses((status = 200, body = InboxView)))]
pub(super) async fn list(
    State(memory): State<Memory>,
    In(scope): In,
    Params(query): Params<InboxQuery>,
) -> Result<Json<InboxView>, Problem> {
    let inbox = memory.inbox(&scope, count_or("limit", query.limit, 20, PAIRS_MAX)?).await?;
    Ok(Json(InboxView { total: inbox.total, pairs: inbox.pairs.into_iter().map(Into::into).collect() }))
}

/// What somebody decides.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Decision)]
pub(super) enum DecisionWord {
    /// The newer one takes the place of the older one.
    NewerWins,
    /// The older one takes the place of the newer one.
    OlderWins,
    /// Both hold.
    KeepBoth,
    /// They do not disagree at all.
    NoConflict,
    /// A text of one's own takes the place of both.
    Merge,
}

impl From<DecisionWord> for Decision {
    fn from(word: DecisionWord) -> Self {
        match word {
            DecisionWord::NewerWins => Self::NewerWins,
            DecisionWord::OlderWins => Self::OlderWins,
            DecisionWord::KeepBoth => Self::KeepBoth,
            DecisionWord::NoConflict => Self::NoConflict,
            DecisionWord::Merge => Self::Merge,
        }
    }
}

/// A decision about a pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideRequest {
    /// The older memory of the pair.
    older: String,
    /// The newer one.
    newer: String,
    /// What is decided.
    decision: DecisionWord,
    /// The text that takes the place of both, for a merge.
    #[schema(min_length = 1, max_length = 65536)]
    text: Option<String>,
}

/// A decision that was carried out. Sent to `/review/undo`, it is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Decided)]
pub(super) struct DecidedView {
    /// The older memory of the pair.
    older: String,
    /// The newer one.
    newer: String,
    /// What was decided.
    decision: DecisionWord,
    /// The memory of the text that took the place of both; null for every other decision.
    merged: Option<String>,
}

/// Decide about two memories
///
/// Whoever loses is superseded: kept in the history and no longer recalled. Every decision can be taken back.
#[utoipa::path(post, path = "/review/decide", tag = "review", operation_id = "decide_review", params(Place),
    request_body = DecideRequest, responses((status = 200, body = DecidedView)))]
pub(super) async fn decide(
    State(memory): State<Memory>,
    In(scope): In,
    Body(request): Body<DecideRequest>,
) -> Result<Json<DecidedView>, Problem> {
    let DecideRequest { older, newer, decision, text } = request;
    if text.is_some() != matches!(decision, DecisionWord::Merge) {
        return Err(Problem::invalid("text", "text goes with the decision `merge`, and with no other"));
    }
    let text = text.map(Text::new).transpose()?;
    let (older, newer) = (MemoryId::existing(older)?, MemoryId::existing(newer)?);
    let decided = memory.decide(&scope, &older, &newer, decision.into(), text).await?;
    let decided = decided.ok_or_else(|| Problem::not_found("pair of memories"))?;
    Ok(Json(DecidedView {
        older: decided.older.into(),
        newer: decided.newer.into(),
        decision,
        merged: decided.merged.map(Into::into),
    }))
}

/// Whether there was something to undo.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Undone {
    /// Whether both memories are as they were.
    undone: bool,
}

/// Take a decision back
///
/// Both memories are as they were before, and the pair waits again.
#[utoipa::path(post, path = "/review/undo", tag = "review", operation_id = "undo_review", params(Place),
    request_body = DecidedView, responses((status = 200, body = Undone)))]
pub(super) async fn undo(
    State(memory): State<Memory>,
    In(scope): In,
    Body(decided): Body<DecidedView>,
) -> Result<Json<Undone>, Problem> {
    let decided = Decided {
        decision: decided.decision.into(),
        older: MemoryId::existing(decided.older)?,
        newer: MemoryId::existing(decided.newer)?,
        merged: decided.merged.map(MemoryId::existing).transpose()?,
    };
    Ok(Json(Undone { undone: memory.undo_decision(&scope, &decided).await? }))
}

/// Where a scan goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanRequest {
    /// The `next` of the call before; from the beginning where nothing is said.
    after: Option<String>,
    /// Most memories to compare in this call, 1 to 500; 200 where nothing is said.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// How far a scan is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScanReply {
    /// Memories that this call compared with those around them.
    scanned: usize,
    /// Memories in all.
    total: u64,
    /// Pairs that this call found and nobody knew of.
    found: usize,
    /// What the next call sends as `after`; null once all are done.
    next: Option<String>,
}

/// Scan for what disagrees
///
/// Compares the next memories with those around them and notes what nobody knew of. It changes no memory. Call it again with `next`
/// until that is null; a scan that was broken off goes on where it was.
#[utoipa::path(post, path = "/review/scan", tag = "review", operation_id = "scan_review", params(Place),
    request_body = ScanRequest, responses((status = 200, body = ScanReply)))]
pub(super) async fn scan(
    State(memory): State<Memory>,
    In(scope): In,
    Body(request): Body<ScanRequest>,
) -> Result<Json<ScanReply>, Problem> {
    let limit = count_or("limit", request.limit, 200, SCAN_MAX)?;
    let after = request.after.map(MemoryId::existing).transpose()?;
    let ScanProgress { scanned, total, found, next } = memory.scan(&scope, after.as_ref(), limit).await?;
    Ok(Json(ScanReply { scanned, total, found, next: next.map(Into::into) }))
}

/// Where the walk goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UnreadableQuery {
    /// The `next` of the call before; from the beginning where nothing is said.
    #[serde(default)]
    #[param(required = false)]
    from: u64,
}

/// A document that the index cannot read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unreadable)]
pub(super) struct UnreadableView {
    /// The memory; it can be forgotten by its id.
    memory_id: String,
    /// What it says, where that is a text.
    text: String,
    /// What is wrong with it.
    problem: String,
}

/// Some of the documents that the index cannot read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnreadableList {
    /// They; a call may find none and yet not be the last.
    memories: Vec<UnreadableView>,
    /// What the next call sends as `from`; null once all are seen.
    next: Option<u64>,
}

/// List what the index cannot read
///
/// Documents of this user and namespace that are in no list and are never recalled, such as those of other programs with a vector of
/// another length, with what is wrong with them. Redis walks over all its memories, some thousand a call.
#[utoipa::path(get, path = "/review/unreadable", tag = "review", operation_id = "list_unreadable",
    params(Place, UnreadableQuery), responses((status = 200, body = UnreadableList)))]
pub(super) async fn unreadable(
    State(memory): State<Memory>,
    In(scope): In,
    Params(query): Params<UnreadableQuery>,
) -> Result<Json<UnreadableList>, Problem> {
    let page = memory.long_term().unreadable(&scope, query.from).await?;
    let view =
        |one: Unreadable| UnreadableView { memory_id: one.id.into(), text: one.text, problem: one.problem };
    Ok(Json(UnreadableList { memories: page.memories.into_iter().map(view).collect(), next: page.next }))
}
