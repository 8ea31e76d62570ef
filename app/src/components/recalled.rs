use leptos::prelude::*;

use super::{Candidate, Panel, ThresholdControl};
use crate::{
    page::Page,
    view::{
        text::excerpt,
        verdict::{recalled_count, summary},
    },
};

/// Most characters of the query that are repeated.
const QUERY_SHOWN_CHARS: usize = 120;

/// What the last turn recalls at the threshold, and below the line what it misses.
#[component]
pub(crate) fn Recalled(
    /// The page.
    page: Page,
) -> impl IntoView {
    let threshold = page.threshold;
    let query =
        move || page.recall(|turn| excerpt(&turn.query, QUERY_SHOWN_CHARS).unwrap_or(turn.query.clone()));
    let summary = move || page.recall(|turn| summary(&turn.candidates, threshold.get()));
    let count = Memo::new(move |_| {
        page.recall(|turn| recalled_count(&turn.candidates, threshold.get())).unwrap_or_default()
    });
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
            <Show
                when=move || page.last_turn.with(Option::is_some)
                fallback=|| view! { <p class="panel__empty">"Send a turn to see what it recalls."</p> }
            >
                <ol class="recalled__list" tabindex="0" aria-label="Candidates, nearest first">
                    <For
                        each=ranked
                        key=|(rank, memory)| (*rank, memory.id.clone(), memory.distance.map(f64::to_bits))
                        let((rank, memory))
                    >
                        <Candidate memory rank recalled_count=count threshold />
                    </For>
                </ol>
            </Show>
        </Panel>
    }
}
