//! Who may call, and what is too much.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use support::{PrivateRedis, Server, raw_status_line};

#[test]
fn other_sites_and_other_host_names_are_refused_and_change_nothing() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let form = [("text", "planted by another site")];
    let rows = [
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "https://evil.example")], 403),
        (vec![("host", "evil.example")], 421),
    ];
    for (headers, expected) in rows {
        for path in ["/turn", "/api/fn/turn", "/reset"] {
            assert_eq!(server.post_with(path, &form, &headers).status, expected, "{path} {headers:?}");
        }
    }
    assert_eq!(server.get_with("/state", &[("host", "evil.example")]).status, 421);
    assert_eq!(redis.text(&["DBSIZE"]), "0");

    let own_origin = format!("http://127.0.0.1:{}", server.port);
    for headers in [vec![], vec![("sec-fetch-site", "same-origin")], vec![("origin", own_origin.as_str())]] {
        assert_eq!(server.post_with("/turn", &form, &headers).status, 200, "{headers:?}");
    }
}

#[test]
fn with_a_token_nothing_but_health_is_open() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--token", "s3cret"]);
    for path in ["/", "/state", "/pkg/agent-memory.css", "/nothing"] {
        assert_eq!(server.get(path).status, 401, "{path}");
    }
    assert_eq!(server.post("/turn", &[("text", "x")]).status, 401);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get_with("/state", &[("authorization", "Bearer s3cret")]).status, 200);
    assert_eq!(server.get_with("/state", &[("authorization", "Bearer wrong")]).status, 401);

    let welcome = server.get("/?token=s3cret");
    assert_eq!((welcome.status, welcome.header("location")), (303, "/"));
    let cookie = welcome.header("set-cookie").split(';').next().unwrap().to_string();
    assert_eq!(server.get_with("/", &[("cookie", &cookie)]).status, 200);
}

#[test]
fn a_token_of_any_printable_characters_opens_the_page_and_the_rest_of_the_address_stays() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--token", "a&b;c=\"d\" 100%+~"]);
    let welcome = server.get("/?user=ada%20l&token=a%26b%3Bc%3D%22d%22+100%25%2B~&namespace=n");
    assert_eq!((welcome.status, welcome.header("location")), (303, "/?user=ada%20l&namespace=n"));
    assert_eq!(welcome.header("cache-control"), "no-store");
    let cookie = welcome.header("set-cookie").split(';').next().unwrap().to_string();
    assert_eq!(server.get_with("/?user=ada%20l", &[("cookie", &cookie)]).status, 200);
    let bearer = "bearer a&b;c=\"d\" 100%+~";
    assert_eq!(server.get_with("/state", &[("authorization", bearer)]).status, 200);
    for path in ["/?token=a&b", "/state", "/api/v1/threads", "/nothing"] {
        let refused = server.get(path);
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"), "{path}");
    }
    assert!(!server.log().contains("100%"), "{}", server.log());
}

#[test]
fn a_body_beyond_one_mebibyte_is_refused() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    // The head alone: the server does not wait for a body that it will not take.
    for path in ["/turn", "/api/fn/turn"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n",
            1024 * 1024 + 1
        );
        assert!(raw_status_line(server.port, &head).contains(" 413 "), "{path}");
    }
}

#[test]
fn the_page_is_complete_without_scripts_and_sends_a_policy() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let page = server.get("/");
    assert_eq!(page.status, 200);
    for words in ["<main", "<table", "high-contrast light theme", "allergic to peanuts", "agentmem:idx"] {
        assert!(page.text.contains(words), "{words}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && policy.contains("'nonce-"), "{policy}");
    assert!(!policy.contains("ws:"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(server.get("/nothing-here").status, 404);
    let styles = server.get("/pkg/agent-memory.css");
    assert_eq!((styles.status, styles.header("content-type")), (200, "text/css; charset=utf-8"));
}

#[test]
fn while_it_is_watched_the_page_hears_of_builds_where_cargo_leptos_tells_them() {
    let redis = PrivateRedis::start();
    // As `cargo leptos watch` sets them.
    let server = Server::start_in(&redis, &[], &[("LEPTOS_WATCH", "ON"), ("LEPTOS_RELOAD_PORT", "18091")]);
    let page = server.get("/");
    assert!(page.header("content-security-policy").contains("connect-src 'self' ws://localhost:18091 "));
    assert!(page.text.contains("(18091, 'ws://')"));
}

#[test]
fn no_cache_keeps_what_is_private_and_files_say_themselves_how_long_they_last() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &[]);
    let private = [
        server.get("/"),
        server.get("/state"),
        server.get("/nothing"),
        server.get("/metrics"),
        server.get("/readyz"),
        server.get("/api/v1/memories"),
        server.get("/api/v1/export"),
        server.get("/api/v1/nothing"),
        server.get_with("/state", &[("host", "evil.example")]),
        server.post("/turn", &[("text", "a secret")]),
        server.post("/turn", &[("text", "")]),
        server.post("/api/fn/look", &[("at", "")]),
        server.post_with("/api/fn/turn", &[("text", "a secret")], &[("accept", "text/html")]),
    ];
    for reply in private {
        assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{reply:?}");
    }
    let for_ever = "public, max-age=31536000, immutable";
    for (path, expected) in [
        ("/pkg/agent-memory.css", for_ever),
        ("/favicon.svg", "no-cache"),
        ("/api", "no-cache"),
        ("/api/page.css", "no-cache"),
        ("/api/openapi.json", "no-cache"),
    ] {
        assert_eq!(server.get(path).header("cache-control"), expected, "{path}");
    }
}
