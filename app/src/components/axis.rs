use agent_memory::Threshold;
use leptos::prelude::*;

use super::{flag, rows, text};

use crate::{
    page::Page,
    view::{
        axis::{Dot, dots, place, recalled_until, summary},
        verdict::recalled_count,
    },
};

/// The candidates as dots on a line from 0 to 2, with the deduplication line and what is recalled. The recall line itself is
/// the thumb of the slider that lies over it.
#[component]
pub(crate) fn Axis(
    /// The page.
    page: Page,
) -> impl IntoView {
    let threshold = page.threshold;
    let dedup = Memo::new(move |_| {
        page.index
            .with(|index| index.as_ref().map_or(Threshold::DEFAULT_DEDUP, |(index, _)| index.dedup_threshold))
    });
    let dots = Memo::new(move |_| {
        page.candidates.with(|candidates| dots(candidates.as_deref().unwrap_or_default()))
    });
    let label = text(move || {
        page.candidates.with(|candidates| {
            summary(candidates.as_deref().unwrap_or_default(), threshold.get(), dedup.get())
        })
    });
    let recalled_count = Memo::new(move |_| {
        page.candidates
            .with(|candidates| recalled_count(candidates.as_deref().unwrap_or_default(), threshold.get()))
    });
    let recalled_until = text(move || {
        page.candidates.with(|candidates| {
            place(recalled_until(candidates.as_deref().unwrap_or_default(), threshold.get()))
        })
    });
    let dedup_line = text(move || place(dedup.get().distance()));
    let ids = move || dots.with(|dots| dots.iter().map(|dot| dot.id.clone()).collect());
    let dot = move |id: String| {
        // A dot that is about to go keeps its last place.
        let dot = Memo::new(move |previous: Option<&Dot>| {
            let found = dots.with(|dots| dots.iter().find(|dot| dot.id == id).cloned());
            found.or_else(|| previous.cloned()).unwrap_or_default()
        });
        view! {
            <circle
                class="axis__dot"
                class:axis__dot--recalled=flag(move || dot.with(|dot| dot.rank) < recalled_count.get())
                cx=text(move || dot.get().x)
                cy=text(move || height(dot.get().level))
                r="3.5"
            />
        }
    };
    view! {
        <svg class="axis" role="img" aria-label=label>
            <rect class="axis__recalled" x="0" y="10" width=recalled_until height="34" />
            <line class="axis__line" x1="0" x2="100%" y1="44" y2="44" />
            {[0.0, 0.5, 1.0, 1.5, 2.0].map(tick).collect_view()}
            <line class="axis__dedup" x1=dedup_line x2=dedup_line y1="10" y2="44" />
            <text class="axis__text axis__text--dedup" x=dedup_line y="7">"dedup"</text>
            {rows(ids, dot)}
        </svg>
    }
}

/// Where a stacked dot stands.
fn height(level: u32) -> String {
    (38 - 6 * level).to_string()
}

fn tick(at: f64) -> impl IntoView {
    view! {
        <line class="axis__tick" x1=place(at) x2=place(at) y1="44" y2="48" />
        <text class="axis__text" x=place(at) y="58">{format!("{at}")}</text>
    }
}
