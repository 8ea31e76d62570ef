//! The embedder on the real model and the real ONNX Runtime. The reference vectors are from sentence-transformers in
//! float64, see `data/embeddings.json`.
#![cfg(feature = "onnx")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process, slice,
    sync::OnceLock,
};

use agent_memory::{
    Embedder, Embedding, Error, LocalEmbedder,
    embedder::{Form, Purpose, files::ModelFiles, onnx::RuntimeOptions, settings::ModelSettings},
};
use futures::{FutureExt, future::join_all};

/// Largest difference to the reference, per component and per cosine distance.
const TOLERANCE: f64 = 1e-6;

/// A fetched part of the set-up: `make setup` puts them into `.parts`.
fn part(name: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parts = env::var_os("AGENT_MEMORY_PARTS").map_or(workspace.join(".parts"), PathBuf::from);
    let path = parts.join(name);
    assert!(path.exists(), "`{}` is missing: run `make setup`", path.display());
    path
}

fn options() -> RuntimeOptions {
    RuntimeOptions { library: Some(part("onnxruntime/libonnxruntime.so")), ..Default::default() }
}

fn files() -> ModelFiles {
    ModelFiles {
        model: part("model/model.onnx"),
        tokenizer: part("model/tokenizer.json"),
        settings: ModelSettings::default(),
    }
}

fn embedder() -> &'static LocalEmbedder {
    static EMBEDDER: OnceLock<LocalEmbedder> = OnceLock::new();
    EMBEDDER.get_or_init(|| LocalEmbedder::load(&files(), &options()).unwrap())
}

/// The texts and their reference vectors.
fn reference() -> &'static [(String, Embedding)] {
    static REFERENCE: OnceLock<Vec<(String, Embedding)>> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let data: serde_json::Value = serde_json::from_str(include_str!("data/embeddings.json")).unwrap();
        let rows = data["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| {
                let vector = serde_json::from_value(row["vector"].clone()).unwrap();
                (row["text"].as_str().unwrap().to_owned(), Embedding::new(vector).unwrap())
            })
            .collect()
    })
}

fn texts() -> Vec<String> {
    reference().iter().map(|(text, _)| text.clone()).collect()
}

/// An embedder of its own, whose numbers no other test changes.
fn own_embedder(workers: usize, queue: usize) -> LocalEmbedder {
    LocalEmbedder::load(&files(), &RuntimeOptions { workers, queue, ..options() }).unwrap()
}

/// A text of full length; no two are the same.
fn long_text(number: usize) -> String {
    format!("{number} {}", "and what else there is to say about it ".repeat(40))
}

/// Waits until the condition holds.
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

fn component_difference(one: &Embedding, other: &Embedding) -> f64 {
    let pairs = one.as_slice().iter().zip(other.as_slice());
    pairs.map(|(one, other)| f64::from((one - other).abs())).fold(0.0, f64::max)
}

/// All cosine distances between the rows, in the order of the rows.
fn distances(embeddings: &[&Embedding]) -> Vec<f64> {
    let pairs = embeddings.iter().enumerate();
    pairs
        .flat_map(|(index, one)| embeddings[..index].iter().map(|other| one.cosine_distance(other)))
        .collect()
}

#[track_caller]
fn check(how: &str, found: &[Embedding]) {
    assert_eq!(found.len(), reference().len());
    let expected: Vec<_> = reference().iter().map(|(_, embedding)| embedding).collect();
    let component =
        expected.iter().zip(found).map(|(one, other)| component_difference(one, other)).fold(0.0, f64::max);
    let found: Vec<_> = found.iter().collect();
    let distance = distances(&expected)
        .iter()
        .zip(distances(&found))
        .map(|(one, other)| (one - other).abs())
        .fold(0.0, f64::max);
    println!("{how}: largest difference per component {component:.1e}, per cosine distance {distance:.1e}");
    assert!(component <= TOLERANCE, "{how}: {component}");
    assert!(distance <= TOLERANCE, "{how}: {distance}");
}

#[tokio::test]
async fn vectors_and_distances_are_those_of_the_reference_one_by_one() {
    let mut found = Vec::new();
    for text in texts() {
        found.push(embedder().embed(&text, Purpose::Passage).await.unwrap());
    }
    check("one by one", &found);
}

