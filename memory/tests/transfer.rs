//! Export, wipe, import: the same documents, on a real Redis with the real model.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use agent_memory::{
    LocalEmbedder, Memory, MemoryFilter, Scope, Text,
    embedder::{files::ModelFiles, onnx::RuntimeOptions},
    model::Kind,
    service::{ImportOptions, ImportReport, NewText},
    settings::Settings,
    store::{Collision, ExportOptions},
};
use futures::TryStreamExt;
use serde_json::Value;
use support::{PrivateRedis, parts};

async fn memory(redis: &PrivateRedis) -> Memory {
    let files = ModelFiles::in_dir(parts().join("model")).unwrap();
    let library = Some(parts().join("onnxruntime/libonnxruntime.so"));
    let embedder = LocalEmbedder::load(&files, &RuntimeOptions { library, ..RuntimeOptions::default() });
    Memory::connect(&redis.url(), Settings::default(), embedder.unwrap()).await.unwrap()
}

fn alice() -> Scope {
    Scope::new("alice", "work").unwrap()
}

fn new(text: &str, kind: Kind) -> NewText {
    NewText { source_thread: "t1".into(), ..NewText::new(kind, Text::new(text).unwrap()) }
}

async fn export(memory: &Memory, with_vectors: bool) -> Vec<String> {
    let options = ExportOptions { filter: MemoryFilter::default(), with_vectors };
    let export = memory.long_term().export(&alice(), options).await.unwrap();
    let lines: Vec<String> = export.lines.try_collect().await.unwrap();
    assert_eq!(lines.len(), export.total);
    lines
}

async fn import(memory: &Memory, scope: Scope, on_collision: Collision, lines: &[String]) -> ImportReport {
    let mut import = memory.import(scope, ImportOptions { on_collision, ..ImportOptions::default() });
    for line in lines {
        import.line(line).await.unwrap();
    }
    import.finish().await.unwrap()
}

/// Every memory document with the time at which it expires.
///
/// Vectors as the f32 that they are: Redis may read the last of 17 digits one unit off each time it is given them.
fn documents(redis: &PrivateRedis) -> BTreeMap<String, (Value, String)> {
    let keys: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "agent:mem:*"])).unwrap();
    let document = |key: &String| {
        let mut json: Value = serde_json::from_str(&redis.text(&["JSON.GET", key])).unwrap();
        let vector: Vec<f32> = serde_json::from_value(json["embedding"].take()).unwrap();
        json["embedding"] = vector.into();
        (json, redis.text(&["PEXPIRETIME", key]))
    };
    keys.iter().map(|key| (key.clone(), document(key))).collect()
}

fn wipe(redis: &PrivateRedis) {
    for key in documents(redis).keys() {
        redis.command(&["DEL", key]);
    }
}

