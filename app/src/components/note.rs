use leptos::prelude::*;

use super::part;
use crate::{
    api::ApiError,
    page::{WriteAction, error_of},
    view::problem::{Problem, problem},
};

/// An error beside what failed: what happened, what to do next.
#[component]
pub(crate) fn Note(
    /// The error.
    error: ApiError,
    /// Ways out, such as a link to try again.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Problem { what, next } = problem(&error);
    view! {
        <div class="note" role="alert">
            <p class="note__what">{what}</p>
            <p class="note__next">{next}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// The error of a write, if its last attempt failed, and a way to be rid of it.
#[component]
pub(crate) fn WriteError(
    /// The write.
    action: WriteAction,
) -> impl IntoView {
    let error = error_of(action);
    let dismiss = move || {
        view! {
            <button class="button button--small note__dismiss" type="button" on:click=move |_| dismiss(action)>
                "Dismiss"
            </button>
        }
    };
    view! { {part(move || error.get().map(|error| view! { <Note error>{dismiss()}</Note> }))} }
}

/// Forgets that a write failed. The focus goes to the content: the button that had it is gone.
fn dismiss(action: WriteAction) {
    action.clear();
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;

        let main = document().get_element_by_id("main");
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails for what takes no focus.
            let _ = main.focus();
        }
    }
}
