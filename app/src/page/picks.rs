//! The rows of the memories table that are picked, to be changed together.

use leptos::prelude::*;

use super::Page;
use crate::{
    address::{Done, Table},
    view::picks::between,
};

/// The rows that are picked.
#[derive(Clone, Copy)]
pub struct Picks {
    picked: RwSignal<Picked>,
    /// The row that was picked last: where a range begins.
    anchor: StoredValue<String>,
}

/// What is picked.
#[derive(Debug, Clone, Default)]
pub struct Picked {
    /// Ids, on whatever page of the table; those of other pages stay picked.
    pub ids: Vec<String>,
    /// Whether all that match are meant.
    pub is_all: bool,
    /// What is asked before it is done to all that match, and to how many.
    pub asked: Option<Done>,
}

impl Picks {
    pub(super) fn new() -> Self {
        Self { picked: RwSignal::default(), anchor: StoredValue::default() }
    }

    /// What is picked, to be followed.
    pub fn with<T>(&self, say: impl FnOnce(&Picked) -> T) -> T {
        self.picked.with(say)
    }

    /// Whether a row is picked.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.with(|picked| picked.is_all || picked.ids.iter().any(|picked| picked == id))
    }

    /// Picks these of the rows that are shown, or lets them go.
    pub fn set(&self, rows: &[String], which: &[String], is_picked: bool) {
        self.picked.update(|picked| {
            if std::mem::take(&mut picked.is_all) {
                picked.ids = rows.to_vec();
            }
            picked.asked = None;
            picked.ids.retain(|id| !which.contains(id));
            if is_picked {
                picked.ids.extend_from_slice(which);
            }
        });
    }

    /// Picks one row or lets it go; or in a range, all from the one that was picked last.
    pub fn pick(&self, rows: &[String], id: &str, is_range: bool, is_picked: bool) {
        let anchor = self.anchor.get_value();
        let range = if is_range { between(rows, &anchor, id) } else { None };
        self.set(rows, range.unwrap_or(&[id.to_owned()]), is_picked);
        self.anchor.set_value(id.into());
    }

    /// Means all that match.
    pub fn all(&self) {
        self.picked.update(|picked| picked.is_all = true);
    }

    /// Lets all go.
    pub fn clear(&self) {
        self.picked.set(Picked::default());
    }

    /// What is to be done to all that match is asked first.
    pub(super) fn ask(&self, counted: Done) {
        self.picked.update(|picked| picked.asked = Some(counted));
        // The button that was pressed is gone now.
        focus_serving();
    }

    /// Takes the question back.
    pub fn ask_no_more(&self) {
        self.picked.update(|picked| picked.asked = None);
        focus_serving();
    }

    /// Another memory, or another filter, has other rows. Rows that were ticked before the page was taken over are picked.
    pub(super) fn follow(self, page: Page) {
        let early = early_picks();
        let filter = Memo::new(move |_| {
            page.navigation.address.with(|here| {
                // Neither the order nor the page of the table.
                let table = Table { filter: here.table.filter.clone(), ..Table::default() };
                here.opened(&here.user, &here.namespace).with_table(table).to_read()
            })
        });
        Effect::new(move |is_later: Option<()>| {
            // Not `track`, which leaves a memo unread, and so without what it follows.
            filter.get();
            if is_later.is_some() {
                self.clear();
            } else if !early.is_empty() {
                self.set(&[], &early, true);
            }
        });
    }
}

/// The buttons for the rows that are picked, those that serve at the moment.
#[cfg(feature = "hydrate")]
pub(crate) const SERVING: &str = "#picks[data-open] .picks__group:not([hidden]) button";

/// Moves the focus to the first button that serves, once the page has changed.
fn focus_serving() {
    #[cfg(feature = "hydrate")]
    set_timeout(
        || {
            crate::components::focus_first(SERVING);
        },
        std::time::Duration::ZERO,
    );
}

/// Rows that somebody ticked while the page was taken over.
fn early_picks() -> Vec<String> {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;

        let Ok(ticked) = document().query_selector_all("tbody .memories__pick:checked") else {
            return Vec::new();
        };
        let value = |at| Some(ticked.item(at)?.dyn_into::<web_sys::HtmlInputElement>().ok()?.value());
        (0..ticked.length()).filter_map(value).collect()
    }
    #[cfg(not(feature = "hydrate"))]
    Vec::new()
}
