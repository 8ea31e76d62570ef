use leptos::prelude::*;

use super::Note;
use crate::{api::ApiError, page::Page};

/// What failed while the page was read, with the way out. The former content stays below.
#[component]
pub(crate) fn Failure(
    /// The page.
    page: Page,
) -> impl IntoView {
    let read_again = move || {
        view! {
            <a
                class="button"
                href=move || page.address.get().href()
                on:click=move |click| {
                    click.prevent_default();
                    page.read_again();
                }
            >
                "Try again"
            </a>
        }
    };
    let leave_thread = move || {
        view! {
            <a class="button" href=move || page.address.get().on(None).href()>
                "Open the current thread"
            </a>
        }
    };
    view! {
        {move || {
            page.failure.get().map(|error| {
                let way_out = match error {
                    ApiError::NotYours => leave_thread().into_any(),
                    ApiError::Invalid { .. } => ().into_any(),
                    _ => read_again().into_any(),
                };
                view! { <Note error>{way_out}</Note> }
            })
        }}
    }
}
