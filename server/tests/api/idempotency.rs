use std::thread;

use serde_json::{Value, json};

use crate::{check_problem, done, start, support::Server};

fn with_key(server: &Server, path: &str, body: &Value, key: &str) -> crate::support::Reply {
    server.call_with("POST", path, body, &[("idempotency-key", key)])
}

#[test]
fn a_repetition_gets_the_first_answer_and_does_nothing() {
    let (redis, server) = start();
    let body = json!({ "text": "hello" });
    let path = "/api/v1/threads/t1/turns?user=ada";
    let first = with_key(&server, path, &body, "k1");
    let again = with_key(&server, path, &body, "k1");
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.text, again.header("content-type")), (&first.text, "application/json"));
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "turn_count"]), "1");

    // Another key, another scope and another path are other requests.
    with_key(&server, path, &body, "k2");
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "turn_count"]), "2");
    assert_eq!(
        done(&with_key(&server, "/api/v1/threads/t2/turns?user=bob", &body, "k1"), 201)["turn_count"],
        1
    );
    let goal = json!({ "goal": "g" });
    for _ in 0..2 {
        let set =
            server.call_with("PUT", "/api/v1/threads/t1/goal?user=ada", &goal, &[("idempotency-key", "k1")]);
        assert_eq!((set.status, set.text.as_str()), (204, ""));
    }
    assert_eq!(redis.text(&["XLEN", "agent:events:t1"]), "3");
}

#[test]
fn a_key_that_stands_for_another_request_is_refused() {
    let (redis, server) = start();
    let path = "/api/v1/threads/t1/turns";
    done(&with_key(&server, path, &json!({ "text": "one" }), "k"), 201);
    let other = with_key(&server, path, &json!({ "text": "two" }), "k");
    check_problem(&other, 422, "Idempotency-Key", "another request");
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "turn_count"]), "1");
    for key in ["", "two words", &"x".repeat(256)] {
        check_problem(&with_key(&server, path, &json!({ "text": "a" }), key), 400, "Idempotency-Key", "255");
    }
}

#[test]
fn what_was_refused_may_be_tried_again_under_the_same_key() {
    let (_redis, server) = start();
    let path = "/api/v1/threads/t1/turns";
    check_problem(&with_key(&server, path, &json!({ "text": "" }), "k"), 400, "text", "required");
    done(&with_key(&server, path, &json!({ "text": "now" }), "k"), 201);
}

#[test]
fn of_many_at_once_one_runs_and_the_others_hear_of_it() {
    let (redis, server) = start();
    let body = json!({ "text": "Only once, please." });
    let path = "/api/v1/turn?user=ada";
    let replies: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..12).map(|_| scope.spawn(|| with_key(&server, path, &body, "k"))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let first = replies.iter().find(|reply| reply.status == 200).expect("one has to run").json();
    for reply in replies {
        match reply.status {
            200 => assert_eq!(reply.json(), first),
            _ => check_problem(&reply, 409, "Idempotency-Key", "still running"),
        }
    }
    let key = format!("agent:session:{}", first["thread_id"].as_str().unwrap());
    assert_eq!(redis.text(&["HGET", &key, "turn_count"]), "1");
    assert_eq!(with_key(&server, path, &body, "k").json(), first);
}

#[test]
fn a_repetition_after_a_stall_finds_what_was_done_meanwhile() {
    let (redis, server) = start();
    let body = json!({ "text": "Written while nobody could answer.", "kind": "semantic" });
    let path = "/api/v1/turn?user=ada";
    done(&server.call("POST", path, &json!({ "text": "Before.", "kind": "skip" })), 200);
    // Longer than the server waits, so that the first answer is that nobody knows.
    redis.command(&["CLIENT", "PAUSE", "6000", "ALL"]);
    check_problem(&with_key(&server, path, &body, "k"), 503, "", "redis did not answer");
    let again = loop {
        let reply = with_key(&server, path, &body, "k");
        match reply.status {
            200 => break reply,
            _ => assert_eq!(reply.status, 503, "{reply:?}"),
        }
    };
    let turn = again.json();
    let session = format!("agent:session:{}", turn["thread_id"].as_str().unwrap());
    assert_eq!(redis.text(&["HGET", &session, "turn_count"]), "2");
    let memory = format!("agent:mem:{}", turn["written"]["memory_id"].as_str().unwrap());
    assert_eq!(redis.text(&["JSON.GET", &memory, "$.hit_count"]), "[0]");
    assert_eq!(with_key(&server, path, &body, "k").json(), turn);
}

#[test]
fn a_repeated_batch_writes_what_it_had_not_written() {
    let (redis, server) = start();
    let items: Vec<Value> =
        (0..20).map(|number| json!({ "text": format!("Fact number {number}.") })).collect();
    let batch =
        |key: &str| with_key(&server, "/api/v1/memories/batch?user=ada", &json!({ "items": items }), key);
    let first = done(&batch("k"), 201);
    // The answer is lost, the outcome of each text is not.
    let keys: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*:idempotency:*"])).unwrap();
    redis.command(&["HDEL", &keys[0], "status", "content_type", "body"]);
    let again = batch("k");
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let ids = |batch: &Value| -> Vec<Value> {
        batch["items"].as_array().unwrap().iter().map(|item| item["memory_id"].clone()).collect()
    };
    assert_eq!(ids(&again.json()), ids(&first));
    let hits: i64 = first["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["deduped"] == false)
        .map(|item| {
            redis.text(&[
                "JSON.GET",
                &format!("agent:mem:{}", item["memory_id"].as_str().unwrap()),
                "$.hit_count",
            ])
        })
        .map(|hits| hits.trim_matches(['[', ']']).parse::<i64>().unwrap() + 1)
        .sum();
    assert_eq!(hits, 20);
}
