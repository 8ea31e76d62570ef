use leptos::prelude::*;

use super::{WriteError, text, when};
use crate::page::Page;

/// The sheet about forgetting the user, where the address says so. The server has rendered what is in it when the page was loaded,
/// and the browser itself follows its links and posts its form.
#[component]
pub(crate) fn ForgetDrawer(
    /// The page.
    page: Page,
) -> impl IntoView {
    let is_open = Memo::new(move |_| page.navigation.address.with(|here| here.forget.is_some()));
    // The focus goes back to what opened it.
    #[cfg(feature = "hydrate")]
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            let focus = || {
                super::focus_first("#forget-open");
            };
            set_timeout(focus, std::time::Duration::ZERO);
        }
        is_open
    });
    let closed = move || page.here().with_forget(None);
    // A second press while the first one is under way would tell of what is gone already.
    let is_sent = StoredValue::new(false);
    let sheet = move || {
        view! {
            <section
                class="drawer"
                id="forget"
                role="dialog"
                aria-labelledby="forget-heading"
                on:keydown=move |key| {
                    if key.key() == "Escape" {
                        page.navigation.open(untrack(closed));
                    }
                }
                on:submit=move |submit| {
                    if is_sent.get_value() {
                        submit.prevent_default();
                    }
                    is_sent.set_value(true);
                }
            >
                <div class="drawer__head">
                    <h2 class="panel__heading" id="forget-heading">"Forget a user"</h2>
                    <a class="button button--small" href=text(move || closed().href())>"Close"</a>
                </div>
                <div class="drawer__body" tabindex="0" role="region" aria-labelledby="forget-heading">
                    <WriteError action=page.writes.forget />
                    <div class="drawer__part" inner_html=page.forget.get_value()></div>
                </div>
            </section>
        }
    };
    view! { {when(move || is_open.get(), sheet)} }
}
