//! Errors as problem details: <https://www.rfc-editor.org/rfc/rfc9457>.

use agent_memory::{Error, InvalidInput};
use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem: an address below `/api`, where it is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/api#problem-400")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong this time, and the way out.
    detail: String,
    /// The field that was wrong, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// All kinds of problems: status, title, and what to do.
pub(super) const KINDS: [(StatusCode, &str, &str); 13] = [
    (
        StatusCode::BAD_REQUEST,
        "The request is wrong",
        "Correct the field that is named. Nothing was changed.",
    ),
    (StatusCode::UNAUTHORIZED, "The token is missing or wrong", "Send it as `Authorization: Bearer TOKEN`."),
    (
        StatusCode::FORBIDDEN,
        "Another site's page may not do this",
        "Call from a program, or from our own page.",
    ),
    (StatusCode::NOT_FOUND, "There is no such thing", "It expired, never was, or is another user's."),
    (StatusCode::METHOD_NOT_ALLOWED, "This path takes another method", "The header `Allow` names them."),
    (StatusCode::CONFLICT, "It is there already, or under way", "Choose another id, or wait and repeat."),
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is too large",
        "Send less at once: at most 1 MiB, except in an import.",
    ),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The body is of another type",
        "Send `Content-Type: application/json`.",
    ),
    (
        StatusCode::MISDIRECTED_REQUEST,
        "This host name is not one of ours",
        "Start the server with `--allowed-host`.",
    ),
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        "The idempotency key stands for another request",
        "Use a fresh key for each new request.",
    ),
    (StatusCode::TOO_MANY_REQUESTS, "Too many at once", "Close some streams and repeat."),
    (StatusCode::INTERNAL_SERVER_ERROR, "The server failed", "The log of the server has the cause."),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "Redis does not answer",
        "Repeat later; the server recovers by itself.",
    ),
];

impl Problem {
    /// A problem of this status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let known = KINDS.iter().find(|(known, ..)| *known == status);
        Self {
            kind: known.map_or_else(|| "about:blank".into(), |_| format!("/api#problem-{}", status.as_u16())),
            title: known.map_or_else(|| status.canonical_reason().unwrap_or("Error"), |(_, title, _)| title),
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
        }
    }

    /// A wrong value in this field.
    pub(super) fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// Something about the idempotency key.
    pub(super) fn invalid_key(status: StatusCode, detail: &str) -> Self {
        Self { field: Some("Idempotency-Key".into()), ..Self::new(status, detail) }
    }

    /// Nothing there of this name in this scope.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("this user and namespace have no such {what}"))
    }

    /// From what axum says of a request that it could not read: `…: field: problem`.
    fn unreadable(status: StatusCode, text: &str) -> Self {
        let (field, detail) = field_and_detail(text);
        // Syntax and data are told apart by the text; one status for both is easier to handle.
        let status =
            if status == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { status };
        Self { field, ..Self::new(status, detail) }
    }
}

/// Splits what serde says into the field and the rest.
fn field_and_detail(text: &str) -> (Option<String>, String) {
    let said = [
        "Failed to deserialize the JSON body into the target type: ",
        "Failed to deserialize query string: ",
    ]
    .iter()
    .find_map(|prefix| text.strip_prefix(prefix))
    .unwrap_or(text);
    let detail = said.split(" at line ").next().unwrap_or(said);
    let is_path = |path: &str| !path.is_empty() && !path.contains([' ', '`']);
    if let Some((path, rest)) = detail.split_once(": ").filter(|(path, _)| is_path(path)) {
        // The path of an unknown field ends with it, that of a missing one does not.
        let missing = rest.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let field = missing.map_or_else(|| path.to_string(), |missing| format!("{path}.{missing}"));
        return (Some(field), format!("{path}: {rest}"));
    }
    let quoted = ["missing field `", "unknown field `"].iter().find_map(|start| detail.strip_prefix(start));
    (quoted.and_then(|rest| rest.split('`').next()).map(str::to_string), detail.to_string())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<InvalidInput> for Problem {
    fn from(error: InvalidInput) -> Self {
        Self::invalid(error.field, error.to_string())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match error {
            Error::Invalid(error) => return error.into(),
            // Whether the thread exists is nobody else's business.
            Error::NotYours { .. } => return Self::not_found("thread"),
            Error::NoSuchMemory { .. } => StatusCode::NOT_FOUND,
            Error::AlreadyExists { .. } | Error::AlreadySuperseded { .. } => StatusCode::CONFLICT,
            Error::ThreadTaken { thread_id } => {
                let detail = format!(
                    "the thread id `{thread_id}` is taken by another user or namespace: choose another one, or `~{thread_id}`, \
                     which is your own"
                );
                return Self { field: Some("thread_id".into()), ..Self::new(StatusCode::CONFLICT, detail) };
            }
            Error::KeyReused => {
                return Self::invalid_key(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string());
            }
            Error::Unavailable { .. } | Error::Overloaded { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = &error as &dyn std::error::Error, "request failed");
        }
        Self::new(status, error.to_string())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::unreadable(rejection.status(), &rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::unreadable(rejection.status(), &rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::BAD_REQUEST, rejection.body_text())
    }
}

/// What is said below `/api/v1` where nothing is.
pub(super) async fn no_such_path() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this path: `/api` lists what there is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_found_in_what_serde_says() {
        let json = "Failed to deserialize the JSON body into the target type: ";
        let query = "Failed to deserialize query string: ";
        let rows = [
            (format!("{json}missing field `text` at line 1 column 2"), Some("text"), "missing field `text`"),
            (
                format!(
                    "{json}kind: unknown variant `x`, expected `episodic` or `semantic` at line 1 column 9"
                ),
                Some("kind"),
                "kind: unknown variant `x`, expected `episodic` or `semantic`",
            ),
            (
                format!("{json}items[1]: missing field `text` at line 1 column 9"),
                Some("items[1].text"),
                "items[1]: missing field `text`",
            ),
            (
                format!("{json}knd: unknown field `knd`, expected `kind` at line 1 column 9"),
                Some("knd"),
                "knd: unknown field `knd`, expected `kind`",
            ),
            (
                format!("{query}limit: invalid digit found in string"),
                Some("limit"),
                "limit: invalid digit found in string",
            ),
            (
                "Expected request with `Content-Type: application/json`".into(),
                None,
                "Expected request with `Content-Type: application/json`",
            ),
        ];
        for (text, field, detail) in rows {
            assert_eq!(field_and_detail(&text), (field.map(str::to_string), detail.into()), "{text}");
        }
    }

    #[test]
    fn every_status_that_we_answer_is_explained() {
        for (status, title, _) in KINDS {
            let problem = Problem::new(status, "detail");
            assert_eq!((problem.title, problem.kind), (title, format!("/api#problem-{}", status.as_u16())));
        }
    }
}
