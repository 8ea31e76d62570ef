//! Models in folders, on the real ONNX Runtime and a real Redis: what a folder says, prefixes, whose vectors a store holds, and the
//! way from one model to another.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod support;

use std::path::Path;

use agent_memory::{
    Embedder, Embedding, Error, Kind, LocalEmbedder, Memory, MemoryId, Text, TurnRequest,
    embedder::{
        MODEL, ModelIdentity, Purpose,
        files::ModelFiles,
        onnx::RuntimeOptions,
        settings::{ModelSettings, Pooling},
    },
    keys::Keys,
    model::WriteKind,
    service::{NewText, ReembedReport, Reembedding, TextEdit},
    settings::Settings,
    store::{MemoryEdit, RecallOptions, Store},
};
use serde_json::{Value, json};
use support::{
    PrivateRedis, parts, scope,
    tiny_model::{ModelFolder, TinyModel},
    with_model,
};

fn load(folder: impl AsRef<Path>) -> Result<LocalEmbedder, Error> {
    let library = Some(parts().join("onnxruntime/libonnxruntime.so"));
    let options = RuntimeOptions { library, workers: 1, lone_threads: 1, ..RuntimeOptions::default() };
    LocalEmbedder::load(&ModelFiles::in_dir(&folder)?, &options)
}

async fn connect(redis: &PrivateRedis, embedder: LocalEmbedder) -> Result<Memory, Error> {
    Memory::connect(&redis.url(), Settings::default(), embedder).await
}

async fn reembed(redis: &PrivateRedis, embedder: &LocalEmbedder) -> ReembedReport {
    let reembedding = Reembedding::prepare(&redis.url(), Keys::default(), embedder.clone()).await.unwrap();
    reembedding.run(|_| ()).await.unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

#[track_caller]
fn check_vector(found: &Embedding, expected: &[f32]) {
    assert_eq!(found.dimensions(), expected.len());
    for (found, expected) in found.as_slice().iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-4 * expected.abs().max(1.0), "{found} {expected}");
    }
}

/// One value of a document; null where there is none.
fn value(redis: &PrivateRedis, key: &str, field: &str) -> Value {
    let found: Option<String> =
        redis::from_redis_value(redis.command(&["JSON.GET", key, &format!("$.{field}")])).unwrap();
    found.map_or(Value::Null, |found| serde_json::from_str::<Value>(&found).unwrap()[0].clone())
}

fn info(redis: &PrivateRedis, index: &str, name: &str) -> String {
    let flat: Vec<redis::Value> = redis::from_redis_value(redis.command(&["FT.INFO", index])).unwrap();
    let at = flat
        .iter()
        .position(|value| redis::from_redis_value::<String>(value.clone()).is_ok_and(|text| text == name));
    redis::from_redis_value(flat[at.unwrap() + 1].clone()).unwrap()
}

#[test]
fn a_folder_says_what_its_model_is() {
    let folder = TinyModel::ASKING.build();
    let expected = ModelSettings {
        name: "tiny-asking".into(),
        dimensions: 32,
        max_word_pieces: 64,
        pooling: Pooling::Cls,
        is_normalized: false,
        query_prefix: "query: ".into(),
        passage_prefix: "passage: ".into(),
        is_lowercased: false,
        padding: 0,
    };
    assert_eq!(ModelFiles::in_dir(&folder).unwrap().settings, expected);
    assert_eq!(ModelFiles::in_dir(parts().join("model")).unwrap().settings, ModelSettings::default());
}

#[tokio::test]
async fn vectors_are_those_of_the_model() {
    let embedder = load(TinyModel::PLAIN.build()).unwrap();
    assert_eq!(embedder.model(), "tiny-plain");
    assert!(!embedder.tells_purposes_apart());
    let texts = ["One, two.", "", "a much longer text than the one before it"].map(str::to_owned);
    let together = embedder.embed_many(&texts, Purpose::Passage).await.unwrap();
    for (text, together) in texts.iter().zip(&together) {
        let expected = TinyModel::PLAIN.expected(text);
        check_vector(&embedder.embed(text, Purpose::Query).await.unwrap(), &expected);
        check_vector(together, &expected);
    }
    assert!(embedder.reads_whole("a short text") && !embedder.reads_whole(&"long ".repeat(50)));
    assert!(!embedder.reads_whole("a snowman \u{2603}"));
}

