use agent_memory::{Snapshot, Turn};
use leptos::prelude::*;

use super::LongText;
use crate::{
    page::Page,
    view::instant::{clock, iso},
};

/// The rolling window of the thread, newest turn first.
#[component]
pub(crate) fn RecentTurns(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turns = move || page.read(newest_first).unwrap_or_default();
    view! {
        <h3 class="panel__subheading" id="recent-turns">"Recent turns, newest first"</h3>
        // Scrolls, and so takes the focus: arrow keys move it.
        <ol class="working-memory__turns" tabindex="0" aria-labelledby="recent-turns">
            {move || turns().into_iter().map(recent_turn).collect_view()}
        </ol>
    }
}

fn newest_first(snapshot: &Snapshot) -> Vec<Turn> {
    snapshot.session.iter().flat_map(|session| session.recent_turns.iter().rev()).cloned().collect()
}

fn recent_turn(turn: Turn) -> impl IntoView {
    view! {
        <li class="working-memory__turn">
            <span class="working-memory__role">{turn.role}</span>
            <time class="working-memory__time" datetime=iso(turn.ts)>{clock(turn.ts)}</time>
            <div class="working-memory__said"><LongText text=turn.content /></div>
        </li>
    }
}
