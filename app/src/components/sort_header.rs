use agent_memory::listing::SortBy;
use leptos::prelude::*;

use super::{maybe, text};

use crate::page::Page;

/// The heading of a column: a link that sorts by it, and the other way round when it is followed again.
#[component]
pub(crate) fn SortHeader(
    /// The page.
    page: Page,
    /// The column.
    sort: SortBy,
    /// Its name.
    name: &'static str,
) -> impl IntoView {
    let there = move || {
        let here = page.here();
        let table = here.table.sorted_by(sort);
        here.with_table(table)
    };
    let direction = maybe(move || {
        page.navigation.address.with(|here| {
            let is_sorted = here.table.order.by == sort;
            is_sorted.then_some(if here.table.order.is_descending { "descending" } else { "ascending" })
        })
    });
    let arrow = text(move || match direction.get().as_deref() {
        Some("descending") => "▼",
        Some(_) => "▲",
        None => "",
    });
    view! {
        <th scope="col" class="memories__heading" aria-sort=direction>
            <a
                class="memories__sort"
                href=text(move || there().href())
            >
                {name}
                <span class="memories__arrow" aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
}