#[tokio::test]
async fn vectors_and_distances_are_those_of_the_reference_as_a_batch() {
    check("as a batch", &embedder().embed_many(&texts(), Purpose::Passage).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn vectors_and_distances_are_those_of_the_reference_under_load() {
    let embed_all = |offset: usize| async move {
        let texts = texts();
        let turns = (0..texts.len()).map(|number| (number + offset) % texts.len());
        let mut found = Vec::new();
        for index in turns {
            found.push((index, embedder().embed(&texts[index], Purpose::Passage).await.unwrap()));
        }
        found.sort_unstable_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, embedding)| embedding).collect::<Vec<_>>()
    };
    let batch = tokio::spawn(async { embedder().embed_many(&texts(), Purpose::Passage).await.unwrap() });
    let clients: Vec<_> = (0..8).map(|client| tokio::spawn(embed_all(client * 7))).collect();
    for client in clients {
        check("under load", &client.await.unwrap());
    }
    check("as a batch under load", &batch.await.unwrap());
}

#[tokio::test]
async fn every_shape_of_text_has_a_vector_of_length_one() {
    let overlong = "one more word and ".repeat(3640);
    let shapes =
        ["", " \n\t", "🙂🙃", "مرحبا بالعالم", "שלום עולם", "\0\u{1}\u{7f}", "a\u{202e}b", &overlong]
            .map(str::to_owned);
    let together = embedder().embed_many(&shapes, Purpose::Passage).await.unwrap();
    for (text, together) in shapes.iter().zip(together) {
        let alone = embedder().embed(text, Purpose::Passage).await.unwrap();
        let length =
            alone.as_slice().iter().map(|&component| f64::from(component).powi(2)).sum::<f64>().sqrt();
        assert!((length - 1.0).abs() < 1e-6, "{length}");
        assert!(component_difference(&alone, &together) <= TOLERANCE);
    }
    assert_eq!(embedder().embed_many(&[], Purpose::Passage).await.unwrap(), []);
}

#[tokio::test]
async fn only_the_first_256_word_pieces_count() {
    let full = "the ".repeat(254);
    let differs = async |text: String| {
        let (one, other) = (
            embedder().embed(&full, Purpose::Passage).await.unwrap(),
            embedder().embed(&text, Purpose::Passage).await.unwrap(),
        );
        one.cosine_distance(&other) >= 1e-6
    };
    assert!(!differs(format!("{full} and what else there is to say")).await);
    assert!(differs(format!("what else there is to say {full}")).await);
}

#[tokio::test]
async fn a_short_text_waits_for_one_inference_of_a_batch_and_no_more() {
    let embedder = own_embedder(1, 10);
    let texts: Vec<_> = (0..100).map(long_text).collect();
    let batch = embedder.embed_many(&texts, Purpose::Passage);
    let short = async {
        until(|| embedder.state().inferences > 3).await;
        let before = embedder.state().inferences;
        embedder.embed("a short text", Purpose::Passage).await.unwrap();
        // The one that ran, perhaps the next, and its own.
        let waited_for = embedder.state().inferences - before;
        assert!(waited_for <= 2, "{waited_for}");
        assert!(embedder.state().texts < 90, "the batch was done before");
    };
    let (batch, ()) = futures::join!(batch, short);
    assert_eq!(batch.unwrap().len(), 100);
}

#[tokio::test]
async fn a_short_text_goes_before_long_ones_that_came_first() {
    let embedder = own_embedder(1, 100);
    let texts: Vec<_> = (0..20).map(long_text).collect();
    let long = join_all(texts.iter().map(|text| embedder.embed(text, Purpose::Passage)));
    let short = async {
        until(|| embedder.state().inferences > 1).await;
        let before = embedder.state().inferences;
        embedder.embed("a short text", Purpose::Passage).await.unwrap();
        assert!(embedder.state().inferences - before <= 3);
    };
    let (long, ()) = futures::join!(long, short);
    assert!(long.iter().all(Result::is_ok));
}

