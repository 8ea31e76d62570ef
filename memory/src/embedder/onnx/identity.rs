//! Which model a graph is.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{
    Embedding, Result,
    embedder::{
        MODEL, ModelIdentity,
        files::{ModelFiles, failure},
        settings::ModelSettings,
    },
    embedding::DIMENSIONS,
};

/// The first numbers of the vector that all-MiniLM-L6-v2 gives an empty text.
const OF_EMPTY: [f32; 32] = [
    -0.119, 0.048, -0.003, -0.011, 0.052, 0.010, 0.115, 0.001, -0.086, -0.071, 0.001, -0.035, 0.018, -0.007,
    0.024, -0.030, -0.058, -0.050, -0.021, 0.029, -0.064, 0.024, 0.026, -0.006, -0.011, -0.001, -0.019,
    0.033, 0.003, -0.057, -0.044, 0.025,
];

/// How near they have to be, by the cosine. Other exports, and numbers of 16 or 8 bits, are nearer; those of two models are about
/// 0, with a deviation of 0.2.
const NEAR: f64 = 0.97;

/// Which model this is. All files of the weights of all-MiniLM-L6-v2 are the same model, whoever exported them; another one is
/// known by a digest of its graph, its tokenizer's size and its settings.
///
/// # Errors
/// [`crate::Error::Embedder`] where a folder that says nothing holds another model than all-MiniLM-L6-v2.
pub(super) fn of(files: &ModelFiles, graph: &[u8], of_empty: Option<&Embedding>) -> Result<ModelIdentity> {
    if is_minilm(&files.settings, of_empty) {
        return Ok(ModelIdentity::default());
    }
    if files.settings.name == MODEL {
        let problem = format!(
            "model `{}` is not all-MiniLM-L6-v2, and its folder does not say what it is: take the whole folder of a \
             sentence-transformers model, with `modules.json`, or run `make setup`",
            files.model.display()
        );
        return Err(failure(problem, None));
    }
    Ok(ModelIdentity {
        name: files.settings.name.clone(),
        digest: digest(files, graph),
        dimensions: files.settings.dimensions,
    })
}

fn is_minilm(settings: &ModelSettings, of_empty: Option<&Embedding>) -> bool {
    let known = ModelSettings::default();
    let has_same_settings = settings.dimensions == DIMENSIONS
        && settings.pooling == known.pooling
        && settings.query_prefix.is_empty()
        && settings.passage_prefix.is_empty();
    has_same_settings && of_empty.is_some_and(|found| cosine(found.as_slice(), &OF_EMPTY) >= NEAR)
}

/// The cosine of the angle between as many numbers as the shorter one has.
fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let product = |one: &[f32], other: &[f32]| -> f64 {
        one.iter().zip(other).map(|(&one, &other)| f64::from(one) * f64::from(other)).sum()
    };
    let length = other.len().min(one.len());
    product(one, other) / (product(&one[..length], &one[..length]) * product(other, other)).sqrt()
}

fn digest(files: &ModelFiles, graph: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(files.settings.told());
    hasher.update(std::fs::metadata(&files.tokenizer).map_or(0, |file| file.len()).to_le_bytes());
    hasher.update(graph);
    let mut digest = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a text cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}
