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

#[test]
fn labels_are_asked_for_in_recalls_lists_and_drops() {
    let (_redis, server) = start();
    for (text, tags) in [
        ("Ada likes tea.", json!(["food", "Home, sweet"])),
        ("Ada likes trains.", json!(["travel"])),
        ("Ada likes walks.", json!(["travel", "food"])),
        ("Ada likes rain.", json!([])),
    ] {
        let body = json!({ "text": text, "tags": tags, "force": "new" });
        done(&server.call("POST", "/api/v1/memories?user=ada", &body), 201);
    }
    let names = |memories: &Value| {
        let text =
            |memory: &Value| memory["text"].as_str().unwrap().replace("Ada likes ", "").replace('.', "");
        let mut names: Vec<String> = memories.as_array().unwrap().iter().map(text).collect();
        names.sort();
        names.join(" ")
    };
    let rows = [
        (json!({ "any": ["food", "travel"] }), "tea trains walks"),
        (json!({ "all": ["food", "TRAVEL"] }), "walks"),
        (json!({ "none": ["food"] }), "rain trains"),
        (json!({ "any": ["food"], "none": ["travel"] }), "tea"),
        (json!({ "all": ["home, sweet"] }), "tea"),
        (json!({ "any": ["fo", "*"] }), ""),
        (json!({}), "rain tea trains walks"),
    ];
    for (tags, expected) in rows {
        for ranking in ["distance", "hybrid"] {
            let body =
                json!({ "text": "What does Ada like?", "threshold": 2, "tags": tags, "ranking": ranking });
            let found = done(&server.call("POST", "/api/v1/recall?user=ada", &body), 200);
            assert_eq!(names(&found["memories"]), expected, "{tags} {ranking}");
        }
    }
    let listed = done(&server.get("/api/v1/memories?user=ada&tags_any=food,travel&tags_none=home%2C"), 200);
    assert_eq!((names(&listed["memories"]).as_str(), &listed["total"]), ("tea trains walks", &json!(3)));
    let listed = done(&server.get("/api/v1/memories?user=ada&tags_all=travel,food"), 200);
    assert_eq!(names(&listed["memories"]), "walks");
    let drop = json!({ "tags": { "any": ["travel"] }, "dry_run": false });
    assert_eq!(done(&server.call("POST", "/api/v1/memories/drop?user=ada", &drop), 200)["deleted"], 2);
    let body = json!({ "text": "x", "tags": { "some": ["a"] } });
    check_problem(&server.call("POST", "/api/v1/recall?user=ada", &body), 400, "tags.some", "some");
}

#[test]
fn a_recall_fills_a_number_of_tokens_and_brings_the_turns_around() {
    let (_redis, server) = start();
    for text in [
        "We talked about boats for an hour.",
        "Which instrument does your brother play in the orchestra?",
        "The oboe, since he was nine.",
        "Then dinner was ready.",
        "It was late when we left.",
    ] {
        let body = json!({ "text": text, "thread_id": "t1", "kind": "semantic" });
        done(&server.call("POST", "/api/v1/turn?user=ada", &body), 200);
    }
    let recall = |more: Value| {
        let mut body = json!({ "text": "What does the brother play in the orchestra?", "threshold": 2 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        done(&server.call("POST", "/api/v1/recall?user=ada", &body), 200)
    };
    let all = recall(json!({ "max_tokens": 1000 }));
    assert_eq!(all["memories"].as_array().unwrap().len(), 5);
    let some = recall(json!({ "max_tokens": 30 }));
    let count = some["memories"].as_array().unwrap().len();
    assert!((1..5).contains(&count) && some["tokens"].as_u64().unwrap() <= 30, "{some}");
    assert_eq!(recall(json!({ "max_tokens": 1 }))["memories"], json!([]));

    let one = recall(json!({ "k": 1, "expand": 1 }));
    let turn = one["memories"][0]["turn"].as_u64().unwrap();
    let around: Vec<u64> =
        one["around"].as_array().unwrap().iter().map(|one| one["turn"].as_u64().unwrap()).collect();
    assert_eq!(
        around,
        [turn - 1, turn + 1].into_iter().filter(|turn| (1..=5).contains(turn)).collect::<Vec<_>>()
    );
    assert!(recall(json!({ "k": 1 })).get("around").is_none());
    for (body, field) in [
        (json!({ "text": "x", "expand": 11 }), "expand"),
        (json!({ "text": "x", "max_tokens": 0 }), "max_tokens"),
    ] {
        check_problem(&server.call("POST", "/api/v1/recall?user=ada", &body), 400, field, field);
    }
}

#[test]
fn any_memory_of_the_scope_is_explained() {
    let (_redis, server) = start();
    let best = remember(&server, "ada", "Ada is allergic to peanuts and eats no nuts.", "semantic");
    let beyond = remember(&server, "ada", "The compiler is slow on Mondays.", "semantic");
    let other_kind = remember(&server, "ada", "Ada ate peanuts yesterday.", "episodic");
    let of_bob = remember(&server, "bob", "Bob is allergic to peanuts.", "semantic");
    let old = remember(&server, "ada", "Ada is allergic to wasps.", "semantic");
    let body = json!({ "text": "Ada is allergic to bees.", "kind": "semantic", "supersedes": old });
    done(&server.call("POST", "/api/v1/memories?user=ada", &body), 201);
    for ranking in ["hybrid", "distance"] {
        let ids = [&best, &beyond, &other_kind, &of_bob, &old];
        let body = json!({ "text": "Is Ada allergic to peanuts?", "threshold": 0.6, "k": 1, "kind": "semantic",
            "ranking": ranking, "explain_ids": ids });
        let found = done(&server.call("POST", "/api/v1/recall?user=ada", &body), 200);
        let reasons: Vec<&str> = ids
            .iter()
            .map(|id| {
                let all = found["explanations"].as_array().unwrap();
                all.iter().find(|one| one["memory_id"] == id.as_str()).unwrap()["reason"].as_str().unwrap()
            })
            .collect();
        let expected = ["within_threshold", "beyond_threshold", "filtered_out", "unknown", "superseded"];
        assert_eq!(reasons, expected, "{ranking}");
        let bob =
            found["explanations"].as_array().unwrap().iter().find(|one| one["memory_id"] == of_bob.as_str());
        assert_eq!(bob.unwrap()["text"], Value::Null);
    }
}
