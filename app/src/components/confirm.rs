use leptos::{html, prelude::*};

use super::SHEETS;

/// A button that asks before anything happens; it works without JavaScript.
#[component]
pub(crate) fn Confirm(
    /// What the button says.
    label: &'static str,
    /// The button's full name, for those who do not see where it stands.
    #[prop(into)]
    name: String,
    /// The element, to close it from outside.
    #[prop(optional)]
    node_ref: NodeRef<html::Details>,
    /// The question and the form that does it.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="confirm" name=SHEETS node_ref=node_ref>
            <summary class="button button--small" aria-label=name>
                {label}
            </summary>
            <div class="confirm__sheet">{children()}</div>
        </details>
    }
}
