use agent_memory::{MemoryRecord, Threshold};
use leptos::prelude::*;

use super::{KindBadge, LongText, Meter};
use crate::view::{
    distance::distance,
    verdict::{Verdict, verdict, verdict_text},
};

/// One of the nearest memories, and whether it is recalled.
#[component]
pub(crate) fn Candidate(
    /// The memory, with its distance.
    memory: MemoryRecord,
    /// Its place among the candidates, counted from 0.
    rank: usize,
    /// How many candidates are recalled.
    #[prop(into)]
    recalled_count: Signal<usize>,
    /// The threshold.
    #[prop(into)]
    threshold: Signal<Threshold>,
) -> impl IntoView {
    let at = memory.distance.unwrap_or(f64::NAN);
    let (kind, text, id) = (memory.kind.clone(), memory.text.clone(), memory.id.clone());
    let judged = StoredValue::new(memory);
    let verdict =
        move || judged.with_value(|memory| verdict(memory, rank, recalled_count.get(), threshold.get()));
    let reason = move || judged.with_value(|memory| verdict_text(verdict(), memory, threshold.get()));
    view! {
        <li class="candidate" class:candidate--recalled=move || verdict() == Verdict::Recalled>
            <div class="candidate__measure">
                <span class="candidate__distance">{distance(at)}</span>
                <Meter distance=at threshold />
                <span class="candidate__verdict">{reason}</span>
            </div>
            <LongText text />
            <p class="candidate__origin">
                <KindBadge kind />
                <code class="candidate__id">{id}</code>
            </p>
        </li>
    }
}
