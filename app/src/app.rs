//! The document, the routes, and the sign that the page is alive.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::components::{Dashboard, NotFound};

/// The document around the page.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use leptos_meta::MetaTags;

    crate::policy::send_content_security_policy(&options);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="DevTools for agent memory on Redis" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=crate::stylesheet::stylesheet_href() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The application: one page, and one for what is not there.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    mark_as_hydrated();
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "agent-memory".into() } else { format!("{title} · agent-memory") }
        } />
        <Router>
            <Routes fallback=NotFound>
                // The whole page in one piece: it is complete without JavaScript.
                <Route path=path!("/") view=Dashboard ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Sets `<html data-hydrated>` once events are heard: browser tests wait for it, clicks before it are lost.
fn mark_as_hydrated() {
    #[cfg(feature = "hydrate")]
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            // Setting an attribute fails only for invalid names.
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
