use leptos::prelude::*;

use super::{Commands, TimingList};
use crate::page::Page;

/// What became of the last turn, how long it took, and what was asked of Redis.
#[component]
pub(crate) fn LastTurnLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turn = page.last_turn;
    let part = move || turn.with(|turn| turn.as_ref().map(|turn| (turn.timings, turn.steps.clone())));
    view! {
        <div class="last-turn">
            <p class="last-turn__write" role="status" aria-label="Last write">
                <span class="last-turn__label">"Last write"</span>
                " "
                <span class="last-turn__outcome">
                    {move || turn.with(|turn| turn.as_ref().map_or_else(|| "none on this page yet".into(), |turn| turn.outcome()))}
                </span>
            </p>
            {move || {
                part()
                    .map(|(timings, steps)| {
                        view! {
                            <TimingList timings />
                            <Commands steps />
                        }
                    })
            }}
        </div>
    }
}
