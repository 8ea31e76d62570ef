use leptos::prelude::*;

use crate::page::Page;

/// The hidden fields that tell a server function where the page stands.
#[component]
pub(crate) fn PlaceFields(
    /// The page.
    page: Page,
) -> impl IntoView {
    let place = Memo::new(move |_| page.place());
    view! {
        <input type="hidden" name="user" value=move || place.get().user />
        <input type="hidden" name="namespace" value=move || place.get().namespace />
        <input type="hidden" name="thread" value=move || place.get().thread />
        <input type="hidden" name="threshold" value=move || place.get().threshold />
    }
}
