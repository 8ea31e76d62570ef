//! The five endpoints that Redis's own demos share: form or JSON in, JSON out, every key always present.

use agent_memory::{
    Error, Event, IndexState, InvalidInput, LookRequest, Memory, MemoryId, MemoryRecord, Scope, SessionState,
    ThreadId, Threshold, TurnRequest,
    listing::{Listing, PAGE_MAX},
    model::{TurnAction, WriteKind},
    service::ResetExtent,
};
use axum::{
    Json, Router,
    extract::{Form, FromRequest, Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::guard;

/// The paths of the five endpoints.
pub(crate) const PATHS: [&str; 5] = ["/state", "/turn", "/new_thread", "/reset", "/drop_memory"];

/// The routes.
pub(crate) fn routes(memory: Memory) -> Router {
    Router::new()
        .route("/state", get(state))
        .route("/turn", post(turn))
        .route("/new_thread", post(new_thread))
        .route("/reset", post(reset))
        .route("/drop_memory", post(drop_memory))
        .method_not_allowed_fallback(async || {
            guard::error(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method")
        })
        .with_state(memory)
}

/// An error as these endpoints answer it.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        guard::error(self.0, &self.1)
    }
}

impl Refusal {
    /// A body that could not be read. What is no JSON and what is JSON of another shape are both the caller's to mend.
    fn unreadable(status: StatusCode, text: String) -> Self {
        let is_shape = status == StatusCode::UNPROCESSABLE_ENTITY;
        Self(if is_shape { StatusCode::BAD_REQUEST } else { status }, text)
    }
}

impl From<InvalidInput> for Refusal {
    fn from(error: InvalidInput) -> Self {
        Self(StatusCode::BAD_REQUEST, error.to_string())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            // Whether the thread exists is nobody else's business.
            Error::NotYours { .. } | Error::ThreadTaken { .. } => {
                return Self(StatusCode::NOT_FOUND, "this user and namespace have no such thread".into());
            }
            Error::Unavailable { .. } | Error::Overloaded { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = &error as &dyn std::error::Error, "request failed");
        }
        Self(status, error.to_string())
    }
}

/// A request body, form-encoded or JSON; no body is an empty form.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(is_json) {
            let body = Json::<T>::from_request(request, state).await;
            return body
                .map(|Json(body)| Self(body))
                .map_err(|error| Refusal::unreadable(error.status(), error.body_text()));
        }
        if kind.is_some() {
            let body = Form::<T>::from_request(request, state).await;
            return body
                .map(|Form(body)| Self(body))
                .map_err(|error| Refusal::unreadable(error.status(), error.body_text()));
        }
        let empty = serde_json::from_str("{}");
        empty.map(Self).map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))
    }
}

/// Whether a media type is one of JSON.
fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

/// The fields that all requests share. In JSON, null is as good as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    user: Option<String>,
    namespace: Option<String>,
    thread_id: Option<String>,
}

impl Place {
    fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(said(&self.user), said(&self.namespace))
    }

    fn thread_id(&self) -> Result<Option<ThreadId>, InvalidInput> {
        match said(&self.thread_id).trim() {
            "" => Ok(None),
            id => ThreadId::new(id).map(Some),
        }
    }
}

