//! The fast form on the real model: a test by itself, since a process has one ONNX Runtime. It runs where
//! `scripts/get-onnxruntime.sh fast` was run and the processor has the instructions.
#![cfg(feature = "onnx")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{
    env,
    path::{Path, PathBuf},
};

use agent_memory::{
    Embedder, Embedding, LocalEmbedder,
    embedder::{Form, Purpose, files::ModelFiles, onnx::RuntimeOptions},
};

/// Largest difference of a cosine distance to what the exact form gives.
const TOLERANCE: f64 = 0.005;

fn parts() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::var_os("AGENT_MEMORY_PARTS").map_or(workspace.join(".parts"), Into::into)
}

fn fast() -> Option<LocalEmbedder> {
    let library = parts().join("onnxruntime-fast/libonnxruntime.so");
    if !library.exists() {
        println!("the library of the fast form is not here: run `scripts/get-onnxruntime.sh fast`");
        return None;
    }
    let options =
        RuntimeOptions { library: Some(library), form: Form::Fast, workers: 2, ..Default::default() };
    match LocalEmbedder::load(&ModelFiles::in_dir(parts().join("model")).unwrap(), &options) {
        Ok(embedder) => Some(embedder),
        Err(error) => {
            assert!(error.to_string().contains("needs a processor"), "{error}");
            println!("{error}");
            None
        }
    }
}

fn reference() -> (Vec<String>, Vec<Embedding>) {
    let data: serde_json::Value = serde_json::from_str(include_str!("data/embeddings.json")).unwrap();
    let rows = data["rows"].as_array().unwrap().iter().map(|row| {
        let vector = serde_json::from_value(row["vector"].clone()).unwrap();
        (row["text"].as_str().unwrap().to_owned(), Embedding::new(vector).unwrap())
    });
    rows.unzip()
}

#[tokio::test]
async fn the_fast_form_reads_what_the_exact_one_wrote() {
    let Some(embedder) = fast() else { return };
    assert_eq!((embedder.state().form, embedder.state().lone_threads), (Form::Fast, 1));
    let (texts, exact) = reference();
    let together = embedder.embed_many(&texts, Purpose::Passage).await.unwrap();
    let mut largest: f64 = 0.0;
    for ((text, together), own) in texts.iter().zip(&together).zip(&exact) {
        let alone = embedder.embed(text, Purpose::Passage).await.unwrap();
        for other in &exact {
            let expected = own.cosine_distance(other);
            for found in [&alone, together] {
                largest = largest.max((found.cosine_distance(other) - expected).abs());
            }
        }
    }
    println!("largest difference of a distance to the exact form: {largest:.4}");
    // No difference at all would say that it is not bf16 that runs.
    assert!(largest < TOLERANCE && largest > 1e-5, "{largest}");
}
