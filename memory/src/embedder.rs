//! Text to [`Embedding`].
//!
//! - `files`: where the model lies on disk
//! - `hub` (feature `hub`): how it gets there from the model hub
//! - `onnx` (feature `onnx`): the embedder itself, tokenizer and ONNX Runtime
//! - `pooling`: token vectors to one text vector

use std::{fmt, pin::Pin};

use crate::{Embedding, Result};

pub mod files;
#[cfg(feature = "hub")]
pub mod hub;
#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "onnx")]
mod pooling;

/// Name of the model whose vectors the index holds.
pub const MODEL: &str = "sentence-transformers/all-MiniLM-L6-v2";

/// What an [`Embedder`] gives: a value to await, on any async runtime. To drop it is to no longer want it.
pub type EmbedFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Turns texts into vectors of the model [`MODEL`]. Nothing blocks: the work is done elsewhere and awaited.
pub trait Embedder: Send + Sync {
    /// The vector of one text, of length 1. Text beyond 256 word pieces is cut off; an empty text has a vector too.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails, [`crate::Error::Overloaded`] at once where too many texts wait.
    fn embed<'a>(&'a self, text: &'a str) -> EmbedFuture<'a, Embedding>;

    /// The vectors of many texts, in the same order; faster than one by one, and after single texts that come meanwhile.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails.
    fn embed_many<'a>(&'a self, texts: &'a [String]) -> EmbedFuture<'a, Vec<Embedding>> {
        Box::pin(async move {
            let mut embeddings = Vec::with_capacity(texts.len());
            for text in texts {
                embeddings.push(self.embed(text).await?);
            }
            Ok(embeddings)
        })
    }

    /// Whether the model reads a text to its end and knows all of its word pieces: only then does a distance say something
    /// about all of it.
    fn reads_whole(&self, _text: &str) -> bool {
        true
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
