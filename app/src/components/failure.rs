use leptos::prelude::*;

use super::{Note, part};
use crate::{address::Address, api::ApiError, page::Page};

/// What failed while the page was read, with the way out. The former content stays below.
#[component]
pub(crate) fn Failure(
    /// The page.
    page: Page,
) -> impl IntoView {
    let link = move |(label, to): (&'static str, Address)| {
        let href = to.href();
        let follow = move |click| {
            page.navigation.follow_link(&click, to.clone());
            page.read_again();
        };
        view! {
            <a class="button" href=href on:click=follow>
                {label}
            </a>
        }
    };
    view! {
        {part(move || {
            let error = page.failure.get()?;
            let way_out = way_out(&error, page.address()).map(link);
            Some(view! { <Note error>{way_out}</Note> })
        })}
    }
}

/// Where to go from an error: a link, so that it works without JavaScript too.
fn way_out(error: &ApiError, here: Address) -> Option<(&'static str, Address)> {
    match error {
        ApiError::NoSuchThread => Some(("Open the current thread", here.on(None))),
        ApiError::Invalid { .. } => Some(("Open the default memory", Address::default())),
        _ => Some(("Try again", here)),
    }
}
