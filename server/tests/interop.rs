//! Other languages share this memory: what their programs write is read and kept, and what ours writes is read by an
//! independent client in Python.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{PrivateRedis, Reply, Server, python, workspace};

/// How a program prints: a float, a vector, and JSON text with `<é>` in it.
struct Dialect {
    language: &'static str,
    float: &'static str,
    escaped: &'static str,
    /// Between the items of a list, and after a name.
    separators: (&'static str, &'static str),
    component: fn(f64) -> String,
    session_fields: &'static [&'static str],
}

const ALL_FIELDS: &[&str] = &[
    "thread_id",
    "user",
    "agent",
    "goal",
    "scratchpad",
    "turn_count",
    "created_ts",
    "last_active_ts",
    "recent_turns",
];

/// The order in which Go walks a map differs from run to run.
const SHUFFLED: &[&str] = &[
    "recent_turns",
    "goal",
    "user",
    "last_active_ts",
    "thread_id",
    "scratchpad",
    "created_ts",
    "agent",
    "turn_count",
];

/// A program that leaves out what it has not got.
const FEW: &[&str] = &["user", "recent_turns", "turn_count"];

const DIALECTS: [Dialect; 5] = [
    // json.dumps: spaces, everything beyond ASCII escaped; repr: 17 digits, exponents with two digits.
    Dialect {
        language: "python",
        float: "1763797823.1234567",
        escaped: r"<\u00e9>",
        separators: (", ", ": "),
        component: python_float,
        session_fields: ALL_FIELDS,
    },
    // encoding/json: angle brackets escaped.
    Dialect {
        language: "go",
        float: "1763797823.1234567",
        escaped: r"\u003cé\u003e",
        separators: (",", ":"),
        component: |x| format!("{}", x as f32),
        session_fields: SHUFFLED,
    },
    // JSON.stringify: a whole second has no fraction; a Float32Array prints as doubles.
    Dialect {
        language: "node",
        float: "1763797823",
        escaped: "<é>",
        separators: (",", ":"),
        component: |x| format!("{}", f64::from(x as f32)),
        session_fields: ALL_FIELDS,
    },
    // serde_json: a float keeps its fraction, and prints the shortest digits.
    Dialect {
        language: "rust",
        float: "1763797823.0",
        escaped: "<é>",
        separators: (",", ":"),
        component: |x| serde_json::to_string(&(x as f32)).unwrap(),
        session_fields: ALL_FIELDS,
    },
    Dialect {
        language: "another",
        float: "1763797823.25",
        escaped: r"\u003C\u00E9\u003E",
        separators: (" ,\n ", " : "),
        component: |x| format!("{x:e}"),
        session_fields: FEW,
    },
];

fn python_float(x: f64) -> String {
    if x != 0.0 && x.abs() < 1e-4 { format!("{x:.16e}") } else { format!("{x}") }
}

