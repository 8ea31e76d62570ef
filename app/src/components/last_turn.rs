use leptos::prelude::*;

use super::{Commands, TimingList, part, text};
use crate::{page::Page, view::last_turn::LastTurn};

/// What became of the last turn, how long it took, and what was asked of Redis.
#[component]
pub(crate) fn LastTurnLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turn = page.last_turn;
    let details = move || {
        let (timings, steps) =
            turn.with(|turn| turn.as_ref().map(|turn| (turn.timings, turn.steps.clone())))?;
        Some(view! {
            <Commands steps />
            <TimingList timings />
        })
    };
    let outcome = text(move || {
        turn.with(|turn| turn.as_ref().map_or_else(|| "none on this page yet".into(), LastTurn::outcome))
    });
    view! {
        <div class="last-turn">
            <p class="last-turn__write" role="status" aria-label="Last write">
                <span class="last-turn__label">"Last write"</span>
                " "
                <span class="last-turn__outcome">
                    {outcome}
                </span>
            </p>
            {part(details)}
        </div>
    }
}
