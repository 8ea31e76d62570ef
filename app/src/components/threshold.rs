use agent_memory::Threshold;
use leptos::{ev::Event, prelude::*};

use crate::{page::Page, view::distance::threshold_value};

/// The recall threshold: a slider and a number. Moving it asks nobody; letting go of it puts it into the URL.
///
/// Without JavaScript the number is sent by its button.
#[component]
pub(crate) fn ThresholdControl(
    /// The page.
    page: Page,
) -> impl IntoView {
    let value = Memo::new(move |_| threshold_value(page.threshold.get()));
    let choose = move |input: Event| {
        let threshold = Threshold::parse_or(&event_target_value(&input), page.threshold.get_untracked());
        page.chosen_threshold.set(Some(threshold));
    };
    let settle = move |_: Event| {
        let chosen = page.chosen_threshold.get_untracked();
        page.navigation.settle.run(page.address.get_untracked().at(chosen));
    };
    view! {
        <form class="threshold" method="get" action="/" on:submit=move |submit| submit.prevent_default()>
            <label class="field__label threshold__label" for="threshold-number">"Recall threshold"</label>
            <input
                class="threshold__slider"
                type="range"
                min="0"
                max="2"
                step="0.01"
                aria-label="Recall threshold slider"
                value=move || value.get()
                prop:value=move || value.get()
                on:input=choose
                on:change=settle
            />
            <input
                class="field__input threshold__number"
                id="threshold-number"
                type="number"
                name="threshold"
                min="0"
                max="2"
                step="0.01"
                inputmode="decimal"
                value=move || value.get()
                prop:value=move || value.get()
                on:change=move |change| {
                    choose(change.clone());
                    settle(change);
                }
            />
            <input type="hidden" name="user" value=move || page.address.get().user />
            <input type="hidden" name="namespace" value=move || page.address.get().namespace />
            <input type="hidden" name="thread" value=move || page.address.get().thread.unwrap_or_default() />
            {move || page.address.get().sent.map(super::sent_fields::sent_fields)}
            <button class="button button--small threshold__apply" type="submit">"Apply"</button>
        </form>
    }
}
