use agent_memory::{Kind, Threshold};
use leptos::{ev::Event, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

use super::{At, Axis, flag, text};
use crate::{address::Address, page::Page, view::distance::threshold_value};

/// The recall threshold: a line on the axis of distances, and a number. Moving it asks nobody; letting go of it puts it
/// into the URL.
///
/// Without JavaScript the number is sent by its button.
#[component]
pub(crate) fn ThresholdControl(
    /// The page.
    page: Page,
) -> impl IntoView {
    let value = text(move || threshold_value(page.threshold.get()));
    let choose = move |input: &Event| {
        let threshold = Threshold::parse_or(&event_target_value(input), page.threshold.get_untracked());
        page.move_threshold(threshold);
    };
    let only = move |change| {
        let here = page.navigation.address.get_untracked();
        page.navigation.settle(Address { only: event_target_value(&change).parse().ok(), ..here });
    };
    view! {
        <form class="threshold" method="get" action="/" autocomplete="off" on:submit=move |submit| submit.prevent_default()>
            <At page />
            <div class="threshold__bar">
                <label class="field__label" for="threshold-number">"Recall threshold"</label>
                <input
                    class="field__input threshold__number"
                    id="threshold-number"
                    type="number"
                    name="threshold"
                    min="0"
                    max="2"
                    step="any"
                    inputmode="decimal"
                    value=value
                    prop:value=value
                    on:change=move |change| {
                        choose(&change);
                        page.settle_threshold();
                        show(&change, &value.get_untracked());
                    }
                />
                <label class="visually-hidden" for="recall-only">"Recall which kind"</label>
                <select class="field__input threshold__only" id="recall-only" name="only" on:change=only>
                    <option value="" selected=flag(move || page.address().only.is_none())>"every kind"</option>
                    {Kind::ALL
                        .iter()
                        .map(|kind| {
                            let is_chosen = flag(move || page.address().only == Some(*kind));
                            view! { <option value=kind.as_str() selected=is_chosen>{format!("only {kind}")}</option> }
                        })
                        .collect_view()}
                </select>
                <button class="button button--small threshold__apply needs-no-script" type="submit">"Apply"</button>
            </div>
            <div class="threshold__line">
                <Axis page />
                <input
                    class="threshold__slider"
                    id="threshold-slider"
                    type="range"
                    min="0"
                    max="2"
                    step="0.01"
                    aria-label="Recall threshold slider"
                    aria-valuetext=value
                    value=value
                    prop:value=value
                    on:input=move |input| choose(&input)
                    on:change=move |_| page.settle_threshold()
                />
            </div>
        </form>
    }
}

/// Shows a value in the field of an event: what was typed may be no number, and then nothing has changed.
fn show(event: &Event, value: &str) {
    if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value(value);
    }
}
