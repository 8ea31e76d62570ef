//! Which path leads where.

use agent_memory::Memory;
use agent_memory_app::{api::ApiError, page::First, shell};
use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::prelude::*;
use tower_http::{
    compression::CompressionLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use crate::{
    api, assets, compat,
    config::Config,
    errors,
    guard::{self, Guard},
    health::{self, Health},
    live, metrics,
    shutdown::Shutdown,
};

/// Longest request body. Texts are limited to 64 KiB, which form encoding can triple.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// The whole server.
pub(crate) fn build(config: &Config, memory: Memory, health: Health, shutdown: Shutdown) -> Router {
    Router::new()
        .merge(page(options(config), memory.by("page")))
        .merge(compat::routes(memory.by("api")))
        .merge(live::routes(memory.clone(), health.clone(), shutdown.clone()))
        .merge(health::routes(health.clone()))
        .merge(metrics::routes(memory.clone(), health.clone()))
        .merge(assets::routes(&config.site_dir))
        // What lies precompressed on disk is sent as it is, and streams of events are left alone.
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .merge(api::routes(memory, health, shutdown, BODY_MAX_BYTES))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(Guard::new(config), guard::check))
        .layer(middleware::from_fn(errors::shape))
        .layer(middleware::from_fn(metrics::count))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        // What people remember is nothing for a cache. What is for everybody says so itself.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        // Nor for pages of other sites, which may not ask for it and may not take it for a picture or a script either.
        .layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
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
fn page(options: LeptosOptions, memory: Memory) -> Router {
    // Fails where one is there already, which is as good.
    let _ = any_spawner::Executor::init_tokio();
    let rendered = move || shell(options.clone());
    let not_found = leptos_axum::render_app_async(rendered.clone());
    let with_memory = {
        let memory = memory.clone();
        move || provide_context(memory.clone())
    };
    let server_functions = async move |request: Request| {
        leptos_axum::handle_server_fns_with_context(with_memory.clone(), request).await
    };
    let dashboard = async move |request: Request| {
        // Read before anything is rendered: the page is complete when its first byte leaves.
        let first = First::read(&memory, request.uri().query().unwrap_or_default()).await;
        let status = first.reading.result.as_ref().map_or_else(ApiError::status, |_| StatusCode::OK);
        let provide_first = move || provide_context(first.clone());
        let render = leptos_axum::render_app_async_with_context(provide_first, rendered.clone());
        let mut response = without_null(render(request).await).await;
        *response.status_mut() = status;
        response
    };
    Router::new()
        .route("/", get(dashboard))
        .route("/api/fn/{*name}", get(server_functions.clone()).post(server_functions))
        .fallback(async move |request: Request| {
            let mut response = not_found(request).await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
}

/// The page with U+0000 replaced, as in any text that is shown. Browsers leave it out of a page: a text of nothing else
/// would have no node there, and the page could not be taken over.
async fn without_null(page: Response) -> Response {
    let (head, body) = page.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(html) if html.contains(&0) => {
            let html = String::from_utf8_lossy(&html).replace('\0', "\u{fffd}");
            Response::from_parts(head, html.into())
        }
        Ok(html) => Response::from_parts(head, html.into()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn options(config: &Config) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("agent-memory")
        .site_root(config.site_dir.to_string_lossy().as_ref())
        .site_pkg_dir("pkg")
        .env(if config.is_watched { leptos::config::Env::DEV } else { leptos::config::Env::PROD })
        .reload_port(config.reload_port.unwrap_or_default().into())
        .build()
}
