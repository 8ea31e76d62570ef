use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, WriteError, maybe, text};
use crate::{
    address::Address,
    api::ScanPairs,
    page::{Page, Write, Written},
    view::review::Scan,
};

/// Looks for pairs among all memories, a slice at a time; it can be stopped, and goes on where it was. Without JavaScript each
/// press is a slice.
#[component]
pub(crate) fn ScanForm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.scan;
    let scanned = page.navigation.address.with_untracked(|here| here.scanned.clone().unwrap_or_default());
    let begun = Scan { next: scanned.clone(), ..Scan::default() };
    let scan = RwSignal::new(begun);
    let step = move || {
        let after = scan.with_untracked(|scan| scan.next.clone());
        action.dispatch(Write::Scan { at: page.here_untracked().query(), after });
    };
    // What is said is about the memory that is open.
    let whose = Memo::new(move |_| page.navigation.address.with(Address::whose));
    Effect::new(move |is_later: Option<()>| {
        whose.get();
        if is_later.is_some() {
            scan.set(Scan::default());
        }
    });
    Effect::new(move |is_later: Option<()>| {
        action.version().track();
        if is_later.is_none() {
            return;
        }
        match action.value().get_untracked() {
            Some(Ok(Written::Scanned(progress))) => {
                scan.update(|scan| *scan = std::mem::take(scan).and(&progress));
                if scan.with_untracked(|scan| scan.is_running) {
                    step();
                }
            }
            _ => scan.update(|scan| scan.is_running = false),
        }
    });
    let send = move |_| {
        let was_running = scan.with_untracked(|scan| scan.is_running);
        scan.update(|scan| scan.is_running = !was_running);
        if !was_running && !action.pending().get_untracked() {
            step();
        }
    };
    let label = text(move || {
        scan.with(|scan| match (scan.is_running, scan.next.is_empty()) {
            (true, _) => "Stop",
            (false, true) => "Scan",
            (false, false) => "Go on",
        })
    });
    view! {
        <span class="review__scan" role="status">{maybe(move || scan.with(Scan::text))}</span>
        <PostForm page url=ScanPairs::PATH send>
            <input type="hidden" name="after" value=scanned />
            <button
                class="button button--small"
                type="submit"
                title="Compare all memories with those around them; no memory is changed"
                aria-busy=maybe(move || scan.with(|scan| scan.is_running).then_some("true"))
            >
                {label}
            </button>
        </PostForm>
        <WriteError action />
    }
}
