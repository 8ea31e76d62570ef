//! What can go wrong, by what the person at the page can do about it.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// An error of a server function. The page matches on the variant; the cause stays in the server's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// A field is wrong: correct it and send again.
    #[error("{field} {problem}")]
    Invalid {
        /// The field, such as `user`.
        field: String,
        /// What is wrong with it, such as `is required`.
        problem: String,
    },
    /// The user and namespace have no such thread: open another one. Whether others have it is nobody else's business.
    #[error("this user and namespace have no such thread")]
    NoSuchThread,
    /// A memory that this was about is gone, or no longer holds: look again.
    #[error("the memory is gone")]
    Gone,
    /// The server does not reach Redis: try again soon.
    #[error("redis is not reachable")]
    Disconnected,
    /// Too many texts wait to be read by the model: try again soon.
    #[error("the server is busy")]
    Busy,
    /// The page does not reach the server: try again soon.
    #[error("the server is not reachable")]
    Unreachable,
    /// Something has to be mended; the server's log says what.
    #[error("the server failed")]
    Failed,
}

#[cfg(feature = "ssr")]
impl ApiError {
    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(&self) -> axum::http::StatusCode {
        use axum::http::StatusCode;
        match self {
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::NoSuchThread | Self::Gone => StatusCode::NOT_FOUND,
            Self::Busy | Self::Disconnected | Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid { field: "form".into(), problem: "could not be read".into() }
            }
            _ => Self::Failed,
        }
    }
}

impl From<agent_memory::InvalidInput> for ApiError {
    fn from(error: agent_memory::InvalidInput) -> Self {
        Self::Invalid { field: error.field.into(), problem: error.problem.to_string() }
    }
}

#[cfg(feature = "ssr")]
impl From<agent_memory::Error> for ApiError {
    fn from(error: agent_memory::Error) -> Self {
        use agent_memory::Error;
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::NotYours { .. } | Error::ThreadTaken { .. } => Self::NoSuchThread,
            // It went, or another one took its place, since the page was read.
            Error::NoSuchMemory { .. } | Error::AlreadySuperseded { .. } => Self::Gone,
            Error::Overloaded { .. } => Self::Busy,
            Error::Unavailable { .. } => Self::Disconnected,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_survives_the_way_to_the_browser() {
        let errors = [
            ApiError::Invalid { field: "user".into(), problem: "is \"odd\"".into() },
            ApiError::NoSuchThread,
            ApiError::Gone,
            ApiError::Busy,
            ApiError::Disconnected,
            ApiError::Unreachable,
            ApiError::Failed,
        ];
        for error in errors {
            assert_eq!(ApiError::de(error.ser()), error);
        }
    }

    #[test]
    fn a_reply_that_is_not_ours_is_a_failure() {
        assert_eq!(ApiError::de("<html>413</html>".into()), ApiError::Failed);
    }
}
