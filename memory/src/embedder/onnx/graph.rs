//! The model's graph: loaded once, checked, opened in as many sessions as there are inferences at a time, and one inference.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use ort::{
    environment::Environment,
    ep,
    logging::LogLevel,
    session::{
        Session, SessionOutputs,
        builder::{PrepackedWeights, SessionBuilder},
    },
    value::{DynValue, Tensor, TensorElementType, TensorRef, ValueType},
};

use super::{
    batch::Batch,
    fast,
    model_file::{ModelFile, Rows},
};
use crate::{
    Embedding, Error, Result,
    embedder::{
        Form,
        files::{WAY_OUT, failure},
        pooling::pool,
        settings::ModelSettings,
    },
    error::Cause,
};

/// Inputs of a model; not every one takes the last.
const INPUTS: [&str; 3] = ["input_ids", "attention_mask", "token_type_ids"];

/// The model, ready to be opened in sessions that share its weights.
pub(super) struct Model {
    environment: Environment,
    path: PathBuf,
    file: ModelFile,
    settings: Arc<ModelSettings>,
    weights: Vec<(String, Arc<DynValue>)>,
    /// The weights in the order in which the processor wants them.
    packed: PrepackedWeights,
}

impl Model {
    /// Reads the model's file.
    pub(super) fn load(environment: &Environment, path: &Path, settings: &ModelSettings) -> Result<Self> {
        let loaded = || {
            let file = ModelFile::read(path)?;
            Ok((read_weights(path, &file)?, file))
        };
        let (weights, file) = loaded().map_err(|source| unreadable(path, source))?;
        let (environment, path, settings) =
            (environment.clone(), path.to_owned(), Arc::new(settings.clone()));
        Ok(Self { environment, path, file, settings, weights, packed: PrepackedWeights::new() })
    }

    /// The graph without its large weights. Small ones, such as those of layer norms and biases, are in it, and no training
    /// leaves them as they were.
    pub(super) fn graph(&self) -> &[u8] {
        &self.file.graph
    }

    /// A session whose inferences use so many threads, with the graph's inputs and output checked.
    pub(super) fn open(&self, form: Form, threads: usize) -> Result<Graph> {
        let builder = match form {
            Form::Exact => exact(&self.environment, threads)
                .and_then(|builder| Ok(builder.with_prepacked_weights(&self.packed)?))
                .map_err(|source| {
                    failure("ONNX Runtime refuses its settings".to_owned(), Some(source.into()))
                })?,
            Form::Fast => fast::builder(&self.environment, threads)?,
        };
        let session = self.session(form, builder).map_err(|source| unreadable(&self.path, source.into()))?;
        let rows = self.file.table.as_ref().map(|table| Rows::open(&self.path, table)).transpose();
        let rows = rows.map_err(|source| unreadable(&self.path, source.into()))?;
        let further = self.file.table.as_ref().map(|table| &*table.input);
        let shape = Shape::of(&session, further, self.settings.dimensions).map_err(|difference| {
            failure(format!("model `{}` {difference}: {WAY_OUT}", self.path.display()), None)
        })?;
        let (file, settings) = (self.path.clone(), Arc::clone(&self.settings));
        Ok(Graph { file, session, rows, shape, settings })
    }

    fn session(&self, form: Form, mut builder: SessionBuilder) -> ort::Result<Session> {
        for (name, weight) in &self.weights {
            builder = builder.with_external_initializer(name, Arc::clone(weight))?;
            if form == Form::Exact {
                // The graph has it by the line above; by this one the sessions share what they make of it.
                builder = builder.with_initializer(name, Arc::clone(weight))?;
            }
        }
        builder.commit_from_memory(&self.file.graph)
    }
}

fn unreadable(path: &Path, source: Cause) -> Error {
    let state = if path.is_file() { "is damaged or no ONNX model" } else { "is missing" };
    failure(format!("model `{}` {state}: {WAY_OUT}", path.display()), Some(source))
}

fn read_weights(path: &Path, file: &ModelFile) -> Result<Vec<(String, Arc<DynValue>)>, Cause> {
    let mut opened = File::open(path)?;
    let weights = file.weights.iter().map(|weight| {
        let tensor = Tensor::from_array((weight.shape.clone(), weight.numbers(&mut opened)?))?;
        Ok((weight.name.clone(), Arc::new(tensor.into_dyn())))
    });
    weights.collect()
}

