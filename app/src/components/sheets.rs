//! The sheets that unfold over the page: the threads, and what asks before something goes.
//!
//! They share a name, by which the browser keeps at most one of them open.

#[cfg(feature = "hydrate")]
use leptos::{prelude::document, wasm_bindgen::JsCast};
#[cfg(feature = "hydrate")]
use web_sys::{HtmlDetailsElement, HtmlElement, Node};

/// The name of the sheets.
pub(crate) const SHEETS: &str = "sheet";

/// Folds a sheet away when somebody presses elsewhere or Escape, and when another memory is opened: what it says is about
/// the one that was open.
#[cfg(feature = "hydrate")]
pub(crate) fn fold_when_left(page: crate::page::Page) {
    use leptos::{ev, prelude::*};

    let pressed = window_event_listener(ev::pointerdown, |press| {
        let target = press.target().and_then(|target| target.dyn_into::<Node>().ok());
        if let Some(sheet) = open_sheet().filter(|sheet| !sheet.contains(target.as_ref())) {
            sheet.set_open(false);
        }
    });
    let escaped = window_event_listener(ev::keydown, |key| {
        if key.key() == "Escape"
            && let Some(sheet) = open_sheet()
        {
            fold(&sheet);
        }
    });
    let scope =
        Memo::new(move |_| page.navigation.address.with(|here| (here.user.clone(), here.namespace.clone())));
    Effect::new(move |is_later: Option<()>| {
        // Not `track`, which leaves a memo unread, and so without what it follows.
        scope.get();
        if let (Some(()), Some(sheet)) = (is_later, open_sheet()) {
            sheet.set_open(false);
        }
    });
    on_cleanup(move || {
        pressed.remove();
        escaped.remove();
    });
}

/// Folds a sheet away. A focus inside it goes to what unfolded it.
#[cfg(feature = "hydrate")]
pub(crate) fn fold(sheet: &HtmlDetailsElement) {
    let is_focused_inside = document().active_element().is_some_and(|focused| sheet.contains(Some(&focused)));
    sheet.set_open(false);
    let summary = sheet.query_selector("summary").ok().flatten().filter(|_| is_focused_inside);
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        // Fails for what takes no focus.
        let _ = summary.focus();
    }
}

/// Moves the focus to the first element of this selector; whether there is one.
#[cfg(feature = "hydrate")]
pub(crate) fn focus_first(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

#[cfg(feature = "hydrate")]
fn open_sheet() -> Option<HtmlDetailsElement> {
    document().query_selector("details.confirm[open]").ok()??.dyn_into().ok()
}