fn said(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

#[derive(Serialize)]
struct StateReply {
    index: IndexState,
    thread_id: Option<ThreadId>,
    session: Option<SessionState>,
    memories: Vec<MemoryRecord>,
    events: Vec<Event>,
    recalled: [MemoryRecord; 0],
}

async fn state(State(memory): State<Memory>, query: Query<Place>) -> Result<Json<StateReply>, Refusal> {
    let request = LookRequest {
        // The demos know of none.
        counts_review: false,
        thread_id: query.thread_id()?,
        table: Listing { limit: PAGE_MAX, ..Listing::default() },
        thread_limit: 0,
        ..LookRequest::default()
    };
    let look = memory.look(&query.scope()?, &request).await?;
    Ok(Json(StateReply {
        index: look.index,
        thread_id: look.thread_id,
        session: look.session,
        memories: look.memories.into_iter().map(plain).collect(),
        events: look.events,
        recalled: [],
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TurnBody {
    text: Option<String>,
    kind: Option<String>,
    role: Option<String>,
    action: Option<String>,
    threshold: Option<Number>,
    #[serde(flatten)]
    place: Place,
}

/// A number that forms send as text and JSON may send as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Float(f64),
}

impl Number {
    fn threshold_or(&self, fallback: Threshold) -> Threshold {
        match self {
            Self::Text(text) => Threshold::parse_or(text, fallback),
            Self::Float(distance) => Threshold::clamped_or(*distance, fallback),
        }
    }
}

impl TurnBody {
    fn request(&self) -> Result<TurnRequest, InvalidInput> {
        let word = |given: &Option<String>, default: &str| match said(given).trim() {
            "" => default.to_string(),
            given => given.to_string(),
        };
        Ok(TurnRequest {
            thread_id: self.place.thread_id()?,
            role: word(&self.role, "user").parse()?,
            action: word(&self.action, TurnAction::Turn.as_str()).parse()?,
            write: word(&self.kind, WriteKind::Episodic.as_str()).parse()?,
            ..TurnRequest::new(self.place.scope()?, said(&self.text))?
        })
    }
}

#[derive(Serialize)]
struct TurnReply {
    thread_id: ThreadId,
    write_skipped: bool,
    memory_id: Option<MemoryId>,
    deduped: bool,
    existing_distance: Option<f64>,
    kind: Option<&'static str>,
    recalled: Vec<MemoryRecord>,
    embed_ms: f64,
    recall_ms: f64,
    write_ms: f64,
}

async fn turn(State(memory): State<Memory>, Body(body): Body<TurnBody>) -> Result<Json<TurnReply>, Refusal> {
    let default = memory.settings().recall_threshold;
    let threshold = body.threshold.as_ref().map_or(default, |threshold| threshold.threshold_or(default));
    let outcome = memory.turn(body.request()?).await?;
    let written = outcome.written.as_ref();
    let existing_distance = written.and_then(|written| written.deduplicated_at);
    Ok(Json(TurnReply {
        recalled: outcome.recalled(threshold).into_iter().map(plain).collect(),
        write_skipped: written.is_none(),
        memory_id: written.map(|written| written.memory_id.clone()),
        deduped: existing_distance.is_some(),
        existing_distance,
        kind: written.map(|written| written.kind.as_str()),
        thread_id: outcome.thread_id,
        embed_ms: outcome.timings.embed_ms,
        recall_ms: outcome.timings.recall_ms,
        write_ms: outcome.timings.write_ms,
    }))
}

/// A memory as the demos tell it, without what ours adds.
fn plain(memory: MemoryRecord) -> MemoryRecord {
    MemoryRecord { revises: None, chain: None, superseded_by: None, tags: Vec::new(), ..memory }
}

#[derive(Serialize)]
struct NewThreadReply {
    thread_id: ThreadId,
}

async fn new_thread(
    State(memory): State<Memory>,
    Body(place): Body<Place>,
) -> Result<Json<NewThreadReply>, Refusal> {
    Ok(Json(NewThreadReply { thread_id: memory.start_thread(&place.scope()?, None, "").await? }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResetBody {
    scope: Option<String>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct ResetReply {
    seeded: usize,
}

async fn reset(
    State(memory): State<Memory>,
    Body(body): Body<ResetBody>,
) -> Result<Json<ResetReply>, Refusal> {
    let extent = match said(&body.scope) {
        "" => ResetExtent::Everything,
        "own" => ResetExtent::Own,
        _ => {
            return Err(Refusal(StatusCode::BAD_REQUEST, "scope is unknown, expected own or nothing".into()));
        }
    };
    Ok(Json(ResetReply { seeded: memory.reset(&body.place.scope()?, extent).await? }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DropBody {
    memory_id: Option<String>,
    user: Option<String>,
    namespace: Option<String>,
}

#[derive(Serialize)]
struct DropReply {
    deleted: bool,
    memory_id: MemoryId,
}

async fn drop_memory(
    State(memory): State<Memory>,
    Body(body): Body<DropBody>,
) -> Result<Json<DropReply>, Refusal> {
    let memory_id = MemoryId::new(said(&body.memory_id).trim())?;
    let deleted = match (&body.user, &body.namespace) {
        (None, None) => memory.long_term().forget_of_anybody(&memory_id).await?,
        // Half a scope is one whose other half is the default: never more than what was meant.
        (user, namespace) => {
            let scope = Scope::new(said(user), said(namespace))?;
            memory.forget(&scope, &memory_id).await?
        }
    };
    Ok(Json(DropReply { deleted, memory_id }))
}
