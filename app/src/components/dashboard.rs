use leptos::prelude::*;

use super::{
    Bench, Drawer, EventLog, Failure, ForgetDrawer, HelpSheet, Masthead, Memories, Recalled, ReviewInbox,
    TurnForm, WorkingMemory,
};
use crate::page::Page;

/// The page: the turn form, three panels, and the memories table, all of one user and namespace.
#[component]
pub(crate) fn Dashboard(
    /// The page.
    page: Page,
) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">"Skip to the content"</a>
        <Masthead page />
        <main id="main" class="layout" tabindex="-1">
            <Failure page />
            <ReviewInbox page />
            <Bench page />
            <TurnForm page />
            <div class="layout__panels">
                <WorkingMemory page />
                <Recalled page />
                <EventLog page />
            </div>
            <Memories page />
        </main>
        <Drawer page />
        <ForgetDrawer page />
        <HelpSheet page />
    }
}