#[tokio::test]
async fn a_question_has_another_prefix_than_what_is_remembered() {
    let embedder = load(TinyModel::ASKING.build()).unwrap();
    assert!(embedder.tells_purposes_apart());
    let model = TinyModel::ASKING;
    for (purpose, prefix) in [(Purpose::Query, "query: "), (Purpose::Passage, "passage: ")] {
        let expected = model.expected(&format!("{prefix}teal"));
        check_vector(&embedder.embed("teal", purpose).await.unwrap(), &expected);
        check_vector(&embedder.embed_many(&["teal".into()], purpose).await.unwrap()[0], &expected);
    }
    // What is beyond the model's length does not count, and the prefix takes its share of it.
    let full = "a".repeat(64 - 2 - "passage:".len());
    let vector = embedder.embed(&full, Purpose::Passage).await.unwrap();
    check_vector(&embedder.embed(&format!("{full}b"), Purpose::Passage).await.unwrap(), vector.as_slice());
}

#[test]
fn a_folder_that_is_incomplete_or_beyond_us_is_refused_in_a_sentence() {
    type Change = fn(&ModelFolder);
    let rows: [(Change, &str); 12] = [
        (|folder| folder.remove("modules.json"), "modules.json` is missing"),
        (|folder| folder.remove("config.json"), "config.json` is missing"),
        (|folder| folder.remove("1_Pooling/config.json"), "1_Pooling/config.json` is missing"),
        (|folder| folder.remove("tokenizer.json"), "tokenizer.json` is missing"),
        (|folder| folder.remove("onnx/model.onnx"), "model.onnx` is missing"),
        (
            |folder| {
                folder.write("1_Pooling/config.json", &json!({ "pooling_mode_weightedmean_tokens": true }));
            },
            "pools by `weightedmean_tokens`, which is not supported",
        ),
        (
            |folder| folder.write("sentence_bert_config.json", &json!({ "max_seq_length": 129 })),
            "should read 129 word pieces of a text and has places for 128",
        ),
        (
            |folder| {
                folder.write(
                    "modules.json",
                    &json!([{ "path": "", "type": "a.Transformer" }, { "path": "", "type": "a.Dense" }]),
                );
            },
            "has the steps `Transformer`, `Dense` instead of",
        ),
        (
            |folder| {
                folder.write(
                    "1_Pooling/config.json",
                    &json!({ "word_embedding_dimension": 16, "pooling_mode_cls_token": true }),
                );
            },
            "pools vectors of another size",
        ),
        (
            |folder| {
                let pooling = json!({ "pooling_mode_cls_token": true, "include_prompt": false });
                folder.write("1_Pooling/config.json", &pooling);
            },
            "leaves its prompts out of the pooling",
        ),
        (
            |folder| {
                folder.write("config_sentence_transformers.json", &json!({ "similarity_fn_name": "dot" }));
            },
            "compares vectors by something else than their direction",
        ),
        (
            |folder| folder.write("config.json", &json!({ "hidden_size": "many" })),
            "config.json` cannot be read",
        ),
    ];
    for (change, expected) in rows {
        let folder = TinyModel::ASKING.build();
        change(&folder);
        let message = load(&folder).unwrap_err().to_string();
        println!("{message}");
        assert!(message.contains(expected), "{message}\nlacks\n{expected}");
    }
}

#[test]
fn a_bare_folder_holds_all_minilm_l6_v2_or_is_refused() {
    assert_eq!(with_model::embedder().identity(), ModelIdentity::default());
    let folder = TinyModel::PLAIN.build();
    for name in ["modules.json", "config.json", "1_Pooling/config.json", "sentence_bert_config.json"] {
        folder.remove(name);
    }
    let message = load(&folder).unwrap_err().to_string();
    assert!(message.contains("is not all-MiniLM-L6-v2, and its folder does not say what it is"), "{message}");
}

