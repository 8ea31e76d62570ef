use agent_memory::Look;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, Submit, WriteError, text, when};
use crate::{
    api::SetScratchpad,
    page::{Draft, Page, Write, early_change},
    view::html::field_content,
};

/// The agent's notes, to be edited. What is being typed survives whatever others store, and never moves to another thread.
#[component]
pub(crate) fn ScratchpadForm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.notes;
    let draft = page.typed.notes;
    let stored = page.part(stored_notes);
    let stored = move || stored.get().flatten().unwrap_or_default();
    let mine = move || draft.get().filter(|draft| draft.thread == stored().0);
    let shown = Memo::new(move |_| mine().map_or_else(|| stored().1, |draft| draft.notes));
    let is_overtaken = move || mine().is_some_and(|draft| draft.began_with != stored().1);
    // What is stored as it was typed is a draft no more.
    Effect::new(move || {
        if mine().is_some_and(|draft| draft.notes == stored().1) {
            draft.set(None);
        }
    });
    let edit = move |notes: String| {
        let (thread, stored) = untrack(stored);
        let began_with = untrack(mine).map_or(stored, |draft| draft.began_with);
        draft.set(Some(Draft { thread, began_with, notes }));
    };
    // Somebody may have been quicker than the page.
    let early = early_change("scratchpad");
    Effect::new(move || {
        if let Some((notes, _)) = early.clone() {
            edit(notes);
        }
    });
    let send = move |_| {
        let (at, notes) = (page.here_untracked().query(), shown.get_untracked());
        action.dispatch(Write::Notes { at, notes });
    };
    let overtaken = move || {
        view! {
            <p class="working-memory__overtaken" role="status">
                "Somebody else stored other notes meanwhile. "
                <button class="button button--small" type="button" on:click=move |_| draft.set(None)>
                    "Show theirs"
                </button>
            </p>
        }
    };
    view! {
        <PostForm page url=SetScratchpad::PATH class="working-memory__scratchpad" send>
            <div class="working-memory__bar">
                <label class="field__label" for="scratchpad">"Scratchpad"</label>
                <Submit label="Save notes" class="button--small" pending=action.pending() />
            </div>
            <textarea
                class="field__input working-memory__notes"
                id="scratchpad"
                name="text"
                rows="2"
                dir="auto"
                placeholder="The agent's notes on this thread"
                prop:value=text(move || shown.get())
                on:input=move |input| edit(event_target_value(&input))
            >
                {field_content(shown.get_untracked())}
            </textarea>
        </PostForm>
        {when(is_overtaken, overtaken)}
        <WriteError action />
    }
}

/// The thread and its notes.
fn stored_notes(look: &Look) -> Option<(String, String)> {
    let session = look.session.as_ref()?;
    Some((session.thread_id.to_string(), session.scratchpad.clone()))
}
