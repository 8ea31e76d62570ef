//! The versioned API, call by call and error by error, on a real Redis with the real model.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod document;
mod errors;
mod evaluation;
mod events;
mod history;
mod idempotency;
mod memories;
mod metrics;
mod recall;
mod threads;
mod transfer;
mod users;

#[path = "../support/mod.rs"]
mod support;

use serde_json::Value;
use support::{PrivateRedis, Reply, Server};

/// A server without samples.
fn start() -> (PrivateRedis, Server) {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    (redis, server)
}

/// A call that has to succeed with this status.
fn done(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{reply:?}");
    if reply.text.is_empty() { Value::Null } else { reply.json() }
}

/// A call that has to be refused with this status, naming this field (none where it is empty), with these words.
fn check_problem(reply: &Reply, status: u16, field: &str, words: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json", "{reply:?}");
    let problem = reply.json();
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(problem["type"], format!("/api#problem-{status}"), "{problem}");
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains(words), "`{words}` is not in {problem}");
    assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{problem}");
}

/// Remembers a text for a user and returns the memory's id.
fn remember(server: &Server, user: &str, text: &str, kind: &str) -> String {
    let body = serde_json::json!({ "text": text, "kind": kind });
    let written = done(&server.call("POST", &format!("/api/v1/memories?user={user}"), &body), 201);
    written["memory_id"].as_str().unwrap().to_string()
}