/// The model of the set-up in a folder as its repository has it.
fn whole_minilm(settings: &ModelFolder) {
    for (name, from) in [("onnx/model.onnx", "model.onnx"), ("tokenizer.json", "tokenizer.json")] {
        settings.remove(name);
        std::os::unix::fs::symlink(parts().join("model").join(from), settings.path.join(name)).unwrap();
    }
}

#[tokio::test]
async fn the_whole_folder_of_all_minilm_l6_v2_is_the_same_model_to_the_last_digit() {
    let folder = TinyModel { name: "anything", max_seq_length: 256, ..TinyModel::PLAIN }.build();
    whole_minilm(&folder);
    folder.write(
        "config.json",
        &json!({ "model_type": "bert", "hidden_size": 384, "max_position_embeddings": 512, "pad_token_id": 0 }),
    );
    let (whole, bare) = (load(&folder).unwrap(), with_model::embedder());
    assert_eq!((whole.identity(), whole.model()), (ModelIdentity::default(), MODEL));
    for text in ["", "My favorite color is teal.", &"and what else there is to say ".repeat(60)] {
        let [one, other] = [&whole, &bare].map(|embedder| embedder.embed(text, Purpose::Query));
        let [one, other] = [one.await.unwrap(), other.await.unwrap()];
        assert!(one.as_slice().iter().zip(other.as_slice()).all(|(one, other)| (one - other).abs() < 1e-6));
    }
    // The same weights used in another way are another model.
    folder.write("1_Pooling/config.json", &json!({ "pooling_mode_cls_token": true }));
    let cls = load(&folder).unwrap();
    assert_eq!((cls.identity().is(&bare.identity()), cls.model()), (false, "anything"));
}

#[test]
fn models_are_told_apart_by_what_they_are_and_not_by_the_name_of_their_folder() {
    let identity = |model: TinyModel| load(model.build()).unwrap().identity();
    let known = identity(TinyModel::PLAIN);
    assert!(identity(TinyModel { name: "renamed", ..TinyModel::PLAIN }).is(&known));
    for other in [
        TinyModel { pooling: "pooling_mode_cls_token", ..TinyModel::PLAIN },
        TinyModel { is_normalized: false, ..TinyModel::PLAIN },
        TinyModel { prompts: Some(["q", ""]), ..TinyModel::PLAIN },
        TinyModel { max_seq_length: 100, ..TinyModel::PLAIN },
        TinyModel { takes_types: false, ..TinyModel::PLAIN },
    ] {
        assert!(!identity(other.clone()).is(&known), "{other:?}");
    }
}

#[tokio::test]
async fn a_turn_asks_with_one_vector_and_remembers_another() {
    let (redis, model) = (PrivateRedis::start(), TinyModel::ASKING);
    let memory = connect(&redis, load(model.build()).unwrap()).await.unwrap();
    let user = scope("ada");
    let request = TurnRequest::new(user.clone(), "My favorite color is teal.").unwrap();
    let first = memory.turn(request.clone()).await.unwrap();
    let id = first.written.unwrap().memory_id;
    let key = format!("agent:mem-tiny-asking-32:{id}");
    let stored: Vec<f32> = serde_json::from_value(value(&redis, &key, "embedding")).unwrap();
    check_vector(&Embedding::new(stored).unwrap(), &model.expected("passage: My favorite color is teal."));

    // The same text again is the same memory, by what is remembered, and is recalled at the distance of the question.
    let again = memory.turn(request).await.unwrap();
    assert!(again.written.unwrap().deduplicated_at.unwrap() < 1e-6);
    let vector = |prefix: &str| {
        Embedding::new(model.expected(&format!("{prefix}My favorite color is teal."))).unwrap()
    };
    let expected = vector("query: ").cosine_distance(&vector("passage: "));
    assert!(expected > 1e-3);
    assert!((again.nearest[0].distance.unwrap() - expected).abs() < 1e-4);
    let recalled =
        memory.recall(&user, &text("My favorite color is teal."), &RecallOptions::default()).await.unwrap();
    assert!((recalled.memories[0].distance.unwrap() - expected).abs() < 1e-4);
    let probed = memory.probe(&user, &text("My favorite color is teal."), WriteKind::Episodic).await.unwrap();
    assert!((probed.candidates[0].distance.unwrap() - expected).abs() < 1e-4);
    let agent_memory::look::Preview::Duplicate { distance, .. } = probed.preview else {
        panic!("{:?}", probed.preview)
    };
    assert!(distance < 1e-6);
}

