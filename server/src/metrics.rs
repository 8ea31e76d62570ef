//! `/metrics`: what Prometheus reads. Counts and durations per route, and the state of the memory when it is asked.

use std::time::Instant;

use agent_memory::Memory;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use crate::health::Health;

const REQUESTS: &str = "agent_memory_http_requests_total";
const DURATION: &str = "agent_memory_http_request_duration_seconds";
const REDIS_UP: &str = "agent_memory_redis_up";
const MEMORIES: &str = "agent_memory_memories";
const FAILURES: &str = "agent_memory_indexing_failures";
const EMBEDDER: &str = "agent_memory_embedder";
const EMBEDDED: &str = "agent_memory_embedded_texts_total";
const INFERENCES: &str = "agent_memory_inferences_total";
const REFUSED: &str = "agent_memory_refused_texts_total";
const WAITING: &str = "agent_memory_waiting_texts";

/// Upper ends of the duration's buckets: a turn takes milliseconds, an import minutes.
const BUCKETS_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone)]
struct Metrics {
    handle: PrometheusHandle,
    memory: Memory,
    health: Health,
}

/// Starts to record, once per process.
fn record() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS_SECONDS)?.install_recorder()?;
    describe_counter!(REQUESTS, "Requests by method, route and status.");
    describe_histogram!(DURATION, Unit::Seconds, "Time to the head of the answer, by method and route.");
    describe_gauge!(REDIS_UP, "1 while Redis answers, else 0.");
    describe_gauge!(MEMORIES, "Memories in the index, of all users and namespaces.");
    describe_gauge!(FAILURES, "Documents that could not be indexed.");
    describe_gauge!(EMBEDDER, "1, with the form of the embedder and the inferences that run side by side.");
    describe_counter!(EMBEDDED, "Texts that were embedded.");
    describe_counter!(INFERENCES, "Inferences that were run; one takes several short texts at once.");
    describe_counter!(REFUSED, "Texts that were refused because too many waited.");
    describe_gauge!(WAITING, "Single texts that wait to be embedded.");
    Ok(handle)
}

/// The route; none where recording cannot start, which the log tells.
pub(crate) fn routes(memory: Memory, health: Health) -> Router {
    match record() {
        Ok(handle) => {
            Router::new().route("/metrics", get(render)).with_state(Metrics { handle, memory, health })
        }
        Err(error) => {
            tracing::error!(%error, "no metrics");
            Router::new()
        }
    }
}

/// Counts a request under its route, never under its path, which may hold names.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_string();
    let method = known_method(request.method()).to_string();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    histogram!(DURATION, "method" => method.clone(), "route" => route.clone()).record(began.elapsed());
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status).increment(1);
    response
}

/// Anybody can send any word for a method; each would be a series of its own.
fn known_method(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}

async fn render(State(metrics): State<Metrics>) -> impl IntoResponse {
    let is_up = metrics.health.is_up();
    tell_embedder(&metrics.memory);
    gauge!(REDIS_UP).set(f64::from(u8::from(is_up)));
    // While Redis is away the numbers stay as they were last known.
    if is_up && let Ok(index) = metrics.memory.index().await {
        #[expect(clippy::cast_precision_loss, reason = "counts of documents stay far below 2^53")]
        let count = |number: u64| number as f64;
        gauge!(MEMORIES).set(count(index.num_docs));
        gauge!(FAILURES).set(count(index.indexing_failures));
    }
    metrics.handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.handle.render())
}

fn tell_embedder(memory: &Memory) {
    let state = memory.embedder_state();
    let (form, workers) = (state.form.to_string(), state.workers.to_string());
    gauge!(EMBEDDER, "form" => form, "workers" => workers).set(1.0);
    counter!(EMBEDDED).absolute(state.texts);
    counter!(INFERENCES).absolute(state.inferences);
    counter!(REFUSED).absolute(state.refused);
    #[expect(clippy::cast_precision_loss, reason = "a queue has hundreds of places")]
    gauge!(WAITING).set(state.waiting as f64);
}
