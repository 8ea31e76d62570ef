//! Starting, refusing to start, health, and stopping.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::{fs, net::TcpListener, process::Command};

use support::{PrivateRedis, Server, command, free_port, parts, refusal};

/// Checks that the server does not start and that its one sentence has all of these.
fn check_refusal(command: &mut Command, expected: &[&str]) {
    let said = refusal(command);
    assert!(said.starts_with("error: "), "{said}");
    for words in expected {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

fn on(redis: &PrivateRedis) -> Command {
    let mut command = command();
    command.args(["--port", &free_port().to_string(), "--redis-port", &redis.port().to_string()]);
    command.args(["--redis-host", "127.0.0.1"]);
    command
}

#[test]
fn without_redis_it_says_where_it_looked_and_what_to_do() {
    let port = free_port().to_string();
    check_refusal(
        command().args([
            "--port",
            &free_port().to_string(),
            "--redis-host",
            "127.0.0.1",
            "--redis-port",
            &port,
        ]),
        &["no Redis answers at redis://127.0.0.1:", &port, "--redis-url", "make run"],
    );
}

#[test]
fn a_redis_without_the_modules_is_named() {
    let redis = PrivateRedis::start_plain();
    check_refusal(&mut on(&redis), &["redis://127.0.0.1:", "modules Search and JSON", "Redis 8"]);
}

#[test]
fn a_wrong_password_is_not_shown() {
    let redis = PrivateRedis::start_with(&["--save", "", "--requirepass", "right"]);
    let url = format!("redis://:wr0ng@127.0.0.1:{}", redis.port());
    let said = refusal(command().args(["--port", &free_port().to_string(), "--redis-url", &url]));
    assert!(said.starts_with("error: the Redis at redis://127.0.0.1:"), "{said}");
    assert!(!said.contains("wr0ng"), "{said}");
}

#[test]
fn an_index_with_another_schema_is_named() {
    let redis = PrivateRedis::start();
    redis.command(&["FT.CREATE", "agentmem:idx", "ON", "HASH", "PREFIX", "1", "x:", "SCHEMA", "a", "TEXT"]);
    check_refusal(&mut on(&redis), &["`agentmem:idx`", "HASH instead of JSON", "--mem-index-name"]);
}

#[test]
fn a_port_in_use_is_named() {
    let redis = PrivateRedis::start();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = command();
    command.args(["--port", &port, "--redis-port", &redis.port().to_string()]);
    check_refusal(&mut command, &["cannot listen on 127.0.0.1:", &port, "--port"]);
}

#[test]
fn a_missing_or_broken_model_or_library_is_named() {
    let redis = PrivateRedis::start();
    let folder = std::env::temp_dir().join(format!("agent-memory-broken-model-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let folder_text = folder.to_str().unwrap();
    check_refusal(on(&redis).args(["--model-dir", folder_text]), &["model.onnx", folder_text]);

    fs::write(folder.join("model.onnx"), "no model").unwrap();
    fs::copy(parts().join("model/tokenizer.json"), folder.join("tokenizer.json")).unwrap();
    check_refusal(on(&redis).args(["--model-dir", folder_text]), &["model.onnx"]);

    let missing = folder.join("libmissing.so");
    check_refusal(on(&redis).args(["--ort-lib", missing.to_str().unwrap()]), &["libmissing.so", "--ort-lib"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_open_address_needs_a_token() {
    check_refusal(command().args(["--host", "0.0.0.0"]), &["--host 0.0.0.0", "--token"]);
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_and_not_shown() {
    for token in ["two\nlines", "schlüssel", "ends with a blank "] {
        let mut command = command();
        check_refusal(command.args(["--token", token]), &["token", "printable ASCII"]);
        assert!(!refusal(&mut command).contains(token));
    }
}

#[test]
fn it_is_ready_says_so_and_stops_cleanly() {
    let redis = PrivateRedis::start();
    let mut server = Server::start(&redis, &[]);
    let alive = server.get("/healthz");
    assert_eq!((alive.status, alive.json()["status"].as_str()), (200, Some("alive")));
    assert_eq!(server.get("/readyz").status, 200);
    assert!(server.terminate().success());
    assert!(server.log().contains("stopped"), "{}", server.log());
}

#[test]
fn while_redis_is_away_it_is_alive_but_not_ready_and_recovers_by_itself() {
    let mut redis = PrivateRedis::start_with(&["--appendonly", "yes"]);
    let server = Server::start(&redis, &[]);
    redis.crash();
    while server.get("/readyz").status != 503 {}
    assert_eq!(server.get("/healthz").status, 200);
    let gone = server.post("/turn", &[("text", "anybody there?")]);
    assert_eq!(gone.status, 503, "{gone:?}");
    assert!(gone.json()["error"].as_str().unwrap().contains("redis did not answer"));
    let page = server.get("/");
    assert!(page.text.contains("<html"), "{page:?}");

    redis.restart(&["--appendonly", "yes"]);
    while server.get("/readyz").status != 200 {}
    assert_eq!(server.post("/turn", &[("text", "back again")]).status, 200);
    assert_eq!(server.get("/state").json()["index"]["num_docs"], 9);
}

#[test]
fn samples_are_written_once_never_over_others_and_again_only_when_asked() {
    let redis = PrivateRedis::start();
    let documents = |server: &Server| server.get("/state").json()["index"]["num_docs"].clone();
    {
        let server = Server::start(&redis, &["--no-reset"]);
        assert_eq!(documents(&server), 0);
        server.post("/turn", &[("text", "My own memory."), ("user", "alice")]);
    }
    assert_eq!(documents(&Server::start(&redis, &[])), 1);
    assert_eq!(documents(&Server::start(&redis, &["--reset"])), 8);
}

#[test]
fn neither_texts_nor_secrets_are_logged() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--token", "t0ken-of-mine"]);
    let with_token = [("authorization", "Bearer t0ken-of-mine")];
    server.post_with("/turn", &[("text", "a secret wish")], &with_token);
    server.get_with("/state?user=secret-user", &with_token);
    assert_eq!(server.get_with("/?q=another+secret+wish", &with_token).status, 200);
    server.post_with("/turn", &[("text", "")], &with_token);
    let log = server.log();
    for secret in ["secret", "wish", "t0ken"] {
        assert!(!log.contains(secret), "`{secret}` in: {log}");
    }
}
