use agent_memory::{Role, model::WriteKind};
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{LastTurnLine, PostForm, PreviewLine, ScopeFields, Submit, WriteError, flag, maybe, text};
use crate::{
    address::{Address, Became},
    api::{TakeTurn, TurnForm as Form},
    page::{Page, Write, Written},
};

/// The form that takes a turn, sets the goal, or only asks; and what became of the last one.
#[component]
pub(crate) fn TurnForm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let turn = page.writes.turn;
    let typed = page.typed.text;
    let role = NodeRef::<html::Select>::new();
    let field = NodeRef::<html::Textarea>::new();
    let pending_as = move |action: &'static str| {
        Signal::derive(move || {
            turn.input().with(|input| matches!(input, Some(Write::Turn(form)) if form.action == action))
        })
    };
    let send = move |action: &str| {
        if !turn.pending().get_untracked() {
            turn.dispatch(Write::Turn(form(page, role, action)));
        }
    };
    let is_probing = Memo::new(move |_| is_probing(page));
    clear_when_sent(page);
    view! {
        <section class="turn-form" aria-labelledby="turn-heading">
            <h2 class="visually-hidden" id="turn-heading">"Take a turn"</h2>
            <PostForm
                page
                url=TakeTurn::PATH
                class="turn-form__form"
                send=move |submit: leptos::ev::SubmitEvent| {
                    let pressed = submit.submitter().and_then(|button| button.get_attribute("value"));
                    send(pressed.as_deref().unwrap_or("turn"));
                }
            >
                <ScopeFields page />
                <div class="turn-form__say">
                    <label class="field__label" for="turn-text">"Text"</label>
                    <textarea
                        class="field__input turn-form__text"
                        id="turn-text"
                        name="text"
                        rows="3"
                        dir="auto"
                        required
                        aria-describedby="turn-preview"
                        placeholder="Say something to the agent, such as: Remind me which theme I prefer in editors."
                        prop:value=typed
                        node_ref=field
                        on:input=move |input| typed.set(event_target_value(&input))
                        on:keydown=move |key| {
                            if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) {
                                key.prevent_default();
                                send("turn");
                            }
                        }
                    ></textarea>
                </div>
                <div class="turn-form__how">
                    <div class="field">
                        <label class="field__label" for="turn-kind">"Remember as"</label>
                        <select
                            class="field__input"
                            id="turn-kind"
                            name="kind"
                            prop:value=text(move || page.address().write.as_str())
                            on:change=move |change| choose_kind(page, &event_target_value(&change))
                        >
                            {WriteKind::ALL
                                .iter()
                                .map(|kind| {
                                    let is_chosen = flag(move || page.address().write == *kind);
                                    view! { <option value=kind.as_str() selected=is_chosen>{kind.as_str()}</option> }
                                })
                                .collect_view()}
                        </select>
                    </div>
                    <div class="field">
                        <label class="field__label" for="turn-role">"Role"</label>
                        <select class="field__input" id="turn-role" name="role" node_ref=role>
                            {Role::ALL
                                .iter()
                                .map(|role| view! { <option value=role.as_str()>{role.as_str()}</option> })
                                .collect_view()}
                        </select>
                    </div>
                    <div class="turn-form__send">
                        <Submit label="Send turn" class="button--primary" name="action" value="turn" pending=pending_as("turn") />
                        <Submit label="Set as goal" name="action" value="goal" pending=pending_as("goal") />
                        <button
                            class="button"
                            id="turn-probe"
                            type="submit"
                            name="probe"
                            value="1"
                            formmethod="get"
                            formaction="/"
                            title="Ask what the text would recall; nothing is written"
                            aria-busy=maybe(move || is_probing.get().then_some("true"))
                            on:click=move |click| {
                                click.prevent_default();
                                probe(page, field);
                            }
                        >
                            "Probe"
                        </button>
                    </div>
                </div>
            </PostForm>
            <PreviewLine page />
            <WriteError action=turn />
            <LastTurnLine page />
        </section>
    }
}

/// The form as it stands.
fn form(page: Page, role: NodeRef<html::Select>, action: &str) -> Form {
    let here = page.here_untracked();
    Form {
        at: here.query(),
        user: here.user,
        namespace: here.namespace,
        text: page.typed.text.get_untracked(),
        kind: here.write.to_string(),
        role: role.get_untracked().map(|role| role.value()).unwrap_or_default(),
        action: action.into(),
    }
}

fn choose_kind(page: Page, kind: &str) {
    if let Ok(write) = kind.parse() {
        let here = page.navigation.address.get_untracked();
        page.navigation.settle(Address { write, ..here });
    }
}

/// Asks what the text would recall, and what would become of it.
fn probe(page: Page, field: NodeRef<html::Textarea>) {
    let text = page.typed.text.get_untracked();
    if text.trim().is_empty() {
        // The browser says that the text is required, as it does when a turn is sent.
        if let Some(field) = field.get_untracked() {
            field.report_validity();
        }
        return;
    }
    let here = page.here_untracked();
    page.navigation.open(here.after(here.thread.clone(), text.trim(), Became::Probe));
    page.read_again();
}

/// Whether a probe is under way.
fn is_probing(page: Page) -> bool {
    let asked = page.navigation.address.with(|here| here.asked.clone());
    asked.as_ref().is_some_and(|asked| asked.became == Became::Probe)
        && asked != page.asked.get()
        && page.failure.with(Option::is_none)
}

/// Empties the field once its text is taken; what was typed meanwhile stays.
fn clear_when_sent(page: Page) {
    let turn = page.writes.turn;
    Effect::new(move || {
        turn.version().track();
        let typed = page.typed.text.get_untracked();
        if let Some(Ok(Written::Turn(reply))) = turn.value().get_untracked()
            && typed.trim() == reply.query
        {
            page.typed.text.set(String::new());
        }
    });
}
