use std::time::Duration;

use agent_memory::{Kind, MemoryFilter, filter::Standing};
use leptos::{leptos_dom::helpers::debounce, prelude::*};

use super::{At, flag, text};
use crate::{page::Page, view::instant::date};

/// How long nobody types before the table follows.
const PAUSE: Duration = Duration::from_millis(200);

/// Id of the form.
const FORM: &str = "memories-filter";

/// The filters of the memories table: words and kind.
#[component]
pub(crate) fn MemoriesBar(
    /// The page.
    page: Page,
) -> impl IntoView {
    let follow = move || {
        #[cfg(feature = "hydrate")]
        if let Some(filled) = filled() {
            let here = page.navigation.address.get_untracked();
            page.navigation.settle(here.with_table(filled.table));
        }
    };
    let mut follow_typing = debounce(PAUSE, move |()| follow());
    let day = move |of: fn(&MemoryFilter) -> Option<f64>| {
        text(move || {
            page.navigation.address.with(|here| of(&here.table.filter).map(date).unwrap_or_default())
        })
    };
    let (since, until) = (day(|filter| filter.created_from), day(|filter| filter.created_to));
    let source = text(move || page.address().table.filter.source_thread.unwrap_or_default());
    let unfiltered = move || {
        let here = page.here();
        let table = here.table.filtered(|filter| *filter = MemoryFilter::default());
        here.with_table(table)
    };
    let words = text(move || page.address().table.filter.words);
    view! {
        <form class="memories-bar" method="get" action="/" role="search" aria-label="Filter the memories" id=FORM on:submit=|submit| submit.prevent_default() on:change=move |_| follow()>
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
                value=words
                prop:value=words
                on:input=move |_| follow_typing(())
            />
            <label class="visually-hidden" for="memories-show">"Show which kind"</label>
            <select class="field__input" id="memories-show" name="show">
                <option value="" selected=flag(move || page.address().table.filter.kind.is_none())>"every kind"</option>
                {Kind::ALL
                    .iter()
                    .map(|kind| {
                        let is_chosen = flag(move || page.address().table.filter.kind == Some(*kind));
                        view! { <option value=kind.as_str() selected=is_chosen>{kind.as_str()}</option> }
                    })
                    .collect_view()}
            </select>
            <label class="visually-hidden" for="memories-standing">"Show current or superseded ones"</label>
            <select
                class="field__input"
                id="memories-standing"
                name="standing"
            >
                {Standing::ALL
                    .iter()
                    .map(|standing| {
                        let is_chosen = flag(move || page.address().table.filter.standing == *standing);
                        view! { <option value=standing.as_str() selected=is_chosen>{standing_text(*standing)}</option> }
                    })
                    .collect_view()}
            </select>
            <label class="memories-bar__field">
                <span class="memories-bar__label">"Thread"</span>
                <input
                    class="field__input memories-bar__source"
                    name="source"
                    autocomplete="off"
                    spellcheck="false"
                    value=source
                    prop:value=source
                />
            </label>
            <label class="memories-bar__field">
                <span class="memories-bar__label">"From"</span>
                <input
                    class="field__input memories-bar__day"
                    type="date"
                    name="since"
                    title="Written on this day or later, in UTC"
                    value=since
                    prop:value=since
                />
            </label>
            <label class="memories-bar__field">
                <span class="memories-bar__label">"To"</span>
                <input
                    class="field__input memories-bar__day"
                    type="date"
                    name="until"
                    title="Written on this day or before, in UTC"
                    value=until
                    prop:value=until
                />
            </label>
            <a
                class="button button--small button--quiet"
                hidden=flag(move || page.navigation.address.with(|here| !here.table.is_filtered()))
                href=text(move || unfiltered().href())
            >
                "Show all"
            </a>
            <button class="button button--small needs-no-script" type="submit">"Filter"</button>
        </form>
    }
}

fn standing_text(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Superseded => "superseded",
        Standing::Any => "all",
    }
}

/// The address that the form leads to, as it is filled: read as the server reads it where the browser sends it.
#[cfg(feature = "hydrate")]
fn filled() -> Option<crate::address::Address> {
    use leptos::wasm_bindgen::JsCast;

    let form = document().get_element_by_id(FORM)?.dyn_into().ok()?;
    let fields = web_sys::FormData::new_with_form(&form).ok()?;
    let query = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    Some(crate::address::Address::from_query(&String::from(query.to_string())))
}
