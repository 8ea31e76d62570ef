use leptos::prelude::*;

/// The page for an address that leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <main id="main" class="not-found">
            <h1>"Nothing is here"</h1>
            <p>"This address leads nowhere. "<a href="/">"Open the dashboard"</a></p>
        </main>
    }
}
