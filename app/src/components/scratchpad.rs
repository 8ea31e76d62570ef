use agent_memory::Snapshot;
use leptos::{form::ActionForm, prelude::*};

use super::{PlaceFields, Submit, WriteError};
use crate::page::Page;

/// The agent's notes, to be edited.
#[component]
pub(crate) fn ScratchpadForm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.scratchpad;
    // The field is made anew for another thread or other stored notes, and only then: what is being typed survives every
    // other reading, and never moves to another thread.
    let notes = move || page.read(stored_notes).flatten();
    view! {
        <ActionForm action attr:class="working-memory__scratchpad" attr:autocomplete="off">
            <PlaceFields page />
            <div class="working-memory__bar">
                <label class="field__label" for="scratchpad">"Scratchpad"</label>
                <Submit label="Save notes" class="button--small" pending=action.pending() />
            </div>
            <For each=notes key=Clone::clone let((_, notes))>
                <textarea
                    class="field__input working-memory__notes"
                    id="scratchpad"
                    name="text"
                    rows="2"
                    placeholder="The agent's notes on this thread"
                >
                    {notes}
                </textarea>
            </For>
        </ActionForm>
        <WriteError error=Signal::derive(move || action.value().get()?.err()) />
    }
}

/// The thread and its notes.
fn stored_notes(snapshot: &Snapshot) -> Option<(String, String)> {
    let session = snapshot.session.as_ref()?;
    Some((session.thread_id.clone(), session.scratchpad.clone()))
}
