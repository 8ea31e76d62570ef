//! Threads: working memory with its goal, notes and rolling window of turns.

use agent_memory::{InvalidInput, Memory, Text};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Body, In, OnThread, Params, Place, Writing, count_or, thread_of},
    problem::Problem,
    records::{RoleWord, ThreadRow, ThreadView},
};

/// Most threads in a page.
const THREADS_MAX: usize = 200;

/// Which part of a listing.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ThreadsQuery {
    /// Most threads to return, 1 to 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of threads, last active first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThreadList {
    /// The threads.
    threads: Vec<ThreadRow>,
    /// Threads of the user and namespace in all.
    total: u64,
    /// Where the next page begins; null after the last one.
    next_cursor: Option<String>,
}

/// List the threads
///
/// Last active first. A thread that another program began without a namespace is listed in every namespace of its user.
#[utoipa::path(get, path = "/threads", tag = "threads", operation_id = "list_threads", params(Place, ThreadsQuery),
    responses((status = 200, body = ThreadList)))]
pub(super) async fn list(
    State(memory): State<Memory>,
    In(scope): In,
    Params(query): Params<ThreadsQuery>,
) -> Result<Json<ThreadList>, Problem> {
    let limit = count_or("limit", query.limit, 50, THREADS_MAX)?;
    let offset = match query.cursor.as_deref() {
        None | Some("") => 0,
        Some(cursor) => offset(cursor)?,
    };
    let page = memory.sessions().threads(&scope, offset, limit).await?;
    let next = offset + limit;
    Ok(Json(ThreadList {
        threads: page.threads.into_iter().map(Into::into).collect(),
        total: page.total,
        next_cursor: ((next as u64) < page.total).then(|| next.to_string()),
    }))
}

fn offset(cursor: &str) -> Result<usize, InvalidInput> {
    // Redis Search gives at most a million rows.
    let offset = cursor.parse().ok().filter(|&offset: &usize| offset < 1_000_000 - THREADS_MAX);
    offset.ok_or_else(|| InvalidInput::unfit("cursor", "the `next_cursor` of the page before"))
}

/// A thread to start.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NewThread {
    /// Its id, 1 to 128 characters; a random one where none is given. Ids are shared by all users; `~main` is your own `main`,
    /// and the id that comes back is its full one.
    #[schema(max_length = 128, example = "support-4711")]
    thread_id: Option<String>,
    /// What it is after, at most 65,536 bytes.
    #[schema(required = false, max_length = 65536)]
    goal: String,
}

/// A thread that was started.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThreadStarted {
    /// Its id.
    thread_id: String,
}

/// Start a thread
///
/// The user's other threads stay as they are. 409 where there is one of this id, yours or another user's.
#[utoipa::path(post, path = "/threads", tag = "threads", operation_id = "create_thread", params(Place),
    request_body = NewThread, responses((status = 201, body = ThreadStarted)))]
pub(super) async fn create(
    Writing(memory): Writing,
    In(scope): In,
    Body(new): Body<NewThread>,
) -> Result<(StatusCode, Json<ThreadStarted>), Problem> {
    let thread_id = new.thread_id.map(|id| thread_of(&scope, &id)).transpose()?;
    let thread_id = memory.start_thread(&scope, thread_id, &new.goal).await?;
    Ok((StatusCode::CREATED, Json(ThreadStarted { thread_id: thread_id.to_string() })))
}

/// Read a thread
///
/// Reading never renews its lifetime.
#[utoipa::path(get, path = "/threads/{thread_id}", tag = "threads", operation_id = "read_thread",
    params(Place, ("thread_id" = String, Path, description = "The thread")),
    responses((status = 200, body = ThreadView)))]
pub(super) async fn read(
    State(memory): State<Memory>,
    In(scope): In,
    OnThread(thread_id): OnThread,
) -> Result<Json<ThreadView>, Problem> {
    let session = memory.sessions().load(&scope, &thread_id).await?;
    session.map(|session| Json(session.into())).ok_or_else(|| Problem::not_found("thread"))
}

