use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{check_problem, done, remember, start};

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|memory| memory["text"].as_str().unwrap()).collect()
}

#[test]
fn a_memory_is_written_read_and_forgotten_by_its_owner_alone() {
    let (_redis, server) = start();
    let body =
        json!({ "text": " likes tea ", "kind": "semantic", "source_thread": "t1", "ttl_seconds": 1000 });
    let written = done(&server.call("POST", "/api/v1/memories?user=ada&namespace=work", &body), 201);
    assert_eq!((&written["deduped"], &written["kind"]), (&json!(false), &json!("semantic")));
    assert_eq!(written["existing_distance"], Value::Null);
    let id = written["memory_id"].as_str().unwrap();

    let mut memory = done(&server.get(&format!("/api/v1/memories/{id}?user=ada&namespace=work")), 200);
    assert!((1..=1000).contains(&memory["ttl_seconds"].as_u64().unwrap()));
    assert!(memory["created_ts"].as_f64().unwrap() > 1.7e9);
    let object = memory.as_object_mut().unwrap();
    object.retain(|name, _| name != "ttl_seconds" && name != "created_ts");
    let expected = json!({ "id": id, "user": "ada", "namespace": "work", "kind": "semantic", "source_thread": "t1",
        "text": "likes tea", "hit_count": 0, "distance": null });
    assert_eq!(memory, expected);

    let again = done(&server.call("POST", "/api/v1/memories?user=ada&namespace=work", &body), 201);
    assert_eq!((&again["memory_id"], &again["deduped"]), (&json!(id), &json!(true)));
    assert!(again["existing_distance"].as_f64().unwrap() < 1e-6);

    for (user, expected) in
        [("bob", false), ("ada", false), ("ada&namespace=work", true), ("ada&namespace=work", false)]
    {
        let path = format!("/api/v1/memories/{id}?user={user}");
        assert_eq!(done(&server.call("DELETE", &path, &Value::Null), 200)["deleted"], expected, "{user}");
    }
    check_problem(
        &server.get(&format!("/api/v1/memories/{id}?user=ada&namespace=work")),
        404,
        "",
        "no such memory",
    );
}

