use agent_memory::MemoryRecord;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, Submit, WriteError, part, when};
use crate::{
    api::BringBack,
    page::{Page, Write, Written},
    view::text::excerpt,
};

/// For ten seconds after a drop: the way to bring the memory back. Without JavaScript, until the next page.
#[component]
pub(crate) fn Undo(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.bring_back;
    let dropped = Memo::new(move |_| page.navigation.address.with(|here| here.dropped.clone()));
    let came_too_late = move || action.value().get() == Some(Ok(Written::Back(false)));
    #[cfg(feature = "hydrate")]
    fading::follow(page, dropped);
    let send = move |_| {
        if let Some(id) = dropped.get_untracked() {
            action.dispatch(Write::BringBack { at: page.here_untracked().query(), id });
        }
    };
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
        let id = dropped.get()?;
        let what = match Some(pressed).filter(|pressed| pressed.id == id.as_str()).map(said) {
            Some(said) => view! { <span>"Dropped “" <bdi>{said}</bdi> "”."</span> }.into_any(),
            None => view! { <span>"Memory " <code>{id.clone()}</code> " was dropped."</span> }.into_any(),
        };
        Some(view! {
            <PostForm page url=BringBack::PATH class="undo__note" send>
                <input type="hidden" name="memory_id" value=id.clone() />
                {what}
                <Submit label="Undo" class="button--small" pending=action.pending() />
            </PostForm>
        })
    };
    view! {
        <div class="undo" role="status">
            {part(note)}
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

    use crate::{address::Address, page::Page};

    /// How long the way back is offered.
    const SHOWN: Duration = Duration::from_secs(10);

    pub(super) fn follow(page: Page, dropped: Memo<Option<String>>) {
        Effect::new(move || {
            if let Some(shown) = dropped.get() {
                fade(page, shown);
            }
        });
        // The row goes with a later look, and with it the button that had the focus.
        Effect::new(move || {
            page.look.track();
            if dropped.with(Option::is_some) {
                set_timeout(catch_focus, Duration::ZERO);
            }
        });
    }

    /// Takes the offer away after a while. A focus in it goes to the table.
    fn fade(page: Page, shown: String) {
        let fade_now = move || {
            let here = page.navigation.address.get_untracked();
            if here.dropped.as_ref() == Some(&shown) {
                let is_inside = document()
                    .active_element()
                    .is_some_and(|focused| focused.closest(".undo").is_ok_and(|undo| undo.is_some()));
                if is_inside {
                    focus(".memories");
                }
                page.navigation.settle(Address { dropped: None, ..here });
            }
        };
        set_timeout(fade_now, SHOWN);
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