#[tokio::test]
async fn a_model_of_other_dimensions_has_an_index_of_its_own_without_being_told() {
    let redis = PrivateRedis::start();
    let (user, demos) = (scope("ada"), with_model::memory(&redis).await);
    demos.remember(&user, NewText::new(Kind::Semantic, text("Ada is allergic to peanuts."))).await.unwrap();
    let memory = connect(&redis, load(TinyModel::ASKING.build()).unwrap()).await.unwrap();
    assert_eq!(memory.index().await.unwrap().index_name, "agentmem:idx:tiny-asking-32");
    assert_eq!(memory.index().await.unwrap().num_docs, 0);
    memory.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap();
    for (memory, count) in [(&demos, 1), (&memory, 1)] {
        assert_eq!(memory.index().await.unwrap().num_docs, count);
        assert_eq!(memory.index().await.unwrap().indexing_failures, 0);
    }
    let said = redis.text(&["HGET", "agentmem:idx:tiny-asking-32:model", "name"]);
    assert_eq!(said, "tiny-asking");
    // It is there again, and a store that nothing is said of is still the demos'.
    connect(&redis, load(TinyModel::ASKING.build()).unwrap()).await.unwrap();
    with_model::memory(&redis).await;
}

#[tokio::test]
async fn another_model_on_the_same_index_is_refused_and_on_an_empty_one_it_is_not() {
    let redis = PrivateRedis::start();
    let tiny = load(TinyModel::PLAIN.build()).unwrap();
    let user = scope("ada");
    let memory = connect(&redis, tiny.clone()).await.unwrap();
    assert_eq!(redis.text(&["HGET", "agentmem:idx:model", "dimensions"]), "384");
    let written =
        memory.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap();
    // Other programs take a vector for one of all-MiniLM-L6-v2, so it says whose it is.
    assert_eq!(value(&redis, &format!("agent:mem:{}", written.memory_id), "model"), "tiny-plain");
    connect(&redis, tiny.clone()).await.unwrap();
    let refused = connect(&redis, with_model::embedder()).await.err().unwrap();
    let Error::OtherModel { index, written_by, model } = &refused else { panic!("{refused}") };
    assert_eq!((index.as_str(), written_by.as_str(), model.as_str()), ("agentmem:idx", "tiny-plain", MODEL));
    assert!(!refused.to_string().contains("--"), "{refused}");
    let other =
        load(TinyModel { seed: 8, pooling: "pooling_mode_max_tokens", ..TinyModel::PLAIN }.build()).unwrap();
    assert!(matches!(connect(&redis, other).await, Err(Error::OtherModel { .. })));
    // Whoever needs no model is let in.
    Store::connect(&redis.url(), Keys::default()).await.unwrap();

    memory.long_term().clear_of_everybody().await.unwrap();
    connect(&redis, with_model::embedder()).await.unwrap();
    assert_eq!(redis.text(&["HGET", "agentmem:idx:model", "name"]), MODEL);
}

/// A memory as a demo in another language writes it.
fn demo_document(text: &str, vector: &Embedding) -> Value {
    json!({
        "id": "d", "user": "ada", "namespace": "test", "kind": "semantic", "source_thread": "", "text": text,
        "embedding": vector.as_slice(), "created_ts": 1.5, "hit_count": 3, "mine": { "big": 12_345_678_901_u64 }
    })
}

