use leptos::prelude::*;

use super::{maybe, part};

use crate::{
    page::Page,
    view::table::{last_page, page_text},
};

/// Which rows are shown, and the ways to the pages before and after.
#[component]
pub(crate) fn Pager(
    /// The page.
    page: Page,
    /// What else there is to say about the rows.
    children: Children,
) -> impl IntoView {
    let counts = page.part(|look| (look.memories.len(), look.match_count));
    let at = Memo::new(move |_| page.shown.with(|shown| shown.table.page));
    let there = move |number: usize| {
        let here = page.here();
        let table = here.table.at_page(number);
        here.with_table(table)
    };
    let last = move || counts.get().map_or(1, |(_, matches)| last_page(matches));
    let link = move |label: &'static str, number: usize| {
        let href = there(number).href();
        view! {
            <a class="button button--small" href=href>
                {label}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label="Pages of the memories table">
            <p class="pager__text" role="status">
                {maybe(move || counts.get().and_then(|(shown, matches)| page_text(at.get(), shown, matches)))}
            </p>
            {children()}
            {part(move || { at.get() > 1 }.then(|| link("Previous", (at.get() - 1).min(last()))))}
            {part(move || { at.get() < last() }.then(|| link("Next", at.get() + 1)))}
        </nav>
    }
}
