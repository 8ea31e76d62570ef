use agent_memory::seed::SAMPLES;
use leptos::{form::ActionForm, html, prelude::*};

use super::{Confirm, PlaceFields, Submit, WriteError};
use crate::{page::Page, view::text::memories};

/// Clears long-term memory and writes the samples, after saying how many memories of whom go.
#[component]
pub(crate) fn ResetConfirm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.reset;
    let sheet = NodeRef::<html::Details>::new();
    close_when_done(page, sheet);
    let own = move || memories(page.read(|snapshot| snapshot.memory_count).unwrap_or_default());
    let all = move || memories(page.read(|snapshot| snapshot.index.num_docs).unwrap_or_default());
    let whose = move || page.address.with(|address| format!("{} in {}", address.user, address.namespace));
    view! {
        <Confirm label="Clear and re-seed…" name="Clear and re-seed…" node_ref=sheet>
            <ActionForm action attr:class="confirm__form">
                <PlaceFields page />
                <fieldset class="confirm__choices">
                    <legend class="confirm__question">"Which memories go? They cannot be brought back."</legend>
                    <label class="confirm__choice">
                        <input type="radio" name="extent" value="own" checked />
                        <span>"Only " {own} " of " {whose}</span>
                    </label>
                    <label class="confirm__choice">
                        <input type="radio" name="extent" value="everything" />
                        <span>"All " {all} " of all users and namespaces"</span>
                    </label>
                </fieldset>
                <p class="confirm__question">
                    "Then " {SAMPLES.len()} " samples are written for " {whose} ". Threads stay."
                </p>
                <Submit label="Clear and re-seed" class="button--danger" pending=action.pending() />
            </ActionForm>
            <WriteError error=Signal::derive(move || action.value().get()?.err()) />
        </Confirm>
    }
}

/// Folds the question away once it is answered.
fn close_when_done(page: Page, sheet: NodeRef<html::Details>) {
    let action = page.writes.reset;
    Effect::new(move || {
        action.version().track();
        if let (Some(sheet), Some(Ok(_))) = (sheet.get_untracked(), action.value().get_untracked()) {
            sheet.set_open(false);
        }
    });
}
