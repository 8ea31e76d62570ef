use agent_memory::MemoryRecord;
use leptos::{form::ActionForm, prelude::*};

use super::{Confirm, KindBadge, LongText, PlaceFields, Submit};
use crate::{
    page::Page,
    view::{
        instant::{clock, date, iso},
        lifetime::memory_lifetime,
    },
};

/// One long-term memory in the table.
#[component]
pub(crate) fn MemoryRow(
    /// The page.
    page: Page,
    /// The memory's id.
    id: String,
) -> impl IntoView {
    // Hits and TTL change under the same id; the rest of a memory never does.
    let hits = changing(page, &id, |memory| memory.hit_count.to_string());
    let lifetime = changing(page, &id, |memory| memory_lifetime(memory.ttl_seconds));
    find(page, &id).map(|MemoryRecord { kind, text, source_thread, created_ts, .. }| {
        view! {
            <tr class="memories__row">
                <td><KindBadge kind /></td>
                <td class="memories__text"><LongText text /></td>
                <td><code class="memories__id">{id.clone()}</code></td>
                <td class="memories__number">{move || hits.get()}</td>
                <td class="memories__short">{move || lifetime.get()}</td>
                <td><code class="memories__id">{source_thread}</code></td>
                <td class="memories__short">
                    <time datetime=iso(created_ts)>{date(created_ts)}" "{clock(created_ts)}</time>
                </td>
                <td><DropMemory page id /></td>
            </tr>
        }
    })
}

/// Drops the memory, after asking.
#[component]
fn DropMemory(
    /// The page.
    page: Page,
    /// The memory's id.
    id: String,
) -> impl IntoView {
    let action = page.writes.forget;
    let dropped_id = id.clone();
    let pending = Signal::derive(move || {
        action.input().with(|input| input.as_ref().is_some_and(|forget| forget.memory_id == dropped_id))
    });
    view! {
        <Confirm label="Drop" class="confirm--inline" name=format!("Drop memory {id}")>
            <ActionForm action attr:class="confirm__form">
                <PlaceFields page />
                <input type="hidden" name="memory_id" value=id />
                <p class="confirm__question">"It cannot be brought back."</p>
                <Submit label="Drop it" class="button--danger button--small" pending />
            </ActionForm>
        </Confirm>
    }
}

fn find(page: Page, id: &str) -> Option<MemoryRecord> {
    page.read(|snapshot| snapshot.memories.iter().find(|memory| memory.id == id).cloned()).flatten()
}

/// A cell that follows the memory.
fn changing(page: Page, id: &str, cell: fn(&MemoryRecord) -> String) -> Memo<String> {
    let id = String::from(id);
    Memo::new(move |previous: Option<&String>| {
        let now = page.read(|snapshot| snapshot.memories.iter().find(|memory| memory.id == id).map(cell));
        // A row that is about to go keeps its last value.
        now.flatten().or_else(|| previous.cloned()).unwrap_or_default()
    })
}
