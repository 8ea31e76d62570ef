use leptos::prelude::*;

use super::when;
use crate::page::Page;

/// Stands in a panel while its first content is awaited; where that cannot be read, nothing does.
#[component]
pub(crate) fn Skeleton(
    /// The page.
    page: Page,
) -> impl IntoView {
    when(
        move || page.look.with(Option::is_none) && page.failure.with(Option::is_none),
        || {
            view! {
                <div class="skeleton" aria-busy="true">
                    <p class="visually-hidden">"Loading"</p>
                    <div class="skeleton__line"></div>
                    <div class="skeleton__line"></div>
                    <div class="skeleton__line skeleton__line--short"></div>
                </div>
            }
        },
    )
}
