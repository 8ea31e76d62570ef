//! The five endpoints that Redis's own demos share: form or JSON in, JSON out, every key always present.

use agent_memory::{
    Error, Event, IndexState, InvalidInput, LookRequest, Memory, MemoryId, MemoryRecord, Scope, SessionState,
    ThreadId, Threshold, TurnRequest,
    look::{MEMORIES_MAX, TableQuery},
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
            Error::NotYours { .. } => {
                return Self(StatusCode::NOT_FOUND, "this user and namespace have no such thread".into());
            }
            Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
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
        let is_json = kind.is_some_and(|kind| kind.trim_start().starts_with("application/json"));
        if is_json {
            let body = Json::<T>::from_request(request, state).await;
            return body
                .map(|Json(body)| Self(body))
                .map_err(|error| Refusal(error.status(), error.body_text()));
        }
        if kind.is_some() {
            let body = Form::<T>::from_request(request, state).await;
            return body
                .map(|Form(body)| Self(body))
                .map_err(|error| Refusal(error.status(), error.body_text()));
        }
        let empty = serde_json::from_str("{}");
        empty.map(Self).map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))
    }
}

/// The fields that all requests share.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    user: String,
    namespace: String,
    thread_id: String,
}

impl Place {
    fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(&self.user, &self.namespace)
    }

    fn thread_id(&self) -> Result<Option<ThreadId>, InvalidInput> {
        let id = self.thread_id.trim();
        if id.is_empty() { Ok(None) } else { ThreadId::new(id).map(Some) }
    }
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
        thread_id: query.thread_id()?,
        table: TableQuery { limit: MEMORIES_MAX, ..TableQuery::default() },
        thread_limit: 0,
        ..LookRequest::default()
    };
    let look = memory.look(&query.scope()?, &request).await?;
    Ok(Json(StateReply {
        index: look.index,
        thread_id: look.thread_id,
        session: look.session,
        memories: look.memories,
        events: look.events,
        recalled: [],
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TurnBody {
    text: String,
    kind: String,
    role: String,
    action: String,
    threshold: Number,
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

impl Default for Number {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Number {
    fn threshold_or(&self, fallback: Threshold) -> Threshold {
        match self {
            Self::Text(text) => Threshold::parse_or(text, fallback),
            Self::Float(distance) => Threshold::new(*distance).unwrap_or(fallback),
        }
    }
}

impl TurnBody {
    fn request(&self) -> Result<TurnRequest, InvalidInput> {
        let word = |given: &str, default: &str| match given.trim() {
            "" => default.to_string(),
            given => given.to_string(),
        };
        Ok(TurnRequest {
            thread_id: self.place.thread_id()?,
            role: word(&self.role, "user").parse()?,
            action: word(&self.action, TurnAction::Turn.as_str()).parse()?,
            write: word(&self.kind, WriteKind::Episodic.as_str()).parse()?,
            ..TurnRequest::new(self.place.scope()?, &self.text)
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
    let threshold = body.threshold.threshold_or(memory.settings().recall_threshold);
    let outcome = memory.turn(body.request()?).await?;
    let written = outcome.written.as_ref();
    let existing_distance = written.and_then(|written| written.deduplicated_at);
    Ok(Json(TurnReply {
        recalled: outcome.recalled(threshold).to_vec(),
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

#[derive(Serialize)]
struct NewThreadReply {
    thread_id: ThreadId,
}

async fn new_thread(
    State(memory): State<Memory>,
    Body(place): Body<Place>,
) -> Result<Json<NewThreadReply>, Refusal> {
    Ok(Json(NewThreadReply { thread_id: memory.new_thread(&place.scope()?).await? }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResetBody {
    scope: String,
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
    let extent = match body.scope.as_str() {
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
    memory_id: String,
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
    let memory_id = MemoryId::new(body.memory_id.trim())?;
    let deleted = match (&body.user, &body.namespace) {
        (Some(user), Some(namespace)) => memory.forget(&Scope::new(user, namespace)?, &memory_id).await?,
        _ => memory.long_term().forget_anybodys(&memory_id).await?,
    };
    Ok(Json(DropReply { deleted, memory_id }))
}
