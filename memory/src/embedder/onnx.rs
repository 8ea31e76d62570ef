//! The embedder: a sentence-embedding model on ONNX Runtime, on this machine's processor.
//!
//! - `runtime`: loading the library, once per process
//! - `tokens`: text to word piece numbers
//! - `batch`: which texts run together, and the padded tensors
//! - `protobuf`, `model_file`: the model's file, taken apart so that its weights are in memory once
//! - `graph`: the model in sessions, checked, and one inference
//! - `fast`: the settings of the fast form
//! - `identity`: which model it is
//! - `queue`, `pace`: what comes next, and with how many threads; pure
//! - `pool`: the threads that do it

use std::{borrow::Cow, fmt, mem, num::NonZero, ops::Range, path::PathBuf, sync::Arc, thread};

use futures::{StreamExt, TryStreamExt, stream};

use self::{
    graph::Model,
    pool::{Pool, Sessions, Slice},
    tokens::WordPieces,
};
use super::{
    EmbedFuture, Embedder, EmbedderState, Form, ModelIdentity, Purpose,
    files::{ModelFiles, failure},
    settings::ModelSettings,
};
use crate::{Embedding, Error, Result};

mod batch;
mod fast;
mod graph;
mod identity;
mod model_file;
mod pace;
mod pool;
mod protobuf;
mod queue;
mod runtime;
mod tokens;

/// How ONNX Runtime is found and used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeOptions {
    /// The shared library (`libonnxruntime.so` or its like), version 1.20 or newer. Without a path, the place beside the
    /// executable and then the system's library folders are searched.
    pub library: Option<PathBuf>,
    /// How the numbers are computed: exact, where nothing else is said. The fast form wants a library that comes with
    /// OpenVINO, and a processor with AVX512-BF16 or AMX. It shares no weights: 260 MiB, and 80 MiB for each further worker.
    pub form: Form,
    /// Inferences that run side by side, each with one thread; as many as the process may use cores, where nothing else
    /// is said. Each takes up to 10 MiB besides the weights, which are in memory once.
    pub workers: usize,
    /// Threads of an inference while nothing else runs or waits; up to four, where nothing else is said. Where they turn
    /// out slower than one, because others use the machine, one is taken. 1 is never more than one.
    pub lone_threads: usize,
    /// Single texts that may wait for their vectors, half of them longer than 256 bytes; what comes beyond is refused.
    /// 64 for each worker, where nothing else is said: with two, 0.2 seconds' worth of short texts or one of long ones.
    pub queue: usize,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::for_cores(cores)
    }
}

impl RuntimeOptions {
    fn for_cores(cores: usize) -> Self {
        Self {
            library: None,
            form: Form::Exact,
            workers: cores,
            lone_threads: cores.min(4),
            queue: 64 * cores,
        }
    }
}

/// An [`Embedder`] with the model in memory, about 120 MiB, shared by all clones. Cloning is cheap.
///
/// It has threads of its own, which end with the last clone. Single texts go before texts of batches, and short ones before
/// long ones; texts that wait together run together. A text that is alone has several threads.
#[derive(Clone)]
pub struct LocalEmbedder(Arc<Parts>);

struct Parts {
    model: PathBuf,
    settings: ModelSettings,
    identity: ModelIdentity,
    form: Form,
    lone_threads: usize,
    queue: usize,
    pool: Pool,
}

impl LocalEmbedder {
    /// Loads library, tokenizer and model; takes about a quarter of a second.
    ///
    /// A process can load one library: a second embedder has to name the same one.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when the library is missing, too old or not the one in use, or when a file is missing,
    /// damaged or not the model that the folder says. The message names the path and the way out.
    pub fn load(files: &ModelFiles, options: &RuntimeOptions) -> Result<Self> {
        let options = RuntimeOptions {
            workers: options.workers.max(1),
            // A second session of OpenVINO with more threads would cost more memory than it saves time.
            lone_threads: if options.form == Form::Fast { 1 } else { options.lone_threads.max(1) },
            queue: options.queue.max(1),
            ..options.clone()
        };
        if options.form == Form::Fast {
            fast::check_processor()?;
        }
        let environment = runtime::environment(options.library.as_deref())?;
        // In a thread that ends with it: loading takes memory that glibc gives back sooner from a heap of its own.
        let settings = &files.settings;
        let load = || {
            let model = Model::load(&environment, &files.model, settings)?;
            let mut sessions = open(&model, &options)?;
            let word_pieces = WordPieces::load(&files.tokenizer, settings)?;
            let of_empty = warm_up(&mut sessions, &word_pieces.ids("")?)?;
            let identity = identity::of(files, model.graph(), of_empty.as_ref())?;
            Ok((sessions, word_pieces, identity))
        };
        let loaded = thread::scope(|scope| scope.spawn(load).join());
        let (sessions, word_pieces, identity) =
            loaded.unwrap_or_else(|_| Err(failure("the model cannot be loaded".to_owned(), None)))?;
        Ok(Self(Arc::new(Parts {
            model: files.model.clone(),
            settings: settings.clone(),
            identity,
            form: options.form,
            lone_threads: options.lone_threads,
            queue: options.queue,
            pool: Pool::start(sessions, word_pieces, options.queue)?,
        })))
    }

    fn prefixed<'a>(&self, text: &'a str, purpose: Purpose) -> Cow<'a, str> {
        match self.0.settings.prefix(purpose) {
            "" => text.into(),
            prefix => format!("{prefix}{text}").into(),
        }
    }
}

