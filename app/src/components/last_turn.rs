use leptos::prelude::*;

use super::TimingList;
use crate::page::Page;

/// What became of the last turn, and how long it took.
#[component]
pub(crate) fn LastTurnLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let write =
        move || page.recall(|turn| turn.write.text()).unwrap_or_else(|| "none on this page yet".into());
    let timings = move || page.recall(|turn| turn.timings);
    view! {
        <div class="last-turn">
            <p class="last-turn__write" role="status" aria-label="Last write">
                <span class="last-turn__label">"Last write"</span>
                " "
                <span class="last-turn__outcome">{write}</span>
            </p>
            {move || timings().map(|timings| view! { <TimingList timings /> })}
        </div>
    }
}
