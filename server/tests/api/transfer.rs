use serde_json::{Value, json};

use crate::{check_problem, done, remember, start, support::Server};

fn import(server: &Server, query: &str, lines: &str) -> Value {
    done(&server.post_body(&format!("/api/v1/import?{query}"), "application/x-ndjson", lines), 200)
}

/// A document, its vector as the f32 that they are: Redis may read the last of 17 digits one unit off.
fn document(json: &str) -> Value {
    let mut document: Value = serde_json::from_str(json).unwrap();
    let vector: Vec<f32> = serde_json::from_value(document["embedding"].take()).unwrap();
    document["embedding"] = vector.into();
    document
}

#[test]
fn what_was_exported_is_back_after_a_wipe() {
    let (redis, server) = start();
    let id = remember(&server, "ada", "Ada plays the violin.", "episodic");
    remember(&server, "ada", "Rust has traits.", "semantic");
    remember(&server, "bob", "Bob's own.", "semantic");
    let key = format!("agent:mem:{id}");
    redis.command(&["JSON.SET", &key, "$.theirs", r#"{"a":[1.5,null]}"#]);
    let (before, expires) = (redis.text(&["JSON.GET", &key]), redis.text(&["PEXPIRETIME", &key]));

    let export = server.get("/api/v1/export?user=ada");
    assert_eq!((export.status, export.header("x-total-count")), (200, "2"));
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    assert_eq!(export.text.lines().count(), 2);
    let semantic = server.get("/api/v1/export?user=ada&kind=semantic&vectors=false");
    assert!(semantic.text.contains("traits") && !semantic.text.contains("embedding"));
    assert_eq!(semantic.text.lines().count(), 1);

    redis.command(&["DEL", &key]);
    let report = import(&server, "user=ada", &export.text);
    assert_eq!(
        (&report["written"], &report["skipped"], &report["done"]),
        (&json!(1), &json!(1), &json!(true))
    );
    assert_eq!(redis.text(&["PEXPIRETIME", &key]), expires);
    assert_eq!(document(&redis.text(&["JSON.GET", &key])), document(&before));

    assert_eq!(import(&server, "user=ada&on_conflict=overwrite", &export.text)["overwritten"], 2);
    assert_eq!(import(&server, "user=ada&on_conflict=error", &export.text)["failed"], 2);
    assert_eq!(import(&server, "user=eve&on_conflict=new-id", &export.text)["renamed"], 2);
    assert_eq!(done(&server.get("/api/v1/memories?user=eve"), 200)["total"], 2);
    let known = import(&server, "user=eve&on_conflict=new-id&dedup=true", &export.text);
    assert_eq!((&known["deduplicated"], &known["renamed"]), (&json!(2), &json!(0)));
}

#[test]
fn an_import_may_be_larger_than_other_bodies_and_tells_its_progress() {
    let (_redis, server) = start();
    let vector = vec![0.051_234_5; 384];
    let line = |number: usize| {
        let document = json!({ "text": format!("memory {number}"), "embedding": vector, "kind": "semantic", "created_ts": number });
        json!({ "id": format!("m{number}"), "document": document }).to_string() + "\n"
    };
    let lines: String = (0..1000).map(line).collect();
    assert!(lines.len() > 2 * 1024 * 1024);
    let path = "/api/v1/import?user=ada&progress=true";
    let reply = server.post_body(path, "application/x-ndjson", &lines);
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-ndjson"));
    let told: Vec<Value> = reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(told.len() > 10);
    let (last, before) = told.split_last().unwrap();
    assert!(before.iter().all(|told| told["done"] == false));
    assert_eq!((&last["done"], &last["written"], &last["lines"]), (&json!(true), &json!(1000), &json!(1000)));
    assert_eq!(server.get("/api/v1/export?user=ada").text.lines().count(), 1000);
}

#[test]
fn lines_that_are_wrong_are_named_and_a_dry_run_writes_nothing() {
    let (redis, server) = start();
    let long = format!("{{\"document\":{{\"text\":\"{}\"}}}}", "x".repeat(1024 * 1024));
    let lines = format!(
        "{{\"document\":{{\"text\":\"fine\"}}}}\n\nno JSON\n{long}\n{{\"document\":{{\"text\":\"\"}}}}"
    );
    let would = import(&server, "user=ada&dry_run=true", &lines);
    assert_eq!(redis.text(&["DBSIZE"]), "0");
    let report = import(&server, "user=ada", &lines);
    assert_eq!(would, report);
    assert_eq!((&report["lines"], &report["written"], &report["failed"]), (&json!(4), &json!(1), &json!(3)));
    let numbers: Vec<&Value> =
        report["problems"].as_array().unwrap().iter().map(|problem| &problem["line"]).collect();
    assert_eq!(numbers, [&json!(3), &json!(4), &json!(5)]);
    assert!(report["problems"][1]["problem"].as_str().unwrap().contains("longer than 1 MiB"));
    assert_eq!(import(&server, "user=ada&dry_run=true", "")["lines"], 0);
    let unknown = server.post_body("/api/v1/import?on_conflict=merge", "application/x-ndjson", "");
    check_problem(&unknown, 400, "on_conflict", "unknown variant");
}