impl Dialect {
    fn object(&self, fields: &[(&str, String)]) -> String {
        let (between, after_name) = self.separators;
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("\"{name}\"{after_name}{value}")).collect();
        format!("{{{}}}", fields.join(between))
    }

    fn text(&self, words: &str) -> String {
        format!("\"{words} {}\"", self.escaped)
    }

    fn turns(&self) -> String {
        let turn = |role: &str| {
            let role = format!("\"{role}\"");
            [("role", role), ("content", self.text("said")), ("ts", self.float.into())]
        };
        format!("[{}{}{}]", self.object(&turn("user")), self.separators.0, self.object(&turn("assistant")))
    }

    fn write_session(&self, redis: &PrivateRedis) {
        let value = |name: &str| match name {
            "thread_id" => format!("t-{}", self.language),
            "user" => self.language.into(),
            "agent" => "demo-agent".into(),
            "goal" => "a goal <é>".into(),
            "scratchpad" => String::new(),
            "turn_count" => "41".into(),
            "recent_turns" => self.turns(),
            _ => self.float.into(),
        };
        let key = format!("agent:session:t-{}", self.language);
        let mut command = vec!["HSET".to_string(), key];
        command.extend(self.session_fields.iter().flat_map(|name| [name.to_string(), value(name)]));
        command.extend(["their_own".to_string(), "kept".to_string()]);
        redis.command(&command.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn write_memory(&self, redis: &PrivateRedis, vector: &[f64]) {
        let embedding: Vec<String> = vector.iter().map(|&x| (self.component)(x)).collect();
        let document = self.object(&[
            ("their_own", format!("[1,{}]", self.float)),
            ("embedding", format!("[{}]", embedding.join(self.separators.0))),
            ("text", self.text("prefers green tea")),
            ("kind", "\"semantic\"".into()),
            ("created_ts", self.float.into()),
            ("id", format!("\"m-{}\"", self.language)),
            ("user", format!("\"{}\"", self.language)),
            ("namespace", "\"default\"".into()),
            ("source_thread", format!("\"t-{}\"", self.language)),
            ("hit_count", "0".into()),
        ]);
        redis.command(&["JSON.SET", &format!("agent:mem:m-{}", self.language), "$", &document]);
    }

    fn write_event(&self, redis: &PrivateRedis) {
        let key = format!("agent:events:t-{}", self.language);
        redis.command(&[
            "XADD",
            &key,
            "*",
            "ts",
            self.float,
            "detail",
            "wrote m as semantic",
            "action",
            "turn_appended:user",
        ]);
    }
}

fn json_of(reply: &Reply) -> Value {
    assert!((200..300).contains(&reply.status), "{reply:?}");
    reply.json()
}

/// The model's vector of a text, as it stands in Redis.
fn vector_of(redis: &PrivateRedis, server: &Server, text: &str) -> Vec<f64> {
    let written = json_of(&server.call("POST", "/api/v1/memories?user=vectors", &json!({ "text": text })));
    let key = format!("agent:mem:{}", written["memory_id"].as_str().unwrap());
    serde_json::from_str::<Vec<Vec<f64>>>(&redis.text(&["JSON.GET", &key, "$.embedding"])).unwrap().remove(0)
}

#[test]
fn what_every_language_writes_is_read_counted_and_kept() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let text = "prefers green tea <é>";
    let vector = vector_of(&redis, &server, text);
    for dialect in DIALECTS {
        let language = dialect.language;
        dialect.write_session(&redis);
        dialect.write_memory(&redis, &vector);
        dialect.write_event(&redis);

        let state = json_of(&server.get(&format!("/state?user={language}&thread_id=t-{language}")));
        let (session, memory, event) = (&state["session"], &state["memories"][0], &state["events"][0]);
        let ts: f64 = dialect.float.parse().unwrap();
        assert_eq!((&session["turn_count"], &session["user"]), (&json!(41), &json!(language)), "{language}");
        let turn = json!({ "role": "assistant", "content": "said <é>", "ts": ts });
        assert_eq!(session["recent_turns"][1], turn, "{language}");
        assert_eq!(
            (&memory["id"], &memory["text"]),
            (&json!(format!("m-{language}")), &json!(text)),
            "{language}"
        );
        assert_eq!(
            (&event["action"], &event["ts"]),
            (&json!("turn_appended:user"), &json!(ts)),
            "{language}"
        );
        // The current thread is found without being named.
        assert_eq!(
            json_of(&server.get(&format!("/state?user={language}")))["thread_id"],
            format!("t-{language}")
        );
        let exact = json_of(&server.get(&format!("/api/v1/memories/m-{language}?user={language}")));
        assert_eq!(exact["created_ts"], ts, "{language}");

        let form = [
            ("text", text),
            ("user", language),
            ("kind", "semantic"),
            ("thread_id", &format!("t-{language}")),
        ];
        let turn = json_of(&server.post("/turn", &form));
        assert_eq!(
            (&turn["deduped"], &turn["memory_id"]),
            (&json!(true), &json!(format!("m-{language}"))),
            "{turn}"
        );
        assert!(turn["existing_distance"].as_f64().unwrap().abs() < 1e-5, "{language}: {turn}");
        assert_eq!(turn["recalled"][0]["id"], format!("m-{language}"), "{language}");

        let key = format!("agent:mem:m-{language}");
        let document: Value = serde_json::from_str(&redis.text(&["JSON.GET", &key])).unwrap();
        assert_eq!((&document["hit_count"], &document["their_own"][0]), (&json!(1), &json!(1)), "{language}");
        let session_key = format!("agent:session:t-{language}");
        assert_eq!(redis.text(&["HGET", &session_key, "their_own"]), "kept", "{language}");
        assert_eq!(redis.text(&["HGET", &session_key, "turn_count"]), "42", "{language}");
        let turns: Value =
            serde_json::from_str(&redis.text(&["HGET", &session_key, "recent_turns"])).unwrap();
        assert_eq!((turns[0]["ts"].as_f64(), turns.as_array().unwrap().len()), (Some(ts), 3), "{language}");
    }
}

