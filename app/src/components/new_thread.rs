use leptos::{form::ActionForm, prelude::*};

use super::{PlaceFields, Submit, WriteError};
use crate::page::Page;

/// Begins a fresh thread.
#[component]
pub(crate) fn NewThreadButton(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.new_thread;
    view! {
        <ActionForm action>
            <PlaceFields page />
            <Submit label="New thread" class="button--small" pending=action.pending() />
        </ActionForm>
        <WriteError error=Signal::derive(move || action.value().get()?.err()) />
    }
}
