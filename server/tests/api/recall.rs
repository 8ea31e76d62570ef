use serde_json::{Value, json};

use crate::{check_problem, done, remember, start};

#[test]
fn a_turn_recalls_what_was_remembered_before_it() {
    let (redis, server) = start();
    remember(&server, "ada", "Ada is allergic to peanuts.", "semantic");
    let body =
        json!({ "text": "Which food is Ada allergic to?", "thread_id": "t1", "threshold": 0.7, "k": 3 });
    let turn = done(&server.call("POST", "/api/v1/turn?user=ada", &body), 200);
    assert_eq!(turn["thread_id"], "t1");
    assert_eq!(turn["recalled"].as_array().unwrap().len(), 1);
    assert!(turn["recalled"][0]["distance"].as_f64().unwrap() < 0.7);
    assert_eq!((&turn["written"]["kind"], &turn["written"]["deduped"]), (&json!("episodic"), &json!(false)));
    for part in ["embed_ms", "recall_ms", "write_ms", "total_ms"] {
        assert!(turn["timings"][part].as_f64().unwrap() > 0.0, "{part}");
    }

    let goal = done(
        &server.call("POST", "/api/v1/turn?user=ada", &json!({ "text": "Plan a dinner", "is_goal": true })),
        200,
    );
    assert_eq!((&goal["thread_id"], &goal["written"]), (&json!("t1"), &Value::Null));
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "goal"]), "Plan a dinner");
    let skip = json!({ "text": "Anything else?", "kind": "skip", "role": "tool" });
    assert_eq!(done(&server.call("POST", "/api/v1/turn?user=ada", &skip), 200)["written"], Value::Null);
    assert_eq!(redis.text(&["HGET", "agent:session:t1", "turn_count"]), "2");
}

