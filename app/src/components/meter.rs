use agent_memory::Threshold;
use leptos::prelude::*;

use super::text;

use crate::view::axis::place;

/// A distance as a line from 0 to 2, with the threshold as a mark. The number stands beside it, so readers skip it.
#[component]
pub(crate) fn Meter(
    /// The distance.
    #[prop(into)]
    distance: Signal<f64>,
    /// The threshold.
    #[prop(into)]
    threshold: Signal<Threshold>,
) -> impl IntoView {
    view! {
        <svg class="meter" aria-hidden="true">
            <rect class="meter__track" x="0" y="4" width="100%" height="2" />
            <rect class="meter__bar" x="0" y="3" width=text(move || place(distance.get())) height="4" />
            <rect class="meter__mark" x=text(move || place(threshold.get().distance())) y="0" width="1.5" height="10" />
        </svg>
    }
}
