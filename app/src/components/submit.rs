use leptos::prelude::*;

use super::maybe;

/// A button that sends its form. While the form is under way it shows so and sends nothing; it keeps the focus.
#[component]
pub(crate) fn Submit(
    /// What the button says.
    label: &'static str,
    /// Whether this button's form is under way.
    #[prop(into)]
    pending: Signal<bool>,
    /// Extra class, such as `button--primary`.
    #[prop(optional)]
    class: &'static str,
    /// Id of the button; empty for none.
    #[prop(optional)]
    id: &'static str,
    /// The button's full name, for those who do not see where it stands; empty where the label says it all.
    #[prop(optional)]
    name_for_readers: String,
    /// Name of the field that the button sends; empty for none.
    #[prop(optional)]
    name: &'static str,
    /// Value of that field.
    #[prop(optional)]
    value: &'static str,
) -> impl IntoView {
    let given = |text: &'static str| (!text.is_empty()).then_some(text);
    view! {
        <button
            type="submit"
            class=format!("button {class}")
            id=given(id)
            name=given(name)
            value=given(value)
            aria-label=(!name_for_readers.is_empty()).then_some(name_for_readers)
            aria-disabled=maybe(move || pending.get().then_some("true"))
            aria-busy=maybe(move || pending.get().then_some("true"))
            on:click=move |click| {
                if pending.get_untracked() {
                    click.prevent_default();
                }
            }
        >
            {label}
        </button>
    }
}
