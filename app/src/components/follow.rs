//! Text, attributes, parts and rows that follow the state of the page, each of one type.
//!
//! A closure in a view is a type of its own, for which the whole machinery of rendering and hydration is compiled anew:
//! 2 to 10 kB each, and a page has a hundred of them. What is here is compiled once.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;

/// Text that follows what it is made from.
pub(crate) fn text<T: ToString>(make: impl Fn() -> T + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || make().to_string())
}

/// Text that is there or not; in a place for text, nothing stands where it is not.
pub(crate) fn maybe<T: ToString>(
    make: impl Fn() -> Option<T> + Send + Sync + 'static,
) -> Signal<Option<String>> {
    Signal::derive(move || make().map(|made| made.to_string()))
}

/// Yes or no.
pub(crate) fn flag(make: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(make)
}

/// A part of the page that may be there, made anew whenever what it is made from changes.
pub(crate) type Part = Arc<Mutex<dyn FnMut() -> Option<AnyView> + Send>>;

/// A part that is made anew whenever what it is made from changes.
pub(crate) fn part<V: IntoView + 'static>(make: impl Fn() -> Option<V> + Send + 'static) -> Part {
    Arc::new(Mutex::new(move || make().map(IntoAny::into_any)))
}

/// A part that is there while something is so; it is made anew when that turns, and only then.
pub(crate) fn when<V: IntoView + 'static>(
    is_so: impl Fn() -> bool + Send + Sync + 'static,
    make: impl Fn() -> V + Send + 'static,
) -> Part {
    let is_so = turns(flag(is_so));
    part(move || is_so.get().then(|| untrack(&make)))
}

fn turns(flag: Signal<bool>) -> Memo<bool> {
    Memo::new(move |_| flag.get())
}

/// A row for each key; a row stays itself as long as its key is among them.
pub(crate) fn rows<V: IntoView + 'static>(
    keys: impl Fn() -> Vec<String> + Send + Sync + 'static,
    row: impl Fn(String) -> V + Send + Sync + 'static,
) -> AnyView {
    keyed_rows(Signal::derive(keys), Arc::new(move |key| row(key).into_any()))
}

fn keyed_rows(keys: Signal<Vec<String>>, row: Arc<dyn Fn(String) -> AnyView + Send + Sync>) -> AnyView {
    view! { <For each=move || keys.get() key=String::clone children=move |key| row(key) /> }.into_any()
}
