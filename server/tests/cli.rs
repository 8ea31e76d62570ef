//! The command line, on a real Redis with the real model.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use support::{PrivateRedis, Server, bare_command, command, free_port, parts};

fn on(redis: &PrivateRedis, words: &[&str]) -> Command {
    let mut command = command();
    command.args(["--redis-host", "127.0.0.1", "--redis-port", &redis.port().to_string()]).args(words);
    command
}

fn run(redis: &PrivateRedis, words: &[&str]) -> Output {
    on(redis, words).stdin(Stdio::null()).output().unwrap()
}

fn done(redis: &PrivateRedis, words: &[&str]) -> String {
    let output = run(redis, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    assert_eq!(said, "", "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(redis: &PrivateRedis, words: &[&str]) -> Value {
    serde_json::from_str(&done(redis, &[words, &["--json"]].concat())).unwrap()
}

fn refused(redis: &PrivateRedis, words: &[&str], expected: &str) {
    let output = run(redis, words);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{words:?}");
    assert!(said.contains(expected), "`{expected}` is not in: {said}");
}

#[test]
fn texts_are_remembered_recalled_and_probed() {
    let redis = PrivateRedis::start();
    let remembered =
        json(&redis, &["remember", "Ada is allergic to peanuts.", "--user", "ada", "--kind", "semantic"]);
    assert_eq!(
        (&remembered[0]["kind"], &remembered[0]["deduplicated_at"]),
        (&Value::from("semantic"), &Value::Null)
    );
    let again = done(&redis, &["remember", "Ada is allergic to peanuts.", "-u", "ada", "-k", "semantic"]);
    assert!(again.contains("there already, at 0.000"), "{again}");

    let question = "What must Ada not eat?";
    let table = done(&redis, &["recall", question, "--user", "ada", "--threshold", "0.9"]);
    assert!(table.contains("allergic to peanuts") && table.contains("stays"), "{table}");
    let none = done(&redis, &["recall", question, "--user", "ada", "--threshold", "0.01"]);
    assert!(none.contains("nothing within 0.01"), "{none}");
    assert_eq!(json(&redis, &["recall", question, "--user", "bob"])["memories"], Value::Array(vec![]));
    let probe = json(&redis, &["probe", question, "--user", "ada", "--threshold", "0.01"]);
    assert_eq!((&probe["recalled"], probe["candidates"].as_array().unwrap().len()), (&Value::from(0), 1));
    assert!(done(&redis, &["probe", question, "--user", "ada"]).contains("recalled"));
    assert_eq!(redis.text(&["DBSIZE"]), "1");

    refused(&redis, &["remember", " "], "text is required");
    refused(&redis, &["remember", "a", "--kind", "skip"], "kind is unknown");
    refused(&redis, &["recall", "a", "--threshold", "3"], "from 0 to 2");
    refused(&redis, &["recall", "a", "--user", "a\u{7}b"], "user has a control character");
    // More seconds than anything lives: nothing is written that could then not be given a lifetime.
    refused(&redis, &["remember", "For ages.", "--ttl-seconds", "18446744073709551615"], "315360000");
    assert_eq!(redis.text(&["DBSIZE"]), "1");
}

#[test]
fn a_text_may_come_from_standard_input() {
    let redis = PrivateRedis::start();
    let mut process =
        on(&redis, &["remember", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all("two\nlines".as_bytes()).unwrap();
    assert!(process.wait_with_output().unwrap().status.success());
    assert!(done(&redis, &["recall", "two lines"]).contains("two lines"));
}

#[test]
fn threads_and_events_are_shown_and_followed() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let append = |text: &str| {
        let path = "/api/v1/threads/t1/turns?user=ada";
        assert_eq!(server.call("POST", path, &serde_json::json!({ "text": text })).status, 201);
    };
    append("steer\u{1b}[2Jing");
    let table = done(&redis, &["threads", "--user", "ada"]);
    assert!(table.contains("t1") && table.contains("steer [2Jing"), "{table}");
    assert_eq!(json(&redis, &["threads", "--user", "ada"])["threads"][0]["turn_count"], 1);
    assert_eq!(json(&redis, &["threads", "t1", "--user", "ada"])["thread_id"], "t1");
    assert!(done(&redis, &["threads", "--user", "bob"]).contains("no threads"));
    refused(&redis, &["threads", "t1", "--user", "bob"], "belongs to another user");
    refused(&redis, &["threads", "t9", "--user", "ada"], "`t9` is not there");
    refused(&redis, &["events", "t1", "--user", "bob"], "belongs to another user");
    assert!(done(&redis, &["events", "t1", "--user", "ada"]).contains("turn_appended:user"));

    let mut follower = on(&redis, &["events", "t1", "--user", "ada", "--follow", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    let first = next();
    append("another");
    let second = next();
    assert_eq!(second["action"], "turn_appended:user");
    assert!(second["event_id"].as_str() > first["event_id"].as_str());
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn an_export_is_imported_again() {
    let redis = PrivateRedis::start();
    done(&redis, &["remember", "Ada plays the violin.", "The build is slow.", "--user", "ada"]);
    let folder = std::env::temp_dir().join(format!("agent-memory-cli-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("memories.jsonl");
    let file = file.to_str().unwrap();
    done(&redis, &["export", file, "--user", "ada"]);
    let exported = fs::read_to_string(file).unwrap();
    assert_eq!(exported.lines().count(), 2);
    let piped = done(&redis, &["export", "--user", "ada", "--no-vectors"]);
    assert!(piped.lines().count() == 2 && !piped.contains("embedding"));

    assert_eq!(json(&redis, &["import", file, "--user", "ada"])["skipped"], 2);
    assert_eq!(json(&redis, &["import", file, "--user", "eve", "--on-conflict", "new-id"])["renamed"], 2);
    redis.command(&["FLUSHALL"]);
    assert_eq!(json(&redis, &["import", file, "--user", "ada", "--dry-run"])["written"], 2);
    assert!(done(&redis, &["import", file, "--user", "ada"]).contains("written"));
    assert_eq!(done(&redis, &["export", "--user", "ada", "--no-vectors"]), piped);

    fs::write(file, "no JSON\n").unwrap();
    refused(&redis, &["import", file], "1 of 1 lines were refused");
    refused(&redis, &["import", folder.join("none").to_str().unwrap()], "cannot open");
    refused(&redis, &["export", folder.to_str().unwrap()], "cannot create");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_reset_wants_to_be_meant() {
    let redis = PrivateRedis::start();
    done(&redis, &["remember", "Of ada.", "--user", "ada"]);
    done(&redis, &["remember", "Of bob.", "--user", "bob"]);
    refused(&redis, &["reset", "--user", "ada"], "this would drop 1 memories of user `ada`");
    assert_eq!(redis.text(&["DBSIZE"]), "2");
    assert_eq!(json(&redis, &["reset", "--user", "ada", "--yes"])["dropped"], 1);
    assert_eq!(redis.text(&["DBSIZE"]), "9");
    assert_eq!(json(&redis, &["reset", "--everything", "--yes"])["dropped"], 9);
    assert_eq!(redis.text(&["DBSIZE"]), "8");
}

#[test]
fn users_are_listed_and_forgetting_one_wants_to_be_meant() {
    let redis = PrivateRedis::start();
    assert!(done(&redis, &["users"]).contains("nobody has a memory"));
    done(&redis, &["remember", "Of ada.", "More of ada.", "--user", "ada"]);
    done(&redis, &["remember", "At work.", "--user", "ada", "--namespace", "work"]);
    done(&redis, &["remember", "Of bob.", "--user", "bob"]);
    redis.command(&["HSET", "agent:session:t1", "user", "ada"]);
    let table = done(&redis, &["users"]);
    assert!(table.contains("bob") && table.contains("(every one)"), "{table}");
    let users = json(&redis, &["users"]);
    assert_eq!(
        users[1],
        serde_json::json!({ "user": "ada", "namespace": "default", "memories": 2, "threads": 0 })
    );

    let keys = redis.text(&["DBSIZE"]);
    let would = "this would forget 3 memories, 1 threads of user `ada` in all namespaces: say `--yes`";
    refused(&redis, &["forget-user", "ada"], would);
    refused(&redis, &["forget-user", "ada", "--yes", "--namespace", ""], "namespace is required");
    refused(&redis, &["forget-user"], "<USER>");
    assert!(done(&redis, &["forget-user", "ada", "--dry-run"]).contains("would be forgotten"));
    assert_eq!(json(&redis, &["forget-user", "ada", "--dry-run", "-n", "work"])["memories"], 1);
    assert_eq!(redis.text(&["DBSIZE"]), keys);

    redis.command(&["RPUSH", "agent:mem:list", "of another type"]);
    let receipt = done(&redis, &["forget-user", "ada", "--namespace", "work", "--yes"]);
    for words in
        ["user `ada` in namespace `work`", "forgotten", "1 keys could not be reached: agent:mem:list"]
    {
        assert!(receipt.contains(words), "`{words}` is not in: {receipt}");
    }
    let receipt = json(&redis, &["forget-user", "ada", "--yes"]);
    assert_eq!((&receipt["memories"], &receipt["threads"]), (&Value::from(2), &Value::from(0)));
    assert_eq!(json(&redis, &["users"]).as_array().unwrap().len(), 1);
}

#[test]
fn settings_are_measured_on_judged_queries_and_kept_under_a_name() {
    let redis = PrivateRedis::start();
    done(
        &redis,
        &["remember", "Ada is allergic to peanuts.", "Ada lives in Lisbon.", "-u", "ada", "-k", "semantic"],
    );
    let folder = std::env::temp_dir().join(format!("agent-memory-eval-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("judged.jsonl");
    let judged = [
        r#"{"query": "What must Ada not eat?", "good": ["Ada is allergic to peanuts."], "bad": ["Ada lives in Lisbon."]}"#,
        r#"{"query": "Where does Ada live?", "good": ["Ada lives in Lisbon."]}"#,
    ];
    fs::write(&file, judged.join("\n\n")).unwrap();
    let file = file.to_str().unwrap();
    let eval = |more: &[&'static str]| [&["eval", file, "--user", "ada"], more].concat();

    let all = json(&redis, &eval(&["-t", "0,2", "--k", "1,5", "--ranking", "distance,hybrid", "--suggest"]));
    let of = |at: usize| &all["settings"][at];
    assert_eq!(all["settings"].as_array().unwrap().len(), 8);
    assert_eq!(
        (&of(0)["recall"], &of(0)["precision"], &of(0)["empty_share"]),
        (&0.0.into(), &Value::Null, &1.0.into())
    );
    // Both memories for each question, of which one was judged bad and one was not judged.
    assert_eq!(
        (&of(3)["recall"], &of(3)["figures"]["bad"], &of(3)["unjudged"]),
        (&1.0.into(), &1.into(), &1.into())
    );
    assert_eq!((&all["suggestion"]["f1"], &all["suggestion"]["setting"]["k"]), (&1.0.into(), &1.into()));
    let table = done(
        &redis,
        &eval(&["--suggest", "-k", "1", "-t", "2", "--min-recall", "1", "--min-precision", "1"]),
    );
    for words in ["recall@k", "1.000", "suggested: --threshold", "made of 3 judgements"] {
        assert!(table.contains(words), "`{words}` is not in: {table}");
    }
    let below = "recall@5 is 0.000, below 0.8, with --threshold 0 -k 5 --ranking distance";
    refused(&redis, &eval(&["-t", "2,0", "--ranking", "distance", "--min-recall", "0.8"]), below);
    refused(
        &redis,
        &eval(&["-t", "0", "--ranking", "distance", "--min-precision", "0.8"]),
        "precision cannot be told",
    );
    refused(&redis, &eval(&["-k", "51"]), "from 1 to 50");
    refused(&redis, &eval(&["--min-recall", "80"]), "from 0 to 1");
    refused(&redis, &["eval", file, "--user", "bob"], "2 lines cannot be measured");
    refused(&redis, &["eval", "--user", "ada"], "no saved queries");

    assert!(done(&redis, &["profiles", "list"]).contains("no profiles"));
    done(&redis, &["profiles", "set", "one", "-u", "ada", "-t", "2", "-k", "1", "--weights", "1,0,0"]);
    done(&redis, &["profiles", "set", "both", "--shared", "--threshold", "2"]);
    let recalled = |more: &[&str]| {
        let words = [&["recall", "Ada", "-u", "ada", "--profile"], more].concat();
        json(&redis, &words)["memories"].as_array().unwrap().len()
    };
    assert_eq!((recalled(&["one"]), recalled(&["both"]), recalled(&["one", "-k", "9"])), (1, 2, 2));
    let profiles = json(&redis, &["profiles", "list", "--user", "ada"]);
    assert_eq!(
        (&profiles["own"]["one"]["k"], &profiles["shared"]["both"]["threshold"]),
        (&1.into(), &2.0.into())
    );
    assert!(done(&redis, &["profiles", "list", "--user", "ada"]).contains("1,0,0"));
    assert_eq!(json(&redis, &eval(&["--profile", "one"]))["settings"][0]["recall"], 1.0);
    refused(&redis, &eval(&["--profile", "none"]), "there is no profile `none`");
    refused(&redis, &["profiles", "set", "bad", "--weights", "0,0,0"], "not all of them 0");
    done(&redis, &["profiles", "delete", "one", "--user", "ada"]);
    refused(&redis, &["profiles", "delete", "one", "--user", "ada"], "there is no profile `one`");
    refused(&redis, &["recall", "Ada", "--profile", "one", "--user", "ada"], "there is no profile `one`");

    fs::write(folder.join("judged.jsonl"), "no JSON\n").unwrap();
    refused(&redis, &eval(&[]), "line 1: expected");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn serve_is_what_is_done_without_a_command_too() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["serve", "--no-reset"]);
    assert_eq!(server.get("/healthz").status, 200);
}

/// What the doctor says of a broken set-up: one line with `FAIL` for the part, and the way out.
fn check_diagnosis(command: &mut Command, part: &str, seen: &str, mend: &str) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{said}");
    let mut lines = said.lines().skip_while(|line| !line.starts_with(&format!("FAIL  {part} ")));
    assert!(lines.next().is_some_and(|line| line.contains(seen)), "no `{part}` with `{seen}` in: {said}");
    assert!(
        lines.next().is_some_and(|line| line.contains("->") && line.contains(mend)),
        "no `{mend}` in: {said}"
    );
}

#[test]
fn the_doctor_finds_nothing_wrong_where_nothing_is_and_changes_nothing() {
    let redis = PrivateRedis::start_with(&["--appendonly", "yes"]);
    let said = done(&redis, &["doctor"]);
    for words in
        ["ok    redis", "ok    modules", "ok    index", "ok    model", "ok    runtime", "not there yet"]
    {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    assert_eq!(redis.command(&["FT._LIST"]), redis::Value::Array(vec![]));
    done(&redis, &["remember", "a"]);
    let findings = json(&redis, &["doctor"]);
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["verdict"] == "good"), "{findings}");
    assert!(findings.to_string().contains("the right schema and 1 memories"));
}

#[test]
fn the_doctor_names_each_broken_part_and_what_mends_it() {
    let nobody = free_port().to_string();
    let mut without_redis = command();
    without_redis.args(["doctor", "--redis-host", "127.0.0.1", "--redis-port", &nobody]);
    check_diagnosis(&mut without_redis, "redis", "127.0.0.1", "--redis-url");

    let locked = PrivateRedis::start_with(&["--save", "", "--requirepass", "right"]);
    let url = format!("redis://:wr0ng@127.0.0.1:{}", locked.port());
    check_diagnosis(
        command().args(["doctor", "--redis-url", &url]),
        "redis",
        "authentication failed",
        "password",
    );

    let plain = PrivateRedis::start_plain();
    check_diagnosis(&mut on(&plain, &["doctor"]), "modules", "lacks the modules", "Redis 8");

    let redis = PrivateRedis::start();
    redis.command(&["FT.CREATE", "agentmem:idx", "ON", "HASH", "PREFIX", "1", "x:", "SCHEMA", "a", "TEXT"]);
    check_diagnosis(&mut on(&redis, &["doctor"]), "index", "HASH instead of JSON", "--mem-index-name");
    redis.command(&["FT.DROPINDEX", "agentmem:idx"]);

    let folder = std::env::temp_dir().join(format!("agent-memory-doctor-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let bare = |model: &str, library: &str| {
        let mut command = bare_command();
        command.args(["doctor", "--redis-host", "127.0.0.1", "--redis-port", &redis.port().to_string()]);
        command.args(["--model-dir", model, "--ort-lib", library]);
        command
    };
    let (model, library) = (parts().join("model"), parts().join("onnxruntime/libonnxruntime.so"));
    let (model, library, empty) =
        (model.to_str().unwrap(), library.to_str().unwrap(), folder.to_str().unwrap());
    check_diagnosis(&mut bare(empty, library), "model", "model.onnx", "make setup");
    check_diagnosis(
        &mut bare(model, "/nowhere/libonnxruntime.so"),
        "runtime",
        "libonnxruntime.so",
        "--ort-lib",
    );
    fs::write(folder.join("model.onnx"), "no model").unwrap();
    fs::copy(parts().join("model/tokenizer.json"), folder.join("tokenizer.json")).unwrap();
    check_diagnosis(&mut bare(empty, library), "runtime", "model.onnx", "make setup");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_doctor_warns_of_what_will_hurt_later() {
    let redis =
        PrivateRedis::start_with(&["--save", "", "--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru"]);
    done(&redis, &["threads"]);
    redis.command(&[
        "JSON.SET",
        "agent:mem:1",
        "$",
        r#"{"text":"a","user":"u","namespace":"n","embedding":[1,2]}"#,
    ]);
    while !done(&redis, &["doctor"]).contains("could not be indexed") {}
    let said = done(&redis, &["doctor"]);
    for words in ["warn  eviction", "allkeys-lru", "warn  persistence", "warn  documents"] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }

    // A model that has yet to be fetched is not fetched by looking.
    let mut bare = bare_command();
    bare.args(["doctor", "--redis-host", "127.0.0.1", "--redis-port", &redis.port().to_string()]);
    bare.env("HOME", std::env::temp_dir()).env("HF_HOME", std::env::temp_dir().join("no-such-cache"));
    let output = bare.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("warn  model"), "{said}");
    assert!(!std::env::temp_dir().join("no-such-cache").exists());
    bare.arg("--offline");
    // It looks where the hub's other programs have it.
    check_diagnosis(&mut bare, "model", "no-such-cache/hub/models--sentence-transformers", "make setup");
}

#[test]
fn conflicts_are_reviewed_and_histories_shown() {
    let redis = PrivateRedis::start();
    let remember = |text: &str| {
        let written = json(&redis, &["remember", text, "--kind", "semantic", "--tag", "work"]);
        written[0]["memory_id"].as_str().unwrap().to_owned()
    };
    let older = remember("The stand-up is on Tuesday at nine.");
    let newer = remember("The stand-up is on Thursday at nine.");
    let table = done(&redis, &["review"]);
    assert!(table.contains("disagree") && table.contains(&older) && table.contains(&newer), "{table}");
    let said = done(&redis, &["review", &older, &newer, "--decide", "newer-wins"]);
    assert!(said.contains("decided: newer_wins"), "{said}");
    assert!(done(&redis, &["review"]).contains("nothing waits"));
    let history = done(&redis, &["history", &older]);
    assert!(history.contains(&format!("superseded by {newer}")) && history.contains("cli"), "{history}");
    let said = done(&redis, &["revert", &older]);
    assert!(said.contains("is as it was: The stand-up is on Tuesday"), "{said}");
    assert_eq!(json(&redis, &["review"])["total"], 1);
    refused(&redis, &["review", &older, &newer], "--decide");
    refused(&redis, &["review", &older, "gone", "--decide", "keep_both"], "no such pair");
    refused(&redis, &["review", &older, &newer, "--decide", "merge"], "text");
    let text = "The stand-up moved from Tuesday to Thursday.";
    done(&redis, &["review", &older, &newer, "--decide", "merge", "--text", text]);
    let scanned = run(&redis, &["review", "--scan"]);
    assert!(String::from_utf8_lossy(&scanned.stderr).contains("1 of 1 memories compared, 0 pairs found"));
    let forced = json(&redis, &["remember", text, "--kind", "semantic", "--force-new"]);
    assert_eq!(forced[0]["deduplicated_at"], Value::Null);
    refused(&redis, &["remember", "x", "--supersedes", "gone"], "no memory `gone`");
    refused(&redis, &["history", "gone"], "no memory `gone`");
}
