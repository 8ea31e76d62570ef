//! The embedder: all-MiniLM-L6-v2 on ONNX Runtime, on this machine's processor.
//!
//! - `runtime`: loading the library, once per process
//! - `tokens`: text to word piece numbers
//! - `batch`: which texts run together, and the padded tensors
//! - `graph`: the model's graph, checked, and one inference

use std::{fmt, path::PathBuf, sync::Arc};

use self::{batch::Batch, graph::Graph, tokens::WordPieces};
use super::{
    Embedder,
    files::{ModelFiles, failure},
};
use crate::{Embedding, Result};

mod batch;
mod graph;
mod runtime;
mod tokens;

/// How ONNX Runtime is found and used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeOptions {
    /// The shared library (`libonnxruntime.so` or its like), version 1.20 or newer. Without a path, the place beside the
    /// executable and then the system's library folders are searched.
    pub library: Option<PathBuf>,
    /// Threads within one inference. The default of 1 is the steady choice: on 2 cores, a second thread was 1.8 times
    /// faster when the machine was idle and 3 times slower beside a busy neighbour.
    pub threads: usize,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        Self { library: None, threads: 1 }
    }
}

/// An [`Embedder`] with the model in memory: about 120 MiB, shared by all clones. Cloning is cheap.
///
/// Calls from several threads tokenise side by side and take turns in the model.
#[derive(Clone)]
pub struct LocalEmbedder(Arc<Parts>);

struct Parts {
    word_pieces: WordPieces,
    graph: Graph,
}

impl LocalEmbedder {
    /// Loads library, tokenizer and model; takes about a quarter of a second.
    ///
    /// A process can load one library: a second embedder has to name the same one.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when the library is missing, too old or not the one in use, or when a file is missing,
    /// damaged or not this model. The message names the path and the way out.
    pub fn load(files: &ModelFiles, options: &RuntimeOptions) -> Result<Self> {
        let environment = runtime::environment(options.library.as_deref())?;
        // The graph first: its load has the peak of memory, 161 MiB so and 169 with the tokenizer there before.
        let graph = Graph::load(&environment, &files.model, options.threads)?;
        let word_pieces = WordPieces::load(&files.tokenizer)?;
        Ok(Self(Arc::new(Parts { word_pieces, graph })))
    }
}

impl Embedder for LocalEmbedder {
    fn embed(&self, text: &str) -> Result<Embedding> {
        let ids = self.0.word_pieces.ids(text)?;
        let mut embeddings = self.0.graph.infer(&Batch::new(&[&ids]))?;
        embeddings.pop().ok_or_else(|| failure("the model gave no vector for a text".to_owned(), None))
    }

    fn embed_many(&self, texts: &[&str]) -> Result<Vec<Embedding>> {
        let ids = texts.iter().map(|text| self.0.word_pieces.ids(text)).collect::<Result<Vec<_>>>()?;
        let lengths: Vec<_> = ids.iter().map(Vec::len).collect();
        let mut indexed = Vec::with_capacity(texts.len());
        for members in batch::plan(&lengths) {
            let rows: Vec<_> = members.iter().map(|&index| ids[index].as_slice()).collect();
            indexed.extend(members.into_iter().zip(self.0.graph.infer(&Batch::new(&rows))?));
        }
        indexed.sort_unstable_by_key(|(index, _)| *index);
        Ok(indexed.into_iter().map(|(_, embedding)| embedding).collect())
    }
}

impl fmt::Debug for LocalEmbedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEmbedder").field("model", &self.0.graph.file()).finish_non_exhaustive()
    }
}