#[tokio::test]
async fn memories_go_over_to_another_model_and_nothing_else_of_them_changes() {
    let redis = PrivateRedis::start();
    let minilm = with_model::embedder();
    let (user, old) = (scope("ada"), connect(&redis, minilm.clone()).await.unwrap());
    let kept =
        old.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap().memory_id;
    let brief = old
        .remember(&scope("bob"), NewText::new(Kind::Episodic, text("Bob slept.")))
        .await
        .unwrap()
        .memory_id;
    let aside =
        old.remember(&user, NewText::new(Kind::Semantic, text("Set aside."))).await.unwrap().memory_id;
    assert!(old.set_aside(&user, &aside).await.unwrap());
    let vector = minilm.embed("Written by a demo.", Purpose::Passage).await.unwrap();
    let document = demo_document("Written by a demo.", &vector);
    redis.command(&["JSON.SET", "agent:mem:demo", "$", &document.to_string()]);

    for model in [TinyModel::PLAIN, TinyModel::ASKING] {
        let embedder = load(model.build()).unwrap();
        let prepare = Reembedding::prepare(&redis.url(), Keys::default(), embedder.clone()).await.unwrap();
        let plan = prepare.plan().await.unwrap();
        assert_eq!((plan.documents, plan.to_embed, plan.is_resumed), (4, 4, false));
        let mut told = Vec::new();
        let report = prepare.run(|progress| told.push(progress.clone())).await.unwrap();
        assert_eq!((report.documents, report.embedded, report.left_beside.as_deref()), (4, 4, None));
        assert!(!told.first().unwrap().is_serving && told.last().unwrap().is_serving);
        assert_eq!(redis.text(&["EXISTS", "agentmem:idx:reembed"]), "0");

        let new = connect(&redis, embedder.clone()).await.unwrap();
        assert_eq!(new.index().await.unwrap().index_name, report.index);
        assert_eq!(
            (new.index().await.unwrap().num_docs, new.index().await.unwrap().indexing_failures),
            (3, 0)
        );
        let found = new.recall(&user, &text("Ada likes teal."), &RecallOptions::default()).await.unwrap();
        assert_eq!(found.memories[0].text, "Ada likes teal.");
        // Only those that were embedded are recalled by distance, and they all are.
        let probed = new.probe(&user, &text("Written by a demo."), WriteKind::Skip).await.unwrap();
        assert_eq!(probed.candidates.len(), 2);
        let expected =
            model.expected(&format!("{}Written by a demo.", model.prompts.map_or("", |prompts| prompts[1])));
        let field = format!("embedding_{:.12}", embedder.identity().digest);
        let stored: Vec<f32> = serde_json::from_value(value(&redis, "agent:mem:demo", &field)).unwrap();
        check_vector(&Embedding::new(stored).unwrap(), &expected);
        // What the demos know is as it was, to the letter.
        for name in ["id", "user", "text", "created_ts", "hit_count", "mine"] {
            assert_eq!(value(&redis, "agent:mem:demo", name), document[name], "{name}");
        }
        let left: i64 =
            redis::from_redis_value(redis.command(&["TTL", &format!("agent:mem:{brief}")])).unwrap();
        assert!((604_000..=604_800).contains(&left), "{left}");
        assert_eq!(redis.text(&["TTL", &format!("agent:mem:{kept}")]), "-1");
        assert_eq!(redis.text(&["HGET", "agentmem:idx:model", "name"]), model.name);
    }
    // The demos and whoever still runs as before find what they wrote, and the index of the one between is still there.
    assert_eq!(info(&redis, "agentmem:idx", "num_docs"), "3");
    assert_eq!(info(&redis, "agentmem:idx", "hash_indexing_failures"), "0");
    let recalled = old.recall(&user, &text("Ada likes teal."), &RecallOptions::default()).await.unwrap();
    assert!(recalled.memories[0].distance.unwrap() < 1e-6);
    // What was set aside comes back with its vector.
    let new = connect(&redis, load(TinyModel::ASKING.build()).unwrap()).await.unwrap();
    assert!(new.bring_back(&user, &aside).await.unwrap());
    assert_eq!(new.probe(&user, &text("Set aside."), WriteKind::Skip).await.unwrap().candidates.len(), 3);
}

