use leptos::prelude::*;
use leptos_meta::Title;

use super::{EventLog, Failure, Masthead, Memories, Recalled, Skeleton, TurnForm, WorkingMemory};
use crate::{
    address::Address,
    page::{Navigation, Page, Reads, Writes, follow_threads, use_address},
};

/// The page: the turn form, three panels, and the memories table, all of one user and namespace.
#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let address = use_address();
    let writes = Writes::default();
    let reads = Reads::new(address, writes);
    view! {
        <Title text=move || address.with(|address| format!("{} in {}", address.user, address.namespace)) />
        // `external`: the browser itself moves the focus, the router would not.
        <a class="skip-link" href="#main" rel="external">"Skip to the content"</a>
        <Transition fallback=Skeleton>
            <Content address reads writes />
        </Transition>
    }
}

/// What stands on the page once the first read is through.
#[component]
fn Content(
    /// What the URL says.
    address: Memo<Address>,
    /// What is read.
    reads: Reads,
    /// What can be written.
    writes: Writes,
) -> impl IntoView {
    let page = Page::new(address, reads, writes, Navigation::new());
    follow_threads(page);
    view! {
        <Masthead page />
        <main id="main" class="layout" tabindex="-1">
            <Failure page />
            <TurnForm page />
            <div class="layout__panels">
                <WorkingMemory page />
                <Recalled page />
                <EventLog page />
            </div>
            <Memories page />
        </main>
    }
}
