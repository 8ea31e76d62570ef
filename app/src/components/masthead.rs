use leptos::prelude::*;

use super::{BenchLink, IndexStateLine, ReviewLink, UnreadableLink, text};
use crate::page::Page;

/// The head of the page: its name, whether it is live, and the state of the index.
#[component]
pub(crate) fn Masthead(
    /// The page.
    page: Page,
) -> impl IntoView {
    let connection = page.connection;
    view! {
        <header class="masthead">
            <div class="masthead__name">
                <svg class="masthead__mark" viewBox="0 0 32 32" aria-hidden="true">
                    <rect class="masthead__tile" x="1" y="1" width="30" height="30" rx="7" />
                    <path class="masthead__line" d="M7 21h18" />
                    <circle class="masthead__dot" cx="11" cy="21" r="2.6" />
                    <circle class="masthead__dot" cx="17" cy="15" r="2.6" />
                    <circle class="masthead__dot masthead__dot--far" cx="23" cy="10" r="2.6" />
                </svg>
                <h1 class="masthead__title">"agent-memory"</h1>
                <p class="masthead__claim">"DevTools for agent memory on Redis"</p>
                <p class=text(move || connection.get().class()) role="status" aria-label="Connection">
                    {text(move || connection.get().text())}
                </p>
                <UnreadableLink page />
                <ReviewLink page />
                <BenchLink page />
                <button class="button button--small masthead__help" id="help-open" type="button" popovertarget="help">
                    "Keys and help"
                </button>
            </div>
            <IndexStateLine page />
        </header>
    }
}
