use leptos::prelude::*;

/// Stands in for the page while its first content is awaited.
#[component]
pub(crate) fn Skeleton() -> impl IntoView {
    view! {
        <main id="main" class="skeleton" aria-busy="true">
            <p class="visually-hidden">"Loading"</p>
            <div class="skeleton__bar"></div>
            <div class="skeleton__panel"></div>
            <div class="skeleton__panel"></div>
        </main>
    }
}
