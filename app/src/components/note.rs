use leptos::prelude::*;

use super::part;
use crate::{
    api::ApiError,
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

/// The error of a write, if its last attempt failed.
#[component]
pub(crate) fn WriteError(
    /// The error; `None` while all is well.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    view! { {part(move || error.get().map(|error| view! { <Note error /> }))} }
}
