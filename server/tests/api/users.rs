use serde_json::{Value, json};

use crate::{check_problem, done, remember, start, support::Server};

fn forget(server: &Server, body: &Value) -> Value {
    done(&server.call("POST", "/api/v1/users/forget", body), 200)
}

fn users(server: &Server) -> Value {
    done(&server.get("/api/v1/users"), 200)["users"].clone()
}

#[test]
fn a_user_is_listed_and_forgotten_with_a_receipt() {
    let (redis, server) = start();
    assert_eq!(users(&server), json!([]));
    remember(&server, "Ada", "Another Ada's own.", "semantic");
    let all = |pattern: &str| redis.text(&["EVAL", "return #redis.call('KEYS', ARGV[1])", "0", pattern]);
    let turn = json!({ "text": "I am allergic to peanuts.", "thread_id": "t1" });
    done(&server.call_with("POST", "/api/v1/turn?user=ada", &turn, &[("idempotency-key", "k1")]), 200);
    let id = remember(&server, "ada", "Peanuts are out.", "semantic");
    let edit = json!({ "tags": ["food"] });
    let path = format!("/api/v1/memories/{id}?user=ada");
    done(&server.call_with("PATCH", &path, &edit, &[("idempotency-key", "k2")]), 200);
    let dropped = json!({ "words": "peanuts out", "dry_run": false });
    done(&server.call("POST", "/api/v1/memories/drop?user=ada", &dropped), 200);
    let elsewhere = json!({ "text": "At work she eats.", "kind": "semantic" });
    done(&server.call("POST", "/api/v1/memories?user=ada&namespace=work", &elsewhere), 201);
    let row = |user: &str, namespace: &str, memories, threads| json!({ "user": user, "namespace": namespace, "memories": memories, "threads": threads });
    let (other, work) = (row("Ada", "default", 1, 0), row("ada", "work", 1, 0));
    assert_eq!(users(&server), json!([other, row("ada", "default", 1, 1), work]));

    let (keys, answers) = (redis.text(&["DBSIZE"]), all("agentmem:idx:idempotency:*"));
    assert_eq!(answers, "2");
    let dry = forget(&server, &json!({ "user": "ada", "namespace": "default", "dry_run": true }));
    assert_eq!(redis.text(&["DBSIZE"]), keys);
    let headers = [("idempotency-key", "k3")];
    let body = json!({ "user": "ada", "namespace": "default", "dry_run": false });
    let mut receipt = done(&server.call_with("POST", "/api/v1/users/forget", &body, &headers), 200);
    let expected = json!({
        "user": "ada", "namespace": "default", "dry_run": false, "memories": 1, "superseded": 0, "unreadable": 0,
        "set_aside": 1, "threads": 1, "events": 1, "answers": 2, "reviews": 0, "judgements": 0, "undo": 1, "ownerless": 0,
        "unreached": 0, "unreached_keys": [],
    });
    assert_eq!(receipt, expected);
    receipt["dry_run"] = true.into();
    assert_eq!(dry, receipt);
    assert_eq!(users(&server), json!([other, work]));
    // Not even the call itself left something behind.
    assert_eq!((redis.text(&["DBSIZE"]).as_str(), all("*idempotency*").as_str()), ("2", "0"));

    let rest = forget(&server, &json!({ "user": "ada", "dry_run": false }));
    assert_eq!((&rest["namespace"], &rest["memories"]), (&Value::Null, &json!(1)));
    let again = forget(&server, &json!({ "user": "ada", "namespace": null, "dry_run": false }));
    assert_eq!(again["memories"], 0);
    assert_eq!(users(&server), json!([other]));
}

#[test]
fn whom_to_forget_has_to_be_said() {
    let (redis, server) = start();
    remember(&server, "default", "Of the default user.", "semantic");
    let refused = |path: &str, body: &Value, status, field: &str, words: &str| {
        check_problem(
            &server.call("POST", &format!("/api/v1/users/forget{path}"), body),
            status,
            field,
            words,
        );
    };
    refused("", &json!({ "dry_run": false }), 400, "user", "missing field");
    refused("", &json!({ "user": "default" }), 400, "dry_run", "missing field");
    refused("", &json!({ "user": " ", "dry_run": false }), 400, "user", "required");
    refused(
        "",
        &json!({ "user": "default", "namespace": "", "dry_run": false }),
        400,
        "namespace",
        "required",
    );
    refused("", &json!({ "user": "a\u{7}", "dry_run": false }), 400, "user", "control");
    refused(
        "",
        &json!({ "user": "default", "name_space": "x", "dry_run": false }),
        400,
        "name_space",
        "unknown field",
    );
    refused("?namespace=x", &json!({ "user": "default", "dry_run": false }), 400, "", "in its body");
    assert_eq!(redis.text(&["DBSIZE"]), "1");
}
