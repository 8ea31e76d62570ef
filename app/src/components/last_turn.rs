use leptos::prelude::*;

use super::TimingList;
use crate::{page::Page, view::last_turn::LastWrite};

/// What became of the last turn, and how long it took.
#[component]
pub(crate) fn LastTurnLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let write = Memo::new(move |_| page.last_turn.with(|turn| turn.as_ref().map(|turn| turn.write.clone())));
    let timings = Memo::new(move |_| page.last_turn.with(|turn| turn.as_ref().map(|turn| turn.timings)));
    view! {
        <div class="last-turn">
            <p class="last-turn__write" role="status">
                <span class="last-turn__label">"Last write"</span>
                " "
                <span class="last-turn__outcome">{move || outcome(write.get().as_ref())}</span>
            </p>
            {move || timings.get().map(|timings| view! { <TimingList timings /> })}
        </div>
    }
}

fn outcome(write: Option<&LastWrite>) -> String {
    write.map_or_else(|| "none on this page yet".into(), LastWrite::text)
}
