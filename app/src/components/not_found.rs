use leptos::prelude::*;
use leptos_meta::Title;

/// The page for an address that leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <main id="main" class="not-found">
            <h1>"Nothing is here"</h1>
            <p>"This address leads nowhere. "<a href="/">"Open the dashboard"</a></p>
        </main>
    }
}
