use leptos::{prelude::*, server_fn::ServerFn};

use super::{HeldRows, PostForm, flag, maybe, text};
use crate::{
    address::Deed,
    api::{Change, ChangeForm},
    page::{Page, Write},
    view::picks::{deed_label, question},
};

/// The form that the boxes in the rows belong to.
pub(crate) const PICKS: &str = "picks";

/// What can be done with the rows that are picked. It floats over the foot of the page, so that no row moves when it comes;
/// without JavaScript it stands below the table.
#[component]
pub(crate) fn PicksBar(
    /// The page.
    page: Page,
    /// The rows that are shown.
    held: HeldRows,
) -> impl IntoView {
    let (picks, action) = (page.picks, page.writes.change);
    let matches = move || page.read(|look| look.match_count).unwrap_or_default();
    let count = move || picks.with(|picked| if picked.is_all { matches() } else { picked.ids.len() as u64 });
    let is_asked = flag(move || picks.with(|picked| picked.asked.is_some()));
    let is_idle = flag(move || count() == 0 || is_asked.get());
    let has_no_more =
        flag(move || is_idle.get() || picks.with(|picked| picked.is_all) || matches() <= count());
    let said = maybe(move || {
        let is_all = picks.with(|picked| picked.is_all);
        match (picks.with(|picked| picked.asked.clone()), count()) {
            (Some(asked), _) => Some(question(asked.deed, asked.count)),
            (None, 0) => None,
            (None, count) if is_all => Some(format!("All {count} that match")),
            (None, count) => Some(format!("{count} selected")),
        }
    });
    let send = move |submit: leptos::ev::SubmitEvent| {
        let pressed = submit.submitter().and_then(|button| button.get_attribute("value")).unwrap_or_default();
        let (ids, is_all, asked) =
            untrack(|| picks.with(|picked| (picked.ids.clone(), picked.is_all, picked.asked.clone())));
        let (what, extent, ids) = match (pressed.as_str(), asked) {
            ("clear", _) => return picks.clear(),
            ("all", _) => return picks.all(),
            ("no", _) => return picks.ask_no_more(),
            ("yes", Some(asked)) => (asked.deed.as_str(), "matching", held.rows()),
            (_, _) if is_all => (pressed.as_str(), "count", Vec::new()),
            (_, _) => (pressed.as_str(), "", ids),
        };
        if !action.pending().get_untracked() {
            let (what, extent, at) = (what.into(), extent.into(), page.here_untracked().query());
            action.dispatch(Write::Change(ChangeForm { at, what, extent, ..ChangeForm::default() }, ids));
        }
    };
    let button = |value: &'static str, label: &'static str, class: &'static str| {
        view! { <button class=class type="submit" name="what" value=value>{label}</button> }
    };
    let small = "button button--small";
    let deeds = Deed::OF_MANY.map(|deed| button(deed.as_str(), deed_label(deed), small));
    view! {
        <PostForm page id=PICKS url=Change::PATH class="picks" is_open=flag(move || count() > 0) send>
            <p class="picks__count" role="status">{said}</p>
            <p class="picks__hint">"With the rows that are ticked:"</p>
            <div class="picks__group" hidden=is_asked>{deeds.collect_view()}</div>
            <div class="picks__group" hidden=has_no_more>
                <button class=small type="submit" name="what" value="all">
                    {text(move || format!("Select all {} that match", matches()))}
                </button>
            </div>
            <div class="picks__group" hidden=is_idle>{button("clear", "Clear", "button button--small button--quiet")}</div>
            <div class="picks__group" hidden=flag(move || !is_asked.get())>
                {button("yes", "Yes", "button button--small button--danger")}
                {button("no", "No", small)}
            </div>
        </PostForm>
    }
}

/// The box that picks all rows that are shown, or lets them go.
#[component]
pub(crate) fn PickAll(
    /// The page.
    page: Page,
    /// The rows that are shown.
    held: HeldRows,
) -> impl IntoView {
    let picked = move || held.shown().into_iter().filter(|id| page.picks.has(id)).count();
    let all = move || held.shown().len();
    view! {
        <input
            class="memories__pick"
            type="checkbox"
            aria-label="Select all rows of this page"
            autocomplete="off"
            prop:checked=flag(move || all() > 0 && picked() == all())
            prop:indeterminate=flag(move || (1..all()).contains(&picked()))
        />
    }
}

/// Picking rows by their boxes: heard once for all rows.
#[cfg(feature = "hydrate")]
pub(crate) mod heard {
    use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
    use web_sys::{Event, HtmlInputElement};

    use super::super::HeldRows;
    use crate::{page::Page, view::picks::beside};

    /// A click on a box, or Space on a box; with Shift all from the row that was picked last.
    pub(crate) fn clicked(page: Page, held: HeldRows, click: &ev::MouseEvent) {
        if let Some(ticked) = pick(click) {
            let rows = held.rows();
            match ticked.name().as_str() {
                "" => page.picks.set(&rows, &rows, ticked.checked()),
                _ => page.picks.pick(&rows, &ticked.value(), click.shift_key(), ticked.checked()),
            }
        }
    }

    /// Shift and an arrow: the next row too.
    pub(crate) fn pressed(page: Page, held: HeldRows, key: &ev::KeyboardEvent) {
        let is_after = match key.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let Some(from) = pick(key).filter(|from| key.shift_key() && !from.name().is_empty()) else { return };
        key.prevent_default();
        let rows = held.rows();
        page.picks.pick(&rows, &from.value(), false, true);
        if let Some(next) = beside(&rows, &from.value(), is_after) {
            page.picks.pick(&rows, next, false, true);
            focus(next);
        }
    }

    fn pick(event: &Event) -> Option<HtmlInputElement> {
        let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
        input.matches(".memories__pick").unwrap_or_default().then_some(input)
    }

    fn focus(id: &str) {
        let Ok(boxes) = document().query_selector_all("tbody .memories__pick") else { return };
        let mut inputs =
            (0..boxes.length()).filter_map(|at| boxes.item(at)?.dyn_into::<HtmlInputElement>().ok());
        if let Some(found) = inputs.find(|input| input.value() == id) {
            // Fails for what takes no focus.
            let _ = found.focus();
        }
    }
}
