use agent_memory::MemoryRecord;
use leptos::prelude::*;

use super::maybe;

use crate::{page::Page, view::explain::reasons};

/// Why a memory is recalled or not; the reasons unfold.
#[component]
pub(crate) fn Why(
    /// The page.
    page: Page,
    /// The memory.
    #[prop(into)]
    memory: Signal<MemoryRecord>,
    /// What is seen before it unfolds.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let reasons = Memo::new(move |_| memory.with(|memory| page.judge(|by| reasons(memory, by))));
    let reason = move |at: usize| maybe(move || reasons.with(|reasons| reasons.get(at).cloned()));
    view! {
        <details class="why">
            <summary class="why__label">{label}</summary>
            <ul class="why__reasons">
                <li class="why__decisive">{reason(0)}</li>
                <li>{reason(1)}</li>
                <li>{reason(2)}</li>
                <li>{reason(3)}</li>
            </ul>
        </details>
    }
}
