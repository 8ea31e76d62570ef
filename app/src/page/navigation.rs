//! Ways from one address of the page to another one.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{Page, Writes};
use crate::address::Address;

/// Ways to another address. The page scrolls nowhere.
#[derive(Clone, Copy)]
pub struct Navigation {
    /// Goes there; the back button leads back here.
    pub open: Callback<Address>,
    /// Corrects the address of what is seen already.
    pub settle: Callback<Address>,
}

impl Navigation {
    /// Navigation by the router.
    #[must_use]
    pub fn new() -> Self {
        Self { open: go(false), settle: go(true) }
    }
}

impl Default for Navigation {
    fn default() -> Self {
        Self::new()
    }
}

fn go(replace: bool) -> Callback<Address> {
    let navigate = use_navigate();
    Callback::new(move |address: Address| {
        navigate(&address.href(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    })
}

/// The address that the URL gives.
#[must_use]
pub fn use_address() -> Memo<Address> {
    let query = use_location().search;
    Memo::new(move |_| query.with(|query| Address::from_query(query.trim_start_matches('?'))))
}

/// Keeps the browser's address on the thread of the last turn, and opens a thread that was begun.
pub fn follow_threads(page: Page) {
    let Writes { turn, new_thread, .. } = page.writes;
    Effect::new(move || {
        turn.version().track();
        let here = page.address.get_untracked();
        if let Some(reply) = untrack(|| page.writes.reply_for(&here)) {
            let thread = reply.outcome.thread_id.to_string();
            page.navigation.settle.run(here.on(Some(thread)).at(page.chosen_threshold.get_untracked()));
        }
    });
    Effect::new(move || {
        new_thread.version().track();
        let here = page.address.get_untracked();
        if let Some(Ok(reply)) = new_thread.value().get_untracked()
            && here.shows(&reply.scope)
        {
            let thread = reply.thread_id.to_string();
            page.navigation.open.run(here.on(Some(thread)).at(page.chosen_threshold.get_untracked()));
        }
    });
}
