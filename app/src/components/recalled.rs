use leptos::prelude::*;

use super::{Candidate, JudgeForm, Panel, Skeleton, ThresholdControl, maybe, rows, when};
use crate::{
    address::Became,
    page::Page,
    view::{text::excerpt, verdict::summary},
};

/// Most characters of the query that are repeated.
const QUERY_SHOWN_CHARS: usize = 120;

/// What the last turn or probe recalls at the threshold, and below the line what it misses.
#[component]
pub(crate) fn Recalled(
    /// The page.
    page: Page,
) -> impl IntoView {
    let (candidates, threshold) = (page.candidates, page.threshold);
    let has_query = Memo::new(move |_| candidates.with(Option::is_some));
    let is_nothing_asked = move || !has_query.get() && page.look.with(Option::is_some);
    let summary = maybe(move || {
        candidates.with(|candidates| candidates.as_ref().map(|found| summary(found, threshold.get())))
    });
    let ids = Memo::new(move |_| {
        candidates.with(|candidates| {
            let ids = candidates.iter().flatten().map(|memory| memory.id.to_string());
            ids.collect::<Vec<_>>()
        })
    });
    let list = move || {
        view! {
            <JudgeForm page>
                <ol class="recalled__list" tabindex="0" aria-label="Candidates, nearest first">
                    {rows(move || ids.get(), move |id| view! { <Candidate page id /> })}
                </ol>
            </JudgeForm>
        }
    };
    view! {
        <Panel id="recalled" heading="Recalled memories">
            <ThresholdControl page />
            <Skeleton page />
            {when(
                move || has_query.get(),
                move || view! { <p class="recalled__query" dir="auto">{maybe(move || query_text(page))}</p> },
            )}
            <output class="recalled__summary" for="threshold-number threshold-slider">{summary}</output>
            {when(
                is_nothing_asked,
                || view! { <p class="panel__empty">"Send a turn to see what it recalls, or probe to only ask."</p> },
            )}
            {when(move || has_query.get(), list)}
        </Panel>
    }
}

/// What was asked, such as `Probed “Which theme?”`.
fn query_text(page: Page) -> Option<String> {
    page.asked.with(|asked| {
        let asked = asked.as_ref()?;
        let query = excerpt(&asked.query, QUERY_SHOWN_CHARS).unwrap_or_else(|| asked.query.clone());
        let verb = if asked.became == Became::Probe { "Probed" } else { "For" };
        Some(format!("{verb} “{query}”"))
    })
}
