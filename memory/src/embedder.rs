//! Text to [`Embedding`].
//!
//! - `files`, `folder`: where the model lies on disk, and what its folder says about it
//! - `settings`: what there is to know of a model besides its weights
//! - `hub` (feature `hub`): how it gets there from the model hub
//! - `onnx` (feature `onnx`): the embedder itself, tokenizer and ONNX Runtime
//! - `pooling`: token vectors to one text vector

use std::{fmt, pin::Pin};

use crate::{Embedding, Result, embedding::DIMENSIONS};

pub mod files;
#[cfg(feature = "onnx")]
mod folder;
#[cfg(feature = "hub")]
pub mod hub;
#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "onnx")]
mod pooling;
pub mod settings;

/// Name of the model that is used where no other one is named.
pub const MODEL: &str = "sentence-transformers/all-MiniLM-L6-v2";

/// The digest of that model: the SHA-256 sum of the hub's own `onnx/model.onnx`. It stands for every file of the same weights.
pub const MODEL_DIGEST: &str = "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452";

/// What a text is embedded for. Some models put other words before a question than before what may answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To look for what is near.
    Query,
    /// To be remembered, and compared with what is.
    Passage,
}

/// Which model it is. Vectors of two models cannot be compared, even where they have as many numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelIdentity {
    /// The name for people.
    pub name: String,
    /// A digest of what makes the vectors what they are, in hexadecimal digits; empty where nobody computed one. Then the name
    /// stands for it.
    pub digest: String,
    /// Numbers of a vector.
    pub dimensions: usize,
}

impl Default for ModelIdentity {
    /// all-MiniLM-L6-v2.
    fn default() -> Self {
        Self { name: MODEL.into(), digest: MODEL_DIGEST.into(), dimensions: DIMENSIONS }
    }
}

impl ModelIdentity {
    /// Whether vectors of both can be compared.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let is_known = !self.digest.is_empty() && !other.digest.is_empty();
        let is_same = if is_known { self.digest == other.digest } else { self.name == other.name };
        is_same && self.dimensions == other.dimensions
    }
}

/// What an [`Embedder`] gives: a value to await, on any async runtime. To drop it is to no longer want it.
pub type EmbedFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Turns texts into vectors of one model. Nothing blocks: the work is done elsewhere and awaited.
pub trait Embedder: Send + Sync {
    /// The vector of one text. What is beyond the model's length is cut off (256 word pieces for all-MiniLM-L6-v2); an empty
    /// text has a vector too.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails, [`crate::Error::Overloaded`] at once where too many texts wait.
    fn embed<'a>(&'a self, text: &'a str, purpose: Purpose) -> EmbedFuture<'a, Embedding>;

    /// The vectors of many texts, in the same order; faster than one by one, and after single texts that come meanwhile.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails.
    fn embed_many<'a>(&'a self, texts: &'a [String], purpose: Purpose) -> EmbedFuture<'a, Vec<Embedding>> {
        Box::pin(async move {
            let mut embeddings = Vec::with_capacity(texts.len());
            for text in texts {
                embeddings.push(self.embed(text, purpose).await?);
            }
            Ok(embeddings)
        })
    }

    /// Whether the vector of a text depends on what it is for. Where it does not, a text is embedded once for both.
    fn tells_purposes_apart(&self) -> bool {
        false
    }

    /// Whether the model reads a text to its end and knows all of its word pieces: only then does a distance say something
    /// about all of it.
    fn reads_whole(&self, _text: &str) -> bool {
        true
    }

    /// How many characters of a text the model reads, from its beginning; `None` where it reads all.
    fn truncates_after(&self, _text: &str) -> Option<usize> {
        None
    }

    /// The share of a text's word pieces that the model knows, 0 to 1; of a long text that of its beginning.
    fn known_share(&self, _text: &str) -> f64 {
        1.0
    }

    /// Whether the model knows at least half of a text's word pieces. All that it does not know is the same to it: texts of such
    /// words lie at distance 0 of one another, whatever they say.
    fn reads(&self, text: &str) -> bool {
        const ENOUGH: f64 = 0.5;
        // Words of plain letters are spelt, where they are not known.
        let (mut plain, mut others) = (0_usize, 0);
        for sign in text.chars().filter(|sign| !sign.is_whitespace()) {
            if sign.is_ascii() { plain += 1 } else { others += 1 }
        }
        others * 2 < plain || self.known_share(text) >= ENOUGH
    }

    /// Name of the model.
    fn model(&self) -> &str {
        MODEL
    }

    /// Which model it is.
    fn identity(&self) -> ModelIdentity {
        ModelIdentity { name: self.model().into(), digest: String::new(), dimensions: DIMENSIONS }
    }

    /// How it runs and what it did so far.
    fn state(&self) -> EmbedderState {
        EmbedderState::default()
    }
}

/// How the numbers are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// In f32, as the model was trained: the same vectors on every machine, up to the last digit.
    #[default]
    Exact,
    /// In bf16, on processors that have instructions for it: about twice as fast. Distances differ by up to 0.0025, so it
    /// reads and writes what the exact form does.
    Fast,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Fast => "fast",
        })
    }
}

/// How an [`Embedder`] runs and what it did so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EmbedderState {
    /// How the numbers are computed.
    pub form: Form,
    /// Inferences that can run side by side.
    pub workers: usize,
    /// Threads of an inference that runs while nothing else does.
    pub lone_threads: usize,
    /// Most single texts that may wait.
    pub queue: usize,
    /// Single texts that wait now.
    pub waiting: usize,
    /// Inferences that were run.
    pub inferences: u64,
    /// Texts that were embedded.
    pub texts: u64,
    /// Texts that were refused because too many waited.
    pub refused: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_its_digest_and_by_its_name_where_nobody_computed_one() {
        let known = ModelIdentity::default();
        let row = |name: &str, digest: &str, dimensions| {
            ModelIdentity { name: name.into(), digest: digest.into(), dimensions }.is(&known)
        };
        assert!(row("copied", MODEL_DIGEST, 384));
        assert!(row(MODEL, "", 384));
        assert!(!row(MODEL, "0123", 384));
        assert!(!row("other", "", 384));
        assert!(!row(MODEL, MODEL_DIGEST, 32));
    }
}
