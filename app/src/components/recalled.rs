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
    let candidates =
        Memo::new(move |_| page.last_turn.with(|turn| turn.as_ref().map(|turn| turn.candidates.clone())));
    let query = Memo::new(move |_| page.last_turn.with(|turn| turn.as_ref().map(|turn| turn.query.clone())));
    let count = Memo::new(move |_| {
        candidates.with(|candidates| {
            recalled_count(candidates.as_deref().unwrap_or_default(), page.threshold.get())
        })
    });
    let summary = move || {
        candidates.with(|candidates| {
            candidates.as_ref().map(|candidates| summary(candidates, page.threshold.get()))
        })
    };
    let ranked = move || candidates.get().unwrap_or_default().into_iter().enumerate();
    view! {
        <Panel id="recalled" heading="Recalled memories">
            <ThresholdControl page />
            {move || query.get().map(|query| {
                let shown = excerpt(&query, QUERY_SHOWN_CHARS).unwrap_or(query);
                view! { <p class="recalled__query">"For “"<q class="recalled__text">{shown}</q>"”"</p> }
            })}
            <output class="recalled__summary" for="threshold-number">{summary}</output>
            <Show
                when=move || candidates.with(Option::is_some)
                fallback=|| view! { <p class="panel__empty">"Send a turn to see what it recalls."</p> }
            >
                <ol class="recalled__list" tabindex="0" aria-label="Candidates, nearest first">
                    <For
                        each=ranked
                        key=|(rank, memory)| (*rank, memory.id.clone(), memory.distance.map(f64::to_bits))
                        let((rank, memory))
                    >
                        <Candidate memory rank recalled_count=count threshold=page.threshold />
                    </For>
                </ol>
            </Show>
        </Panel>
    }
}
