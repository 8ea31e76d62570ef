use leptos::{html, prelude::*};

use crate::{address::Address, page::Page};

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
        let there = Address::new(&user.value(), &namespace.value());
        let is_here = page.address.with_untracked(|here| here.has_scope_of(&there));
        if !is_here {
            page.navigation.open.run(there.at(page.chosen_threshold.get_untracked()));
        }
    };
    let here = page.address;
    view! {
        <div class="turn-form__scope">
            <div class="field">
                <label class="field__label" for="turn-user">"User"</label>
                <input
                    class="field__input"
                    id="turn-user"
                    name="user"
                    spellcheck="false"
                    autocapitalize="none"
                    value=move || here.get().user
                    prop:value=move || here.get().user
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
                    autocapitalize="none"
                    value=move || here.get().namespace
                    prop:value=move || here.get().namespace
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
            <input type="hidden" name="thread" value=move || page.place().thread />
            <input type="hidden" name="thread_user" value=move || page.place().user />
            <input type="hidden" name="thread_namespace" value=move || page.place().namespace />
            <input type="hidden" name="threshold" value=move || page.place().threshold />
        </div>
    }
}
