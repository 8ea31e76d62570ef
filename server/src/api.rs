//! `/api/v1`: the versioned API for agents. JSON in and out, errors as problem details (RFC 9457).
//!
//! Every call but those of `users` names its user and namespace in the query: `?user=ada&namespace=work`; a missing one is
//! `default`.
//! - `threads`, `events`: working memory and what happened
//! - `memories`, `bulk`, `recall`: long-term memory
//! - `history`, `review`: what became of a memory, and what a person is to decide
//! - `evaluation`, `settings`: judging what is recalled, measuring settings by it, profiles
//! - `transfer`: export and import
//! - `users`: who has a memory here, and forgetting somebody
//! - `state`: index, health, readiness
//! - `problem`, `extract`, `records`: errors, checked requests, what answers look like
//! - `idempotency`: a repeated request returns the first answer
//! - `openapi`, `page`: the document of all this, for programs and for people

mod bulk;
mod evaluation;
mod events;
mod extract;
mod history;
mod idempotency;
mod memories;
mod openapi;
mod page;
pub(crate) mod problem;
mod recall;
mod records;
mod review;
mod settings;
mod state;
mod threads;
mod transfer;
mod users;

use std::sync::Arc;

use agent_memory::Memory;
use axum::{Router, extract::FromRef, middleware};
use tokio::sync::Semaphore;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{health::Health, shutdown::Shutdown};

/// Where the versioned API lives.
pub(crate) const PREFIX: &str = "/api/v1";

/// Event streams that may be open at once: each holds a connection to Redis.
const STREAMS_MAX: usize = 512;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
struct Api {
    memory: Memory,
    health: Health,
    shutdown: Shutdown,
    streams: Arc<Semaphore>,
}

impl FromRef<Api> for Memory {
    fn from_ref(api: &Api) -> Self {
        api.memory.clone()
    }
}

/// The routes, their document and its page. Bodies are limited to `body_max_bytes`, except that of an import.
pub(crate) fn routes(memory: Memory, health: Health, shutdown: Shutdown, body_max_bytes: usize) -> Router {
    let memory = memory.by("api");
    let once = idempotency::Once::new(memory.idempotency());
    let limited = limited()
        .layer(middleware::from_fn_with_state(once, idempotency::once))
        .merge(unkeyed())
        .layer(RequestBodyLimitLayer::new(body_max_bytes));
    let v1 = limited.merge(unlimited()).fallback(problem::no_such_path);
    let (router, document) = OpenApiRouter::with_openapi(openapi::about()).nest(PREFIX, v1).split_for_parts();
    let document = openapi::completed(document);
    let streams = Arc::new(Semaphore::new(STREAMS_MAX));
    router.with_state(Api { memory, health, shutdown, streams }).merge(page::routes(&document))
}

fn limited() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(threads::list, threads::create))
        .routes(routes!(threads::read, threads::delete))
        .routes(routes!(threads::append))
        .routes(routes!(threads::set_goal))
        .routes(routes!(threads::set_scratchpad))
        .routes(routes!(events::list))
        .routes(routes!(events::follow))
        .routes(routes!(memories::list, memories::remember))
        .routes(routes!(memories::remember_batch))
        .routes(routes!(memories::read, memories::edit, memories::forget))
        .routes(routes!(memories::preview))
        .routes(routes!(bulk::drop_many))
        .routes(routes!(bulk::change_many))
        .routes(routes!(bulk::undo))
        .routes(routes!(history::read))
        .routes(routes!(history::revert))
        .routes(routes!(history::supersede))
        .routes(routes!(review::list))
        .routes(routes!(review::decide))
        .routes(routes!(review::undo))
        .routes(routes!(review::scan))
        .routes(routes!(review::unreadable))
        .routes(routes!(recall::turn))
        .routes(routes!(recall::recall))
        .routes(routes!(recall::probe))
        .routes(routes!(evaluation::list, evaluation::judge))
        .routes(routes!(evaluation::delete))
        .routes(routes!(evaluation::export, evaluation::import))
        .routes(routes!(evaluation::tried, evaluation::evaluate))
        .routes(routes!(settings::list))
        .routes(routes!(settings::read, settings::set, settings::delete))
        .routes(routes!(transfer::export))
        .routes(routes!(users::list))
        .routes(routes!(state::index))
        .routes(routes!(state::health))
        .routes(routes!(state::ready))
}

/// Forgetting a user leaves no answer behind that names them.
fn unkeyed() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(users::forget))
}

/// An import is as long as it is: it is read line by line, and each line has its limit.
fn unlimited() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(transfer::import))
}
