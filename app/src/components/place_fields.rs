use leptos::prelude::*;

use crate::page::Page;

/// The hidden fields that tell a server function where the page stands.
#[component]
pub(crate) fn PlaceFields(
    /// The page.
    page: Page,
) -> impl IntoView {
    view! {
        <input type="hidden" name="user" value=move || page.place().user />
        <input type="hidden" name="namespace" value=move || page.place().namespace />
        <input type="hidden" name="thread" value=move || page.place().thread />
        <input type="hidden" name="threshold" value=move || page.place().threshold />
    }
}