fn exact(environment: &Environment, threads: usize) -> ort::Result<SessionBuilder> {
    // The arena keeps the working memory of inferences in one place, whichever thread calls. Memory patterns keep a plan
    // for every shape that ever ran and made nothing faster: without them 152 instead of up to 198 MiB were resident.
    let processor = ep::CPU::default().with_arena_allocator(true).build();
    let builder = Session::builder(environment)?
        .with_execution_providers([processor])?
        .with_intra_threads(threads)?
        .with_memory_pattern(false)?
        // It makes new weights of three, for each session its own, and no inference faster.
        .with_disabled_optimizers("AttentionFusion")?
        // What goes wrong comes back as an error: without this it is on stderr too.
        .with_log_level(LogLevel::Fatal)?;
    if threads == 1 {
        return Ok(builder);
    }
    // Between two operators the other threads wait in a loop for 50 µs and then sleep. Without the loop 20 tokens take
    // 2.8 ms instead of 2.2; with the default, which is to loop for long, they hold up whoever wants the processor.
    Ok(builder
        .with_config_entry("session.intra_op.spin_duration_us", "50")?
        .with_config_entry("session.force_spinning_stop", "1")?)
}

/// A session of ONNX Runtime with the model in it.
pub(super) struct Graph {
    file: PathBuf,
    session: Session,
    rows: Option<Rows>,
    shape: Shape,
    settings: Arc<ModelSettings>,
}

impl Graph {
    /// One vector per text of the batch, in its order.
    pub(super) fn infer(&mut self, batch: &Batch) -> Result<Vec<Embedding>> {
        let outputs = run(&mut self.session, self.rows.as_mut(), &self.shape, batch);
        let embedded = outputs.and_then(|outputs| {
            let (shape, hidden) = outputs[self.shape.output].try_extract_tensor::<f32>()?;
            if hidden.len() != batch.ids.len() * self.settings.dimensions {
                return Err(format!("its output has the shape {shape:?}").into());
            }
            let pooled = pool(hidden, &batch.mask, batch.width, &self.settings);
            pooled.map(|vector| Ok(Embedding::new(vector)?)).collect()
        });
        embedded.map_err(|source: Cause| {
            failure(format!("model `{}` gave no vector for a text", self.file.display()), Some(source))
        })
    }

    /// Number of the word piece that fills rows up.
    pub(super) fn padding(&self) -> u32 {
        self.settings.padding
    }

    /// The vector of an empty text, whose word pieces these are. The first inference takes twice as long as others. It is also the
    /// proof that the graph gives vectors.
    pub(super) fn warm_up(&mut self, empty: &[u32]) -> Result<Option<Embedding>> {
        Ok(self.infer(&Batch::new([empty].into_iter(), self.padding()))?.pop())
    }
}

fn run<'session>(
    session: &'session mut Session,
    rows: Option<&mut Rows>,
    takes: &Shape,
    batch: &Batch,
) -> Result<SessionOutputs<'session>, Cause> {
    let shape = [batch.texts, batch.width];
    let mut inputs = ort::inputs! {
        INPUTS[0] => TensorRef::from_array_view((shape, &*batch.ids))?,
        INPUTS[1] => TensorRef::from_array_view((shape, &*batch.mask))?,
    };
    if takes.types {
        inputs.push((INPUTS[2].into(), TensorRef::from_array_view((shape, &*batch.types))?.into()));
    }
    if let Some(rows) = rows {
        let vectors = Tensor::from_array(([batch.texts, batch.width, rows.columns()], rows.of(&batch.ids)?))?;
        inputs.push((rows.input().to_owned().into(), vectors.into()));
    }
    Ok(session.run(inputs)?)
}

/// What a graph takes and gives.
struct Shape {
    /// Whether it takes the last of [`INPUTS`].
    types: bool,
    /// Which of its outputs has the vectors of word pieces.
    output: usize,
}

impl Shape {
    /// The shape of a session, or how it is not that of a model for texts. `further` is an input that we added ourselves.
    fn of(session: &Session, further: Option<&str>, dimensions: usize) -> Result<Self, String> {
        let mut inputs: Vec<_> = session.inputs().iter().map(|input| input.name()).collect();
        inputs.retain(|input| Some(*input) != further);
        inputs.sort_unstable_by_key(|name| INPUTS.iter().position(|known| known == name));
        if inputs != INPUTS && inputs != INPUTS[..2] {
            return Err(format!("takes the inputs {} instead of {}", list(&inputs), list(&INPUTS)));
        }
        let outputs = session.outputs();
        let output = outputs.iter().position(|output| is_token_vectors(output.dtype(), dimensions));
        let output = output.ok_or_else(|| match outputs.first() {
            None => "has no output".to_owned(),
            Some(first) => format!(
                "gives the output `{}` as `{}` instead of `Tensor<f32>(batch, sequence, {dimensions})`",
                first.name(),
                first.dtype()
            ),
        })?;
        Ok(Self { types: inputs.len() == INPUTS.len(), output })
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Three dimensions of f32, the last one that of the model or, where an exporter left it open, known only after a run.
fn is_token_vectors(dtype: &ValueType, dimensions: usize) -> bool {
    let is_f32 = dtype.tensor_type() == Some(TensorElementType::Float32);
    let last_dimension = match dtype.tensor_shape().map(|shape| &**shape) {
        Some([_, _, last]) => *last,
        _ => return false,
    };
    is_f32 && (i64::try_from(dimensions) == Ok(last_dimension) || last_dimension == -1)
}