/// Whether there was something to delete.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deleted {
    /// False where there was none.
    pub(super) deleted: bool,
}

/// Delete a thread
///
/// Its working memory goes; its event log and what was remembered of it stay.
#[utoipa::path(delete, path = "/threads/{thread_id}", tag = "threads", operation_id = "delete_thread",
    params(Place, ("thread_id" = String, Path, description = "The thread")),
    responses((status = 200, body = Deleted)))]
pub(super) async fn delete(
    State(memory): State<Memory>,
    In(scope): In,
    OnThread(thread_id): OnThread,
) -> Result<Json<Deleted>, Problem> {
    Ok(Json(Deleted { deleted: memory.sessions().delete(&scope, &thread_id).await? }))
}

/// A turn to append.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTurn {
    /// What was said, trimmed, at most 65,536 bytes.
    #[schema(min_length = 1, max_length = 65536)]
    text: String,
    /// Who said it; the user where nothing is said.
    #[serde(default)]
    #[schema(required = false)]
    role: RoleWord,
}

/// A turn that was appended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Appended {
    /// Turns over the whole life of the thread.
    turn_count: u64,
}

/// Append a turn
///
/// To working memory alone: nothing is embedded, recalled or remembered. `POST /turn` does all of it at once. A thread that is
/// not there begins with this turn.
#[utoipa::path(post, path = "/threads/{thread_id}/turns", tag = "threads", operation_id = "append_turn",
    params(Place, ("thread_id" = String, Path, description = "The thread")),
    request_body = NewTurn, responses((status = 201, body = Appended)))]
pub(super) async fn append(
    Writing(memory): Writing,
    In(scope): In,
    OnThread(thread_id): OnThread,
    Body(turn): Body<NewTurn>,
) -> Result<(StatusCode, Json<Appended>), Problem> {
    let turn_count = memory.append_turn(&scope, &thread_id, turn.role.into(), &Text::new(turn.text)?).await?;
    Ok((StatusCode::CREATED, Json(Appended { turn_count })))
}

/// A thread's new goal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGoal {
    /// What the thread is after, at most 65,536 bytes; empty clears it.
    #[schema(max_length = 65536)]
    goal: String,
}

/// Set the goal
///
/// Replaces only the goal. A thread that is not there begins with it.
#[utoipa::path(put, path = "/threads/{thread_id}/goal", tag = "threads", operation_id = "set_goal",
    params(Place, ("thread_id" = String, Path, description = "The thread")),
    request_body = NewGoal, responses((status = 204)))]
pub(super) async fn set_goal(
    Writing(memory): Writing,
    In(scope): In,
    OnThread(thread_id): OnThread,
    Body(new): Body<NewGoal>,
) -> Result<StatusCode, Problem> {
    memory.set_goal(&scope, &thread_id, &new.goal).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A thread's new notes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewScratchpad {
    /// The agent's notes, at most 65,536 bytes; empty clears them.
    #[schema(max_length = 65536)]
    scratchpad: String,
}

/// Set the scratchpad
///
/// Replaces only the notes. A thread that is not there begins with them.
#[utoipa::path(put, path = "/threads/{thread_id}/scratchpad", tag = "threads", operation_id = "set_scratchpad",
    params(Place, ("thread_id" = String, Path, description = "The thread")),
    request_body = NewScratchpad, responses((status = 204)))]
pub(super) async fn set_scratchpad(
    Writing(memory): Writing,
    In(scope): In,
    OnThread(thread_id): OnThread,
    Body(new): Body<NewScratchpad>,
) -> Result<StatusCode, Problem> {
    memory.set_scratchpad(&scope, &thread_id, &new.scratchpad).await?;
    Ok(StatusCode::NO_CONTENT)
}
