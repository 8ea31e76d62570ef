use std::{fs, process::Command};

use crate::{
    start,
    support::{parts, python},
};

#[test]
fn the_document_is_valid_and_names_every_call() {
    let (_redis, server) = start();
    let reply = server.get("/api/openapi.json");
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let document = reply.json();
    assert_eq!(document["openapi"], "3.1.0");
    let calls: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    let expected = [
        "get /api/v1/evaluate",
        "post /api/v1/evaluate",
        "get /api/v1/judgements",
        "put /api/v1/judgements",
        "delete /api/v1/judgements/{query_id}",
        "get /api/v1/judgements.jsonl",
        "post /api/v1/judgements.jsonl",
        "get /api/v1/profiles",
        "get /api/v1/profiles/{name}",
        "put /api/v1/profiles/{name}",
        "delete /api/v1/profiles/{name}",
        "get /api/v1/export",
        "get /api/v1/health",
        "post /api/v1/import",
        "get /api/v1/index",
        "get /api/v1/memories",
        "post /api/v1/memories",
        "post /api/v1/memories/batch",
        "post /api/v1/memories/change",
        "post /api/v1/memories/drop",
        "post /api/v1/memories/undo",
        "get /api/v1/memories/{memory_id}",
        "delete /api/v1/memories/{memory_id}",
        "patch /api/v1/memories/{memory_id}",
        "get /api/v1/memories/{memory_id}/history",
        "post /api/v1/memories/{memory_id}/preview",
        "post /api/v1/memories/{memory_id}/revert",
        "post /api/v1/memories/{memory_id}/supersede",
        "post /api/v1/probe",
        "get /api/v1/ready",
        "post /api/v1/recall",
        "get /api/v1/review",
        "post /api/v1/review/decide",
        "post /api/v1/review/scan",
        "post /api/v1/review/undo",
        "get /api/v1/review/unreadable",
        "get /api/v1/threads",
        "post /api/v1/threads",
        "get /api/v1/threads/{thread_id}",
        "delete /api/v1/threads/{thread_id}",
        "get /api/v1/threads/{thread_id}/events",
        "get /api/v1/threads/{thread_id}/events/stream",
        "put /api/v1/threads/{thread_id}/goal",
        "put /api/v1/threads/{thread_id}/scratchpad",
        "post /api/v1/threads/{thread_id}/turns",
        "post /api/v1/turn",
        "get /api/v1/users",
        "post /api/v1/users/forget",
    ];
    let (mut found, mut expected) = (calls, expected.map(String::from).to_vec());
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    {
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{operation}");
        assert!(operation["responses"]["default"]["$ref"].is_string(), "{operation}");
    }

    let file = std::env::temp_dir().join(format!("agent-memory-openapi-{}.json", std::process::id()));
    fs::write(&file, &reply.text).unwrap();
    // Fetches the validator where it is not there yet.
    let _ = python();
    let checked =
        Command::new(parts().join("python/bin/openapi-spec-validator")).arg(&file).output().unwrap();
    fs::remove_file(file).unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn the_page_reads_without_scripts_and_asks_nobody_else() {
    let (_redis, server) = start();
    let page = server.get("/api");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    for forbidden in ["<script", " style=", "http://", "https://"] {
        assert!(!page.text.contains(forbidden), "{forbidden}");
    }
    for words in [
        "POST /api/v1/turn",
        "Remember many texts",
        "id=\"problem-422\"",
        "id=\"schema-Problem\"",
        "expires_at_ms",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    // Every link within the page leads somewhere.
    for target in page.text.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.text.contains(&format!("id=\"{target}\"")), "{target}");
    }
    let styles = server.get("/api/page.css");
    assert_eq!((styles.status, styles.header("content-type")), (200, "text/css; charset=utf-8"));
}
