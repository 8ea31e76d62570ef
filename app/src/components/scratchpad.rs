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
    // The field is made anew when the stored notes change, and only then: what is being typed survives every other reading.
    let notes = Memo::new(move |_| {
        page.snapshot.with(|snapshot| {
            let session = snapshot.as_ref()?.session.as_ref()?;
            Some((session.thread_id.clone(), session.scratchpad.clone()))
        })
    });
    let field = move |(_, notes): (String, String)| {
        view! {
            <textarea
                class="field__input working-memory__notes"
                id="scratchpad"
                name="text"
                rows="2"
                placeholder="The agent's notes on this thread"
            >
                {notes}
            </textarea>
        }
    };
    view! {
        <ActionForm action attr:class="working-memory__scratchpad" attr:autocomplete="off">
            <PlaceFields page />
            <div class="working-memory__bar">
                <label class="field__label" for="scratchpad">"Scratchpad"</label>
                <Submit label="Save notes" class="button--small" pending=action.pending() />
            </div>
            {move || notes.get().map(field)}
        </ActionForm>
        <WriteError error=Signal::derive(move || action.value().get()?.err()) />
    }
}
