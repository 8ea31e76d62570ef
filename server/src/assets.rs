//! Stylesheet, WebAssembly, script and the other files of the page.

use std::path::Path;

use agent_memory_app::stylesheet::{STYLESHEET, STYLESHEET_PATH};
use axum::{
    Router,
    http::{HeaderValue, header},
    response::IntoResponse,
    routing::get,
};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

/// For what has a version in its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// For what keeps its address when it changes: the browser asks each time and mostly hears "not modified".
pub(crate) const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The routes of the files under `site_dir`, precompressed ones first.
pub(crate) fn routes(site_dir: &Path) -> Router {
    let files = |folder: &Path| ServeDir::new(folder).precompressed_br().precompressed_gzip();
    Router::new()
        .route(STYLESHEET_PATH, get(stylesheet))
        .nest_service("/pkg", files(&site_dir.join("pkg")))
        .route_service("/favicon.svg", files(site_dir))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, ASK_AGAIN))
}

async fn stylesheet() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, FOR_EVER)];
    (headers, STYLESHEET)
}
