//! The five endpoints that the demos share.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{PrivateRedis, Server, raw_answer};

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn check_keys(value: &Value, expected: &str) {
    let expected: BTreeSet<&str> = expected.split(',').collect();
    assert!(keys(value).is_superset(&expected), "{:?} instead of {expected:?}", keys(value));
}

const MEMORY: &str = "id,user,namespace,kind,source_thread,text,created_ts,hit_count,distance,ttl_seconds";

#[test]
fn state_has_every_key_before_and_after_a_turn() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let state = server.get("/state?user=&namespace=").json();
    check_keys(&state, "index,thread_id,session,memories,events,recalled");
    check_keys(
        &state["index"],
        "num_docs,indexing_failures,index_name,model,session_ttl_seconds,dedup_threshold,default_recall_threshold,\
         stack_label",
    );
    assert_eq!((&state["session"], &state["thread_id"]), (&Value::Null, &Value::Null));
    assert_eq!((state["memories"].as_array().unwrap().len(), &state["recalled"]), (8, &json!([])));
    check_keys(&state["memories"][0], MEMORY);
    assert_eq!(state["memories"][0]["distance"], Value::Null);

    server.post("/turn", &[("text", "hello")]);
    let state = server.get("/state").json();
    check_keys(
        &state["session"],
        "thread_id,user,agent,goal,scratchpad,turn_count,created_ts,last_active_ts,recent_turns,ttl_seconds",
    );
    check_keys(&state["session"]["recent_turns"][0], "role,content,ts");
    check_keys(&state["events"][0], "event_id,thread_id,action,detail,ts");
    assert_eq!(state["events"][0]["action"], "turn_appended:user");
}

#[test]
fn a_turn_answers_every_key_whether_it_writes_skips_or_deduplicates() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let shape = "thread_id,write_skipped,memory_id,deduped,existing_distance,kind,recalled,embed_ms,recall_ms,write_ms";

    let new = server.post("/turn", &[("text", " My favorite color is teal. ")]).json();
    check_keys(&new, shape);
    assert_eq!(
        (&new["write_skipped"], &new["deduped"], &new["kind"]),
        (&json!(false), &json!(false), &json!("episodic"))
    );
    assert_eq!(new["existing_distance"], Value::Null);
    assert_eq!(new["recalled"], json!([]));

    let again = server.post("/turn", &[("text", "My favorite color is teal."), ("threshold", "0.1")]).json();
    assert_eq!((&again["deduped"], &again["memory_id"]), (&json!(true), &new["memory_id"]));
    assert!(again["existing_distance"].as_f64().unwrap() < 0.001);
    check_keys(&again["recalled"][0], MEMORY);

    let rows = [[("text", "a"), ("kind", "skip")], [("text", "a"), ("action", "goal")]];
    for form in rows {
        let skipped = server.post("/turn", &form).json();
        check_keys(&skipped, shape);
        assert_eq!((&skipped["write_skipped"], &skipped["deduped"]), (&json!(true), &json!(false)));
        let none = [&skipped["memory_id"], &skipped["kind"], &skipped["existing_distance"]];
        assert_eq!(none, [&Value::Null; 3]);
        assert_eq!(skipped["write_ms"], 0.0);
    }
}

#[test]
fn a_form_and_a_json_body_do_the_same() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let text = "What did we discuss about the order-routing outage?";
    let form = server.post("/turn", &[("text", text), ("kind", "skip"), ("threshold", "0.6")]).json();
    let body = json!({ "text": text, "kind": "skip", "threshold": 0.6 }).to_string();
    let json = server.post_body("/turn", "application/json; charset=utf-8", &body).json();
    assert_eq!(form["recalled"], json["recalled"]);
    assert!(form["recalled"][0]["text"].as_str().unwrap().contains("postmortem"));
}