#[tokio::test]
async fn what_is_written_edited_and_deleted_meanwhile_is_as_its_writer_left_it() {
    let redis = PrivateRedis::start();
    let (user, old) = (scope("ada"), with_model::memory(&redis).await);
    let texts: Vec<NewText> =
        (0..200).map(|number| NewText::new(Kind::Semantic, text(&format!("fact {number}")))).collect();
    let ids: Vec<MemoryId> = old
        .remember_many(&user, &texts)
        .await
        .unwrap()
        .into_iter()
        .map(|written| written.memory_id)
        .collect();
    let tiny = load(TinyModel::PLAIN.build()).unwrap();
    let reembedding = Reembedding::prepare(&redis.url(), Keys::default(), tiny.clone()).await.unwrap();

    // While each portion is told, before the switch and after it, others change what was done already.
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let minilm = with_model::embedder();
    let vector = minilm.embed("anything", Purpose::Passage).await.unwrap();
    let (mut steps, mut is_late) = (0, false);
    let report = reembedding
        .run(|progress| {
            steps += 1;
            let run = |words: &[&str], connection: &mut redis::Connection| {
                let mut command = redis::cmd(words[0]);
                command.arg(&words[1..]).query::<redis::Value>(connection).unwrap();
            };
            match (progress.pass, progress.is_serving) {
                (1, false) => {
                    run(
                        &["JSON.SET", &format!("agent:mem:{}", ids[0]), "$.text", "\"edited by a demo\""],
                        &mut connection,
                    );
                    run(&["DEL", &format!("agent:mem:{}", ids[1])], &mut connection);
                    run(
                        &["JSON.NUMINCRBY", &format!("agent:mem:{}", ids[2]), "$.hit_count", "1"],
                        &mut connection,
                    );
                    let document = demo_document("written by a demo", &vector).to_string();
                    run(&["JSON.SET", "agent:mem:new", "$", &document], &mut connection);
                }
                (_, true) if !is_late => {
                    is_late = true;
                    let document = demo_document("written after the switch", &vector).to_string();
                    run(&["JSON.SET", "agent:mem:late", "$", &document], &mut connection);
                }
                _ => {}
            }
        })
        .await
        .unwrap();
    assert!(steps > 3);
    assert_eq!(report.documents, 201);
    let new = connect(&redis, tiny).await.unwrap();
    for (id, said) in [
        (ids[0].as_str(), "edited by a demo"),
        ("new", "written by a demo"),
        ("late", "written after the switch"),
    ] {
        let found = new.recall(&user, &text(said), &RecallOptions::default()).await.unwrap();
        assert_eq!((found.memories[0].id.as_str(), found.memories[0].text.as_str()), (id, said));
        assert!(found.memories[0].distance.unwrap() < 1e-5, "{said}");
    }
    assert_eq!(redis.text(&["EXISTS", &format!("agent:mem:{}", ids[1])]), "0");
    assert_eq!(value(&redis, &format!("agent:mem:{}", ids[2]), "hit_count"), 1);
}

#[tokio::test]
async fn a_run_that_ended_in_the_middle_goes_on_where_it_was() {
    let redis = PrivateRedis::start();
    let (user, old) = (scope("ada"), with_model::memory(&redis).await);
    // More than one portion of SCAN.
    for part in 0..4 {
        let texts =
            (0..600).map(|number| NewText::new(Kind::Semantic, text(&format!("fact {part} {number}"))));
        let texts: Vec<NewText> = texts
            .map(|new| NewText {
                relation: agent_memory::turn::Relation { is_new: true, ..Default::default() },
                ..new
            })
            .collect();
        old.remember_many(&user, &texts).await.unwrap();
    }
    let tiny = load(TinyModel::ASKING.build()).unwrap();
    let prepare = async || Reembedding::prepare(&redis.url(), Keys::default(), tiny.clone()).await.unwrap();
    let (sender, told) = std::sync::mpsc::channel();
    let run = prepare().await.run(move |progress| sender.send(progress.embedded).unwrap());
    let task = tokio::spawn(run);
    let embedded = tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap();
    task.abort();
    let _ = task.await;
    assert!(embedded > 0 && embedded < 2400);

    // What is half done serves nobody.
    assert_eq!(redis.text(&["EXISTS", "agentmem:idx:model"]), "0");
    let kept: u64 = redis.text(&["HGET", "agentmem:idx:reembed", "embedded"]).parse().unwrap();
    assert!(kept >= embedded);
    let found = with_model::memory(&redis)
        .await
        .recall(&user, &text("fact 2 77"), &RecallOptions::default())
        .await
        .unwrap();
    assert!(found.memories[0].distance.unwrap() < 1e-5);

    let plan = prepare().await.plan().await.unwrap();
    assert!(plan.is_resumed && plan.to_embed < 2400 && plan.documents == 2400, "{plan:?}");
    let report = prepare().await.run(|_| ()).await.unwrap();
    assert_eq!(report.documents, 2400);
    // Batches that were under way may be embedded again, and no more.
    assert!((2400..=2400 + 64).contains(&report.embedded), "{}", report.embedded);
    assert_eq!(prepare().await.plan().await.unwrap().to_embed, 0);
}

