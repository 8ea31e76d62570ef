use serde_json::{Value, json};

use crate::{check_problem, done, remember, start, support::Server};

fn judge(server: &Server, query: &str, id: &str, verdict: Value) -> String {
    let body = json!({ "query": query, "memory_id": id, "verdict": verdict });
    let judged = done(&server.call("PUT", "/api/v1/judgements?user=ada", &body), 200);
    judged["query_id"].as_str().unwrap().to_string()
}

fn evaluate(server: &Server, body: &Value) -> Value {
    done(&server.call("POST", "/api/v1/evaluate?user=ada", body), 200)
}

const QUESTION: &str = "What must Ada not eat?";

/// One good and one bad memory for a question; their ids.
fn judged(server: &Server) -> (String, String) {
    let good = remember(server, "ada", "Ada is allergic to peanuts.", "semantic");
    let bad = remember(server, "ada", "The build server compiles slowly on Mondays.", "semantic");
    judge(server, QUESTION, &good, json!("good"));
    judge(server, QUESTION, &bad, json!("bad"));
    (good, bad)
}

#[test]
fn what_is_judged_is_listed_measured_and_deleted() {
    let (_redis, server) = start();
    let (good, bad) = judged(&server);
    let listed = done(&server.get("/api/v1/judgements?user=ada"), 200);
    let saved = &listed["queries"][0];
    assert_eq!(
        (&saved["query"], &saved["good"], &saved["bad"]),
        (&json!(QUESTION), &json!([good]), &json!([bad]))
    );
    assert_eq!(done(&server.get("/api/v1/judgements?user=bob"), 200)["queries"], json!([]));

    let everything = json!({ "threshold": 2.0, "ranking": "distance" });
    let told = evaluate(&server, &json!({ "setting": everything }));
    assert_eq!(told["setting"]["k"], 5);
    let figures = &told["figures"];
    for (name, expected) in [
        ("queries", json!(1)),
        ("empty_share", json!(0.0)),
        ("rows", json!(2)),
        ("recall", json!(1.0)),
        ("precision", json!(0.5)),
        ("unjudged", json!(0)),
    ] {
        assert_eq!(figures[name], expected, "{name}");
    }
    assert_eq!(told["histogram"]["good"].as_array().unwrap().len(), 40);
    assert!(told.get("comparison").is_none() && told.get("suggestion").is_none());

    let told = evaluate(
        &server,
        &json!({ "setting": { "threshold": 0 }, "against": everything, "suggest": true, "width": 0.2 }),
    );
    assert_eq!((&told["figures"]["empty_share"], &told["figures"]["recall"]), (&json!(1.0), &json!(0.0)));
    let moved = |id: &str, verdict: &str| json!({ "memory_id": id, "verdict": verdict });
    let change =
        json!({ "query": QUESTION, "gained": [moved(&good, "good"), moved(&bad, "bad")], "lost": [] });
    assert_eq!(told["comparison"]["changes"], json!([change]));
    let suggestion = &told["suggestion"];
    assert_eq!((&suggestion["figures"]["f1"], &suggestion["judgements"]), (&json!(1.0), &json!(2)));
    assert_eq!(suggestion["more_judgements"], Value::Null);
    let flags = suggestion["flags"].as_str().unwrap();
    assert!(flags.starts_with("--threshold 0.") && flags.ends_with("-k 1 --ranking distance"), "{flags}");

    let tried = done(&server.get("/api/v1/evaluate?user=ada"), 200);
    let thresholds: Vec<&Value> =
        tried["settings"].as_array().unwrap().iter().map(|tried| &tried["setting"]["threshold"]).collect();
    assert_eq!(thresholds, [&json!(0.0), &json!(2.0)]);

    let id = judge(&server, QUESTION, &bad, Value::Null);
    assert_eq!(done(&server.get("/api/v1/judgements?user=ada"), 200)["queries"][0]["bad"], json!([]));
    let path = format!("/api/v1/judgements/{id}?user=ada");
    done(&server.call("DELETE", &path, &Value::Null), 204);
    check_problem(&server.call("DELETE", &path, &Value::Null), 404, "", "no such saved query");
    let nothing = evaluate(&server, &json!({ "suggest": true }));
    assert_eq!((&nothing["figures"]["queries"], &nothing["figures"]["recall"]), (&json!(0), &Value::Null));
}

