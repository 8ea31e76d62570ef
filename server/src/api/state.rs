//! The index, and whether we are alive and ready.

use agent_memory::Memory;
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, problem::Problem, records::IndexView};

/// Read the state of the index
///
/// Of all users and namespaces, with the settings that matter to a caller.
#[utoipa::path(get, path = "/index", tag = "server", operation_id = "read_index",
    responses((status = 200, body = IndexView)))]
pub(super) async fn index(State(memory): State<Memory>) -> Result<Json<IndexView>, Problem> {
    Ok(Json(memory.index().await?.into()))
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// In a word.
    status: &'static str,
}

/// Is it alive?
///
/// Yes, if it answers. Needs no token.
#[utoipa::path(get, path = "/health", tag = "server", operation_id = "health",
    responses((status = 200, body = Status)))]
pub(super) async fn health() -> Json<Status> {
    Json(Status { status: "alive" })
}

/// Is it ready?
///
/// 503 while Redis does not answer. Needs no token.
#[utoipa::path(get, path = "/ready", tag = "server", operation_id = "ready",
    responses((status = 200, body = Status)))]
pub(super) async fn ready(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    match api.health.is_up() {
        true => Ok(Json(Status { status: "ready" })),
        false => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "redis does not answer")),
    }
}
