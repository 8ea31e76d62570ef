//! The agent-memory server: the dashboard and the HTTP API over one [`agent_memory::Memory`].
//!
//! - `config`: flags and environment, the only place that reads them
//! - `start`: from flags to a checked memory; what can be wrong, and the way out
//! - `router`: which path leads where
//! - `api`: the versioned API for agents under `/api/v1`
//! - `compat`: the JSON endpoints that the demos share
//! - `health`: alive, ready, and watching Redis
//! - `live`: the stream that tells a page what changed
//! - `guard`: who may call at all
//! - `errors`: one form for all errors of a path
//! - `metrics`: what Prometheus reads
//! - `cli`: the other commands, which work on Redis directly
//! - `assets`: stylesheet, WebAssembly and other files

mod api;
mod assets;
mod cli;
mod compat;
mod config;
mod errors;
mod guard;
mod health;
mod lines;
mod live;
mod logging;
mod metrics;
mod router;
mod shutdown;
mod start;

use std::process::ExitCode;

use crate::{
    cli::{Command, CommandLine},
    config::Config,
    shutdown::Shutdown,
    start::StartError,
};

fn main() -> ExitCode {
    let line = CommandLine::read();
    logging::init(&line.config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Rendering a page nests deeply in builds without optimisation; only what is touched costs memory.
        .thread_stack_size(8 * 1024 * 1024)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&StartError::Runtime(error)),
    };
    // For rediss://. Fails only where the application chose one already, and that is us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match line.command {
        Some(command) if !matches!(command, Command::Serve) => {
            runtime.block_on(cli::run(&line.config, command))
        }
        _ => runtime.block_on(serve(line.config)).map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Starts, serves until told to stop, and lets the requests under way finish.
async fn serve(config: Config) -> Result<(), StartError> {
    config.check()?;
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
fn failed(error: &impl std::fmt::Display) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
