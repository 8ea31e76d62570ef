//! What became of a memory: its changes and versions, taking back, one in the place of another.

use agent_memory::{
    Memory, MemoryId,
    history::{History, PastChange},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, In, OfMemory, Place},
    problem::Problem,
    records::MemoryView,
};

/// A memory with what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub(super) struct HistoryView {
    /// The memory as it is now.
    memory: MemoryView,
    /// What was changed, oldest first; at most twenty changes and 128 KiB are kept.
    changes: Vec<ChangeView>,
    /// The other versions of the same thing, newest first: its chain of revisions, what it superseded and what superseded it.
    versions: Vec<MemoryView>,
    /// For how many seconds it can yet be brought back, where it was dropped.
    aside_seconds: Option<u64>,
}

/// A change of a memory, and what it replaced: a field that is left out was not changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(super) struct ChangeView {
    /// When, in Unix seconds.
    ts: f64,
    /// The way in: page, api, cli, library, or the name of an agent's program.
    by: String,
    /// What was done: edit, merge, superseded, restored, revert, keep_both, no_conflict, drop.
    what: String,
    /// The former text; for a merge the wording that was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The former kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The former labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    /// When it would have expired, in Unix milliseconds; -1 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<i64>,
    /// The memory that took its place, or that had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    /// The memory that it was a version of.
    #[serde(skip_serializing_if = "Option::is_none")]
    revises: Option<String>,
    /// Whether it can be taken back.
    is_reversible: bool,
}

impl From<PastChange> for ChangeView {
    fn from(change: PastChange) -> Self {
        Self {
            is_reversible: change.is_reversible(),
            ts: change.ts,
            by: change.by,
            what: change.what,
            text: change.text,
            kind: change.kind,
            tags: change.tags,
            expires_at_ms: change.expires_at_ms,
            superseded_by: change.superseded_by.map(Into::into),
            revises: change.revises.map(Into::into),
        }
    }
}

impl From<History> for HistoryView {
    fn from(history: History) -> Self {
        Self {
            memory: history.memory.into(),
            changes: history.changes.into_iter().map(Into::into).collect(),
            versions: history.versions.into_iter().map(Into::into).collect(),
            aside_seconds: history.aside_seconds,
        }
    }
}

/// Read the history of a memory
///
/// Each change with what it replaced, and the other versions of the same thing. Also for one that was dropped, as long as it can be
/// brought back.
#[utoipa::path(get, path = "/memories/{memory_id}/history", tag = "memories", operation_id = "read_history",
    params(Place, ("memory_id" = String, Path, description = "The memory")),
    responses((status = 200, body = HistoryView)))]
pub(super) async fn read(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
) -> Result<Json<HistoryView>, Problem> {
    let history = memory.history(&scope, &id).await?;
    history.map(|history| Json(history.into())).ok_or_else(|| Problem::not_found("memory"))
}

/// Which change to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevertRequest {
    /// The `ts` of the change; the latest that can be taken back where nothing is said.
    ts: Option<f64>,
}

/// Take a change of a memory back
///
/// What it replaced holds again: text, kind, labels, lifetime; a superseded memory is current again, a dropped one is there again.
/// Taking back is a change itself, and can be taken back.
#[utoipa::path(post, path = "/memories/{memory_id}/revert", tag = "memories", operation_id = "revert_memory",
    params(Place, ("memory_id" = String, Path, description = "The memory")),
    request_body = RevertRequest, responses((status = 200, body = MemoryView)))]
pub(super) async fn revert(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
    Body(RevertRequest { ts }): Body<RevertRequest>,
) -> Result<Json<MemoryView>, Problem> {
    let reverted = memory.revert(&scope, &id, ts).await?;
    reverted.map(|memory| Json(memory.into())).ok_or_else(|| Problem::not_found("memory"))
}

/// Which memory takes the place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SupersedeRequest {
    /// The memory that holds from now on.
    by: String,
}

/// Put another memory in the place of one
///
/// That one is kept in the history and no longer recalled or listed; `/revert` brings it back.
#[utoipa::path(post, path = "/memories/{memory_id}/supersede", tag = "memories", operation_id = "supersede_memory",
    params(Place, ("memory_id" = String, Path, description = "The memory that no longer holds")),
    request_body = SupersedeRequest, responses((status = 200, body = MemoryView)))]
pub(super) async fn supersede(
    State(memory): State<Memory>,
    In(scope): In,
    OfMemory(id): OfMemory,
    Body(SupersedeRequest { by }): Body<SupersedeRequest>,
) -> Result<Json<MemoryView>, Problem> {
    let not_found = || Problem::not_found("memory");
    if !memory.supersede(&scope, &id, &MemoryId::existing(by)?).await? {
        return Err(not_found());
    }
    let superseded = memory.long_term().get(&scope, &id).await?;
    superseded.map(|memory| Json(memory.into())).ok_or_else(not_found)
}
