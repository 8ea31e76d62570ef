use leptos::{html, prelude::*};

use super::text;
use crate::page::Page;

/// User and namespace of the turn form. Leaving a field opens that memory; without JavaScript the button does.
#[component]
pub(crate) fn ScopeFields(
    /// The page.
    page: Page,
) -> impl IntoView {
    let user = NodeRef::<html::Input>::new();
    let namespace = NodeRef::<html::Input>::new();
    let open = move || {
        let (Some(user), Some(namespace)) = (user.get_untracked(), namespace.get_untracked()) else { return };
        let here = page.here_untracked();
        let there = here.opened(&user.value(), &namespace.value());
        if !there.has_scope_of(&here) {
            page.navigation.open(there);
        }
    };
    view! {
        <div class="turn-form__scope">
            <div class="field">
                <label class="field__label" for="turn-user">"User"</label>
                <input
                    class="field__input"
                    id="turn-user"
                    name="user"
                    spellcheck="false"
                    dir="auto"
                    autocapitalize="none"
                    value=text(move || page.address().user)
                    prop:value=text(move || page.address().user)
                    on:change=move |_| open()
                    node_ref=user
                />
            </div>
            <div class="field">
                <label class="field__label" for="turn-namespace">"Namespace"</label>
                <input
                    class="field__input"
                    id="turn-namespace"
                    name="namespace"
                    spellcheck="false"
                    dir="auto"
                    autocapitalize="none"
                    value=text(move || page.address().namespace)
                    prop:value=text(move || page.address().namespace)
                    on:change=move |_| open()
                    node_ref=namespace
                />
            </div>
            // The first button of the form: the one that Enter in the fields above presses.
            <button
                class="button turn-form__open"
                type="submit"
                formmethod="get"
                formaction="/"
                formnovalidate
                on:click=move |click| {
                    click.prevent_default();
                    open();
                }
            >
                "Open"
            </button>
            // With a target: the browser follows it itself, and the server counts what there is.
            <a
                class="turn-form__forget"
                id="forget-open"
                target="_self"
                href=text(move || page.here().with_forget(Some("own".into())).href())
            >
                "Forget this user…"
            </a>
        </div>
    }
}