#[test]
fn a_batch_is_written_in_order_or_not_at_all() {
    let (redis, server) = start();
    let batch =
        |items: Value| server.call("POST", "/api/v1/memories/batch?user=ada", &json!({ "items": items }));
    let items = json!([
        { "text": "Ada plays the violin." },
        { "text": "The build takes nine minutes.", "kind": "semantic" },
        { "text": "Ada plays the violin." },
    ]);
    let written = done(&batch(items), 201);
    let items = written["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!((&items[0]["kind"], &items[1]["kind"]), (&json!("episodic"), &json!("semantic")));
    assert_eq!((&items[2]["memory_id"], &items[2]["deduped"]), (&items[0]["memory_id"], &json!(true)));

    let before = redis.text(&["DBSIZE"]);
    let mixed = json!([{ "text": "Something entirely different." }, { "text": "  " }]);
    check_problem(&batch(mixed), 400, "text", "required");
    let lacking = json!([{ "text": "Another thing." }, { "kind": "semantic" }]);
    check_problem(&batch(lacking), 400, "items[1].text", "missing field");
    check_problem(&batch(json!([])), 400, "items", "1 to 100");
    check_problem(&batch(Value::Array(vec![json!({ "text": "a" }); 101])), 400, "items", "1 to 100");
    assert_eq!(redis.text(&["DBSIZE"]), before);
}

#[test]
fn an_edit_is_found_under_its_new_text_and_pins_or_limits_the_life() {
    let (_redis, server) = start();
    let id = remember(&server, "ada", "Ada plays the violin.", "episodic");
    let path = format!("/api/v1/memories/{id}?user=ada");
    let edited = done(&server.call("PATCH", &path, &json!({ "text": "The server room is too warm." })), 200);
    assert_eq!((&edited["id"], &edited["kind"]), (&json!(id), &json!("episodic")));
    let found = |text: &str| {
        let body = json!({ "text": text, "threshold": 0.4 });
        done(&server.call("POST", "/api/v1/recall?user=ada", &body), 200)["memories"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((found("Is the server room warm?"), found("Who plays the violin?")), (1, 0));

    let life = |patch: Value| done(&server.call("PATCH", &path, &patch), 200)["ttl_seconds"].clone();
    assert_eq!(life(json!({ "kind": "semantic" })), Value::Null);
    assert!(life(json!({ "kind": "episodic" })).as_u64().unwrap() > 600_000);
    assert!(life(json!({ "ttl_seconds": 60 })).as_u64().unwrap() <= 60);
    assert_eq!(life(json!({ "ttl_seconds": 0 })), Value::Null);

    check_problem(&server.call("PATCH", &path, &json!({})), 400, "", "nothing to change");
    check_problem(&server.call("PATCH", &path, &json!({ "text": "" })), 400, "text", "required");
    check_problem(
        &server.call("PATCH", &path, &json!({ "ttl_seconds": 999999999 })),
        400,
        "ttl_seconds",
        "ten years",
    );
    let bobs = server.call("PATCH", &format!("/api/v1/memories/{id}?user=bob"), &json!({ "text": "mine" }));
    check_problem(&bobs, 404, "", "no such memory");
    assert_eq!(done(&server.get(&path), 200)["text"], "The server room is too warm.");
}

#[test]
fn memories_are_listed_by_filter_and_page() {
    let (_redis, server) = start();
    let texts_written = [
        "The cat sleeps.",
        "Rust has traits.",
        "Lunch is at noon.",
        "Trains run late.",
        "Paint dries slowly.",
    ];
    for (at, text) in texts_written.iter().enumerate() {
        let body = json!({ "text": text, "kind": if at < 2 { "semantic" } else { "episodic" }, "source_thread": "t1" });
        done(&server.call("POST", "/api/v1/memories?user=ada", &body), 201);
    }
    let list = |query: &str| done(&server.get(&format!("/api/v1/memories?user=ada&{query}")), 200);
    let first = list("limit=2");
    assert_eq!(
        (texts(&first["memories"]), &first["total"]),
        (vec!["Paint dries slowly.", "Trains run late."], &json!(5))
    );
    let between = first["memories"][1]["created_ts"].as_f64().unwrap();
    remember(&server, "ada", "Somebody wrote this meanwhile.", "episodic");
    let second = list(&format!("limit=2&cursor={}", first["next_cursor"].as_str().unwrap()));
    assert_eq!(texts(&second["memories"]), ["Lunch is at noon.", "Rust has traits."]);
    let last = list(&format!("limit=2&cursor={}", second["next_cursor"].as_str().unwrap()));
    assert_eq!((texts(&last["memories"]), &last["next_cursor"]), (vec!["The cat sleeps."], &Value::Null));

    assert_eq!(texts(&list("kind=semantic")["memories"]), ["Rust has traits.", "The cat sleeps."]);
    assert_eq!(list("source_thread=t2")["total"], 0);
    assert_eq!(list(&format!("created_from={between}"))["total"], 3);
    assert_eq!(list(&format!("created_to={between}"))["total"], 4);
    assert_eq!(done(&server.get("/api/v1/memories?user=Ada"), 200)["memories"], json!([]));
}

#[test]
fn many_are_dropped_by_filter_after_a_look() {
    let (redis, server) = start();
    let kept = remember(&server, "ada", "Ada plays the violin.", "semantic");
    let gone: BTreeSet<String> = ["Lunch is at noon.", "Trains run late."]
        .map(|text| remember(&server, "ada", text, "episodic"))
        .into();
    remember(&server, "bob", "Bob's own.", "episodic");
    let drop = |body: Value| server.call("POST", "/api/v1/memories/drop?user=ada", &body);

    let look = done(&drop(json!({ "kind": "episodic", "dry_run": true })), 200);
    assert_eq!((&look["matched"], &look["deleted"], &look["dry_run"]), (&json!(2), &json!(0), &json!(true)));
    let ids: BTreeSet<String> = serde_json::from_value(look["ids"].clone()).unwrap();
    assert_eq!(ids, gone);
    assert_eq!(redis.text(&["DBSIZE"]), "4");
    assert_eq!(done(&drop(json!({ "kind": "episodic", "dry_run": false })), 200)["deleted"], 2);
    let left = done(&server.get("/api/v1/memories?user=ada"), 200);
    assert_eq!((&left["total"], &left["memories"][0]["id"]), (&json!(1), &json!(kept)));

    check_problem(&drop(json!({ "dry_run": false })), 400, "", "`all`: true");
    check_problem(&drop(json!({ "kind": "episodic" })), 400, "dry_run", "missing field");
    check_problem(
        &drop(json!({ "kind": "episodic", "all": true, "dry_run": false })),
        400,
        "all",
        "contradicts",
    );
    check_problem(&drop(json!({ "knid": "episodic", "dry_run": false })), 400, "knid", "unknown field");
    let for_good = json!({ "all": true, "for_good": true, "dry_run": false });
    assert_eq!(done(&drop(for_good), 200)["deleted"], 1);
    assert_eq!(done(&server.get("/api/v1/memories?user=ada"), 200)["total"], 0);
}

#[test]
fn a_listing_keeps_to_words_and_counts_exactly_among_names_that_differ_in_case() {
    let (_redis, server) = start();
    for (user, text) in [
        ("ada", "Ada is allergic to peanuts."),
        ("ada", "The compiler is slow on Mondays."),
        ("Ada", "Another Ada, who lives in Lisbon."),
        ("ADA", "The office closes at noon."),
    ] {
        remember(&server, user, text, "semantic");
    }
    let list = |query: &str| done(&server.get(&format!("/api/v1/memories?{query}")), 200);
    for (user, expected) in [("ada", 2), ("Ada", 1), ("ADA", 1), ("aDA", 0)] {
        let listed = list(&format!("user={user}"));
        assert_eq!(
            (&listed["total"], listed["memories"].as_array().unwrap().len()),
            (&json!(expected), expected)
        );
    }
    assert_eq!(texts(&list("user=ada&words=peanut")["memories"]), ["Ada is allergic to peanuts."]);
    assert_eq!(list("user=ada&words=peanut")["total"], 1);
    assert_eq!(
        texts(&list("user=ada&words=slow+COMPILER")["memories"]),
        ["The compiler is slow on Mondays."]
    );
    let recall = json!({ "text": "food", "threshold": 2, "words": "compiler" });
    let recalled = done(&server.call("POST", "/api/v1/recall?user=ada", &recall), 200);
    assert_eq!(texts(&recalled["memories"]), ["The compiler is slow on Mondays."]);
    let long = "x".repeat(201);
    check_problem(&server.get(&format!("/api/v1/memories?user=ada&words={long}")), 400, "words", "200");
    let drop = json!({ "words": "peanuts", "dry_run": true });
    assert_eq!(done(&server.call("POST", "/api/v1/memories/drop?user=ada", &drop), 200)["matched"], 1);
}
