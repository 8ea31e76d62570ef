//! From flags to a memory that was checked part by part.

use std::io;

use agent_memory::{
    Embedder, Error, LocalEmbedder, Memory, Scope,
    embedder::{ModelIdentity, files::ModelFiles, hub},
    embedding::DIMENSIONS,
    service::ResetExtent,
    store::Store,
};
use tokio::net::TcpListener;

use crate::config::Config;

/// Why the server cannot start: what was tried, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("`--host {host}` is open to others: choose a secret with `--token`, or keep to 127.0.0.1")]
    NeedsToken { host: String },

    #[error(
        "the token cannot be sent in a header: choose one of printable ASCII characters, without blanks at its ends"
    )]
    UnfitToken,

    #[error(
        "a key prefix or index name is empty: it would cover keys of others, so give it at least one character"
    )]
    EmptyName,

    #[error("`--reset` and `--no-reset` contradict each other: give one of them")]
    ResetOrNot,

    #[error("cannot listen on {address} ({source}): stop what listens there, or choose another `--port`")]
    Listen { address: String, source: io::Error },

    #[error(
        "no Redis answers at {address} ({reason}): start one, or point `--redis-url` or `--redis-host` and \
         `--redis-port` to one; `make run` brings its own"
    )]
    NoRedis { address: String, reason: String },

    #[error("the Redis at {address} will not do: {source}")]
    Redis { address: String, source: Error },

    #[error("{0}")]
    Model(Error),

    #[error(
        "{source}: run `agent-memory reembed` to embed them again, or name the folder of `{written_by}` by `--model-dir`"
    )]
    OtherModel { written_by: String, source: Error },

    #[error("cannot write the sample memories: {0}")]
    Samples(Error),

    #[error("cannot start the async runtime: {0}")]
    Runtime(io::Error),

    #[error("stopped serving: {0}")]
    Serve(io::Error),
}

/// Binds the address first: a port in use should not cost the wait for a model.
pub(crate) async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    TcpListener::bind((config.host.as_str(), config.port))
        .await
        .map_err(|source| StartError::Listen { address: config.display_address(), source })
}

/// The memory of [`connect`], with the samples where they are due.
pub(crate) async fn memory(config: &Config) -> Result<Memory, StartError> {
    let memory = connect(config).await?;
    seed(config, &memory).await.map_err(StartError::Samples)?;
    Ok(memory)
}

/// Connects to Redis alone, for what needs no model.
pub(crate) async fn store(config: &Config) -> Result<Store, StartError> {
    let (address, keys) = (config.redis_address(), config.settings().keys);
    let mut connected = match of_other_dimensions(config) {
        Some(model) => Store::connect_with(address.reveal(), keys.clone(), &model).await,
        None => Store::connect(address.reveal(), keys.clone()).await,
    };
    // Whose vectors they are is nothing to what needs none.
    if let Err(Error::OtherModel { .. }) = connected {
        connected = Store::connect(address.reveal(), keys).await;
    }
    connected.map_err(|error| redis_error(config, error))
}

/// The model in the folder, where its memories may lie under names of its own. It is not loaded.
fn of_other_dimensions(config: &Config) -> Option<ModelIdentity> {
    let settings = ModelFiles::in_dir(config.model_dir.as_ref()?).ok()?.settings;
    let (name, dimensions) = (settings.name, settings.dimensions);
    (dimensions != DIMENSIONS).then(|| ModelIdentity { name, digest: String::new(), dimensions })
}

/// Loads the model, connects to Redis, and checks both.
pub(crate) async fn connect(config: &Config) -> Result<Memory, StartError> {
    let embedder = loaded(config).await?;
    let memory = Memory::connect(config.redis_address().reveal(), config.settings(), embedder)
        .await
        .map_err(|error| redis_error(config, error))?;
    let index = &memory.settings().keys.memory_index;
    tracing::info!(redis = config.redis_display(), index, "connected");
    Ok(memory)
}

/// Loads the model alone.
pub(crate) async fn loaded(config: &Config) -> Result<LocalEmbedder, StartError> {
    let for_loading = config.clone();
    tokio::task::spawn_blocking(move || embedder(&for_loading))
        .await
        .map_err(|stopped| StartError::Runtime(io::Error::other(stopped)))?
        .map_err(StartError::Model)
}

fn embedder(config: &Config) -> Result<LocalEmbedder, Error> {
    let files = model_files(config)?;
    let embedder = load(config, &files)?;
    let state = embedder.state();
    tracing::info!(model = %files.model.display(), name = embedder.model(), form = %state.form, workers = state.workers, "loaded");
    Ok(embedder)
}

/// The model's files, from the folder or from the model hub.
pub(crate) fn model_files(config: &Config) -> Result<ModelFiles, Error> {
    match &config.model_dir {
        Some(folder) => ModelFiles::in_dir(folder),
        None => from_hub(config),
    }
}

/// The embedder of these files.
pub(crate) fn load(config: &Config, files: &ModelFiles) -> Result<LocalEmbedder, Error> {
    LocalEmbedder::load(files, &config.runtime_options())
}

fn from_hub(config: &Config) -> Result<ModelFiles, Error> {
    let options = hub::HubOptions {
        cache_dir: config.hub_cache(),
        endpoint: config.hub_endpoint.clone(),
        offline: config.offline,
        ..hub::HubOptions::default()
    };
    let mut told = 0;
    hub::fetch(&options, &mut |progress| {
        // One line per ten percent.
        let tenth = progress.done_bytes * 10 / progress.total_bytes.max(1);
        if tenth != told {
            told = tenth;
            tracing::info!(file = progress.file, percent = tenth * 10, "downloading the model");
        }
    })
}

pub(crate) fn redis_error(config: &Config, error: Error) -> StartError {
    let address = config.redis_display();
    match error {
        Error::OtherModel { ref written_by, .. } => {
            StartError::OtherModel { written_by: written_by.clone(), source: error }
        }
        Error::Unavailable { source, .. } => StartError::NoRedis { address, reason: source.to_string() },
        source => StartError::Redis { address, source },
    }
}

async fn seed(config: &Config, memory: &Memory) -> Result<(), Error> {
    let scope = Scope::default();
    let written = if config.reset {
        memory.reset(&scope, ResetExtent::Everything).await?
    } else if config.no_reset {
        0
    } else {
        memory.seed_if_empty(&scope).await?
    };
    if written > 0 {
        tracing::info!(written, "sample memories");
    }
    Ok(())
}
