use leptos::prelude::*;

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
    /// Name of the field that the button sends; empty for none.
    #[prop(optional)]
    name: &'static str,
    /// Value of that field.
    #[prop(optional)]
    value: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("button {class}")
            name=(!name.is_empty()).then_some(name)
            value=(!name.is_empty()).then_some(value)
            aria-disabled=move || pending.get().then_some("true")
            aria-busy=move || pending.get().then_some("true")
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
