//! The examples over HTTP run: the Python agent, and the shell lines of the README.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::{fs, process::Command};

use serde_json::{Value, json};
use support::{PrivateRedis, Server, workspace};

fn start() -> (PrivateRedis, Server) {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    (redis, server)
}

#[test]
fn the_python_agent_answers_from_memory() {
    let (_redis, server) = start();
    // The standard library is all that it needs.
    let program = workspace().join("examples/python/agent.py");
    let output =
        Command::new("python3").args(["-S", "-E"]).arg(program).arg(server.url("")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for words in
        ["Ada is allergic to peanuts.", "We invited four guests", "6 turns on the goal: plan a dinner"]
    {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

#[test]
fn the_shell_lines_of_the_readme_do_one_agent_loop() {
    let (redis, server) = start();
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let section = readme.split("## From the shell").nth(1).expect("the README has the section");
    let lines = section.split("```").nth(1).expect("the section has lines").trim_start_matches("sh");
    let lines = lines.replace("localhost:8090", &format!("127.0.0.1:{}", server.port));
    assert!(lines.matches("curl").count() >= 6, "{lines}");
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", &lines]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("\"title\"") && !said.contains("\"error\""), "{said}");
    assert!(said.contains("\"recalled\":[{") && said.contains("allergic to peanuts"), "{said}");
    let thread: Value = server.get("/api/v1/threads/~dinner?user=ada").json();
    let key = format!("agent:session:{}", thread["thread_id"].as_str().unwrap());
    assert_eq!(redis.text(&["HGET", &key, "turn_count"]), "2");
    assert_eq!(thread["goal"], json!("plan a dinner"));
}