fn open(model: &Model, options: &RuntimeOptions) -> Result<Sessions> {
    Ok(Sessions {
        narrow: (0..options.workers).map(|_| model.open(options.form, 1)).collect::<Result<_>>()?,
        wide: (options.lone_threads > 1)
            .then(|| model.open(options.form, options.lone_threads))
            .transpose()?,
    })
}

/// Runs every session once; the vector of an empty text.
fn warm_up(sessions: &mut Sessions, empty: &[u32]) -> Result<Option<Embedding>> {
    let mut of_empty = None;
    for graph in sessions.narrow.iter_mut().chain(&mut sessions.wide) {
        of_empty = graph.warm_up(empty)?;
    }
    Ok(of_empty)
}

impl Embedder for LocalEmbedder {
    fn embed<'a>(&'a self, text: &'a str, purpose: Purpose) -> EmbedFuture<'a, Embedding> {
        Box::pin(async move { self.0.pool.embed(&self.prefixed(text, purpose)).await })
    }

    fn embed_many<'a>(&'a self, texts: &'a [String], purpose: Purpose) -> EmbedFuture<'a, Vec<Embedding>> {
        Box::pin(async move {
            let enough = tokens::enough_bytes(self.0.settings.max_word_pieces);
            if self.0.settings.prefix(purpose).is_empty() {
                return embed_many(&self.0.pool, texts, enough).await;
            }
            let prefixed = texts.iter().map(|text| self.prefixed(text, purpose).into_owned());
            embed_many(&self.0.pool, &prefixed.collect::<Vec<_>>(), enough).await
        })
    }

    fn tells_purposes_apart(&self) -> bool {
        self.0.settings.tells_purposes_apart()
    }

    fn reads_whole(&self, text: &str) -> bool {
        self.0.pool.word_pieces().read_whole(&self.prefixed(text, Purpose::Passage))
    }

    fn model(&self) -> &str {
        &self.0.identity.name
    }

    fn identity(&self) -> ModelIdentity {
        self.0.identity.clone()
    }

    fn truncates_after(&self, text: &str) -> Option<usize> {
        self.0.pool.word_pieces().truncates_after(text)
    }

    fn known_share(&self, text: &str) -> f64 {
        self.0.pool.word_pieces().known_share(text)
    }

    fn state(&self) -> EmbedderState {
        let numbers = self.0.pool.numbers();
        EmbedderState {
            form: self.0.form,
            workers: self.0.pool.workers(),
            lone_threads: self.0.lone_threads,
            queue: self.0.queue,
            waiting: numbers.waiting,
            inferences: numbers.inferences,
            texts: numbers.texts,
            refused: numbers.refused,
        }
    }
}

/// In slices, of which one more waits than can run: others come in between, and no worker is ever without.
async fn embed_many(pool: &Pool, texts: &[String], enough: usize) -> Result<Vec<Embedding>> {
    let at_a_time = pool.workers() + 1;
    let splits = groups(texts, enough).into_iter().map(|group| {
        let group = &texts[group];
        pool.slice(|reply| Slice::Split(group.to_vec(), reply))
    });
    let mut ids: Vec<Vec<u32>> = stream::iter(splits).buffered(at_a_time).try_concat().await?;
    let batches = batch::plan(&ids.iter().map(Vec::len).collect::<Vec<_>>()).into_iter().map(|members| {
        let rows = members.iter().map(|&index| mem::take(&mut ids[index])).collect();
        (members, rows)
    });
    let embedded = stream::iter(batches).map(async |(members, rows)| {
        let embeddings = pool.slice(|reply| Slice::Embed(rows, reply)).await?;
        Ok::<Vec<_>, Error>(members.into_iter().zip(embeddings).collect())
    });
    let mut indexed: Vec<(usize, Embedding)> = embedded.buffer_unordered(at_a_time).try_concat().await?;
    indexed.sort_unstable_by_key(|(index, _)| *index);
    Ok(indexed.into_iter().map(|(_, embedding)| embedding).collect())
}

/// Neighbouring texts that are split into word pieces together: about 5 ms of work, with what is looked at of a long text, which
/// are the first `enough` bytes.
fn groups(texts: &[String], enough: usize) -> Vec<Range<usize>> {
    const BYTES: usize = 16 * 1024;
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, text) in texts.iter().enumerate() {
        let looked_at = text.len().min(enough);
        bytes += looked_at;
        match groups.last_mut() {
            Some(group) if bytes <= BYTES => group.end += 1,
            _ => {
                groups.push(index..index + 1);
                bytes = looked_at;
            }
        }
    }
    groups
}

impl fmt::Debug for LocalEmbedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEmbedder").field("model", &self.0.model).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_follow_the_cores() {
        let options = [1, 2, 16].map(RuntimeOptions::for_cores);
        let numbers = options.map(|options| [options.workers, options.lone_threads, options.queue]);
        assert_eq!(numbers, [[1, 1, 64], [2, 2, 128], [16, 4, 1024]]);
    }

    #[test]
    fn texts_are_split_in_groups_of_bounded_work() {
        let texts: Vec<String> =
            [100, 16_000, 1_000_000, 3000, 9000, 5000, 10].map(|bytes| "x".repeat(bytes)).into();
        assert_eq!(groups(&texts, 4096), [0..5, 5..7]);
        assert!(groups(&[], 4096).is_empty());
    }
}