#[tokio::test]
async fn texts_that_wait_together_run_together() {
    let embedder = own_embedder(1, 100);
    let texts: Vec<_> = (0..50).map(|number| format!("text number {number}")).collect();
    let found = join_all(texts.iter().map(|text| embedder.embed(text, Purpose::Passage))).await;
    for (text, found) in texts.iter().zip(found) {
        let alone = embedder.embed(text, Purpose::Passage).await.unwrap();
        assert!(component_difference(&alone, &found.unwrap()) <= TOLERANCE);
    }
    let inferences = embedder.state().inferences - texts.len() as u64;
    assert!(inferences <= 10, "{inferences}");
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_takes_texts_again_later() {
    let embedder = own_embedder(1, 4);
    let texts: Vec<_> = (0..20).map(long_text).collect();
    let batch = embedder.embed_many(&texts, Purpose::Passage);
    let flood = async {
        until(|| embedder.state().inferences > 1).await;
        let mut waiting: Vec<_> = (0..4).map(|_| embedder.embed("a short text", Purpose::Passage)).collect();
        waiting.retain_mut(|text| text.now_or_never().is_none());
        let refused = embedder.embed("one too many", Purpose::Passage).now_or_never().unwrap().unwrap_err();
        assert!(matches!(refused, Error::Overloaded { waiting: 4 }) && refused.is_retryable(), "{refused}");
        assert_eq!(embedder.state().refused, 1);
        assert!(join_all(waiting).await.iter().all(Result::is_ok));
        embedder.embed("there is room again", Purpose::Passage).await.unwrap();
    };
    let (batch, ()) = futures::join!(batch, flood);
    assert_eq!(batch.unwrap().len(), 20);
}

#[tokio::test]
async fn what_nobody_awaits_any_more_is_not_run_and_holds_nobody_up() {
    let embedder = own_embedder(1, 4);
    let texts: Vec<_> = (0..200).map(long_text).collect();
    assert!(embedder.embed_many(&texts, Purpose::Passage).now_or_never().is_none());
    for text in &texts {
        // Given up, it makes room for the next.
        assert!(embedder.embed(text, Purpose::Passage).now_or_never().is_none());
    }
    embedder.embed("a short text", Purpose::Passage).await.unwrap();
    until(|| embedder.state().waiting == 0).await;
    let inferences = embedder.state().inferences;
    assert!(inferences <= 10, "{inferences}");
}

#[test]
fn the_fast_form_is_refused_where_the_library_has_no_openvino() {
    let message = LocalEmbedder::load(&files(), &RuntimeOptions { form: Form::Fast, ..options() })
        .unwrap_err()
        .to_string();
    let (processor, library) =
        ("the fast form needs a processor", "ONNX Runtime's library comes without OpenVINO");
    assert!(message.starts_with(processor) || message.starts_with(library), "{message}");
}

/// A folder of this test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("agent-memory-embedder-{name}-{}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Loading fails with a message that starts as given and ends with the way out.
#[track_caller]
fn check_failure(files: &ModelFiles, options: &RuntimeOptions, expected: &str) {
    let message = LocalEmbedder::load(files, options).unwrap_err().to_string();
    println!("{message}");
    assert!(message.starts_with(expected), "{message}\ninstead of\n{expected}");
    assert!(message.contains("make setup"), "{message}");
}

#[test]
fn a_missing_library_is_an_error() {
    let library = Some(PathBuf::from("nowhere/libonnxruntime.so"));
    let expected = "ONNX Runtime's library `nowhere/libonnxruntime.so` is missing";
    check_failure(&files(), &RuntimeOptions { library, ..Default::default() }, expected);
}

#[test]
fn another_library_than_the_loaded_one_is_an_error() {
    embedder();
    let folder = Folder::new("library");
    let library = Some(folder.file("libonnxruntime.so", b"text"));
    let error = LocalEmbedder::load(&files(), &RuntimeOptions { library, ..Default::default() }).unwrap_err();
    assert!(error.to_string().contains("one process has one ONNX Runtime"), "{error}");
}

#[test]
fn a_missing_or_broken_model_is_an_error() {
    let folder = Folder::new("model");
    let mut start = vec![0; 1_000_000];
    let mut model = fs::File::open(files().model).unwrap();
    std::io::Read::read_exact(&mut model, &mut start).unwrap();
    let damaged = "is damaged or no ONNX model";
    let broken = [
        (folder.0.join("missing.onnx"), "is missing"),
        (folder.0.clone(), "is missing"),
        (folder.file("truncated.onnx", &start), damaged),
        (folder.file("empty.onnx", b""), damaged),
        (folder.file("text.onnx", b"version https://git-lfs.github.com/spec/v1\n"), damaged),
    ];
    for (model, problem) in broken {
        let expected = format!("model `{}` {problem}", model.display());
        check_failure(&ModelFiles { model, ..files() }, &options(), &expected);
    }
}

#[test]
fn another_model_is_an_error_that_tells_the_difference() {
    let folder = Folder::new("shape");
    let known = ["input_ids", "attention_mask", "token_type_ids"];
    let other = ["input_ids", "attention_mask", "pixels"];
    let rows = [
        (
            "takes the inputs `pixels`, `input_ids`, `attention_mask` instead of `input_ids`, `attention_mask`, `token_type_ids`",
            onnx_file(&other),
        ),
        (
            "gives the output `last_hidden_state` as `Tensor<f32>(batch, sequence, 1)` instead of `Tensor<f32>(batch, sequence, 384)`",
            onnx_file(&known),
        ),
    ];
    for (difference, content) in rows {
        let model = folder.file("model.onnx", &content);
        let expected = format!("model `{}` {difference}: ", model.display());
        check_failure(&ModelFiles { model, ..files() }, &options(), &expected);
    }
}

#[test]
fn a_missing_or_broken_tokenizer_is_an_error() {
    let folder = Folder::new("tokenizer");
    for tokenizer in [folder.0.join("missing.json"), folder.file("text.json", b"{\"version\": 1")] {
        let expected = format!("tokenizer `{}` cannot be read: ", tokenizer.display());
        check_failure(&ModelFiles { tokenizer, ..files() }, &options(), &expected);
    }
}

// A graph of two nodes in the protobuf encoding of ONNX (onnx/onnx: onnx/onnx.proto, field numbers from there).

fn number(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

fn bytes(field: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let length = content.len();
    assert!(length < 1 << 14);
    let length =
        if length < 128 { vec![length as u8] } else { vec![length as u8 | 128, (length >> 7) as u8] };
    [slice::from_ref(&(field << 3 | 2)), &length, content].concat()
}

/// ValueInfoProto of a tensor `[batch, sequence]` with further dimensions.
fn tensor(name: &str, element: u8, further: &[u8]) -> Vec<u8> {
    let mut dimensions = [bytes(1, bytes(2, "batch")), bytes(1, bytes(2, "sequence"))].concat();
    dimensions.extend(further.iter().flat_map(|&size| bytes(1, number(1, size))));
    let tensor = [number(1, element), bytes(2, dimensions)].concat();
    [bytes(1, name), bytes(2, bytes(1, tensor))].concat()
}

/// A model that takes the named inputs and gives the first as `[batch, sequence, 1]`.
fn onnx_file(inputs: &[&str]) -> Vec<u8> {
    const FLOAT: u8 = 1;
    const INT64: u8 = 7;
    let to_float = [bytes(1, "to"), number(3, FLOAT), vec![20 << 3 & 127 | 128, 1, 2]].concat();
    let cast = [bytes(1, inputs[0]), bytes(2, "float"), bytes(4, "Cast"), bytes(5, to_float)].concat();
    let unsqueeze =
        [bytes(1, "float"), bytes(1, "axes"), bytes(2, "last_hidden_state"), bytes(4, "Unsqueeze")].concat();
    let axes = [number(1, 1), number(2, INT64), bytes(8, "axes"), bytes(9, 2_i64.to_le_bytes())].concat();
    let mut graph = [bytes(1, cast), bytes(1, unsqueeze), bytes(2, "graph"), bytes(5, axes)].concat();
    graph.extend(inputs.iter().flat_map(|name| bytes(11, tensor(name, INT64, &[]))));
    graph.extend(bytes(12, tensor("last_hidden_state", FLOAT, &[1])));
    let opset = [bytes(1, ""), number(2, 17)].concat();
    [number(1, 8), bytes(7, graph), bytes(8, opset)].concat()
}
