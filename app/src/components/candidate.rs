use agent_memory::MemoryRecord;
use leptos::prelude::*;

use super::{KindBadge, LongText, Meter};
use crate::{
    page::Page,
    view::{
        distance::distance,
        verdict::{Verdict, recalled_count, verdict, verdict_text},
    },
};

/// One of the nearest memories, and whether it is recalled.
#[component]
pub(crate) fn Candidate(
    /// The page.
    page: Page,
    /// The memory, with its distance.
    memory: MemoryRecord,
    /// Its place among the candidates, counted from 0.
    rank: usize,
) -> impl IntoView {
    let at = memory.distance.unwrap_or(f64::NAN);
    let MemoryRecord { kind, text, id, .. } = memory;
    let verdict = move || {
        let threshold = page.threshold();
        let recalled = page.recall(|turn| recalled_count(&turn.candidates, threshold)).unwrap_or_default();
        verdict(at, rank, recalled, threshold)
    };
    view! {
        <li class="candidate" class:candidate--recalled=move || verdict() == Verdict::Recalled>
            <div class="candidate__measure">
                <span class="candidate__distance">{distance(at)}</span>
                <Meter page distance=at />
                <span class="candidate__verdict">{move || verdict_text(verdict(), at, page.threshold())}</span>
            </div>
            <LongText text />
            <p class="candidate__origin">
                <KindBadge kind />
                <code class="candidate__id">{id}</code>
            </p>
        </li>
    }
}
