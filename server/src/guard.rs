//! Who may call at all: the right Host, no other site's page, and the token where one is set.
//!
//! The Host allowlist stops DNS rebinding, by which another site's page would pass for ours. That other sites' pages
//! cannot send our forms is the work of [`tower_http::csrf`].

mod token;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use self::token::Token;
pub(crate) use self::token::fits_a_header;
use crate::config::Config;

/// The rules.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    hosts: Arc<[String]>,
    token: Option<Token>,
}

impl Guard {
    pub(crate) fn new(config: &Config) -> Self {
        let own = ["localhost", "127.0.0.1", "::1", config.host.as_str()].map(str::to_lowercase);
        let further = config.allowed_hosts.iter().map(|host| host.trim().to_lowercase());
        Self { hosts: own.into_iter().chain(further).collect(), token: config.token().map(Token) }
    }

    fn knows_host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let authority = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = authority.or_else(|| uri.authority().map(|authority| authority.as_str()));
        authority.is_some_and(|authority| {
            let host = host_of(authority).to_lowercase();
            self.hosts.contains(&host)
        })
    }
}

/// Lets a request pass, or answers it.
pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if !guard.knows_host(request.headers(), request.uri()) {
        let text = "this host name is not one of ours: add it with `--allowed-host`";
        return error(StatusCode::MISDIRECTED_REQUEST, text);
    }
    // The CSRF layer lets every GET pass; a stream of our activity is nothing for another site either.
    if is_stream(request.uri().path()) && is_cross_site(request.headers()) {
        return error(StatusCode::FORBIDDEN, "another site's page may not follow this memory");
    }
    // A probe of the platform knows no token, and learns nothing but that we are there.
    let is_health =
        matches!(request.uri().path(), "/healthz" | "/readyz" | "/api/v1/health" | "/api/v1/ready");
    match guard.token.filter(|_| !is_health).and_then(|token| token.answer(&request)) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

fn is_stream(path: &str) -> bool {
    path == "/live" || (path.starts_with(crate::api::PREFIX) && path.ends_with("/stream"))
}

/// Whether a browser says that the request comes from another site's page.
fn is_cross_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    let origin = text(header::ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    origin.is_some() && origin != text(header::HOST)
}

/// An error in the form of all JSON endpoints.
pub(crate) fn error(status: StatusCode, text: &str) -> Response {
    let mut response = (status, axum::Json(serde_json::json!({ "error": text }))).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn guard(arguments: &[&str]) -> Guard {
        Guard::new(&Config::parse_from([&["agent-memory"], arguments].concat()))
    }

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let guard = guard(&["--allowed-host", "Memory.example"]);
        let rows = [
            ("localhost:8090", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8090", true),
            ("[::1]:8090", true),
            ("memory.example", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("", false),
        ];
        for (host, expected) in rows {
            assert_eq!(
                guard.knows_host(&headers(header::HOST, host), &Uri::from_static("/")),
                expected,
                "{host}"
            );
        }
        assert!(!guard.knows_host(&HeaderMap::new(), &Uri::from_static("/")));
    }
}
