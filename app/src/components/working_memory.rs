use agent_memory::{SessionState, Snapshot};
use leptos::prelude::*;

use super::{NewThreadButton, Panel, RecentTurns, ScratchpadForm};
use crate::{page::Page, view::lifetime::lifetime};

/// Working memory: what the agent holds in mind on the open thread.
#[component]
pub(crate) fn WorkingMemory(
    /// The page.
    page: Page,
) -> impl IntoView {
    let facts = move || page.read(facts).unwrap_or_default();
    let has_session = move || page.read(|snapshot| snapshot.session.is_some()) == Some(true);
    // Neither, while nobody knows.
    let is_empty = move || page.read(|snapshot| snapshot.session.is_none()) == Some(true);
    view! {
        <Panel id="working-memory" heading="Working memory" aside=move || view! { <NewThreadButton page /> }>
            <dl class="working-memory__facts">
                {move || facts().into_iter().map(fact).collect_view()}
            </dl>
            <Show when=is_empty>
                <p class="panel__empty">"Nothing held in mind: send a turn, or wait for one."</p>
            </Show>
            <Show when=has_session>
                <ScratchpadForm page />
                <RecentTurns page />
            </Show>
        </Panel>
    }
}

/// Names and values, in the order in which they are shown.
fn facts(snapshot: &Snapshot) -> Vec<(&'static str, String)> {
    let thread = snapshot.thread_id.as_ref().map_or_else(|| "none yet".into(), ToString::to_string);
    let mut facts = vec![("Thread", thread)];
    facts.extend(snapshot.session.iter().flat_map(session_facts));
    facts
}

fn session_facts(session: &SessionState) -> Vec<(&'static str, String)> {
    vec![
        ("User", session.user.clone()),
        ("Namespace", session.namespace.clone().unwrap_or_else(|| "not told".into())),
        ("Agent", session.agent.clone()),
        ("Goal", if session.goal.is_empty() { "none".into() } else { session.goal.clone() }),
        ("Turns", session.turn_count.to_string()),
        ("TTL", lifetime(session.ttl_seconds)),
    ]
}

fn fact((name, value): (&'static str, String)) -> impl IntoView {
    view! {
        <div class="working-memory__fact">
            <dt class="working-memory__name">{name}</dt>
            <dd class="working-memory__value">{value}</dd>
        </div>
    }
}
