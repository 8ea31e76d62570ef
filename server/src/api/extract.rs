//! Requests, read and checked: whose they are, their parameters, their bodies.

use agent_memory::{InvalidInput, MemoryId, Scope, ThreadId, Threshold};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::problem::Problem;

/// Longest lifetime that can be given: ten years. Longer is a mistake.
pub(super) const TTL_MAX_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

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
        Ok(Self(ThreadId::new(id)?))
    }
}

/// The memory that the path names.
pub(super) struct OfMemory(pub(super) MemoryId);

impl<S: Send + Sync> FromRequestParts<S> for OfMemory {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await?;
        Ok(Self(MemoryId::new(id)?))
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

/// A lifetime within its limit; 0 stays.
pub(super) fn ttl(given: Option<u64>) -> Result<Option<u64>, Problem> {
    match given {
        Some(seconds) if seconds > TTL_MAX_SECONDS => Err(Problem::invalid(
            "ttl_seconds",
            format!("ttl_seconds has to be from 0, which stays, to {TTL_MAX_SECONDS}, ten years"),
        )),
        given => Ok(given),
    }
}

/// A cosine distance within the scale, or the default.
pub(super) fn threshold_or(given: Option<f64>, default: Threshold) -> Result<Threshold, Problem> {
    let Some(distance) = given else { return Ok(default) };
    let on_scale = Threshold::new(distance).filter(|_| (0.0..=2.0).contains(&distance));
    on_scale.ok_or_else(|| Problem::invalid("threshold", "threshold has to be a cosine distance from 0 to 2"))
}
