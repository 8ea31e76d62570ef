use agent_memory::MemoryRecord;
use leptos::prelude::*;

use super::{JudgeButtons, KindBadge, LongText, Meter, Why, flag, maybe, part, text, when};
use crate::{
    page::Page,
    view::{
        distance::distance,
        review::disagreeing,
        verdict::{Move, Verdict, moved, recalled_count, verdict, verdict_text},
    },
};

/// One of the nearest memories, and whether it is recalled.
#[component]
pub(crate) fn Candidate(
    /// The page.
    page: Page,
    /// The memory's id.
    id: String,
) -> impl IntoView {
    let (own_id, earlier_id, judged_id) = (id.clone(), id.clone(), id.clone());
    // A row that is about to go keeps its last value.
    let memory = Memo::new(move |previous: Option<&(usize, MemoryRecord)>| {
        page.candidates
            .with(|candidates| {
                let (rank, memory) =
                    candidates.iter().flatten().enumerate().find(|(_, it)| it.id == own_id.as_str())?;
                Some((rank, memory.clone()))
            })
            .or_else(|| previous.cloned())
            .unwrap_or_default()
    });
    let judged = Memo::new(move |_| {
        let (threshold, before) = (page.threshold.get(), page.threshold_before.get());
        page.candidates.with(|candidates| {
            let candidates = candidates.as_deref().unwrap_or_default();
            memory.with(|(rank, memory)| {
                let verdict = verdict(memory, *rank, recalled_count(candidates, threshold), threshold);
                let moved = before.map_or(Move::Stayed, |before| moved(candidates, *rank, before, threshold));
                (verdict, moved, verdict_text(verdict, memory, threshold))
            })
        })
    });
    let at = Memo::new(move |_| memory.with(|(_, memory)| memory.distance.unwrap_or(f64::NAN)));
    let said = Memo::new(move |_| memory.with(|(_, memory)| memory.text.clone()));
    let kind = Memo::new(move |_| memory.with(|(_, memory)| memory.kind.clone()));
    let disagrees = maybe(move || {
        let candidates = page.candidates.get().unwrap_or_default();
        page.review.with(|(_, all)| {
            let found = disagreeing(all, &candidates, page.threshold.get());
            found.iter().find(|(earlier, _)| *earlier == earlier_id).map(|(_, words)| (*words).to_owned())
        })
    });
    let mark = text(move || match judged.get().1 {
        Move::Entered => "entered",
        Move::Left => "left",
        Move::Stayed => "",
    });
    view! {
        <li
            class="candidate"
            class:candidate--recalled=flag(move || judged.get().0 == Verdict::Recalled)
            class:candidate--entered=flag(move || judged.get().1 == Move::Entered)
            class:candidate--left=flag(move || judged.get().1 == Move::Left)
        >
            <div class="candidate__measure">
                <span class="candidate__distance">{text(move || distance(at.get()))}</span>
                <Meter distance=at threshold=page.threshold />
                <span class="candidate__mark">{mark}</span>
                <span class="candidate__verdict">{text(move || judged.get().2)}</span>
            </div>
            {part(move || Some(view! { <LongText text=said.get() /> }))}
            <p class="candidate__disagrees" dir="auto">{disagrees}</p>
            <div class="candidate__origin">
                {part(move || Some(view! { <KindBadge kind=kind.get() /> }))}
                <code class="candidate__id">{id}</code>
                {when(
                    move || page.navigation.address.with(|here| here.bench.is_some()),
                    move || view! { <JudgeButtons page id=judged_id.clone() /> },
                )}
                <Why page memory=Signal::derive(move || memory.get().1) label="Why?" />
            </div>
        </li>
    }
}
