use agent_memory::look::ThreadSummary;
use leptos::{html, prelude::*};

use super::{Ago, At, SHEETS, maybe, rows, text};
use crate::{address::Address, page::Page, view::text::excerpt};

/// Most characters of a goal or a last turn in the list.
const LABEL_CHARS: usize = 90;

/// The threads of the user and namespace, last active first, and a search over them.
#[component]
pub(crate) fn Threads(
    /// The page.
    page: Page,
) -> impl IntoView {
    let sheet = NodeRef::<html::Details>::new();
    let search = NodeRef::<html::Input>::new();
    let threads = page.part(|look| look.threads.clone());
    let ids =
        move || threads.get().into_iter().flatten().map(|thread| thread.thread_id.to_string()).collect();
    let count = page.part(|look| look.thread_count);
    let wants_first = RwSignal::new(false);
    let find = move |find: String| {
        wants_first.set(false);
        let here = page.navigation.address.get_untracked();
        page.navigation.settle(Address { find_threads: find, ..here });
    };
    let toggled = move || {
        let (Some(sheet), Some(search)) = (sheet.get_untracked(), search.get_untracked()) else { return };
        if sheet.open() {
            // Fails for what takes no focus.
            let _ = search.focus();
        } else {
            // What was looked for is of no use to whoever gets a link to this page.
            find(String::new());
        }
    };
    // Enter opens the first thread that is found, which may still be looked for.
    Effect::new(move || {
        let is_found = page.shown.with(|shown| shown.find_threads == page.address().find_threads);
        if wants_first.get() && is_found {
            wants_first.set(false);
            let first =
                threads.with_untracked(|threads| Some(threads.as_ref()?.first()?.thread_id.to_string()));
            if first.is_some() {
                page.navigation.open(page.here_untracked().on(first));
                fold(sheet);
            }
        }
    });
    let open_first = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        wants_first.set(true);
    };
    // Unfolded by the page that a search without JavaScript leads to; from then on it is the person's.
    let is_searched = page.navigation.address.with_untracked(|address| !address.find_threads.is_empty());
    view! {
        <details class="confirm threads" name=SHEETS node_ref=sheet on:toggle=move |_| toggled() open=is_searched>
            <summary class="button button--small" id="threads-summary">
                "Threads"
            </summary>
            <div class="confirm__sheet threads__sheet">
                <form class="threads__search" method="get" action="/" role="search" aria-label="Search the threads" on:submit=open_first>
                    <At page />
                    <label class="visually-hidden" for="threads-find">"Search the threads"</label>
                    <input
                        class="field__input"
                        id="threads-find"
                        type="search"
                        name="threads"
                        placeholder="Search goals, last words, ids"
                        dir="auto"
                        autocomplete="off"
                        value=text(move || page.address().find_threads)
                        prop:value=text(move || page.address().find_threads)
                        on:input=move |input| find(event_target_value(&input))
                        node_ref=search
                    />
                    <button class="button button--small needs-no-script" type="submit">"Search"</button>
                </form>
                <p class="threads__count" role="status">{maybe(move || count.get().map(count_text))}</p>
                <ol class="threads__list" aria-label="Threads, last active first" tabindex="0">
                    {rows(ids, move |id| view! { <ThreadRow page id sheet /> })}
                </ol>
            </div>
        </details>
    }
}

/// One thread, as a link to it.
#[component]
fn ThreadRow(
    /// The page.
    page: Page,
    /// The thread's id.
    id: String,
    /// The sheet, which folds away once a thread is chosen.
    sheet: NodeRef<html::Details>,
) -> impl IntoView {
    let (own, to, current) = (id.clone(), id.clone(), id.clone());
    // A row that is about to go keeps its last words.
    let thread = Memo::new(move |previous: Option<&ThreadSummary>| {
        let now =
            page.read(|look| look.threads.iter().find(|thread| thread.thread_id == own.as_str()).cloned());
        now.flatten().or_else(|| previous.cloned()).unwrap_or_default()
    });
    let there = move || page.here().on(Some(to.clone()));
    let open = {
        let there = there.clone();
        move |click| {
            page.navigation.follow_link(&click, untrack(&there));
            fold(sheet);
        }
    };
    let is_current = move || page.here().thread.as_ref() == Some(&current);
    view! {
        <li>
            <a
                class="threads__thread"
                href=text(move || there().href())
                aria-current=maybe(move || is_current().then_some("true"))
                on:click=open
            >
                <span class="threads__label" dir="auto">{text(move || thread.with(label))}</span>
                <span class="threads__facts">
                    <code>{id}</code>
                    <span>{text(move || turns(thread.with(|thread| thread.turn_count)))}</span>
                    <Ago page ts=Signal::derive(move || thread.with(|thread| thread.last_active_ts)) class="threads__time" />
                </span>
            </a>
        </li>
    }
}

/// Folds the sheet away once a thread is chosen. The focus goes to its button.
fn fold(sheet: NodeRef<html::Details>) {
    #[cfg(feature = "hydrate")]
    if let Some(sheet) = sheet.get_untracked() {
        super::sheets::fold(&sheet);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = sheet;
}

/// What a thread is about: its goal, or what was said last.
fn label(thread: &ThreadSummary) -> String {
    let label = if thread.goal.is_empty() { &thread.last_said } else { &thread.goal };
    match label.as_str() {
        "" => "Nothing said yet".into(),
        label => excerpt(label, LABEL_CHARS).unwrap_or_else(|| label.into()),
    }
}

fn turns(count: u64) -> String {
    match count {
        1 => "1 turn".into(),
        _ => format!("{count} turns"),
    }
}

fn count_text(count: u64) -> String {
    match count {
        0 => "No thread".into(),
        1 => "1 thread".into(),
        _ => format!("{count} threads, the last active first"),
    }
}
