//! The page as the server renders it: what others wrote is text on it, to the letter, and never markup.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use serde_json::json;
use support::{PrivateRedis, Reply, Server};

/// What would leave its place if it stood on the page as it is.
const HOSTILE: [&str; 7] = [
    "</textarea><meta http-equiv=refresh content=9>",
    "</TEXTAREA ><form action=/api/fn/reset>",
    "</title><base href=//evil.example>",
    "</script><img src=x onerror=a()>",
    "<!--<script>",
    "\"'><svg onload=a()>",
    "]]><b>\u{2028}</style>",
];

const SCOPE: &str = "user=hostile&namespace=texts";

/// Notes on a thread, by whoever may write them.
fn note(server: &Server, thread: &str, notes: &str) {
    let path = format!("/api/v1/threads/{thread}/scratchpad?{SCOPE}");
    let reply = server.call("PUT", &path, &json!({ "scratchpad": notes }));
    assert!(reply.status < 300, "{reply:?}");
}

/// What a browser reads in the field of the notes: the parser ends it at the first `</textarea`, drops one line feed at
/// its beginning, and decodes references.
fn notes_on(page: &Reply) -> String {
    let (_, field) = page.text.split_once("<textarea id=\"scratchpad\"").unwrap();
    let (_, content) = field.split_once('>').unwrap();
    let end = content.to_lowercase().find("</textarea").unwrap();
    let content = content[..end].strip_prefix('\n').unwrap_or(&content[..end]);
    content.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn texts_of_others_are_never_markup() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let thread = format!("hostile-{number}");
        let form = [("user", "hostile"), ("namespace", "texts"), ("thread_id", &thread), ("text", hostile)];
        assert_eq!(server.post("/turn", &[&form[..], &[("kind", "semantic")]].concat()).status, 200);
        assert_eq!(server.post("/turn", &[&form[..], &[("action", "goal")]].concat()).status, 200);
        note(&server, &thread, hostile);
        let events = format!("agent:events:{thread}");
        redis.command(&["XADD", &events, "*", "action", hostile, "detail", hostile, "ts", "1"]);
        redis.command(&["HSET", &format!("agent:session:{thread}"), "agent", hostile]);

        let encoded: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page =
            server.get(&format!("/?{SCOPE}&thread={thread}&q={encoded}&find={encoded}&threads={encoded}"));
        assert_eq!(page.status, 200);
        assert!(page.text.contains("event-log__detail"), "{hostile} is nowhere");
        assert!(!page.text.contains(hostile), "{hostile} stands on the page as it is");
        assert!(page.text.contains("<title>hostile in texts · agent-memory</title>"), "{hostile}");
        assert_eq!(notes_on(&page), *hostile);

        let somebody = server
            .get(&format!("/?user={encoded}&namespace={encoded}&__path=%2Fapi%2Ffn%2Fturn&__err={encoded}"));
        assert!(somebody.text.contains("<html") && !somebody.text.contains(hostile), "{hostile}");
    }
}

#[test]
fn notes_stand_on_the_page_to_the_letter() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let form = [("user", "hostile"), ("namespace", "texts"), ("thread_id", "notes"), ("text", "Begin.")];
    assert_eq!(server.post("/turn", &form).status, 200);
    for notes in
        ["\nfirst line is empty", "\n\n", "&lt;b&gt; &amp; &", "a < b > c", "  indented\n\n", "é日本", ""]
    {
        note(&server, "notes", notes);
        assert_eq!(notes_on(&server.get(&format!("/?{SCOPE}&thread=notes"))), notes);
    }
}

#[test]
fn a_character_that_html_cannot_hold_is_replaced() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let form = [("user", "hostile"), ("namespace", "texts"), ("thread_id", "null"), ("text", "Begin.")];
    assert_eq!(server.post("/turn", &form).status, 200);
    redis.command(&["XADD", "agent:events:null", "*", "action", "\0", "detail", "a\0b", "ts", "1"]);
    let page = server.get(&format!("/?{SCOPE}&thread=null"));
    assert!(page.text.contains("a\u{fffd}b") && !page.text.contains('\0'));
}

#[test]
fn a_thread_of_somebody_else_is_not_told_from_none_and_the_page_says_the_way_out() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let form = [("user", "alice"), ("thread_id", "hers"), ("text", "Mine alone.")];
    assert_eq!(server.post("/turn", &form).status, 200);
    for accept in ["text/html", "*/*"] {
        let page = server.get_with("/?user=bob&thread=hers", &[("accept", accept)]);
        assert_eq!(page.status, 404, "{accept}");
        for words in ["This user and namespace have no such thread.", "Open the current thread", "<main"] {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(!page.text.contains("Mine alone.") && !page.text.contains("alice"));
    }
    let at = "user=bob&thread=hers";
    for (path, form) in [("look", [("at", at)].to_vec()), ("scratchpad", vec![("at", at), ("text", "x")])] {
        let refused = server.post(&format!("/api/fn/{path}"), &form);
        assert_eq!((refused.status, refused.text.as_str()), (404, "\"NoSuchThread\""), "{path}");
    }
    assert_eq!(server.call("POST", "/", &json!(null)).json()["error"], "this path takes another method");
}
