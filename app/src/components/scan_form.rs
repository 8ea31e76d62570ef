use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, WriteError, maybe, text};
use crate::{
    address::Address,
    api::Review,
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
    let next = page.navigation.address.with_untracked(|here| here.scanned.clone()).unwrap_or_default();
    let scan = RwSignal::new(Scan { next: next.clone(), ..Scan::default() });
    let step = move || {
        let (at, about) = (page.here_untracked().query(), scan.with_untracked(|scan| scan.next.clone()));
        action.dispatch(Write::Review { at, deed: "scan".into(), about, text: String::new() });
    };
    // What is said is about the memory that is open.
    let whose = Memo::new(move |_| page.navigation.address.with(Address::whose));
    Effect::new(move |former: Option<String>| {
        action.version().track();
        let whose = whose.get();
        let Some(former) = former else { return whose };
        if former != whose {
            scan.set(Scan::default());
            return whose;
        }
        let is_running = scan.try_update(|scan| {
            match action.value().get_untracked() {
                Some(Ok(Written::Reviewed { reply: Some(reply), .. })) => scan.go_on(&reply),
                _ => scan.is_running = false,
            }
            scan.is_running
        });
        if is_running == Some(true) {
            step();
        }
        whose
    });
    let send = move |_| {
        scan.update(|scan| scan.is_running = !scan.is_running);
        if scan.with_untracked(|scan| scan.is_running) && !action.pending().get_untracked() {
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
        <PostForm page url=Review::PATH send>
            <input type="hidden" name="about" value=next />
            <button
                class="button button--small"
                type="submit"
                name="deed"
                value="scan"
                title="Compare all memories with those around them; no memory is changed"
            >
                {label}
            </button>
        </PostForm>
        <WriteError action />
    }
}
