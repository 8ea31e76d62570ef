use serde_json::{Value, json};

use crate::{
    check_problem, done, start,
    support::{PrivateRedis, Server, raw_status_line},
};

#[test]
fn unknown_paths_methods_types_and_bodies_are_problems() {
    let (redis, server) = start();
    check_problem(&server.get("/api/v1"), 404, "", "`/api`");
    check_problem(&server.get("/api/v1/nothing?user=ada"), 404, "", "`/api`");
    let method = server.call("POST", "/api/v1/index", &json!({}));
    check_problem(&method, 405, "", "another method");
    assert_eq!(method.header("allow"), "GET,HEAD");
    check_problem(&server.post("/api/v1/memories", &[("text", "a form")]), 415, "", "application/json");
    for broken in ["", "{", "[]", "{\"text\":\"a\"} more"] {
        let reply = server.post_body("/api/v1/memories", "application/json", broken);
        check_problem(&reply, 400, "", "");
    }
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn names_and_numbers_in_the_query_are_checked() {
    let (redis, server) = start();
    let (long, longer) = ("x".repeat(129), "x".repeat(1025));
    let rows = [
        ("/api/v1/memories?user=a%00b", "user", "control character"),
        (&format!("/api/v1/memories?namespace={long}"), "namespace", "128 characters"),
        ("/api/v1/memories?limit=0", "limit", "1 to 200"),
        ("/api/v1/memories?limit=201", "limit", "1 to 200"),
        ("/api/v1/memories?limit=many", "limit", "invalid digit"),
        ("/api/v1/memories?cursor=tomorrow", "cursor", "next_cursor"),
        ("/api/v1/memories?kind=skip", "kind", "unknown variant"),
        ("/api/v1/memories?created_from=NaN", "created_from", "finite"),
        ("/api/v1/memories?source_thread=", "source_thread", "required"),
        ("/api/v1/threads?cursor=-1", "cursor", "next_cursor"),
        ("/api/v1/threads/%00", "thread_id", "control character"),
        (&format!("/api/v1/memories/{longer}"), "memory_id", "1024 bytes"),
        ("/api/v1/export?vectors=perhaps", "vectors", "true"),
    ];
    for (path, field, words) in rows {
        check_problem(&server.get(path), 400, field, words);
    }
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn an_empty_name_is_the_default_one() {
    let (_redis, server) = start();
    done(&server.call("POST", "/api/v1/memories?user=&namespace=%20", &json!({ "text": "a" })), 201);
    let listed = done(&server.get("/api/v1/memories"), 200);
    assert_eq!((&listed["memories"][0]["user"], &listed["total"]), (&json!("default"), &json!(1)));
}

#[test]
fn a_body_beyond_one_mebibyte_is_a_problem_and_changes_nothing() {
    let (redis, server) = start();
    let head = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            1024 * 1024 + 1
        )
    };
    // The head alone: the server does not wait for a body that it will not take.
    assert!(raw_status_line(server.port, &head("/api/v1/turn")).contains(" 413 "));
    // A body that does not tell its length.
    let chunk = "x".repeat(1024 * 1024);
    let chunked = format!(
        "POST /api/v1/turn HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
         100000\r\n{chunk}\r\n2\r\nxx\r\n0\r\n\r\n"
    );
    assert!(raw_status_line(server.port, &chunked).contains(" 413 "));
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn the_guards_stand_before_the_api() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let body = json!({ "text": "planted" });
    let post = |headers: &[(&str, &str)]| server.call_with("POST", "/api/v1/memories", &body, headers);
    check_problem(&post(&[("host", "evil.example")]), 421, "", "--allowed-host");
    check_problem(&post(&[("origin", "https://evil.example")]), 403, "", "another site");
    check_problem(&post(&[("sec-fetch-site", "cross-site")]), 403, "", "another site");
    check_problem(&server.get_with("/api/v1/index", &[("host", "evil.example")]), 421, "", "--allowed-host");
    assert_eq!(redis.text(&["DBSIZE"]), "0");

    let closed = Server::start(&redis, &["--no-reset", "--token", "s3cret"]);
    for path in ["/api/v1/index", "/api/v1/export", "/api/v1/nothing"] {
        check_problem(&closed.get(path), 401, "", "Authorization");
    }
    for path in ["/api", "/api/openapi.json", "/metrics"] {
        assert_eq!(closed.get(path).status, 401, "{path}");
    }
    assert_eq!(closed.get("/api/v1/health").status, 200);
    assert_eq!(closed.get("/api/v1/ready").status, 200);
    done(&closed.get_with("/api/v1/index", &[("authorization", "Bearer s3cret")]), 200);
}

#[test]
fn without_redis_every_call_says_so_in_bounded_time_and_works_again_after() {
    let mut redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    redis.crash();
    let text = json!({ "text": "anybody there?" });
    let calls = [
        ("GET", "/index", Value::Null),
        ("GET", "/threads", Value::Null),
        ("GET", "/threads/t1", Value::Null),
        ("GET", "/memories", Value::Null),
        ("GET", "/export", Value::Null),
        ("POST", "/turn", text.clone()),
        ("POST", "/recall", text.clone()),
        ("POST", "/memories", text.clone()),
        ("DELETE", "/memories/m1", Value::Null),
    ];
    for (method, path, body) in &calls {
        let reply = server.call(method, &format!("/api/v1{path}"), body);
        check_problem(&reply, 503, "", "redis did not answer");
        assert_eq!(reply.header("retry-after"), "1");
    }
    while server.get("/api/v1/ready").status != 503 {}
    check_problem(&server.get("/api/v1/ready"), 503, "", "redis");
    assert_eq!(server.get("/api/v1/health").status, 200);
    redis.restart(&["--save", ""]);
    while server.get("/api/v1/ready").status != 200 {}
    done(&server.call("POST", "/api/v1/memories", &text), 201);
}

#[test]
fn no_text_of_a_user_and_no_key_is_logged() {
    let (_redis, server) = start();
    let headers = [("idempotency-key", "secret-key")];
    server.call_with(
        "POST",
        "/api/v1/memories?user=secret-user",
        &json!({ "text": "a secret wish" }),
        &headers,
    );
    server.call("POST", "/api/v1/memories?user=secret-user", &json!({ "secret": "wish" }));
    let log = server.log();
    for secret in ["secret", "wish"] {
        assert!(!log.contains(secret), "`{secret}` in: {log}");
    }
}
