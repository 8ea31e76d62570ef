use serde_json::{Value, json};

use crate::{check_problem, done, start};

#[test]
fn a_thread_lives_from_its_beginning_to_its_end() {
    let (redis, server) = start();
    let at = |path: &str| format!("/api/v1/threads{path}?user=ada&namespace=work");
    let begun = server.call("POST", &at(""), &json!({ "thread_id": "t1", "goal": "ship it" }));
    assert_eq!(done(&begun, 201), json!({ "thread_id": "t1" }));

    let appended = server.call("POST", &at("/t1/turns"), &json!({ "text": " hello ", "role": "assistant" }));
    assert_eq!(done(&appended, 201), json!({ "turn_count": 1 }));
    assert_eq!(done(&server.call("POST", &at("/t1/turns"), &json!({ "text": "bye" })), 201)["turn_count"], 2);
    done(&server.call("PUT", &at("/t1/goal"), &json!({ "goal": "ship it well" })), 204);
    done(&server.call("PUT", &at("/t1/scratchpad"), &json!({ "scratchpad": "half way" })), 204);

    let thread = done(&server.get(&at("/t1")), 200);
    assert_eq!((&thread["user"], &thread["namespace"]), (&json!("ada"), &json!("work")));
    assert_eq!((&thread["goal"], &thread["scratchpad"]), (&json!("ship it well"), &json!("half way")));
    assert_eq!((&thread["turn_count"], &thread["agent"]), (&json!(2), &json!("demo-agent")));
    let turns: Vec<(&Value, &Value)> = thread["recent_turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| (&turn["role"], &turn["content"]))
        .collect();
    assert_eq!(turns, [(&json!("assistant"), &json!("hello")), (&json!("user"), &json!("bye"))]);
    assert!((1..=3600).contains(&thread["ttl_seconds"].as_u64().unwrap()));

    let events = done(&server.get("/api/v1/threads/t1/events?user=ada&namespace=work"), 200);
    let actions: Vec<&str> =
        events["events"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    let expected =
        ["scratchpad_set", "goal_set", "turn_appended:user", "turn_appended:assistant", "thread_started"];
    assert_eq!(actions, expected);

    assert_eq!(done(&server.call("DELETE", &at("/t1"), &Value::Null), 200), json!({ "deleted": true }));
    assert_eq!(done(&server.call("DELETE", &at("/t1"), &Value::Null), 200), json!({ "deleted": false }));
    check_problem(&server.get(&at("/t1")), 404, "", "no such thread");
    assert_eq!(redis.text(&["EXISTS", "agent:session:t1"]), "0");
}

#[test]
fn a_thread_without_an_id_gets_a_random_one_and_a_taken_id_is_a_conflict() {
    let (_redis, server) = start();
    let random = done(&server.call("POST", "/api/v1/threads", &json!({})), 201);
    assert_eq!(random["thread_id"].as_str().unwrap().len(), 12);
    let again = server.call("POST", "/api/v1/threads", &random);
    check_problem(&again, 409, "", "exists already");
}

#[test]
fn threads_are_listed_page_by_page_last_active_first() {
    let (_redis, server) = start();
    for number in 0..5 {
        let body = json!({ "thread_id": format!("t{number}") });
        done(&server.call("POST", "/api/v1/threads?user=ada", &body), 201);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = done(&server.get(&format!("/api/v1/threads?user=ada&limit=2&cursor={cursor}")), 200);
        assert_eq!(page["total"], 5);
        let ids = page["threads"].as_array().unwrap().iter();
        seen.extend(ids.map(|thread| thread["thread_id"].as_str().unwrap().to_string()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = next.into();
    }
    assert_eq!(seen, ["t4", "t3", "t2", "t1", "t0"]);
}

#[test]
fn nobody_reads_or_changes_anothers_thread() {
    let (redis, server) = start();
    done(
        &server.call("POST", "/api/v1/threads?user=ada", &json!({ "thread_id": "t1", "goal": "hers" })),
        201,
    );
    let before = redis.text(&["HGET", "agent:session:t1", "last_active_ts"]);
    let bob = |path: &str| format!("/api/v1/threads/t1{path}?user=bob");
    let reads = [
        server.get(&bob("")),
        server.get(&bob("/events")),
        server.get(&bob("/events/stream")),
        server.call("DELETE", &bob(""), &Value::Null),
    ];
    for reply in reads {
        check_problem(&reply, 404, "", "no such thread");
    }
    // Ids are shared by all users: whoever wants to write hears that this one is taken, and how to have one's own.
    let writes = [
        server.call("POST", &bob("/turns"), &json!({ "text": "mine?" })),
        server.call("PUT", &bob("/goal"), &json!({ "goal": "mine" })),
        server.call("PUT", &bob("/scratchpad"), &json!({ "scratchpad": "mine" })),
        server.call("POST", "/api/v1/threads?user=bob", &json!({ "thread_id": "t1" })),
        server.call("POST", "/api/v1/turn?user=bob", &json!({ "text": "mine?", "thread_id": "t1" })),
    ];
    for reply in writes {
        check_problem(&reply, 409, "thread_id", "`~t1`");
    }
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "last_active_ts"]), before);
    assert_eq!(redis.text(&["XLEN", "agent:events:t1"]), "1");
}

#[test]
fn each_user_has_a_thread_of_ones_own_by_the_same_name() {
    let (redis, server) = start();
    let mut ids = Vec::new();
    for user in ["ada", "bob"] {
        let path = |rest: &str| format!("/api/v1/threads/~main{rest}?user={user}");
        let started =
            server.call("POST", &format!("/api/v1/threads?user={user}"), &json!({ "thread_id": "~main" }));
        let id = done(&started, 201)["thread_id"].as_str().unwrap().to_string();
        assert!(id.starts_with('{') && id.ends_with("}main"), "{id}");
        done(&server.call("POST", &path("/turns"), &json!({ "text": format!("I am {user}.") })), 201);
        let turn = json!({ "text": "Who am I?", "thread_id": "~main", "kind": "skip" });
        assert_eq!(
            done(&server.call("POST", &format!("/api/v1/turn?user={user}"), &turn), 200)["thread_id"],
            *id
        );
        let thread = done(&server.get(&path("")), 200);
        assert_eq!((&thread["thread_id"], &thread["turn_count"]), (&json!(id), &json!(2)));
        assert_eq!(done(&server.get(&path("/events")), 200)["events"].as_array().unwrap().len(), 3);
        // The full id names the same thread.
        assert_eq!(done(&server.get(&format!("/api/v1/threads/{}?user={user}", encoded(&id))), 200), thread);
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(redis.text(&["EXISTS", "agent:session:main"]), "0");
    // Threads of before lie where they lay.
    done(&server.call("POST", "/api/v1/threads?user=ada", &json!({ "thread_id": "main" })), 201);
    assert_eq!(redis.text(&["EXISTS", "agent:session:main"]), "1");
    check_problem(&server.get("/api/v1/threads/~?user=ada"), 400, "thread_id", "required");
}

fn encoded(id: &str) -> String {
    id.replace('{', "%7B").replace('}', "%7D")
}
