use agent_memory::MemoryRecord;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, Submit, WriteError, part, when};
use crate::{
    address::Deed,
    api::{BringBack, Change, ChangeForm},
    page::{Page, Write, Written},
    view::{picks::done_text, text::excerpt},
};

/// For ten seconds after a drop, and a minute after a change of many: the way back. Without JavaScript, until the next page.
#[component]
pub(crate) fn Undo(
    /// The page.
    page: Page,
) -> impl IntoView {
    let (action, change) = (page.writes.bring_back, page.writes.change);
    let came_too_late = move || action.value().get() == Some(Ok(Written::Back(false)));
    #[cfg(feature = "hydrate")]
    fading::follow(page);
    // What the memory says, as known when its button was pressed: the next look has it no more.
    let pressed = Memo::new(move |previous: Option<&MemoryRecord>| {
        let id = page.writes.drop_memory.input().with(|input| match input {
            Some(Write::Drop { id, .. }) => Some(id.clone()),
            _ => None,
        });
        let memory = id.and_then(|id| {
            page.look.with_untracked(|look| {
                look.as_ref()?.memories.iter().find(|memory| memory.id == id.as_str()).cloned()
            })
        });
        memory.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let note = move || {
        // Read in any case, so that it is up to date by then.
        let pressed = pressed.get();
        let (dropped, done, open) = page
            .navigation
            .address
            .with(|here| (here.dropped.clone(), here.done.clone(), here.memory.clone()));
        let (url, what, memory_id, undo, said) = match (dropped, done) {
            (Some(id), _) => {
                let said = match Some(pressed).filter(|pressed| pressed.id == id.as_str()).map(said) {
                    Some(said) => view! { "Dropped “" <bdi>{said}</bdi> "”." }.into_any(),
                    None => view! { "Memory " <code>{id.clone()}</code> " was dropped." }.into_any(),
                };
                (BringBack::PATH, "", id, String::new(), said)
            }
            (None, Some(done)) => {
                let what = if done.deed == Deed::Edit { "take_back" } else { "undo" };
                let said = done_text(&done).into_any();
                (Change::PATH, what, open.unwrap_or_default(), done.undo, said)
            }
            (None, None) => return None,
        };
        let (sent, undo_sent) = (memory_id.clone(), undo.clone());
        let send = move |_| {
            let (at, id, undo) = (page.here_untracked().query(), sent.clone(), undo_sent.clone());
            if what.is_empty() {
                action.dispatch(Write::BringBack { at, id });
            } else {
                let form = ChangeForm { at, what: what.into(), memory_id: id, undo, ..ChangeForm::default() };
                change.dispatch(Write::Change(form, Vec::new()));
            }
        };
        let pending = Signal::derive(move || action.pending().get() || change.pending().get());
        Some(view! {
            <PostForm page url class="undo__note" send>
                <input type="hidden" name="what" value=what />
                <input type="hidden" name="memory_id" value=memory_id />
                <input type="hidden" name="undo" value=undo />
                <span>{said}</span>
                <Submit label="Undo" class="button--small" pending />
            </PostForm>
        })
    };
    view! {
        <div class="undo" role="status">
            {part(note)}
            <WriteError action=change />
            {when(came_too_late, || view! { <p class="undo__note">"It could no longer be brought back."</p> })}
        </div>
        <WriteError action />
    }
}

/// Most characters of the text that was dropped.
const SAID_CHARS: usize = 60;

/// The beginning of a memory's text.
fn said(memory: MemoryRecord) -> String {
    excerpt(&memory.text, SAID_CHARS).unwrap_or(memory.text)
}

#[cfg(feature = "hydrate")]
mod fading {
    use std::time::Duration;

    use leptos::{prelude::*, wasm_bindgen::JsCast};
    use web_sys::HtmlElement;

    use crate::{
        address::{Address, Done},
        page::Page,
    };

    /// How long the way back of one memory is offered.
    const SHOWN: Duration = Duration::from_secs(10);

    /// How long the way back of many memories is offered.
    const SHOWN_FOR_MANY: Duration = Duration::from_secs(60);

    /// What was dropped, or done to many: what the way back leads from.
    type Offer = (Option<String>, Option<Done>);

    fn offer(here: &Address) -> Offer {
        (here.dropped.clone(), here.done.clone())
    }

    pub(super) fn follow(page: Page) {
        let offered = Memo::new(move |_| page.navigation.address.with(offer));
        Effect::new(move || match offered.get() {
            (None, None) => {}
            shown @ (Some(_), _) => fade(page, shown, SHOWN),
            shown @ (None, Some(_)) => fade(page, shown, SHOWN_FOR_MANY),
        });
        // The row goes with a later look, and with it the button that had the focus.
        Effect::new(move || {
            page.look.track();
            if offered.get_untracked() != (None, None) {
                set_timeout(catch_focus, Duration::ZERO);
            }
        });
    }

    /// Takes the offer away after a while. A focus in it goes to the table.
    fn fade(page: Page, shown: Offer, after: Duration) {
        let fade_now = move || {
            let here = page.navigation.address.get_untracked();
            if offer(&here) == shown {
                let is_inside = document()
                    .active_element()
                    .is_some_and(|focused| focused.closest(".undo").is_ok_and(|undo| undo.is_some()));
                if is_inside {
                    focus(".memories");
                }
                page.navigation.settle(Address { dropped: None, done: None, ..here });
            }
        };
        set_timeout(fade_now, after);
    }

    /// Moves a focus that was lost with its row to the way back.
    fn catch_focus() {
        if document().active_element().is_none_or(|focused| focused.tag_name() == "BODY") {
            focus(".undo button");
        }
    }

    fn focus(selector: &str) {
        let element = document().query_selector(selector).ok().flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // Fails for what takes no focus.
            let _ = element.focus();
        }
    }
}
