//! Requests, read and checked: whose they are, their parameters, their bodies.

use std::convert::Infallible;

use agent_memory::{InvalidInput, Memory, MemoryId, Scope, ThreadId, Threshold, store::IdempotencyKey};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::{Api, problem::Problem};

/// Whose memory it is.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Place {
    /// The user, at most 128 characters; missing or blank is `default`.
    #[param(required = false, max_length = 128, example = "ada")]
    user: String,
    /// The namespace, at most 128 characters; missing or blank is `default`.
    #[param(required = false, max_length = 128, example = "default")]
    namespace: String,
}

impl Place {
    pub(super) fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(&self.user, &self.namespace)
    }
}

/// The scope of a request, from its query.
pub(super) struct In(pub(super) Scope);

impl<S: Send + Sync> FromRequestParts<S> for In {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Params(place) = Params::<Place>::from_request_parts(parts, state).await?;
        Ok(Self(place.scope()?))
    }
}

/// Parameters of the query.
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(parameters) = Query::<T>::from_request_parts(parts, state).await?;
        Ok(Self(parameters))
    }
}

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(body) = Json::<T>::from_request(request, state).await?;
        Ok(Self(body))
    }
}

/// The thread that the path names.
pub(super) struct OnThread(pub(super) ThreadId);

impl<S: Send + Sync> FromRequestParts<S> for OnThread {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await?;
        let In(scope) = In::from_request_parts(parts, state).await?;
        Ok(Self(thread_of(&scope, &id)?))
    }
}

/// A thread as a caller names it: `~main` is the caller's own `main`, whoever else has a thread of that name.
pub(super) fn thread_of(scope: &Scope, id: &str) -> Result<ThreadId, InvalidInput> {
    match id.trim_matches(' ').strip_prefix('~') {
        Some(name) => ThreadId::scoped(scope, name),
        None => ThreadId::new(id),
    }
}

/// The memory, for a write that is done once where the request has an idempotency key.
pub(super) struct Writing(pub(super) Memory);

impl FromRequestParts<Api> for Writing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let key = parts.extensions.get::<IdempotencyKey>();
        Ok(Self(key.map_or_else(|| api.memory.clone(), |key| api.memory.once(key.clone()))))
    }
}

/// The memory that the path names.
pub(super) struct OfMemory(pub(super) MemoryId);

impl<S: Send + Sync> FromRequestParts<S> for OfMemory {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await?;
        Ok(Self(MemoryId::existing(id)?))
    }
}

/// A number within its limits, or the default.
pub(super) fn count_or(
    field: &'static str,
    given: Option<usize>,
    default: usize,
    most: usize,
) -> Result<usize, Problem> {
    match given {
        None => Ok(default),
        Some(count) if (1..=most).contains(&count) => Ok(count),
        Some(_) => Err(Problem::invalid(field, format!("{field} has to be a whole number from 1 to {most}"))),
    }
}

/// A cosine distance within the scale, or the default.
pub(super) fn threshold_or(given: Option<f64>, default: Threshold) -> Result<Threshold, Problem> {
    given.map_or(Ok(default), |distance| Ok(Threshold::new(distance)?))
}
