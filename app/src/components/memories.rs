use agent_memory::Snapshot;
use leptos::prelude::*;

use super::{MemoryRow, Panel, ResetConfirm, WriteError};
use crate::{page::Page, view::text};

/// The long-term memories of the user and namespace.
#[component]
pub(crate) fn Memories(
    /// The page.
    page: Page,
) -> impl IntoView {
    let ids = move || page.read(ids).unwrap_or_default();
    let is_empty = move || page.read(|snapshot| snapshot.memories.is_empty()) == Some(true);
    view! {
        <Panel id="memories" heading="Long-term memory" aside=move || view! { <ResetConfirm page /> }>
            <WriteError error=Signal::derive(move || page.writes.forget.value().get()?.err()) />
            <div class="memories" role="region" aria-labelledby="memories-caption" tabindex="0">
                <table class="memories__table">
                    <caption class="memories__caption" id="memories-caption">{move || caption(page)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"Text"</th>
                            <th scope="col">"Id"</th>
                            <th scope="col" class="memories__number">"Hits"</th>
                            <th scope="col">"TTL"</th>
                            <th scope="col">"Source thread"</th>
                            <th scope="col">"Created (UTC)"</th>
                            <th scope="col"><span class="visually-hidden">"Drop"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=ids key=Clone::clone let(id)>
                            <MemoryRow page id />
                        </For>
                    </tbody>
                </table>
                <Show when=is_empty>
                    <p class="panel__empty">"No memories yet: send a turn, or re-seed the samples."</p>
                </Show>
            </div>
        </Panel>
    }
}

/// Whose memories, how many, and how many of them are shown.
fn caption(page: Page) -> String {
    let caption = page.read(|snapshot| {
        let (count, shown) = (text::memories(snapshot.memory_count), snapshot.memories.len());
        let whose = page.address.with(|address| format!("{} in {}", address.user, address.namespace));
        match u64::try_from(shown).is_ok_and(|shown| shown < snapshot.memory_count) {
            true => format!("{count} of {whose}, the newest {shown} shown"),
            false => format!("{count} of {whose}, newest first"),
        }
    });
    caption.unwrap_or_else(|| "Memories".into())
}

fn ids(snapshot: &Snapshot) -> Vec<String> {
    snapshot.memories.iter().map(|memory| memory.id.clone()).collect()
}
