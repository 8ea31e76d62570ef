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
    let is_empty = move || page.read(|snapshot| snapshot.events.is_empty()).unwrap_or(true);
    let events = move || page.read(|snapshot| snapshot.events.clone()).unwrap_or_default();
    view! {
        <Panel id="event-log" heading="Event log" aside=|| "newest first, UTC">
            {move || {
                is_empty().then(|| view! { <p class="panel__empty">"Nothing happened on this thread yet."</p> })
            }}
            <ol class="event-log" tabindex="0" aria-labelledby="event-log" hidden=is_empty>
                {move || events().into_iter().map(event_row).collect_view()}
            </ol>
        </Panel>
    }
}

fn event_row(event: Event) -> impl IntoView {
    view! {
        <li class="event-log__event">
            <time class="event-log__time" datetime=iso(event.ts)>{clock(event.ts)}</time>
            <span class="event-log__action">{event.action}</span>
            <span class="event-log__detail">{event.detail}</span>
        </li>
    }
}
