use agent_memory::Timings;
use leptos::prelude::*;

use crate::view::last_turn::milliseconds;

/// How long the parts of a turn took.
#[component]
pub(crate) fn TimingList(
    /// The times.
    timings: Timings,
) -> impl IntoView {
    let parts = [
        ("Embed", timings.embed_ms),
        ("Recall", timings.recall_ms),
        ("Write", timings.write_ms),
        ("Total", timings.total_ms),
    ];
    let part = |(name, took_ms)| {
        view! {
            <div class="last-turn__time">
                <dt class="last-turn__label">{name}</dt>
                <dd class="last-turn__took">{milliseconds(took_ms)}</dd>
            </div>
        }
    };
    view! { <dl class="last-turn__times" aria-label="Timings of the last turn">{parts.map(part).collect_view()}</dl> }
}
