use leptos::prelude::*;

use super::{Candidate, Panel, ThresholdControl};
use crate::{
    page::Page,
    view::{text::excerpt, verdict::summary},
};

/// Most characters of the query that are repeated.
const QUERY_SHOWN_CHARS: usize = 120;

/// What the last turn recalls at the threshold, and below the line what it misses.
#[component]
pub(crate) fn Recalled(
    /// The page.
    page: Page,
) -> impl IntoView {
    let query =
        move || page.recall(|turn| excerpt(&turn.query, QUERY_SHOWN_CHARS).unwrap_or(turn.query.clone()));
    let summary = move || page.recall(|turn| summary(&turn.candidates, page.threshold()));
    let ranked =
        move || page.recall(|turn| turn.candidates.clone()).unwrap_or_default().into_iter().enumerate();
    view! {
        <Panel id="recalled" heading="Recalled memories">
            <ThresholdControl page />
            {move || {
                query().map(|query| {
                    view! {
                        <p class="recalled__query">"For “"<q class="recalled__text">{query}</q>"”"</p>
                    }
                })
            }}
            <output class="recalled__summary" for="threshold-number">{summary}</output>
            {move || {
                page.last_turn
                    .with(Option::is_none)
                    .then(|| view! { <p class="panel__empty">"Send a turn to see what it recalls."</p> })
            }}
            <ol
                class="recalled__list"
                tabindex="0"
                aria-label="Candidates, nearest first"
                hidden=move || page.recall(|turn| turn.candidates.is_empty()) != Some(false)
            >
                {move || ranked().map(|(rank, memory)| view! { <Candidate page memory rank /> }).collect_view()}
            </ol>
        </Panel>
    }
}