#[test]
fn judgements_go_out_and_in_again_line_by_line() {
    let (_redis, server) = start();
    let (good, bad) = judged(&server);
    let out = server.get("/api/v1/judgements.jsonl?user=ada");
    assert_eq!(out.header("content-type"), "application/x-ndjson");
    let line: Value = serde_json::from_str(out.text.trim_end()).unwrap();
    assert_eq!(line, json!({ "query": QUESTION, "good": [good], "bad": [bad] }));
    let id = judge(&server, QUESTION, &bad, Value::Null);
    done(&server.call("DELETE", &format!("/api/v1/judgements/{id}?user=ada"), &Value::Null), 204);
    let lines =
        format!("{}\nno JSON\n\n{{\"query\": \"food\", \"good\": [\"of nobody\"]}}\n", out.text.trim_end());
    let read = server.post_body("/api/v1/judgements.jsonl?user=ada", "application/x-ndjson", &lines);
    let report = done(&read, 200);
    assert_eq!((&report["lines"], &report["saved"], &report["failed"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!((&report["problems"][0]["line"], &report["problems"][1]["line"]), (&json!(2), &json!(4)));
    assert!(report["problems"][1]["problem"].as_str().unwrap().contains("no memory `of nobody`"));
    assert_eq!(server.get("/api/v1/judgements.jsonl?user=ada").text, out.text);
}

#[test]
fn a_profile_says_what_a_request_leaves_open() {
    let (redis, server) = start();
    judged(&server);
    let set = |path: &str, body: Value| server.call("PUT", &format!("/api/v1/profiles/{path}"), &body);
    done(&set("wide?user=ada", json!({ "threshold": 2, "ranking": "distance" })), 200);
    done(&set("one?shared=true", json!({ "k": 1, "threshold": 2, "weights": { "text": 0 } })), 200);
    let listed = done(&server.get("/api/v1/profiles?user=ada"), 200);
    let names: Vec<(&Value, &Value)> = listed["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|profile| (&profile["name"], &profile["shared"]))
        .collect();
    assert_eq!(names, [(&json!("wide"), &json!(false)), (&json!("one"), &json!(true))]);
    let read = done(&server.get("/api/v1/profiles/one?user=ada"), 200);
    assert_eq!(read["weights"], json!({ "vector": 1.0, "text": 0.0, "around": 1.0 }));

    let recalled = |call: &str, more: Value| {
        let mut body = json!({ "text": QUESTION });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = done(&server.call("POST", &format!("/api/v1/{call}?user=ada"), &body), 200);
        let rows = if call == "turn" { &reply["recalled"] } else { &reply["memories"] };
        rows.as_array().unwrap().len()
    };
    for (more, expected) in [
        (json!({ "profile": "wide" }), 2),
        (json!({ "profile": "one" }), 1),
        (json!({ "profile": "wide", "k": 1 }), 1),
        (json!({ "profile": "wide", "threshold": 0 }), 0),
        (json!({ "profile": "one", "k": 2, "ranking": "hybrid", "weights": { "around": 3 } }), 2),
    ] {
        assert_eq!(recalled("recall", more.clone()), expected, "{more}");
        let mut turn = more.clone();
        turn["kind"] = json!("skip");
        assert_eq!(recalled("turn", turn), expected, "{more}");
    }
    let told = evaluate(&server, &json!({ "setting": { "profile": "one" } }));
    assert_eq!((&told["setting"]["k"], &told["setting"]["ranking"]), (&json!(1), &json!("hybrid")));

    let delete = |path: &str| server.call("DELETE", &format!("/api/v1/profiles/{path}"), &Value::Null);
    done(&delete("wide?user=ada"), 204);
    check_problem(&delete("wide?user=ada"), 404, "", "no such profile");
    done(&delete("one?shared=true"), 204);
    check_problem(&server.get("/api/v1/profiles/one?user=ada"), 404, "", "no such profile");
    assert_eq!(redis.text(&["EXISTS", "agentmem:idx:profiles"]), "0");
}

#[test]
fn what_is_beyond_the_limits_is_refused() {
    let (redis, server) = start();
    let call = |method: &str, path: &str, body: Value| server.call(method, &format!("/api/v1/{path}"), &body);
    let judge = |more: Value| {
        let mut body = json!({ "query": "a", "memory_id": "x", "verdict": "good" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call("PUT", "judgements", body)
    };
    check_problem(&judge(json!({})), 404, "", "no memory `x`");
    check_problem(&judge(json!({ "query": " " })), 400, "query", "required");
    check_problem(&judge(json!({ "query": "x".repeat(4097) })), 400, "query", "4096 bytes");
    check_problem(&judge(json!({ "verdict": "fine" })), 400, "verdict", "unknown variant");
    let unsaid = json!({ "query": "a", "memory_id": "x" });
    check_problem(&call("PUT", "judgements", unsaid), 400, "verdict", "missing field");
    let rows = [
        (json!({ "setting": { "k": 51 } }), "k", "1 to 50"),
        (json!({ "setting": { "threshold": 3 } }), "threshold", "0 to 2"),
        (json!({ "against": { "weights": { "vector": 0, "text": 0, "around": 0 } } }), "weights", "not all"),
        (json!({ "setting": { "profile": "none" } }), "profile", "no profile `none`"),
        (json!({ "setting": { "profile": "" } }), "profile", "required"),
        (json!({ "width": 0 }), "width", "0.01 to 1"),
    ];
    for (body, field, words) in rows {
        check_problem(&call("POST", "evaluate", body), 400, field, words);
    }
    check_problem(&call("POST", "recall", json!({ "text": "a", "profile": "none" })), 400, "profile", "none");
    check_problem(&call("POST", "turn", json!({ "text": "a", "profile": "none" })), 400, "profile", "none");
    check_problem(&call("PUT", "profiles/a%0Ab", json!({})), 400, "profile", "control");
    check_problem(&call("PUT", "profiles/a", json!({ "k": 0 })), 400, "k", "1 to 50");
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}
