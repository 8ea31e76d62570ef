//! The model's graph: loaded, checked, and one inference.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use ort::{
    environment::Environment,
    ep,
    logging::LogLevel,
    session::{Session, SessionOutputs},
    value::{TensorElementType, TensorRef, ValueType},
};

use super::batch::Batch;
use crate::{
    Embedding, Error, Result,
    embedder::{
        files::{WAY_OUT, failure},
        pooling::pool,
    },
    embedding::DIMENSIONS,
    error::Cause,
};

const INPUTS: [&str; 3] = ["input_ids", "attention_mask", "token_type_ids"];

/// A session of ONNX Runtime with the model in it.
pub(super) struct Graph {
    file: PathBuf,
    /// `ort` wants a session for itself during a run, so callers take turns.
    session: Mutex<Session>,
}

impl Graph {
    /// Loads the graph and checks its inputs and its output.
    pub(super) fn load(environment: &Environment, file: &Path, threads: usize) -> Result<Self> {
        let session = open_in_thread(environment, file, threads).map_err(|source| {
            let state = if file.is_file() { "is damaged or no ONNX model" } else { "is missing" };
            failure(format!("model `{}` {state}: {WAY_OUT}", file.display()), source)
        })?;
        if let Some(difference) = difference(&session) {
            return Err(failure(format!("model `{}` {difference}: {WAY_OUT}", file.display()), None));
        }
        Ok(Self { file: file.to_owned(), session: Mutex::new(session) })
    }

    /// The file that the graph was loaded from.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// One vector per text of the batch, in its order.
    pub(super) fn infer(&self, batch: &Batch) -> Result<Vec<Embedding>> {
        // A panic elsewhere leaves the session as it was: a run keeps nothing in it.
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = run(&mut session, batch).map_err(|source| self.failed(Some(source.into())))?;
        // Pooling stays inside the lock: the output belongs to the session, and a copy would take as long.
        self.embeddings(&outputs, batch)
    }

    fn embeddings(&self, outputs: &SessionOutputs<'_>, batch: &Batch) -> Result<Vec<Embedding>> {
        let (shape, hidden) =
            outputs[0].try_extract_tensor::<f32>().map_err(|source| self.failed(Some(source.into())))?;
        if hidden.len() != batch.ids.len() * DIMENSIONS {
            return Err(self.failed(Some(format!("its output has the shape {shape:?}").into())));
        }
        let vectors = pool(hidden, &batch.mask, batch.width);
        vectors
            .map(|vector| Embedding::new(vector).map_err(|source| self.failed(Some(source.into()))))
            .collect()
    }

    fn failed(&self, source: Option<Cause>) -> Error {
        failure(format!("model `{}` gave no vector for a text", self.file.display()), source)
    }
}

fn run<'session>(session: &'session mut Session, batch: &Batch) -> ort::Result<SessionOutputs<'session>> {
    let shape = [batch.texts, batch.width];
    session.run(ort::inputs! {
        INPUTS[0] => TensorRef::from_array_view((shape, &*batch.ids))?,
        INPUTS[1] => TensorRef::from_array_view((shape, &*batch.mask))?,
        INPUTS[2] => TensorRef::from_array_view((shape, &*batch.types))?,
    })
}

/// Opens the session in a thread that ends with it. Loading takes 170 MiB for a moment; in a heap of its own glibc gives
/// the rest back, while in the main heap 25 MiB of it stayed behind on every second start.
fn open_in_thread(environment: &Environment, file: &Path, threads: usize) -> Result<Session, Option<Cause>> {
    thread::scope(|scope| scope.spawn(|| open(environment, file, threads)).join())
        .map_err(|_| None)?
        .map_err(|source| Some(source.into()))
}

fn open(environment: &Environment, file: &Path, threads: usize) -> ort::Result<Session> {
    // The arena keeps the working memory of inferences in one place, whichever thread calls. Memory patterns keep a plan
    // for every shape that ever ran and made nothing faster: without them 152 instead of up to 198 MiB were resident.
    let processor = ep::CPU::default().with_arena_allocator(true).build();
    Session::builder(environment)?
        .with_execution_providers([processor])?
        .with_intra_threads(threads)?
        .with_memory_pattern(false)?
        // What goes wrong comes back as an error: without this it is on stderr too.
        .with_log_level(LogLevel::Fatal)?
        .commit_from_file(file)
}

/// How the graph is not all-MiniLM-L6-v2, if so.
fn difference(session: &Session) -> Option<String> {
    let mut inputs: Vec<_> = session.inputs().iter().map(|input| input.name()).collect();
    inputs.sort_unstable_by_key(|name| INPUTS.iter().position(|known| known == name));
    if inputs != INPUTS {
        return Some(format!("takes the inputs {} instead of {}", list(&inputs), list(&INPUTS)));
    }
    let Some(output) = session.outputs().first() else {
        return Some("has no output".to_owned());
    };
    (!is_token_vectors(output.dtype())).then(|| {
        let (name, found) = (output.name(), output.dtype());
        format!(
            "gives the output `{name}` as `{found}` instead of `Tensor<f32>(batch, sequence, {DIMENSIONS})`"
        )
    })
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Three dimensions of f32, the last one 384 or, where an exporter left it open, known only after a run.
fn is_token_vectors(dtype: &ValueType) -> bool {
    let is_f32 = dtype.tensor_type() == Some(TensorElementType::Float32);
    let last_dimension = match dtype.tensor_shape().map(|shape| &**shape) {
        Some([_, _, last]) => *last,
        _ => return false,
    };
    is_f32 && (last_dimension == DIMENSIONS as i64 || last_dimension == -1)
}