async fn filled(redis: &PrivateRedis) -> Memory {
    let memory = memory(redis).await;
    let texts = [
        new("I am allergic to peanuts.", Kind::Semantic),
        new("The build broke on Tuesday.", Kind::Episodic),
        new("We use PostgreSQL 17 in production.", Kind::Semantic),
    ];
    let written = memory.remember_many(&alice(), &texts).await.unwrap();
    let key = format!("agent:mem:{}", written[0].memory_id);
    redis.command(&["JSON.SET", &key, "$.theirs", r#"{"big":12345678901234567890,"list":[null,1.5e-7]}"#]);
    memory
        .remember_many(&Scope::new("bob", "work").unwrap(), &[new("of bob", Kind::Semantic)])
        .await
        .unwrap();
    memory
}

#[tokio::test]
async fn export_wipe_import_gives_identical_documents_and_lifetimes() {
    let redis = PrivateRedis::start();
    let memory = filled(&redis).await;
    let before = documents(&redis);
    let lines = export(&memory, true).await;
    assert_eq!(lines.len(), 3);
    wipe(&redis);
    let report = import(&memory, alice(), Collision::Error, &lines).await;
    assert_eq!((report.lines, report.written, report.failed), (3, 3, 0), "{report:?}");
    let mut expected = before;
    expected.retain(|_, (document, _)| document["user"] == "alice");
    assert_eq!(documents(&redis), expected);
}

#[tokio::test]
async fn without_vectors_the_texts_are_embedded_again() {
    let redis = PrivateRedis::start();
    let memory = filled(&redis).await;
    let before = documents(&redis);
    let lines = export(&memory, false).await;
    assert!(lines.iter().all(|line| !line.contains("embedding")));
    wipe(&redis);
    assert_eq!(import(&memory, alice(), Collision::Skip, &lines).await.written, 3);
    for (key, (document, expires)) in documents(&redis) {
        let (old, old_expires) = &before[&key];
        assert_eq!(&expires, old_expires);
        let vector = |document: &Value| -> Vec<f64> {
            document["embedding"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        let off = vector(&document).iter().zip(vector(old)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-4, "{key}: {off}");
        assert_eq!(document["theirs"], old["theirs"]);
    }
}

#[tokio::test]
async fn a_taken_id_is_dealt_with_as_asked() {
    let redis = PrivateRedis::start();
    let memory = filled(&redis).await;
    let lines = export(&memory, true).await;
    let changed: Vec<String> = lines.iter().map(|line| line.replace("peanuts", "walnuts")).collect();
    let text_of = || {
        documents(&redis).into_values().map(|(document, _)| document["text"].to_string()).collect::<Vec<_>>()
    };
    let count = |part: &str| text_of().iter().filter(|text| text.contains(part)).count();

    let skipped = import(&memory, alice(), Collision::Skip, &changed).await;
    assert_eq!((skipped.skipped, skipped.written, count("walnuts")), (3, 0, 0));
    let refused = import(&memory, alice(), Collision::Error, &changed).await;
    assert_eq!((refused.failed, count("walnuts")), (3, 0));
    assert_eq!(refused.problems[0].line, 1);
    assert!(refused.problems[0].problem.contains("there is a memory of this id already"));
    let renamed = import(&memory, alice(), Collision::NewId, &changed).await;
    assert_eq!((renamed.renamed, count("walnuts"), count("peanuts")), (3, 1, 1));
    let overwritten = import(&memory, alice(), Collision::Overwrite, &changed).await;
    assert_eq!((overwritten.overwritten, count("walnuts"), count("peanuts")), (3, 2, 0));

    // Somebody else's memory is never replaced, and theirs it becomes under a new id alone.
    let bob = || Scope::new("bob", "work").unwrap();
    let denied = import(&memory, bob(), Collision::Overwrite, &lines).await;
    assert_eq!((denied.failed, denied.overwritten), (3, 0));
    assert!(denied.problems[0].problem.contains("another user or namespace"));
    let copied = import(&memory, bob(), Collision::NewId, &lines).await;
    assert_eq!(copied.renamed, 3);
    assert_eq!(memory.long_term().ids(&bob(), &MemoryFilter::default()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn wrong_lines_are_named_and_the_others_are_written() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let lines = [
        r#"{"document":{"text":"The least that a line can say."}}"#,
        "",
        "no JSON",
        r#"{"document":{"text":" "}}"#,
        r#"{"expires_at_ms":1000,"document":{"text":"long over"}}"#,
        r#"{"expires_at_ms":null,"document":{"text":"of another kind","kind":"procedural"}}"#,
    ]
    .map(String::from);
    let mut dry = memory.import(alice(), ImportOptions { is_dry_run: true, ..ImportOptions::default() });
    for line in &lines {
        dry.line(line).await.unwrap();
    }
    let would = dry.finish().await.unwrap();
    assert_eq!(redis.text(&["DBSIZE"]), "0");
    let report = import(&memory, alice(), Collision::Skip, &lines).await;
    assert_eq!(would, report);
    assert_eq!((report.lines, report.written, report.expired, report.failed), (5, 2, 1, 2));
    assert_eq!(report.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3, 4]);
    let documents = documents(&redis);
    let least = documents.values().find(|(document, _)| document["kind"] == "episodic").unwrap();
    assert_eq!((&least.0["hit_count"], &least.0["user"]), (&Value::from(0), &Value::from("alice")));
    assert_eq!(least.0["embedding"].as_array().unwrap().len(), 384);
    assert_ne!(least.1, "-1");
}

#[tokio::test]
async fn an_import_that_deduplicates_treats_each_line_as_something_to_remember() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let kept = new("User prefers concise answers without filler phrases.", Kind::Semantic);
    let kept = memory.remember(&alice(), kept).await.unwrap().memory_id;
    let lines = [
        // The same, another value, something else, the same as that, a kind of others, a version of others, an id that is taken.
        r#"{"id":"s","expires_at_ms":null,"document":{"text":"I prefer concise answers without filler phrases.","kind":"semantic"}}"#.to_string(),
        r#"{"id":"r","expires_at_ms":null,"document":{"text":"User prefers long answers without filler phrases.","kind":"semantic","mine":1.10}}"#.into(),
        r#"{"id":"o","expires_at_ms":4102444800123,"document":{"text":"The build runs on port 8080.","kind":"semantic","created_ts":1700000000.5,"hit_count":4,"tags":["ci"]}}"#.into(),
        r#"{"id":"p","expires_at_ms":null,"document":{"text":"The build runs on port 8080.","kind":"semantic"}}"#.into(),
        r#"{"id":"k","document":{"text":"The build runs on port 8080.","kind":"procedural"}}"#.into(),
        r#"{"id":"v","document":{"text":"The build runs on port 8080.","kind":"semantic","superseded_by":"x"}}"#.into(),
        format!(r#"{{"id":"{kept}","document":{{"text":"Another text of the same id.","kind":"semantic"}}}}"#),
    ];
    let options = ImportOptions { deduplicates: true, ..ImportOptions::default() };
    let run = async |options| {
        let mut import = memory.import(alice(), options);
        for line in &lines {
            import.line(line).await.unwrap();
        }
        import.finish().await.unwrap()
    };
    // A dry run does not know what the file itself repeats.
    let would = run(ImportOptions { is_dry_run: true, ..options }).await;
    assert_eq!((would.written, would.deduplicated, would.skipped), (5, 1, 1), "{would:?}");
    assert_eq!(documents(&redis).len(), 1);

    let report = run(options).await;
    assert_eq!((report.written, report.deduplicated, report.skipped), (4, 2, 1), "{report:?}");
    let documents = documents(&redis);
    let document = |id: &str| &documents[&format!("agent:mem:{id}")];
    assert_eq!(documents.len(), 5);
    assert_eq!(document(kept.as_str()).0["hit_count"], 1);
    let (revision, ends) = document("r");
    assert_eq!((&revision["revises"], &revision["mine"]), (&Value::from(kept.as_str()), &Value::from(1.10)));
    assert_eq!(ends, "-1");
    let (other, _) = document("o");
    // The one that repeats it stays, so this one does from now on.
    assert_eq!(document("o").1, "-1");
    assert_eq!((&other["hit_count"], &other["created_ts"]), (&Value::from(5), &Value::from(1_700_000_000.5)));
    assert_eq!((&other["tags"][0], &other["user"]), (&Value::from("ci"), &Value::from("alice")));
    assert_eq!(memory.inbox(&alice(), 10).await.unwrap().pairs.len(), 1);

    let again = run(options).await;
    assert_eq!((again.written, again.deduplicated, again.skipped), (0, 2, 5), "{again:?}");
}