#[test]
fn a_threshold_that_is_no_number_is_the_default_and_others_are_clamped() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let count = |threshold: &str| {
        let form = [
            ("text", "Remind me which theme I prefer in editors."),
            ("kind", "skip"),
            ("threshold", threshold),
        ];
        server.post("/turn", &form).json()["recalled"].as_array().unwrap().len()
    };
    let default = count("");
    for threshold in ["NaN", "inf", "-inf", "near"] {
        assert_eq!(count(threshold), default, "{threshold}");
    }
    assert_eq!((count("-1"), count("9")), (0, 5));
}

#[test]
fn bad_requests_name_the_field_and_change_nothing() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let long = "x".repeat(65_537);
    let long_name = "x".repeat(129);
    type Form<'a> = &'a [(&'a str, &'a str)];
    let rows: [(&str, Form<'_>, u16, &str); 12] = [
        ("/turn", &[], 400, "text is required"),
        ("/turn", &[("text", "  ")], 400, "text is required"),
        ("/turn", &[("text", &long)], 400, "text is longer than 65536 bytes"),
        ("/turn", &[("text", "a"), ("kind", "procedural")], 400, "kind is unknown"),
        ("/turn", &[("text", "a"), ("role", "system")], 400, "role is unknown"),
        ("/turn", &[("text", "a"), ("action", "shout")], 400, "action is unknown"),
        ("/turn", &[("text", "a"), ("user", &long_name)], 400, "user is longer than 128 characters"),
        ("/turn", &[("text", "a"), ("user", "a\0b")], 400, "user has a control character"),
        ("/turn", &[("text", "a"), ("thread_id", "a\nb")], 400, "thread_id has a control character"),
        ("/drop_memory", &[], 400, "memory_id is required"),
        ("/reset", &[("scope", "theirs")], 400, "scope is unknown"),
        ("/new_thread", &[("namespace", &long_name)], 400, "namespace is longer"),
    ];
    for (path, form, status, expected) in rows {
        let reply = server.post(path, form);
        assert_eq!(reply.status, status, "{path} {form:.99?}");
        let error = reply.json()["error"].as_str().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(server.post_body("/turn", "application/json", "{").status, 400);
    assert_eq!(server.post_body("/turn", "text/plain", "a").status, 415);
    let wrong_method = server.get("/turn");
    assert_eq!((wrong_method.status, wrong_method.json()["error"].is_string()), (405, true));
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn every_error_is_json_with_a_text() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let json = |body: &str| server.post_body("/turn", "application/json", body);
    let rows = [
        (json("{"), 400),
        (json("[]"), 400),
        (json(r#"{"text":7}"#), 400),
        (json(r#"{"text":"a","user":7}"#), 400),
        (json(r#"{"text":"a","user":"a\u0000"}"#), 400),
        (server.post_body("/turn", "application/x-www-form-urlencoded", "text=a&text=b"), 400),
        (server.post_body("/turn", "text/plain", "text=a"), 415),
        (server.get("/state?user=a&user=b"), 400),
        (server.get("/state?namespace=%0a"), 400),
        (server.get("/state?thread_id=a%00"), 400),
        (server.post("/state", &[]), 405),
        (server.get("/reset"), 405),
        (server.call("DELETE", "/drop_memory", &Value::Null), 405),
        (server.get("/nothing"), 404),
        (server.post("/nothing", &[]), 404),
        (server.post_with("/turn", &[("text", "a")], &[("origin", "https://evil.example")]), 403),
        (server.post_with("/turn", &[("text", "a")], &[("host", "evil.example")]), 421),
    ];
    for (reply, status) in rows {
        assert_eq!(reply.status, status, "{reply:?}");
        assert_eq!(reply.header("content-type"), "application/json", "{reply:?}");
        assert!(reply.json()["error"].as_str().is_some_and(|text| !text.is_empty()), "{reply:?}");
    }
    assert_eq!(redis.text(&["DBSIZE"]), "0");
    // The head alone: the server does not wait for a body that it will not take.
    let head = format!(
        "POST /turn HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        1024 * 1024 + 1
    );
    let refused = raw_answer(server.port, &head);
    assert!(
        refused.starts_with("HTTP/1.1 413 ")
            && refused.ends_with(r#"{"error":"the body is larger than 1 MiB"}"#),
        "{refused}"
    );
    // A browser gets a page to read.
    let page = server.get_with("/nothing", &[("accept", "text/html,*/*")]);
    assert_eq!((page.status, page.text.contains("<html")), (404, true));
}

#[test]
fn null_in_json_and_media_types_in_any_spelling_are_understood() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let body = r#"{"text":"a","user":null,"namespace":null,"thread_id":null,"kind":null,"role":null,"action":null,
        "threshold":null,"more":[1]}"#;
    for kind in ["application/json", "Application/JSON; Charset=UTF-8", "application/merge-patch+json"] {
        let reply = server.post_body("/turn", kind, body);
        assert_eq!((reply.status, &reply.json()["kind"]), (200, &json!("episodic")), "{kind}");
    }
    // No body at all is an empty form.
    assert_eq!(server.call("POST", "/new_thread", &Value::Null).status, 200);
}

#[test]
fn half_a_scope_never_drops_anothers_memory() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let id = server.post("/turn", &[("text", "of alice"), ("user", "alice")]).json()["memory_id"].clone();
    let drop_of =
        |user: &str| server.post("/drop_memory", &[("memory_id", id.as_str().unwrap()), ("user", user)]);
    assert_eq!(drop_of("bob").json()["deleted"], false);
    assert_eq!(drop_of("alice").json()["deleted"], true);
}

#[test]
fn threads_are_ones_own_and_the_current_one_serves_requests_without() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let of = |user: &str, more: &[(&str, &str)]| {
        let form = [&[("text", "hello there"), ("user", user), ("kind", "skip")], more].concat();
        server.post("/turn", &form)
    };
    let alice = of("alice", &[]).json()["thread_id"].clone();
    assert_eq!(of("alice", &[]).json()["thread_id"], alice);
    assert_ne!(of("bob", &[]).json()["thread_id"], alice);
    assert_eq!(of("bob", &[("thread_id", alice.as_str().unwrap())]).status, 404);
    let peek = format!("/state?user=bob&thread_id={}", alice.as_str().unwrap());
    assert_eq!(server.get(&peek).status, 404);

    let fresh = server.post("/new_thread", &[("user", "alice")]).json()["thread_id"].clone();
    assert_ne!(fresh, alice);
    assert_eq!(of("alice", &[]).json()["thread_id"], fresh);
    let old = server.get(&format!("/state?user=alice&thread_id={}", alice.as_str().unwrap())).json();
    assert_eq!((&old["session"]["turn_count"], old["events"].as_array().unwrap().len()), (&json!(2), 3));
}

#[test]
fn dropping_and_resetting_keep_to_their_scope_where_one_is_given() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let written = server.post("/turn", &[("text", "of alice"), ("user", "alice")]).json();
    let id = written["memory_id"].as_str().unwrap();
    let drop_of =
        |more: &[(&str, &str)]| server.post("/drop_memory", &[&[("memory_id", id)], more].concat()).json();
    let bobs = drop_of(&[("user", "bob"), ("namespace", "default")]);
    assert_eq!(bobs, json!({ "deleted": false, "memory_id": id }));
    let own = server.post("/reset", &[("user", "bob"), ("scope", "own")]).json();
    assert_eq!(own, json!({ "seeded": 8 }));
    assert_eq!(server.get("/state").json()["index"]["num_docs"], 9);
    assert_eq!(drop_of(&[]), json!({ "deleted": true, "memory_id": id }));
    assert_eq!(drop_of(&[]), json!({ "deleted": false, "memory_id": id }));
    assert_eq!(server.post("/reset", &[]).json(), json!({ "seeded": 8 }));
    assert_eq!(server.get("/state").json()["index"]["num_docs"], 8);
}
