//! `Idempotency-Key`: a repeated write returns the first answer instead of being done twice.
//!
//! A key belongs to a user, a namespace, a method and a path. What a request writes is kept under its key by the write itself,
//! so a repetition finds it even where nobody knows how the first one ended. The answer is kept beside it, for a day; only
//! that of success, since what was refused changed nothing and may be tried again. A run goes on where its caller goes away.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use agent_memory::store::{Answer, Idempotency, IdempotencyKey, Known};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Query, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{extract::Place, problem::Problem};

/// The header of a request that names the key.
const KEY: &str = "idempotency-key";

/// The header of an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key.
const KEY_MAX_CHARS: usize = 255;

/// Answers that are kept, and the keys that are being worked on here. Cheap to clone.
#[derive(Clone)]
pub(super) struct Once {
    kept: Idempotency,
    running: Arc<Mutex<HashSet<String>>>,
}

impl Once {
    pub(super) fn new(kept: Idempotency) -> Self {
        Self { kept, running: Arc::default() }
    }

    /// Marks a key as being worked on until the guard is dropped; `None` where it is already.
    fn begin(&self, key: &IdempotencyKey) -> Option<Running> {
        let digest = key.digest().to_owned();
        let is_first = self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.clone());
        is_first.then(|| Running { digest, running: Arc::clone(&self.running) })
    }
}

/// A key that is being worked on. Another server may work on the same one: then the writes keep it to once.
struct Running {
    digest: String,
    running: Arc<Mutex<HashSet<String>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.digest);
    }
}

/// Runs a write once per key; anything without a key, and reads, as they come.
pub(super) async fn once(State(once): State<Once>, request: Request, next: Next) -> Response {
    let is_write = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_write || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    // In a task of its own: a caller that goes away must not leave a write half done.
    let run = tokio::spawn(async move { keyed(&once, request, next).await });
    match run.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(stopped) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, stopped.to_string()).into_response(),
    }
}

async fn keyed(once: &Once, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let key = checked_key(&parts)?;
    let place = Query::<Place>::from_request_parts(&mut parts, &()).await?;
    let scope = place.scope()?;
    // The layer before this one limits the body.
    let body = to_bytes(body, usize::MAX).await.map_err(|error| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body could not be read: {error}"))
    })?;
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let digest = digest([scope.user(), scope.namespace(), method, path, &key].map(str::as_bytes));
    let query = parts.uri.query().unwrap_or_default();
    let key = IdempotencyKey::new(&digest, &fingerprint(method, path, query, &body)).of(&scope);
    let Some(_running) = once.begin(&key) else { return Err(running()) };
    match once.kept.look_up(&key).await? {
        Known::Answered(answer) => return Ok(replayed(answer)),
        Known::Taken => return Err(agent_memory::Error::KeyReused.into()),
        Known::Nothing => {}
    }
    parts.extensions.insert(key.clone());
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(&once.kept, &key, response).await
}

fn checked_key(parts: &Parts) -> Result<String, Problem> {
    let key = parts.headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    match is_visible && (1..=KEY_MAX_CHARS).contains(&key.len()) {
        true => Ok(key.into()),
        false => Err(Problem::invalid_key(
            StatusCode::BAD_REQUEST,
            "the key has to be 1 to 255 visible ASCII characters",
        )),
    }
}

fn running() -> Problem {
    Problem::invalid_key(StatusCode::CONFLICT, "a request with this key is still running: repeat in a moment")
}

/// Keeps the answer of a run that succeeded.
async fn keep(kept: &Idempotency, key: &IdempotencyKey, response: Response) -> Result<Response, Problem> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let answer = Answer {
        status: parts.status.as_u16(),
        content_type: content_type.unwrap_or_default().into(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    // It is done, so the caller has to hear that, kept or not.
    if let Err(error) = kept.keep(key, &answer).await {
        tracing::warn!(%error, "an answer could not be kept");
    }
    if key.was_repeated() {
        parts.headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(kind) = HeaderValue::from_str(&answer.content_type)
        && !kind.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// What a repetition has to have in common with the first request.
fn fingerprint(method: &str, path: &str, query: &str, body: &Bytes) -> String {
    digest([method.as_bytes(), path.as_bytes(), query.as_bytes(), body])
}

/// A digest of parts, each with its length, so that no two lists of parts look the same.
fn digest<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |a: &str, b: &str| digest([a.as_bytes(), b.as_bytes()]);
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_eq!(of("ab", "c"), of("ab", "c"));
        assert_eq!(of("ab", "c").len(), 64);
    }
}