/// Runs a part of server/tests/interop/client.py on this Redis.
fn python_client(redis: &PrivateRedis, words: &[&str]) -> Value {
    let script = workspace().join("server/tests/interop/client.py");
    let output = python().arg(script).arg(redis.port().to_string()).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_independent_reader_finds_all_that_we_write() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let turn = |text: &str, kind: &str| {
        let form = [("text", text), ("user", "ada"), ("namespace", "work"), ("kind", kind)];
        json_of(&server.post("/turn", &form))
    };
    let first = turn("Ada prefers <green> tea, “always” é \u{1F375}.", "semantic");
    turn("The compiler is slow on Mondays.", "episodic");
    let thread = first["thread_id"].as_str().unwrap();
    server.post("/turn", &[("text", "brew tea"), ("user", "ada"), ("namespace", "work"), ("action", "goal")]);

    let session = python_client(&redis, &["session", thread]);
    let ours = json_of(&server.get(&format!("/state?user=ada&namespace=work&thread_id={thread}")));
    for field in [
        "thread_id",
        "user",
        "agent",
        "goal",
        "scratchpad",
        "turn_count",
        "created_ts",
        "last_active_ts",
        "recent_turns",
    ] {
        assert_eq!(session[field], ours["session"][field], "{field}");
    }
    assert!((1..=3600).contains(&session["ttl_seconds"].as_i64().unwrap()));

    let id = first["memory_id"].as_str().unwrap();
    let memory = python_client(&redis, &["memory", id]);
    assert_eq!(memory["text"], "Ada prefers <green> tea, “always” é \u{1F375}.");
    assert_eq!(
        (&memory["kind"], &memory["hit_count"], &memory["source_thread"]),
        (&json!("semantic"), &json!(0), &json!(thread))
    );
    assert_eq!((&memory["dimensions"], &memory["ttl_seconds"]), (&json!(384), &json!(-1)));
    assert!((memory["norm"].as_f64().unwrap() - 1.0).abs() < 1e-5);

    let found = python_client(&redis, &["search", "ada", "work", id]);
    let found = found.as_array().unwrap();
    assert_eq!((found.len(), &found[0]["id"]), (2, &json!(format!("agent:mem:{id}"))));
    assert!(found[0]["distance"].as_f64().unwrap().abs() < 1e-5);
    assert_eq!(python_client(&redis, &["search", "bob", "work", id]), json!([]));

    let events = python_client(&redis, &["events", thread]);
    let actions: Vec<&str> =
        events.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["thread_started", "turn_appended:user", "turn_appended:user", "goal_set"]);
    assert_eq!(events[1]["detail"], format!("wrote {id} as semantic"));
    assert!(events.as_array().unwrap().iter().all(|event| event["ts"].as_f64().unwrap() > 1.7e9));
}

#[test]
fn a_thread_and_a_memory_go_back_and_forth_between_languages() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    let thread =
        json_of(&server.post("/turn", &[("text", "from Rust"), ("kind", "semantic")]))["thread_id"].clone();
    let thread = thread.as_str().unwrap();
    python_client(&redis, &["append", thread, "from Python é"]);
    json_of(&server.post("/turn", &[("text", "from Rust again"), ("thread_id", thread), ("kind", "skip")]));
    python_client(&redis, &["append", thread, "and Python"]);

    let state = json_of(&server.get("/state"));
    let contents: Vec<&str> = state["session"]["recent_turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| turn["content"].as_str().unwrap())
        .collect();
    assert_eq!(contents, ["from Rust", "from Python é", "from Rust again", "and Python"]);
    assert_eq!(state["session"]["turn_count"], 4);

    // The demo's own deduplication, against a memory of ours: it counts a hit.
    let id = state["memories"][0]["id"].as_str().unwrap();
    assert_eq!(python_client(&redis, &["bump", id]), json!([1]));
    assert_eq!(json_of(&server.get("/state"))["memories"][0]["hit_count"], 1);
}

#[test]
fn an_index_that_somebody_else_drops_or_creates_again_is_noticed_and_served() {
    let redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    json_of(&server.post("/turn", &[("text", "I keep bees on the roof."), ("kind", "semantic")]));
    let recalled = || {
        let body = json!({ "text": "Who keeps bees?", "threshold": 0.8 });
        json_of(&server.call("POST", "/api/v1/recall", &body))["memories"].as_array().unwrap().len()
    };
    assert_eq!(recalled(), 1);

    // What a demo does at start, with our documents kept, by an independent client.
    python_client(&redis, &["recreate", "keep"]);
    while recalled() != 1 {}
    assert_eq!(
        json_of(&server.post("/turn", &[("text", "I keep bees on the roof."), ("kind", "semantic")]))["deduped"],
        true
    );

    // What it does at a reset: the documents go too.
    python_client(&redis, &["recreate", "drop"]);
    assert_eq!(recalled(), 0);
    let written =
        json_of(&server.post("/turn", &[("text", "I keep bees on the roof."), ("kind", "semantic")]));
    assert_eq!(written["deduped"], false);
    assert_eq!(recalled(), 1);

    // And one that is dropped for good is made again.
    redis.command(&["FT.DROPINDEX", "agentmem:idx"]);
    assert_eq!(recalled(), 1);
    assert_eq!(json_of(&server.get("/api/v1/index"))["num_docs"], 1);
}
