//! Which path leads where.

use std::path::Path;

use agent_memory::Memory;
use agent_memory_app::{App, shell};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware,
};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::{
    csrf::CsrfLayer, limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use crate::{
    assets, compat,
    config::Config,
    guard::{self, Guard},
    health::{self, Health},
    live,
    shutdown::Shutdown,
};

/// Longest request body. Texts are limited to 64 KiB, which form encoding can triple.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// The whole server.
pub(crate) fn build(config: &Config, memory: Memory, health: Health, shutdown: Shutdown) -> Router {
    Router::new()
        .merge(page(&config.site_dir, memory.clone()))
        .merge(compat::routes(memory.clone()))
        .merge(live::routes(memory, health.clone(), shutdown))
        .merge(health::routes(health))
        .merge(assets::routes(&config.site_dir))
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(Guard::new(config), guard::check))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

/// The span of a request: its path without the query, which may hold a user's text.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

/// The rendered page, its server functions, and the page for what is not there.
fn page(site_dir: &Path, memory: Memory) -> Router {
    let options = options(site_dir);
    let provide_memory = move || provide_context(memory.clone());
    let rendered = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let not_found = leptos_axum::render_app_to_stream_with_context(provide_memory.clone(), rendered.clone());
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide_memory, rendered)
        .fallback(async move |request: Request| {
            let mut response = not_found(request).await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
        .with_state(options)
}

fn options(site_dir: &Path) -> LeptosOptions {
    // `cargo leptos watch` tells the page through these where to hear of a rebuild.
    let is_watched = std::env::var_os("LEPTOS_WATCH").is_some();
    LeptosOptions::builder()
        .output_name("agent-memory")
        .site_root(site_dir.to_string_lossy().as_ref())
        .site_pkg_dir("pkg")
        .env(if is_watched { leptos::config::Env::DEV } else { leptos::config::Env::PROD })
        .reload_port(RELOAD_PORT)
        .build()
}

/// As `reload-port` in the workspace's manifest.
const RELOAD_PORT: u32 = 8091;
