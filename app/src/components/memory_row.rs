use agent_memory::MemoryRecord;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Ago, KindBadge, LongText, PostForm, Submit, Why};
use crate::{
    api::DropMemory,
    page::Page,
    view::{
        distance::distance,
        explain::short,
        lifetime::{left, lifetime},
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
    let own_id = id.clone();
    // A row that is about to go keeps its last value.
    let memory = Memo::new(move |previous: Option<&MemoryRecord>| {
        let now = page.read(|look| look.memories.iter().find(|memory| memory.id == own_id).cloned());
        now.flatten().or_else(|| previous.cloned()).unwrap_or_default()
    });
    let hits = move || memory.with(|memory| memory.hit_count);
    let life = move || match memory.with(|memory| memory.ttl_seconds) {
        None => "stays".into(),
        Some(seconds) => lifetime(left(seconds, page.clock.elapsed())),
    };
    let at = move || memory.with(|memory| memory.distance.map(distance));
    let verdict = Memo::new(move |_| memory.with(|memory| page.judge(|by| short(memory, by))));
    let MemoryRecord { kind, text, source_thread, created_ts, .. } = memory.get_untracked();
    let source = source_thread.clone();
    let there = move || page.here().on(Some(source.clone()));
    let is_thread = source_thread != agent_memory::seed::SEED_THREAD && !source_thread.is_empty();
    let source = match is_thread {
        true => {
            let (open, href) = (there.clone(), there);
            view! {
                <a
                    class="memories__source"
                    href=move || href().href()
                    on:click=move |click| page.navigation.follow_link(&click, untrack(&open))
                >
                    <code>{source_thread}</code>
                </a>
            }
            .into_any()
        }
        false => view! { <code>{source_thread}</code> }.into_any(),
    };
    view! {
        <tr class="memories__row">
            <td data-label="Kind"><KindBadge kind /></td>
            <td data-label="Text" class="memories__text">
                <LongText text />
                <code class="memories__id">{id.clone()}</code>
            </td>
            <td data-label="Distance" class="memories__distance">
                <span class="memories__number">{at}</span>
                <Show when=move || !verdict.with(String::is_empty)>
                    <Why page memory label=Signal::derive(move || verdict.get()) />
                </Show>
            </td>
            <td data-label="Hits" class="memories__number">{hits}</td>
            <td data-label="TTL" class="memories__short">{life}</td>
            <td data-label="Source thread">{source}</td>
            <td data-label="Created" class="memories__short">
                <Ago page ts=created_ts class="memories__time" />
            </td>
            <td class="memories__drop"><DropButton page id /></td>
        </tr>
    }
}

/// Drops the memory; for ten seconds it can be brought back.
#[component]
fn DropButton(
    /// The page.
    page: Page,
    /// The memory's id.
    id: String,
) -> impl IntoView {
    let action = page.writes.drop_memory;
    let (pending_id, sent_id) = (id.clone(), id.clone());
    let pending = Signal::derive(move || {
        action.input().with(|input| input.as_ref().is_some_and(|drop| drop.memory_id == pending_id))
    });
    let send = move |_| {
        action.dispatch(DropMemory { at: page.here_untracked().query(), memory_id: sent_id.clone() });
    };
    let name = format!("Drop memory {id}");
    view! {
        <PostForm page url=DropMemory::PATH send>
            <input type="hidden" name="memory_id" value=id />
            <Submit label="Drop" name_for_readers=name class="button--small button--quiet" pending />
        </PostForm>
    }
}