#[test]
fn a_recall_keeps_to_count_threshold_kind_thread_and_time_and_writes_nothing() {
    let (redis, server) = start();
    let remember_in = |text: &str, kind: &str, thread: &str| {
        let body = json!({ "text": text, "kind": kind, "source_thread": thread });
        done(&server.call("POST", "/api/v1/memories?user=ada", &body), 201);
    };
    remember_in("Ada is allergic to peanuts.", "semantic", "t1");
    remember_in("Yesterday Ada ate at the harbour restaurant.", "episodic", "t2");
    remember_in("The compiler is slow on Mondays.", "episodic", "t2");
    let listed = done(&server.get("/api/v1/memories?user=ada"), 200);
    let second = listed["memories"][1]["created_ts"].as_f64().unwrap();
    let before = redis.text(&["DBSIZE"]);

    let recall = |more: Value| {
        let mut body = json!({ "text": "What should Ada not eat?", "threshold": 2.0 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        done(&server.call("POST", "/api/v1/recall?user=ada", &body), 200)["memories"]
            .as_array()
            .unwrap()
            .clone()
    };
    let all = recall(json!({}));
    assert_eq!(all.len(), 3);
    let distance = |at: usize| all[at]["distance"].as_f64().unwrap();
    assert!(all[0]["text"].as_str().unwrap().contains("peanuts") && distance(0) < distance(1));
    let rows = [
        (json!({ "k": 1 }), 1),
        (json!({ "threshold": distance(1) }), 2),
        (json!({ "threshold": 0 }), 0),
        (json!({ "kind": "episodic" }), 2),
        (json!({ "source_thread": "t1" }), 1),
        (json!({ "created_from": second }), 2),
        (json!({ "created_to": second }), 2),
        (json!({ "created_from": second, "created_to": second }), 1),
        (json!({ "created_to": 1000 }), 0),
    ];
    for (more, expected) in rows {
        assert_eq!(recall(more.clone()).len(), expected, "{more}");
    }
    assert_eq!(
        done(&server.call("POST", "/api/v1/recall?user=bob", &json!({ "text": "peanuts" })), 200)["memories"],
        json!([])
    );
    assert_eq!(redis.text(&["DBSIZE"]), before);
}

#[test]
fn a_probe_tells_what_is_near_and_what_would_be_recalled() {
    let (redis, server) = start();
    remember(&server, "ada", "Ada is allergic to peanuts.", "semantic");
    remember(&server, "ada", "The compiler is slow on Mondays.", "episodic");
    let before = redis.text(&["DBSIZE"]);
    let body = json!({ "text": "Ada's allergy to peanuts", "threshold": 0.5 });
    let probe = done(&server.call("POST", "/api/v1/probe?user=ada", &body), 200);
    let candidates = probe["candidates"].as_array().unwrap();
    assert_eq!((candidates.len(), &probe["threshold"]), (2, &json!(0.5)));
    assert_eq!((&candidates[0]["recalled"], &candidates[1]["recalled"]), (&json!(true), &json!(false)));
    let (margin, distance) = (&candidates[1]["margin"], &candidates[1]["memory"]["distance"]);
    assert!((margin.as_f64().unwrap() - (distance.as_f64().unwrap() - 0.5)).abs() < 1e-9);
    assert_eq!(probe["duplicate_of"], Value::Null);
    let same = json!({ "text": "Ada is allergic to peanuts.", "kind": "semantic" });
    let probe = done(&server.call("POST", "/api/v1/probe?user=ada", &same), 200);
    assert_eq!(probe["duplicate_of"], probe["candidates"][0]["memory"]["id"]);
    assert_eq!(redis.text(&["DBSIZE"]), before);
}

#[test]
fn what_is_beyond_the_limits_is_refused() {
    let (redis, server) = start();
    let rows = [
        ("recall", json!({ "text": "a", "k": 0 }), "k", "1 to 100"),
        ("recall", json!({ "text": "a", "k": 101 }), "k", "1 to 100"),
        ("recall", json!({ "text": "a", "threshold": 2.1 }), "threshold", "0 to 2"),
        ("recall", json!({ "text": "a", "threshold": -0.1 }), "threshold", "0 to 2"),
        ("recall", json!({ "text": "a", "created_from": 2, "created_to": 1 }), "created_to", "created_from"),
        ("recall", json!({ "text": "a", "kind": "procedural" }), "kind", "unknown variant"),
        ("recall", json!({ "text": " " }), "text", "required"),
        ("recall", json!({}), "text", "missing field"),
        ("probe", json!({ "text": "" }), "text", "required"),
        ("probe", json!({ "text": 7 }), "text", "invalid type"),
        ("turn", json!({ "text": "a", "role": "system" }), "role", "unknown variant"),
        ("turn", json!({ "text": "a", "thread_id": "" }), "thread_id", "required"),
        ("turn", json!({ "text": "a", "thread_id": "x".repeat(129) }), "thread_id", "128 characters"),
        ("turn", json!({ "text": "x".repeat(65_537) }), "text", "65536 bytes"),
        ("turn", json!({ "text": "a", "k": 51 }), "k", "1 to 50"),
        ("turn", json!({ "text": "a", "ttl_seconds": -1 }), "ttl_seconds", "invalid value"),
    ];
    for (call, body, field, words) in rows {
        check_problem(&server.call("POST", &format!("/api/v1/{call}"), &body), 400, field, words);
    }
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn a_turn_tells_what_else_lay_near_only_where_asked() {
    let (_redis, server) = start();
    for text in ["Ada is allergic to peanuts.", "The compiler is slow on Mondays.", "Ada lives in Lisbon."] {
        remember(&server, "ada", text, "semantic");
    }
    let turn = |more: Value| {
        let mut body = json!({ "text": "What should Ada not eat?", "kind": "skip" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.call("POST", "/api/v1/turn?user=ada", &body)
    };
    assert_eq!(done(&turn(json!({})), 200)["candidates"], json!([]));
    let near = done(&turn(json!({ "candidates": 50, "k": 1 })), 200);
    let distances: Vec<f64> = near["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|near| near["distance"].as_f64().unwrap())
        .collect();
    assert!(distances.len() == 3 && distances.is_sorted(), "{distances:?}");
    assert_eq!(done(&turn(json!({ "candidates": 2 })), 200)["candidates"].as_array().unwrap().len(), 2);
    check_problem(&turn(json!({ "candidates": 51 })), 400, "candidates", "50");
}
