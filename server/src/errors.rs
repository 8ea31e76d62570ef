//! One form for all errors of a path, whoever answers them: a handler, a layer before it, or the router itself.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    api::{self, problem::Problem},
    compat, guard,
};

/// Longest text of an error that is read again.
const TEXT_MAX_BYTES: usize = 64 * 1024;

/// The form of a path's errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Problem details.
    Problem,
    /// `{"error": text}`.
    Compatible,
    /// The same, where there is no endpoint.
    Elsewhere,
    /// The same for a wrong method; otherwise the page, which is one to everybody, also where it tells an error.
    Page,
    /// As they are.
    Any,
}

/// Gives an error the form of its path.
pub(crate) async fn shape(request: Request, next: Next) -> Response {
    let form = form_of(request.uri().path(), wants_page(request.headers()));
    let response = next.run(request).await;
    let status = response.status();
    let is_shaped = match form {
        Form::Problem | Form::Compatible => status.is_client_error() || status.is_server_error(),
        Form::Page => status == StatusCode::METHOD_NOT_ALLOWED,
        Form::Elsewhere => matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
        Form::Any => false,
    };
    if !is_shaped || has(form, response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    // A page that nobody here reads, and that may be compressed, says nothing worth keeping.
    let body = match is_text(&parts.headers) {
        true => to_bytes(body, TEXT_MAX_BYTES).await.unwrap_or_default(),
        false => Bytes::new(),
    };
    let text = text_of(parts.status, &body);
    let mut shaped = match form {
        Form::Problem => Problem::new(parts.status, text).into_response(),
        _ => guard::error(parts.status, &text),
    };
    // `Allow` of a 405, for one; but nothing that describes the body that was.
    for (name, value) in &parts.headers {
        if !OF_THE_BODY.contains(name) {
            shaped.headers_mut().insert(name, value.clone());
        }
    }
    shaped
}

/// Headers that belong to a body and go with it.
const OF_THE_BODY: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::CONTENT_SECURITY_POLICY,
];

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    !headers.contains_key(header::CONTENT_ENCODING) && !kind.starts_with("text/html")
}

/// Paths of no endpoint answer a browser with a page, anybody else as the compatible endpoints do. Server functions have a
/// form of their own.
fn form_of(path: &str, wants_page: bool) -> Form {
    let below = path.strip_prefix(api::PREFIX);
    if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return Form::Problem;
    }
    match compat::PATHS.contains(&path) {
        true => Form::Compatible,
        false if path == "/" && !wants_page => Form::Page,
        false if wants_page || path.starts_with("/api/fn/") => Form::Any,
        false => Form::Elsewhere,
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepted.into_iter().any(|accept| accept.contains("text/html"))
}

fn has(form: Form, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind: &HeaderValue| kind.to_str().ok());
    let expected = if form == Form::Problem { api::problem::MEDIA_TYPE } else { "application/json" };
    kind.is_some_and(|kind| kind.starts_with(expected))
}

/// What was said: `{"error": text}`, plain text, or nothing.
fn text_of(status: StatusCode, body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    if let Some(text) = json.as_ref().and_then(|json| json["error"].as_str()) {
        return text.into();
    }
    match (status, std::str::from_utf8(body)) {
        (StatusCode::METHOD_NOT_ALLOWED, _) => "this path takes another method".into(),
        (StatusCode::PAYLOAD_TOO_LARGE, _) => "the body is larger than 1 MiB".into(),
        (StatusCode::NOT_FOUND, Ok("")) => "there is nothing at this path".into(),
        (StatusCode::FORBIDDEN, _) => "another site's page may not do this".into(),
        (_, Ok(text)) if !text.is_empty() => text.into(),
        _ => status.canonical_reason().unwrap_or("error").to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_its_form() {
        let rows = [
            ("/api/v1", true, Form::Problem),
            ("/api/v1/threads", false, Form::Problem),
            ("/api/v10", true, Form::Any),
            ("/turn", true, Form::Compatible),
            ("/turn", false, Form::Compatible),
            ("/", true, Form::Any),
            ("/", false, Form::Page),
            ("/nothing", true, Form::Any),
            ("/nothing", false, Form::Elsewhere),
            ("/api/fn/turn", false, Form::Any),
        ];
        for (path, wants_page, expected) in rows {
            assert_eq!(form_of(path, wants_page), expected, "{path}");
        }
    }

    #[test]
    fn what_was_said_is_kept() {
        let rows = [
            (StatusCode::UNAUTHORIZED, &b"{\"error\":\"send the token\"}"[..], "send the token"),
            (StatusCode::BAD_REQUEST, b"plain", "plain"),
            (StatusCode::NOT_FOUND, b"", "there is nothing at this path"),
            (StatusCode::PAYLOAD_TOO_LARGE, b"length limit exceeded", "the body is larger than 1 MiB"),
        ];
        for (status, body, expected) in rows {
            assert_eq!(text_of(status, body), expected);
        }
    }
}
