use std::time::Duration;

use agent_memory::Kind;
use leptos::{leptos_dom::helpers::debounce, prelude::*};

use super::{At, flag, text};
use crate::page::Page;

/// How long nobody types before the table follows.
const PAUSE: Duration = Duration::from_millis(200);

/// The filters of the memories table: words and kind.
#[component]
pub(crate) fn MemoriesBar(
    /// The page.
    page: Page,
) -> impl IntoView {
    let mut find = debounce(PAUSE, move |find: String| {
        let here = page.navigation.address.get_untracked();
        let table = here.table.filtered(here.table.filter.kind, find.trim().into());
        page.navigation.settle(here.with_table(table));
    });
    let show = move |change| {
        let here = page.navigation.address.get_untracked();
        let table =
            here.table.filtered(event_target_value(&change).parse().ok(), here.table.filter.words.clone());
        page.navigation.settle(here.with_table(table));
    };
    view! {
        <form class="memories-bar" method="get" action="/" role="search" aria-label="Filter the memories" on:submit=|submit| submit.prevent_default()>
            <At page />
            <input type="hidden" name="page" value="1" />
            <label class="visually-hidden" for="memories-find">"Find in the memories"</label>
            <input
                class="field__input memories-bar__find"
                id="memories-find"
                type="search"
                name="find"
                placeholder="Find words"
                dir="auto"
                autocomplete="off"
                value=text(move || page.address().table.filter.words)
                prop:value=text(move || page.address().table.filter.words)
                on:input=move |input| find(event_target_value(&input))
            />
            <label class="visually-hidden" for="memories-show">"Show which kind"</label>
            <select class="field__input" id="memories-show" name="show" on:change=show>
                <option value="" selected=flag(move || page.address().table.filter.kind.is_none())>"every kind"</option>
                {Kind::ALL
                    .iter()
                    .map(|kind| {
                        let is_chosen = flag(move || page.address().table.filter.kind == Some(*kind));
                        view! { <option value=kind.as_str() selected=is_chosen>{kind.as_str()}</option> }
                    })
                    .collect_view()}
            </select>
            <button class="button button--small needs-no-script" type="submit">"Filter"</button>
        </form>
    }
}
