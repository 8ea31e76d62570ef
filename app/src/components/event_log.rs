use agent_memory::Event;
use leptos::prelude::*;

use super::{Ago, Panel, Skeleton, rows, when};
use crate::page::Page;

/// The event log of the open thread.
#[component]
pub(crate) fn EventLog(
    /// The page.
    page: Page,
) -> impl IntoView {
    let events = page.part(|look| look.events.clone());
    let is_empty = move || events.with(|events| events.as_ref().map(Vec::is_empty));
    let ids = move || events.get().into_iter().flatten().map(|event| event.event_id).collect();
    let row = move |id: String| {
        let event =
            events.with_untracked(|events| events.iter().flatten().find(|it| it.event_id == id).cloned());
        view! { <EventRow page event=event.unwrap_or_default() /> }
    };
    let list = move || {
        view! {
            <ol class="event-log" tabindex="0" aria-labelledby="event-log">
                {rows(ids, row)}
            </ol>
        }
    };
    view! {
        <Panel id="event-log" heading="Event log" aside=|| "newest first">
            <Skeleton page />
            {when(
                move || is_empty() == Some(true),
                || view! { <p class="panel__empty">"Nothing happened on this thread yet."</p> },
            )}
            {when(move || is_empty() == Some(false), list)}
        </Panel>
    }
}

/// One event.
#[component]
fn EventRow(
    /// The page.
    page: Page,
    /// The event.
    event: Event,
) -> impl IntoView {
    view! {
        <li class="event-log__event">
            <Ago page ts=event.ts class="event-log__time" />
            <span class="event-log__action" dir="auto">{event.action}</span>
            <span class="event-log__detail" dir="auto">{event.detail}</span>
        </li>
    }
}
