use agent_memory::{Role, model::WriteKind};
use leptos::{form::ActionForm, html, prelude::*};

use super::{LastTurnLine, ScopeFields, Submit, WriteError};
use crate::{address::QUERY_MAX_CHARS, page::Page, view::text::cut};

/// The form that takes a turn or sets the goal, and what became of the last one.
#[component]
pub(crate) fn TurnForm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turn = page.writes.turn;
    let pending_as = move |action: &'static str| {
        Signal::derive(move || {
            turn.input().with(|input| input.as_ref().is_some_and(|turn| turn.form.action == action))
        })
    };
    let text = NodeRef::<html::Textarea>::new();
    clear_when_sent(page, text);
    view! {
        <section class="turn-form" aria-labelledby="turn-heading">
            <h2 class="visually-hidden" id="turn-heading">"Take a turn"</h2>
            <ActionForm action=turn attr:class="turn-form__form" attr:autocomplete="off">
                <ScopeFields page />
                <div class="turn-form__say">
                    <label class="field__label" for="turn-text">"Text"</label>
                    <textarea
                        class="field__input turn-form__text"
                        id="turn-text"
                        name="text"
                        rows="3"
                        required
                        placeholder="Say something to the agent, such as: Remind me which theme I prefer in editors."
                        node_ref=text
                    ></textarea>
                </div>
                <div class="turn-form__how">
                    <Choice id="turn-kind" label="Remember as" name="kind" words=WriteKind::ALL.iter().map(|kind| kind.as_str()).collect() />
                    <Choice id="turn-role" label="Role" name="role" words=Role::ALL.iter().map(|role| role.as_str()).collect() />
                    <div class="turn-form__send">
                        <Submit label="Send turn" class="button--primary" name="action" value="turn" pending=pending_as("turn") />
                        <Submit label="Set as goal" name="action" value="goal" pending=pending_as("goal") />
                    </div>
                </div>
            </ActionForm>
            <WriteError error=Signal::derive(move || turn.value().get()?.err()) />
            <LastTurnLine page />
        </section>
    }
}

/// A field with a few words to choose from; the first one is the default.
#[component]
fn Choice(
    /// Id of the field.
    id: &'static str,
    /// Its label.
    label: &'static str,
    /// Its name in the form.
    name: &'static str,
    /// The words.
    words: Vec<&'static str>,
) -> impl IntoView {
    let options = words.into_iter().map(|word| view! { <option value=word>{word}</option> }).collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <select class="field__input" id=id name=name>{options}</select>
        </div>
    }
}

/// Empties the field once its text is remembered; what was typed meanwhile stays.
fn clear_when_sent(page: Page, text: NodeRef<html::Textarea>) {
    let turn = page.writes.turn;
    Effect::new(move || {
        turn.version().track();
        if let (Some(field), Some(Ok(reply))) = (text.get_untracked(), turn.value().get_untracked())
            && cut(field.value().trim(), QUERY_MAX_CHARS) == reply.query
        {
            field.set_value("");
        }
    });
}
