//! Alive and ready, and a watch on Redis that brings a broken connection back before a user needs it.

use std::time::Duration;

use agent_memory::Memory;
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;
use tokio::sync::watch;

/// Whether Redis answered when last asked.
#[derive(Debug, Clone)]
pub(crate) struct Health(watch::Receiver<bool>);

impl Health {
    /// Whether Redis answered when last asked.
    pub(crate) fn is_up(&self) -> bool {
        *self.0.borrow()
    }

    /// Follows whether Redis answers.
    pub(crate) fn receiver(&self) -> watch::Receiver<bool> {
        self.0.clone()
    }
}

/// Asks Redis once a second and says in the log when it goes and comes.
pub(crate) fn watch(memory: Memory) -> Health {
    const INTERVAL: Duration = Duration::from_secs(1);
    let (sender, receiver) = watch::channel(true);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !sender.is_closed() {
            ticks.tick().await;
            let answer = memory.ping().await;
            let is_up = answer.is_ok();
            let was_up = *sender.borrow();
            // Only a turn is news.
            sender.send_if_modified(|known| std::mem::replace(known, is_up) != is_up);
            match answer {
                Err(error) if was_up => tracing::warn!(%error, "Redis is gone"),
                Ok(()) if !was_up => tracing::info!("Redis is back"),
                _ => {}
            }
        }
    });
    Health(receiver)
}

/// What `/healthz` and `/readyz` say.
#[derive(Debug, Serialize)]
struct Status {
    status: &'static str,
}

/// `/healthz`: the process serves. `/readyz`: it can do its work.
pub(crate) fn routes(health: Health) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(health)
}

async fn alive() -> Json<Status> {
    Json(Status { status: "alive" })
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Status>) {
    match health.is_up() {
        true => (StatusCode::OK, Json(Status { status: "ready" })),
        false => (StatusCode::SERVICE_UNAVAILABLE, Json(Status { status: "redis does not answer" })),
    }
}
