use agent_memory::{Look, Turn};
use leptos::prelude::*;

use super::{Ago, LongText, part};
use crate::page::Page;

/// The rolling window of the thread, newest turn first.
#[component]
pub(crate) fn RecentTurns(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turns = page.part(newest_first);
    view! {
        <h3 class="panel__subheading" id="recent-turns">"Recent turns, newest first"</h3>
        // Scrolls, and so takes the focus: arrow keys move it.
        <ol class="working-memory__turns" tabindex="0" aria-labelledby="recent-turns">
            {part(move || {
                let row = |turn| view! { <TurnRow page turn /> };
                Some(turns.get()?.into_iter().map(row).collect_view())
            })}
        </ol>
    }
}

fn newest_first(look: &Look) -> Vec<Turn> {
    look.session.iter().flat_map(|session| session.recent_turns.iter().rev()).cloned().collect()
}

/// One turn.
#[component]
fn TurnRow(
    /// The page.
    page: Page,
    /// The turn.
    turn: Turn,
) -> impl IntoView {
    view! {
        <li class="working-memory__turn">
            <span class="working-memory__role">{turn.role}</span>
            <Ago page ts=turn.ts class="working-memory__time" />
            <div class="working-memory__said"><LongText text=turn.content /></div>
        </li>
    }
}
