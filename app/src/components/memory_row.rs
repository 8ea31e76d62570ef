use agent_memory::{MemoryRecord, seed::SEED_THREAD};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Ago, KindBadge, LongText, PICKS, PostForm, Submit, Why, flag, maybe, part, text, when};
use crate::{
    api::DropMemory,
    page::{Page, Write},
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
        let now = page.read(|look| look.memories.iter().find(|memory| memory.id == own_id.as_str()).cloned());
        now.flatten().or_else(|| previous.cloned()).unwrap_or_default()
    });
    let hits = text(move || memory.with(|memory| memory.hit_count));
    let life = text(move || match memory.with(|memory| memory.ttl_seconds) {
        None => "stays".into(),
        Some(seconds) => lifetime(left(seconds, page.clock.elapsed())),
    });
    let at = maybe(move || memory.with(|memory| memory.distance.map(distance)));
    let verdict = Memo::new(move |_| memory.with(|memory| page.judge(|by| short(memory, by))));
    let said = Memo::new(move |_| memory.with(|memory| memory.text.clone()));
    let kind = Memo::new(move |_| memory.with(|memory| memory.kind.clone()));
    let source = Memo::new(move |_| memory.with(|memory| memory.source_thread.clone()));
    // Its labels, behind that it is superseded.
    let marks = Memo::new(move |_| {
        memory.with(|memory| {
            let superseded = memory.superseded_by.as_ref().map(|_| String::new());
            superseded.into_iter().chain(memory.tags.iter().cloned()).collect::<Vec<_>>()
        })
    });
    let mark = |tag: String| {
        let (class, said) = match tag.is_empty() {
            true => ("badge badge--superseded", "superseded".into()),
            false => ("badge badge--tag", tag),
        };
        view! { <span class=class>{said}</span> }
    };
    let to = id.clone();
    let sheet = text(move || page.here().with_memory(Some(to.clone())).href());
    let (picked_id, open_id) = (id.clone(), id.clone());
    let is_picked = move || page.picks.has(&picked_id);
    let is_open = move || page.navigation.address.with(|here| here.memory.as_ref() == Some(&open_id));
    let created = Signal::derive(move || memory.with(|memory| memory.created_ts));
    view! {
        <tr class="memories__row" class:memories__row--open=flag(is_open)>
            <td class="memories__select">
                <input
                    class="memories__pick"
                    type="checkbox"
                    name="ids[]"
                    form=PICKS
                    value=id.clone()
                    autocomplete="off"
                    aria-label=format!("Select memory {id}")
                    prop:checked=flag(is_picked)
                />
            </td>
            <td data-label="Kind">{part(move || Some(view! { <KindBadge kind=kind.get() /> }))}</td>
            <td data-label="Text" class="memories__text">
                {part(move || Some(view! { <LongText text=said.get() /> }))}
                <span class="memories__marks">
                    <a class="memories__id" href=sheet><code>{id.clone()}</code></a>
                    {part(move || Some(marks.get().into_iter().map(mark).collect_view()))}
                </span>
            </td>
            <td data-label="Distance" class="memories__distance">
                <span class="memories__number">{at}</span>
                {when(
                    move || !verdict.with(String::is_empty),
                    move || view! { <Why page memory label=text(move || verdict.get()) /> },
                )}
            </td>
            <td data-label="Hits" class="memories__number">{hits}</td>
            <td data-label="TTL" class="memories__short">{life}</td>
            <td data-label="Source thread">{part(move || Some(view! { <Source page thread=source.get() /> }))}</td>
            <td data-label="Created" class="memories__short">
                <Ago page ts=created class="memories__time" />
            </td>
            <td class="memories__drop">
                <span class="memories__buttons">
                    <a class="button button--small button--quiet" href=sheet aria-label=format!("Edit memory {id}")>"Edit"</a>
                    <DropButton page id />
                </span>
            </td>
        </tr>
    }
}

/// The thread that a memory comes from: a link, unless it is no thread.
#[component]
fn Source(
    /// The page.
    page: Page,
    /// The thread's id.
    thread: String,
) -> impl IntoView {
    if thread == SEED_THREAD || thread.is_empty() {
        return view! { <code>{thread}</code> }.into_any();
    }
    let id = thread.clone();
    let href = text(move || page.here().on(Some(id.clone())).href());
    view! { <a class="memories__source" href=href><code>{thread}</code></a> }.into_any()
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
        action.input().with(|input| matches!(input, Some(Write::Drop { id, .. }) if *id == pending_id))
    });
    let send = move |_| {
        action.dispatch(Write::Drop { at: page.here_untracked().query(), id: sent_id.clone() });
    };
    let name = format!("Drop memory {id}");
    view! {
        <PostForm page url=DropMemory::PATH send>
            <input type="hidden" name="memory_id" value=id />
            <Submit label="Drop" name_for_readers=name class="button--small button--quiet" pending />
        </PostForm>
    }
}
