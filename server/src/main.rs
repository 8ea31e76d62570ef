//! The agent-memory server: the dashboard and the HTTP API over one [`agent_memory::Memory`].
//!
//! - `config`: flags and environment, the only place that reads them
//! - `start`: from flags to a checked memory; what can be wrong, and the way out
//! - `router`: which path leads where
//! - `compat`: the JSON endpoints that the demos share
//! - `health`: alive, ready, and watching Redis
//! - `live`: the stream that tells a page what changed
//! - `guard`: who may call at all
//! - `assets`: stylesheet, WebAssembly and other files

mod assets;
mod compat;
mod config;
mod guard;
mod health;
mod live;
mod logging;
mod router;
mod shutdown;
mod start;

use std::process::ExitCode;

use clap::Parser;

use crate::{config::Config, shutdown::Shutdown, start::StartError};

fn main() -> ExitCode {
    let config = Config::parse();
    logging::init(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Rendering a page nests deeply in builds without optimisation; only what is touched costs memory.
        .thread_stack_size(8 * 1024 * 1024)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&StartError::Runtime(error)),
    };
    match runtime.block_on(serve(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Starts, serves until told to stop, and lets the requests under way finish.
async fn serve(config: Config) -> Result<(), StartError> {
    config.check()?;
    // For rediss://. Fails only where the application chose one already, and that is us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = start::listen(&config).await?;
    let memory = start::memory(&config).await?;
    let health = health::watch(memory.clone());
    let shutdown = Shutdown::listen();
    let router = router::build(&config, memory, health, shutdown.clone());
    tracing::info!("the dashboard is at http://{}", config.display_address());
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown.requested())
        .await
        .map_err(StartError::Serve)?;
    tracing::info!("stopped");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the last word of a program that cannot start")]
fn failed(error: &StartError) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
