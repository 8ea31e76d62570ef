//! Who may call at all: the right Host, no other site's page, and the token where one is set.
//!
//! The Host allowlist stops DNS rebinding, by which another site's page would pass for ours. That other sites' pages
//! cannot send our forms is the work of [`tower_http::csrf`].

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::config::{Config, Secret};

/// Name of the cookie that a browser gets for knowing the token.
const COOKIE: &str = "agent_memory_token";

/// The rules.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    hosts: Arc<[String]>,
    token: Option<Secret>,
}

impl Guard {
    pub(crate) fn new(config: &Config) -> Self {
        let own = ["localhost", "127.0.0.1", "::1", config.host.as_str()].map(str::to_lowercase);
        let further = config.allowed_hosts.iter().map(|host| host.trim().to_lowercase());
        Self { hosts: own.into_iter().chain(further).collect(), token: config.token() }
    }

    fn knows_host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let authority = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = authority.or_else(|| uri.authority().map(|authority| authority.as_str()));
        authority.is_some_and(|authority| {
            let host = host_of(authority).to_lowercase();
            self.hosts.contains(&host)
        })
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='));
        [bearer, cookie].into_iter().flatten().any(|given| is_same(given, token.reveal()))
    }

    /// Answers `/?token=…` with a cookie and the same page without the token in its address.
    fn welcome(&self, uri: &Uri) -> Option<Response> {
        let token = self.token.as_ref()?;
        let given = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
        if !is_same(given, token.reveal()) {
            return None;
        }
        let cookie = format!("{COOKIE}={given}; Path=/; HttpOnly; SameSite=Strict");
        let cookie = HeaderValue::from_str(&cookie).ok()?;
        let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, HeaderValue::from_static("/"))];
        Some((StatusCode::SEE_OTHER, headers).into_response())
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
    if is_health || guard.admits(request.headers()) {
        return next.run(request).await;
    }
    guard.welcome(request.uri()).unwrap_or_else(|| {
        error(StatusCode::UNAUTHORIZED, "send the token as `Authorization: Bearer`, or open `/?token=` once")
    })
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
    (status, axum::Json(serde_json::json!({ "error": text }))).into_response()
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Compares in a time that depends on the lengths only.
fn is_same(given: &str, expected: &str) -> bool {
    let differences = given.bytes().zip(expected.bytes()).fold(0, |found, (a, b)| found | (a ^ b));
    given.len() == expected.len() && differences == 0
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

    #[test]
    fn the_token_is_taken_as_bearer_or_cookie() {
        let guard = guard(&["--token", "s3cret"]);
        assert!(guard.admits(&headers(header::AUTHORIZATION, "Bearer s3cret")));
        assert!(guard.admits(&headers(header::COOKIE, "a=b; agent_memory_token=s3cret")));
        for wrong in ["Bearer s3cre", "Bearer s3cret2", "Bearer ", "s3cret"] {
            assert!(!guard.admits(&headers(header::AUTHORIZATION, wrong)), "{wrong}");
        }
        assert!(!guard.admits(&HeaderMap::new()));
    }

    #[test]
    fn the_token_in_an_address_becomes_a_cookie() {
        let guard = guard(&["--token", "s3cret"]);
        let response = guard.welcome(&Uri::from_static("/?user=a&token=s3cret")).unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert!(
            response.headers()[header::SET_COOKIE].to_str().unwrap().contains("HttpOnly; SameSite=Strict")
        );
        assert!(guard.welcome(&Uri::from_static("/?token=wrong")).is_none());
    }
}
