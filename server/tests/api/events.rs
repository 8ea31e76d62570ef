use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::{
    check_problem, done, start,
    support::{PrivateRedis, Server},
};

/// The events of a stream: id and what it says.
fn stream(
    server: &Server,
    path: &str,
    last_event_id: Option<&str>,
) -> impl Iterator<Item = (String, Value)> + use<> {
    let mut request = ureq::get(server.url(path));
    if let Some(id) = last_event_id {
        request = request.header("last-event-id", id);
    }
    let answer = request.call().unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut id = String::new();
    BufReader::new(answer.into_body().into_reader()).lines().map_while(Result::ok).filter_map(move |line| {
        if let Some(given) = line.strip_prefix("id: ") {
            id = given.into();
        }
        let data = line.strip_prefix("data: ")?;
        Some((id.clone(), serde_json::from_str(data).unwrap()))
    })
}

fn append(server: &Server, text: &str) {
    done(&server.call("POST", "/api/v1/threads/t1/turns?user=ada", &json!({ "text": text })), 201);
}

#[test]
fn events_are_followed_and_resumed_without_gaps_or_doubles() {
    let (_redis, server) = start();
    append(&server, "one");
    let path = "/api/v1/threads/t1/events/stream?user=ada&after=0";
    let mut events = stream(&server, path, None);
    let (first, event) = events.next().unwrap();
    assert_eq!((&event["action"], &event["event_id"]), (&json!("turn_appended:user"), &json!(first)));
    append(&server, "two");
    let (second, _) = events.next().unwrap();
    drop(events);

    append(&server, "three");
    // As a browser does: the same address, and the last id that it saw.
    let mut again = stream(&server, path, Some(&first));
    assert_eq!(again.next().unwrap().0, second);
    let (third, _) = again.next().unwrap();
    assert!(third > second);
    let listed = done(&server.get("/api/v1/threads/t1/events?user=ada&limit=2"), 200);
    assert_eq!(
        (&listed["events"][0]["event_id"], listed["events"].as_array().unwrap().len()),
        (&json!(third), 2)
    );
}

#[test]
fn without_a_beginning_only_what_comes_is_told_whoever_writes_it() {
    let (redis, server) = start();
    append(&server, "before");
    let mut events = stream(&server, "/api/v1/threads/t1/events/stream?user=ada", None);
    redis.command(&[
        "XADD",
        "agent:events:t1",
        "*",
        "ts",
        "7",
        "detail",
        "d",
        "action",
        "theirs",
        "more",
        "x",
    ]);
    let (_, event) = events.next().unwrap();
    assert_eq!(
        (&event["action"], &event["ts"], &event["detail"]),
        (&json!("theirs"), &json!(7.0), &json!("d"))
    );
}

#[test]
fn a_stream_ends_with_the_server_and_with_redis() {
    let mut redis = PrivateRedis::start();
    let mut server = Server::start(&redis, &["--no-reset"]);
    append(&server, "one");
    let path = "/api/v1/threads/t1/events/stream?user=ada&after=0";
    let mut events = stream(&server, path, None);
    assert!(events.next().is_some());
    redis.crash();
    assert!(events.next().is_none());
    redis.restart(&["--save", ""]);
    // The first call over a broken connection may still fail.
    let body = json!({ "text": "after" });
    while server.call("POST", "/api/v1/threads/t1/turns?user=ada", &body).status != 201 {}
    let mut events = stream(&server, path, None);
    assert!(events.next().is_some());
    assert!(server.terminate().success());
    assert!(events.next().is_none());
}

#[test]
fn only_ids_of_events_and_sensible_counts_are_accepted() {
    let (_redis, server) = start();
    let rows = [
        ("/events/stream?after=x", "after", "event_id"),
        ("/events/stream?after=1-2-3", "after", "event_id"),
        ("/events?limit=0", "limit", "1 to 1000"),
        ("/events?limit=1001", "limit", "1 to 1000"),
    ];
    for (path, field, words) in rows {
        check_problem(&server.get(&format!("/api/v1/threads/t1{path}")), 400, field, words);
    }
    let headers = [("last-event-id", "newest")];
    let reply = server.get_with("/api/v1/threads/t1/events/stream", &headers);
    check_problem(&reply, 400, "Last-Event-ID", "event_id");
    let foreign = server.get_with("/api/v1/threads/t1/events/stream", &[("sec-fetch-site", "cross-site")]);
    check_problem(&foreign, 403, "", "another site");
}
