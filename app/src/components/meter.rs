use leptos::prelude::*;

use crate::{page::Page, view::distance::decimal};

/// A distance as a line from 0 to 2, with the threshold as a mark. The number stands beside it, so readers skip it.
#[component]
pub(crate) fn Meter(
    /// The page.
    page: Page,
    /// The distance.
    distance: f64,
) -> impl IntoView {
    let position = |distance: f64| decimal(distance.clamp(0.0, 2.0) * 100.0, 1);
    view! {
        <svg class="meter" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="meter__track" x="0" y="4" width="200" height="2" />
            <rect class="meter__bar" x="0" y="3" width=position(distance) height="4" />
            <rect class="meter__mark" x=move || position(page.threshold().distance()) y="0" width="1.5" height="10" />
        </svg>
    }
}