#[tokio::test]
async fn a_store_that_went_over_is_written_read_edited_and_mended() {
    let redis = PrivateRedis::start();
    let (user, old) = (scope("ada"), with_model::memory(&redis).await);
    let written =
        old.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap().memory_id;
    let tiny = load(TinyModel::ASKING.build()).unwrap();
    reembed(&redis, &tiny).await;
    let new = connect(&redis, tiny.clone()).await.unwrap();
    let field = format!("embedding_{:.12}", tiny.identity().digest);

    // A new text, the same text, a near one that changes.
    let fresh = new.remember(&user, NewText::new(Kind::Semantic, text("Bob likes red."))).await.unwrap();
    let key = format!("agent:mem:{}", fresh.memory_id);
    assert_eq!(
        (value(&redis, &key, "embedding"), value(&redis, &key, &field).as_array().unwrap().len()),
        (Value::Null, 32)
    );
    let again = new.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap();
    assert_eq!((again.memory_id, again.deduplicated_at.is_some()), (written.clone(), true));
    let edit = TextEdit { text: Some(text("Ada likes green.")), ..TextEdit::default() };
    new.edit(&user, &written, &edit).await.unwrap().unwrap();
    let key = format!("agent:mem:{written}");
    // Nobody finds the old text by its vector.
    assert_eq!(value(&redis, &key, "embedding"), Value::Null);
    let found = new.recall(&user, &text("Ada likes green."), &RecallOptions::default()).await.unwrap();
    assert_eq!(found.memories[0].id, written);
    new.revert(&user, &written, None).await.unwrap().unwrap();
    let vector: Vec<f32> = serde_json::from_value(value(&redis, &key, &field)).unwrap();
    check_vector(&Embedding::new(vector).unwrap(), &TinyModel::ASKING.expected("passage: Ada likes teal."));
    assert_eq!(new.index().await.unwrap().indexing_failures, 0);
    // The demos list what has no vector of theirs.
    assert_eq!(info(&redis, "agentmem:idx", "hash_indexing_failures"), "0");
    assert_eq!(info(&redis, "agentmem:idx", "num_docs"), "2");
    assert!(new.long_term().unreadable(&user, 0).await.unwrap().memories.is_empty());

    // The old one is refused, and what it wrote while it ran is mended by the same command.
    assert!(matches!(connect(&redis, with_model::embedder()).await, Err(Error::OtherModel { .. })));
    let late =
        old.remember(&user, NewText::new(Kind::Semantic, text("Written by the old one."))).await.unwrap();
    let edit = MemoryEdit {
        text: Some(("Edited by the old one.", &old.embed(&text("x"), Purpose::Passage).await.unwrap())),
        ..MemoryEdit::default()
    };
    old.long_term().edit(&user, &fresh.memory_id, edit).await.unwrap();
    let listed = new.long_term().ids(&user, &agent_memory::MemoryFilter::everything()).await.unwrap();
    assert!(listed.contains(&late.memory_id));
    assert_eq!(reembed(&redis, &tiny).await.embedded, 2);
    for said in ["Written by the old one.", "Edited by the old one."] {
        let found = new.probe(&user, &text(said), WriteKind::Semantic).await.unwrap();
        assert!(
            matches!(found.preview, agent_memory::look::Preview::Duplicate { .. }),
            "{said}: {:?}",
            found.preview
        );
    }
    let receipt =
        agent_memory::store::Users::new(Store::connect(&redis.url(), Keys::default()).await.unwrap());
    let receipt = receipt.forget("ada", None, true).await.unwrap();
    assert_eq!((receipt.memories, receipt.unreadable), (3, 0));
}

