use agent_memory::Event;
use leptos::prelude::*;

use super::{Ago, Panel, Skeleton};
use crate::page::Page;

/// The event log of the open thread.
#[component]
pub(crate) fn EventLog(
    /// The page.
    page: Page,
) -> impl IntoView {
    let events = page.part(|look| look.events.clone());
    let is_empty = move || events.with(|events| events.as_ref().map(Vec::is_empty));
    view! {
        <Panel id="event-log" heading="Event log" aside=|| "newest first">
            <Skeleton page />
            <Show when=move || is_empty() == Some(true)>
                <p class="panel__empty">"Nothing happened on this thread yet."</p>
            </Show>
            <Show when=move || is_empty() == Some(false)>
                <ol class="event-log" tabindex="0" aria-labelledby="event-log">
                    <For
                        each=move || events.get().unwrap_or_default()
                        key=|event| event.event_id.clone()
                        let(event)
                    >
                        <EventRow page event />
                    </For>
                </ol>
            </Show>
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
            <span class="event-log__action">{event.action}</span>
            <span class="event-log__detail">{event.detail}</span>
        </li>
    }
}
