use leptos::prelude::*;

use super::{flag, text};
use crate::page::Page;

/// In the head of the page: how many documents the index cannot read, and the way to them.
#[component]
pub(crate) fn UnreadableLink(
    /// The page.
    page: Page,
) -> impl IntoView {
    let count = move || page.unreadable.with(|seen| seen.first().cloned().unwrap_or_default());
    view! {
        <a
            class="button button--small masthead__waiting"
            href="#unreadable-list"
            hidden=flag(move || count().is_empty() || count().starts_with('0'))
        >
            {text(count)}
            " unreadable"
        </a>
    }
}

/// The documents of the user and namespace that the index cannot read, folded away. The server has rendered the list; here its
/// forms are heard.
#[component]
pub(crate) fn Unreadable(
    /// The page.
    page: Page,
) -> impl IntoView {
    let seen = move |at: usize| page.unreadable.with(|seen| seen.get(at).cloned().unwrap_or_default());
    // Unfolded by the page on which the search went on; from then on it is the person's.
    let is_searched = page.navigation.address.with_untracked(|here| here.unreadable.is_some());
    view! {
        <details
            class="unreadable"
            hidden=flag(move || seen(0).is_empty())
            open=is_searched
            on:submit=move |submit| {
                #[cfg(feature = "hydrate")]
                sent(page, &submit);
                #[cfg(not(feature = "hydrate"))]
                let _ = submit;
            }
        >
            <summary class="unreadable__summary">{text(move || summary(&seen(0)))}</summary>
            <div class="unreadable__list" id="unreadable-list" tabindex="-1" inner_html=text(move || seen(1))></div>
        </details>
    }
}

/// What is folded away, such as `3 documents that the index cannot read`.
fn summary(count: &str) -> String {
    match count {
        "0" | "0+" => "Documents that the index cannot read: none found by now".into(),
        "1" => "1 document that the index cannot read".into(),
        _ => format!("{count} documents that the index cannot read"),
    }
}

/// Drops the document of a form.
#[cfg(feature = "hydrate")]
fn sent(page: Page, submit: &leptos::ev::SubmitEvent) {
    use crate::page::Write;

    submit.prevent_default();
    let action = page.writes.drop_memory;
    if let Some(fields) = super::sent_fields(submit).filter(|_| !action.pending().get_untracked()) {
        let id = fields.get("memory_id").as_string().unwrap_or_default();
        action.dispatch(Write::Drop { at: page.here_untracked().query(), id });
    }
}