#[tokio::test]
async fn a_store_without_memories_has_nothing_to_go_over() {
    for (model, index) in
        [(TinyModel::PLAIN, "agentmem:idx"), (TinyModel::ASKING, "agentmem:idx:tiny-asking-32")]
    {
        let redis = PrivateRedis::start();
        let embedder = load(model.build()).unwrap();
        let report = reembed(&redis, &embedder).await;
        assert_eq!((report.documents, report.embedded, report.index.as_str()), (0, 0, index));
        let memory = connect(&redis, embedder.clone()).await.unwrap();
        memory.remember(&scope("ada"), NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap();
        let again = reembed(&redis, &embedder).await;
        assert_eq!((again.documents, again.embedded, again.index.as_str()), (1, 0, index));
    }
}

#[tokio::test]
async fn who_empties_redis_does_not_make_it_another_models() {
    let redis = PrivateRedis::start();
    let tiny = load(TinyModel::PLAIN.build()).unwrap();
    let user = scope("ada");
    let memory = connect(&redis, tiny.clone()).await.unwrap();
    redis.command(&["FLUSHALL"]);
    memory.remember(&user, NewText::new(Kind::Semantic, text("Ada likes teal."))).await.unwrap();
    connect(&redis, tiny).await.unwrap();
    assert!(matches!(connect(&redis, with_model::embedder()).await, Err(Error::OtherModel { .. })));
}

#[tokio::test]
async fn the_way_back_embeds_only_what_has_no_vector_and_old_ones_can_be_dropped() {
    let redis = PrivateRedis::start();
    let (user, old) = (scope("ada"), with_model::memory(&redis).await);
    for said in ["Ada likes teal.", "Ada is allergic to peanuts."] {
        old.remember(&user, NewText::new(Kind::Semantic, text(said))).await.unwrap();
    }
    let (minilm, tiny) = (with_model::embedder(), load(TinyModel::PLAIN.build()).unwrap());
    let report = reembed(&redis, &tiny).await;
    let new = connect(&redis, tiny.clone()).await.unwrap();
    new.remember(&user, NewText::new(Kind::Semantic, text("Something else entirely, 42."))).await.unwrap();
    let back = reembed(&redis, &minilm).await;
    assert_eq!((back.embedded, back.index.as_str()), (1, "agentmem:idx"));
    let old = connect(&redis, minilm.clone()).await.unwrap();
    assert_eq!(old.probe(&user, &text("teal"), WriteKind::Skip).await.unwrap().candidates.len(), 3);

    assert!(Reembedding::drop_previous(&redis.url(), Keys::default(), &minilm).await.unwrap());
    assert!(!Reembedding::drop_previous(&redis.url(), Keys::default(), &minilm).await.unwrap());
    let indexes: Vec<String> = redis::from_redis_value(redis.command(&["FT._LIST"])).unwrap();
    assert!(!indexes.contains(&report.index), "{indexes:?}");
    let keys: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "agent:mem:*"])).unwrap();
    for key in keys {
        let document = redis.text(&["JSON.GET", &key]);
        assert!(!document.contains("embedding_") && document.contains("\"embedding\""), "{document}");
    }
}

#[tokio::test]
async fn a_line_of_another_model_is_embedded_again_when_it_is_imported() {
    let redis = PrivateRedis::start();
    let tiny = load(TinyModel::PLAIN.build()).unwrap();
    let memory = connect(&redis, tiny.clone()).await.unwrap();
    let (user, vector) = (scope("ada"), vec![0.5; 384]);
    let mut import = memory.import(user.clone(), agent_memory::service::ImportOptions::default());
    let line = json!({ "id": "old", "document": { "text": "Ada likes teal.", "embedding": vector } });
    import.line(&line.to_string()).await.unwrap();
    let report = import.finish().await.unwrap();
    assert_eq!((report.written, report.failed), (1, 0));
    let stored: Vec<f32> = serde_json::from_value(value(&redis, "agent:mem:old", "embedding")).unwrap();
    check_vector(&Embedding::new(stored).unwrap(), &TinyModel::PLAIN.expected("Ada likes teal."));
    assert_eq!(value(&redis, "agent:mem:old", "model"), "tiny-plain");
}
