use leptos::prelude::*;

use super::{MemoryRow, maybe, rows};
use crate::{
    address::Address,
    page::{Page, Write},
    view::table::{held_rows, waiting_text},
};

/// Which rows the table shows. While somebody aims at a box, an Edit or a Drop, no row moves under the hand: rows that come wait, and those that
/// go elsewhere stay.
#[derive(Clone, Copy)]
pub(crate) struct HeldRows {
    now: Memo<Vec<String>>,
    shown: Memo<Vec<String>>,
    left: RwSignal<u32>,
}

impl HeldRows {
    pub(crate) fn new(page: Page) -> Self {
        let now =
            page.part(|look| look.memories.iter().map(|memory| memory.id.to_string()).collect::<Vec<_>>());
        let now = Memo::new(move |_| now.get().unwrap_or_default());
        let left = RwSignal::new(0);
        // The memories whose Drop was pressed last: they go, whoever was quicker.
        let pressed = Memo::new(move |previous: Option<&Vec<String>>| {
            let one = page.writes.drop_memory.input().with(|input| match input {
                Some(Write::Drop { id, .. }) => Some(vec![id.clone()]),
                _ => None,
            });
            let many = page.writes.change.input().with(|input| match input {
                Some(Write::Change(_, ids)) => Some(ids.clone()),
                _ => None,
            });
            one.or(many).or_else(|| previous.cloned()).unwrap_or_default()
        });
        // Another order, filter or page of the table, or another memory, has nothing to hold.
        let held_for = StoredValue::new(Address::default());
        let shown = Memo::new(move |previous: Option<&Vec<String>>| {
            left.track();
            let pressed = pressed.get();
            let here = page.shown.get();
            let is_same = held_for.with_value(|held| held.has_scope_of(&here) && held.table == here.table);
            held_for.set_value(here);
            now.with(|now| match previous.filter(|_| is_same && is_aimed_at()) {
                Some(shown) => held_rows(shown, now, &pressed),
                None => now.clone(),
            })
        });
        Self { now, shown, left }
    }

    /// The ids of the rows that are shown.
    pub(crate) fn rows(self) -> Vec<String> {
        self.shown.get_untracked()
    }

    /// The same, to be followed.
    pub(crate) fn shown(self) -> Vec<String> {
        self.shown.get()
    }

    /// Looks again whether somebody aims at a row, after pointer or focus have moved.
    pub(crate) fn look_again(self) {
        if self.waiting().is_some()
            || self.now.with_untracked(Vec::len) != self.shown.with_untracked(Vec::len)
        {
            // The browser tells that something is left before it has left it.
            let left = move || {
                let _ = self.left.try_update(|left| *left += 1);
            };
            set_timeout(left, std::time::Duration::ZERO);
        }
    }

    fn waiting(self) -> Option<String> {
        self.shown.with(|shown| self.now.with(|now| waiting_text(shown, now)))
    }
}

fn is_aimed_at() -> bool {
    #[cfg(feature = "hydrate")]
    return document()
        .query_selector(":is(.memories__drop, .memories__select):is(:hover, :focus-within)")
        .is_ok_and(|aimed_at| aimed_at.is_some());
    #[cfg(not(feature = "hydrate"))]
    return false;
}

/// The rows of the memories table.
#[component]
pub(crate) fn MemoryRows(
    /// The page.
    page: Page,
    /// Which ones.
    held: HeldRows,
) -> impl IntoView {
    let ids = move || held.shown.get();
    view! { {rows(ids, move |id| view! { <MemoryRow page id /> })} }
}

/// How many rows wait until no row is aimed at.
#[component]
pub(crate) fn WaitingRows(
    /// Which rows.
    held: HeldRows,
) -> impl IntoView {
    view! { <p class="pager__waiting" aria-live="polite">{maybe(move || held.waiting())}</p> }
}
