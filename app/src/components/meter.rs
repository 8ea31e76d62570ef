use agent_memory::Threshold;
use leptos::prelude::*;

/// A distance as a line from 0 to 2, with the threshold as a mark. The number stands beside it, so readers skip it.
#[component]
pub(crate) fn Meter(
    /// The distance.
    distance: f64,
    /// The threshold.
    #[prop(into)]
    threshold: Signal<Threshold>,
) -> impl IntoView {
    let position = |distance: f64| format!("{:.1}", distance.clamp(0.0, 2.0) * 100.0);
    view! {
        <svg class="meter" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="meter__track" x="0" y="4" width="200" height="2" />
            <rect class="meter__bar" x="0" y="3" width=position(distance) height="4" />
            <rect class="meter__mark" x=move || position(threshold.get().distance()) y="0" width="1.5" height="10" />
        </svg>
    }
}
