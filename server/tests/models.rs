//! Other models than all-MiniLM-L6-v2 at the command line: whose memories they are, and `reembed`, also killed in the middle.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{
    PrivateRedis, Server, command, refusal,
    tiny_model::{ModelFolder, TinyModel},
};

fn on(redis: &PrivateRedis, words: &[&str]) -> Command {
    let mut command = command();
    command.args(words).args(["--redis-host", "127.0.0.1", "--redis-port", &redis.port().to_string()]);
    command
}

fn with_model(redis: &PrivateRedis, folder: &ModelFolder, words: &[&str]) -> Command {
    let mut command = on(redis, words);
    command.arg("--model-dir").arg(&folder.path);
    command
}

/// What a command says on standard output.
#[track_caller]
fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn server(redis: &PrivateRedis, folder: &Path, flags: &[&str]) -> Server {
    Server::start(redis, &[&["--model-dir", folder.to_str().unwrap()], flags].concat())
}

/// Memories as another program writes them, with vectors that say nothing.
fn fill(redis: &PrivateRedis, count: usize) {
    let mut vector = vec![0.0; 384];
    vector[0] = 1.0;
    let mut pipeline = redis::pipe();
    for number in 0..count {
        let document = json!({
            "id": number.to_string(), "user": "ada", "namespace": "default", "kind": "semantic", "source_thread": "",
            "text": format!("fact number {number}"), "embedding": vector, "created_ts": 1.5, "hit_count": 0
        });
        pipeline
            .cmd("JSON.SET")
            .arg(format!("agent:mem:{number}"))
            .arg("$")
            .arg(document.to_string())
            .ignore();
    }
    let client = redis::Client::open(redis.url()).unwrap();
    pipeline.query::<()>(&mut client.get_connection().unwrap()).unwrap();
}

#[test]
fn another_model_on_the_same_index_is_refused_with_the_way_out() {
    let (redis, folder) = (PrivateRedis::start(), TinyModel::PLAIN.build());
    done(&mut on(&redis, &["remember", "Ada likes teal."]));
    let expected = "error: the memories under index `agentmem:idx` were embedded by \
                    `sentence-transformers/all-MiniLM-L6-v2`, and vectors of `tiny-plain` cannot be compared with theirs: run \
                    `agent-memory reembed` to embed them again, or name the folder of \
                    `sentence-transformers/all-MiniLM-L6-v2` by `--model-dir`";
    for words in [&["serve", "--port", "0"][..], &["recall", "teal"], &["import"]] {
        assert_eq!(refusal(&mut with_model(&redis, &folder, words)), expected);
    }
    let output = with_model(&redis, &folder, &["doctor"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && said.contains("-> run `agent-memory reembed`"), "{said}");
    // What needs no model asks for none.
    assert!(done(&mut with_model(&redis, &folder, &["users"])).contains("default"));

    assert!(
        done(&mut with_model(&redis, &folder, &["reembed", "--dry-run"]))
            .starts_with("1 of 1 memories would be")
    );
    let said = done(&mut with_model(&redis, &folder, &["reembed"]));
    assert!(
        said.starts_with("`tiny-plain` serves 1 memories under index `agentmem:idx:tiny-plain-384-"),
        "{said}"
    );
    let served = server(&redis, &folder.path, &["--no-reset"]);
    let state = served.get("/state").json();
    assert_eq!((&state["index"]["model"], &state["index"]["num_docs"]), (&json!("tiny-plain"), &json!(1)));
    assert!(done(&mut with_model(&redis, &folder, &["doctor"])).contains("ok    index"));
    assert!(refusal(&mut on(&redis, &["recall", "teal"])).contains("were embedded by `tiny-plain`"));
}

#[test]
fn a_model_of_other_dimensions_serves_without_any_flag_beside_the_demos_memories() {
    let (redis, folder) = (PrivateRedis::start(), TinyModel::ASKING.build());
    done(&mut on(&redis, &["remember", "Ada likes teal.", "--user", "ada"]));
    let served = server(&redis, &folder.path, &[]);
    let index = served.get("/state").json()["index"].clone();
    // The samples.
    assert_eq!(
        (&index["index_name"], &index["num_docs"]),
        (&json!("agentmem:idx:tiny-asking-32"), &json!(8))
    );
    let turn = [("text", "My favorite color is teal."), ("user", "bob")];
    assert_eq!(served.post("/turn", &turn).json()["deduped"], false);
    assert_eq!(served.post("/turn", &turn).json()["deduped"], true);
    assert!(done(&mut with_model(&redis, &folder, &["users"])).contains("bob"));
    assert!(!done(&mut on(&redis, &["users"])).contains("bob | default   | 1"));
    assert!(
        done(&mut with_model(&redis, &folder, &["doctor"]))
            .contains("`agentmem:idx:tiny-asking-32` has the right schema")
    );

    // It goes over to those of before, and tells of its own.
    let said = done(&mut with_model(&redis, &folder, &["reembed"]));
    assert!(said.contains("memories of its own under index `agentmem:idx:tiny-asking-32`"), "{said}");
    let recalled = done(&mut with_model(&redis, &folder, &["recall", "teal", "--user", "ada"]));
    assert!(recalled.contains("Ada likes teal."), "{recalled}");
}

#[test]
fn a_run_that_was_killed_goes_on_while_the_old_vectors_serve() {
    const COUNT: usize = 4000;
    let (redis, folder) = (PrivateRedis::start(), TinyModel::ASKING.build());
    fill(&redis, COUNT);
    done(&mut on(&redis, &["users"]));
    let mut run = with_model(&redis, &folder, &["reembed"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let embedded = || {
        let kept: Option<u64> =
            redis::from_redis_value(redis.command(&["HGET", "agentmem:idx:reembed", "embedded"])).unwrap();
        kept.unwrap_or_default()
    };
    let began = Instant::now();
    while embedded() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60) && run.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(2));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let kept = embedded();
    assert!(kept > 0 && kept < COUNT as u64, "{kept}");

    // Nobody is told of a model that is half there.
    assert_eq!(redis.text(&["EXISTS", "agentmem:idx:model"]), "0");
    let mut old = on(&redis, &["recall", "fact number 7", "--user", "ada", "--threshold", "2", "--json"]);
    let recalled: Value = serde_json::from_str(&done(&mut old)).unwrap();
    assert!(!recalled["memories"].as_array().unwrap().is_empty());

    let plan: Value =
        serde_json::from_str(&done(&mut with_model(&redis, &folder, &["reembed", "--dry-run", "--json"])))
            .unwrap();
    assert_eq!((&plan["documents"], &plan["is_resumed"]), (&json!(COUNT), &json!(true)));
    let left = plan["to_embed"].as_u64().unwrap();
    assert!(left > 0 && left <= COUNT as u64 - kept, "{plan}");
    let report: Value =
        serde_json::from_str(&done(&mut with_model(&redis, &folder, &["reembed", "--json", "--drop-old"])))
            .unwrap();
    assert_eq!(report["documents"], json!(COUNT));
    let made = report["embedded"].as_u64().unwrap();
    assert_eq!(made, kept + left, "nothing is embedded twice that the position knows of");
    let recalled = done(&mut with_model(&redis, &folder, &["recall", "fact number 7", "--user", "ada"]));
    assert!(recalled.contains("fact number 7"), "{recalled}");
    let document = redis.text(&["JSON.GET", "agent:mem:7"]);
    assert!(!document.contains("\"embedding\"") && document.contains("\"hit_count\":0"), "{document}");
}
