//! Text to [`Embedding`].
//!
//! - `files`: where the model lies on disk
//! - `hub` (feature `hub`): how it gets there from the model hub
//! - `onnx` (feature `onnx`): the embedder itself, tokenizer and ONNX Runtime
//! - `pooling`: token vectors to one text vector

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

/// Turns texts into vectors of the model [`MODEL`]. Calls block: the service takes them off the async threads.
pub trait Embedder: Send + Sync {
    /// The vector of one text, of length 1. Text beyond 256 word pieces is cut off; an empty text has a vector too.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails.
    fn embed(&self, text: &str) -> Result<Embedding>;

    /// The vectors of many texts, in the same order; faster than one by one.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails.
    fn embed_many(&self, texts: &[&str]) -> Result<Vec<Embedding>> {
        texts.iter().map(|text| self.embed(text)).collect()
    }
}
