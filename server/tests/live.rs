//! The live stream.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::io::{BufRead, BufReader};

use support::{PrivateRedis, Server};

/// The events of a stream, as `name data`.
fn stream(server: &Server, path: &str) -> impl Iterator<Item = String> + use<> {
    let answer = ureq::get(server.url(path)).call().unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let lines = BufReader::new(answer.into_body().into_reader()).lines().map_while(Result::ok);
    let mut name = String::new();
    lines.filter_map(move |line| {
        if let Some(given) = line.strip_prefix("event: ") {
            name = given.to_string();
        }
        line.strip_prefix("data: ").map(|data| format!("{name} {data}"))
    })
}

fn changed(session: bool, events: bool, memories: bool, threads: bool) -> String {
    format!(r#"changed {{"session":{session},"events":{events},"memories":{memories},"threads":{threads}}}"#)
}

#[test]
fn a_page_is_told_at_first_what_to_read_and_then_what_anybody_changes() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let thread = server.post("/new_thread", &[("user", "alice")]).json()["thread_id"].clone();
    let thread = thread.as_str().unwrap();
    let mut events = stream(&server, &format!("/live?user=alice&namespace=default&thread={thread}"));
    assert_eq!(events.next().unwrap(), "redis up");
    assert_eq!(events.next().unwrap(), changed(true, true, true, true));

    redis.command(&["HSET", "agent:session:other", "goal", "x"]);
    while events.next().unwrap() != changed(false, false, false, true) {}
    redis.command(&["XADD", &format!("agent:events:{thread}"), "*", "action", "a"]);
    assert_eq!(events.next().unwrap(), changed(false, true, false, false));
    redis.command(&["JSON.SET", "agent:mem:m1", "$", "{}"]);
    assert_eq!(events.next().unwrap(), changed(false, false, true, false));
}

#[test]
fn the_stream_says_when_redis_goes_and_comes() {
    let mut redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let mut events = stream(&server, "/live");
    redis.crash();
    assert!(events.by_ref().any(|event| event == "redis down"));
    redis.restart(&["--save", ""]);
    assert!(events.by_ref().any(|event| event == "redis up"));
    assert!(events.any(|event| event == changed(true, true, true, true)));
}

#[test]
fn nobody_follows_anothers_thread_and_no_other_site_follows_at_all() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let thread = server.post("/new_thread", &[("user", "alice")]).json()["thread_id"].clone();
    let path = format!("/live?user=bob&thread={}", thread.as_str().unwrap());
    assert_eq!(server.get(&path).status, 404);
    assert_eq!(server.get("/live?user=a%00b").status, 400);
    assert_eq!(server.get_with("/live", &[("sec-fetch-site", "cross-site")]).status, 403);
    assert_eq!(server.get_with("/live", &[("origin", "https://evil.example")]).status, 403);
}

#[test]
fn open_streams_do_not_keep_the_server_from_stopping() {
    let redis = PrivateRedis::start();
    let mut server = Server::start(&redis, &["--no-reset"]);
    let mut events = stream(&server, "/live");
    events.next().unwrap();
    assert!(server.terminate().success());
    assert!(events.all(|event| event.starts_with("changed")));
}
