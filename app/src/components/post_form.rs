use leptos::{ev::SubmitEvent, prelude::*};

use super::{maybe, text};
use crate::page::Page;

/// A form of a server function. The page sends it itself; without JavaScript the browser posts it and is led back.
#[component]
pub(crate) fn PostForm(
    /// The page, whose address goes along.
    page: Page,
    /// The path of the server function.
    url: &'static str,
    /// Class of the form.
    #[prop(optional)]
    class: &'static str,
    /// Id of the form; empty for none.
    #[prop(optional)]
    id: &'static str,
    /// Whether the form serves at the moment; it is marked then.
    #[prop(optional, into)]
    is_open: Signal<bool>,
    /// Sends what is in the form.
    #[prop(into)]
    send: Callback<SubmitEvent>,
    /// The fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class=class
            id=(!id.is_empty()).then_some(id)
            data-open=maybe(move || is_open.get().then_some(""))
            method="post"
            action=url
            autocomplete="off"
            on:submit=move |submit| {
                submit.prevent_default();
                send.run(submit);
            }
        >
            <At page />
            {children()}
        </form>
    }
}

/// The fields of a form that was rendered on the server and is sent here.
#[cfg(feature = "hydrate")]
pub(crate) fn sent_fields(submit: &SubmitEvent) -> Option<web_sys::FormData> {
    use leptos::wasm_bindgen::JsCast;

    let form = submit.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    web_sys::FormData::new_with_form(&form).ok()
}

/// The hidden field that tells where the page stands.
#[component]
pub(crate) fn At(
    /// The page.
    page: Page,
) -> impl IntoView {
    view! { <input type="hidden" name="at" value=text(move || page.here().query()) /> }
}
