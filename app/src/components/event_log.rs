use agent_memory::Event;
use leptos::prelude::*;

use super::Panel;
use crate::{
    page::Page,
    view::instant::{clock, iso},
};

/// The event log of the open thread.
#[component]
pub(crate) fn EventLog(
    /// The page.
    page: Page,
) -> impl IntoView {
    let events = move || page.read(|snapshot| snapshot.events.clone()).unwrap_or_default();
    let is_empty = move || page.read(|snapshot| snapshot.events.is_empty());
    view! {
        <Panel id="event-log" heading="Event log" aside=|| "newest first, UTC">
            <Show when=move || is_empty() == Some(true)>
                <p class="panel__empty">"Nothing happened on this thread yet."</p>
            </Show>
            <Show when=move || is_empty() == Some(false)>
                <ol class="event-log" tabindex="0" aria-labelledby="event-log">
                    <For each=events key=|event| event.event_id.clone() let(event)>
                        <EventRow event />
                    </For>
                </ol>
            </Show>
        </Panel>
    }
}

/// One event.
#[component]
fn EventRow(
    /// The event.
    event: Event,
) -> impl IntoView {
    view! {
        <li class="event-log__event">
            <time class="event-log__time" datetime=iso(event.ts)>{clock(event.ts)}</time>
            <span class="event-log__action">{event.action}</span>
            <span class="event-log__detail">{event.detail}</span>
        </li>
    }
}
