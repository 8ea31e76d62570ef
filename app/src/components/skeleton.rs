use leptos::prelude::*;

use crate::page::Page;

/// Stands in a panel while its first content is awaited; where that cannot be read, nothing does.
#[component]
pub(crate) fn Skeleton(
    /// The page.
    page: Page,
) -> impl IntoView {
    let is_awaited = Memo::new(move |_| page.look.with(Option::is_none) && page.failure.with(Option::is_none));
    view! {
        <Show when=move || is_awaited.get()>
            <div class="skeleton" aria-busy="true">
                <p class="visually-hidden">"Loading"</p>
                <div class="skeleton__line"></div>
                <div class="skeleton__line"></div>
                <div class="skeleton__line skeleton__line--short"></div>
            </div>
        </Show>
    }
}
