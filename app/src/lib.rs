//! The dashboard of agent-memory, rendered on the server and taken over in the browser.
//!
//! Read the modules in this order:
//! - [`app`]: the document and the page in it
//! - [`address`]: what the page shows, as its URL says it
//! - [`api`]: the server functions, and what can go wrong with them
//! - [`page`]: the state of the page: what is read, what can be written, what follows from it
//! - [`view`]: values to words, pure
//! - `components`: words to elements, one component per file
//! - `policy`, `stylesheet` (feature `ssr`): what the server sends along

pub mod address;
pub mod api;
pub mod app;
#[expect(unreachable_pub, reason = "the component macro emits `pub` items whatever visibility is asked for")]
mod components;
pub mod page;
#[cfg(feature = "ssr")]
mod policy;
#[cfg(feature = "ssr")]
pub mod stylesheet;
pub mod view;

pub use app::App;
#[cfg(feature = "ssr")]
pub use app::shell;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
