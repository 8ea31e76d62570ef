use std::sync::Arc;

use agent_memory::look::Preview;
use leptos::prelude::*;

use super::{Asked, asked_while_typing, flag, part, text};
use crate::{api::read_preview, page::Page};

/// The sheet of the memory that the address names, at the side of the page: what it says, to be edited, and what became of it.
///
/// It covers no more than it has to: on a wide page the table stays in use beside it.
#[component]
pub(crate) fn Drawer(
    /// The page.
    page: Page,
) -> impl IntoView {
    let open = Memo::new(move |_| page.navigation.address.with(|here| here.memory.clone()));
    #[cfg(feature = "hydrate")]
    browser::move_focus(open);
    view! { {part(move || open.get().map(|id| view! { <MemorySheet page id /> }))} }
}

/// The sheet of one memory. The server has rendered what is in it; here it is heard.
#[component]
fn MemorySheet(
    /// The page.
    page: Page,
    /// The memory's id.
    id: String,
) -> impl IntoView {
    let closed = text(move || page.here().with_memory(None).href());
    let own = id.clone();
    let html = move |at: usize| page.sheet.with(|sheet| sheet.get(at).cloned().unwrap_or_default());
    let (about, past) = (text(move || html(1)), text(move || html(3)));
    // What is typed and not saved is not replaced by what others save.
    let is_typed = RwSignal::new(false);
    let form = Memo::new(move |previous: Option<&String>| {
        let kept = previous.filter(|previous| is_typed.get() && !previous.is_empty());
        kept.cloned().unwrap_or_else(|| html(2))
    });
    let is_overtaken = move || is_typed.get() && form.get() != html(2);
    let is_gone = move || {
        page.sheet.with(Vec::is_empty) && page.shown.with(|shown| shown.memory.as_ref() == Some(&own))
    };
    let typed = RwSignal::new(String::new());
    let preview = RwSignal::new(None::<Preview>);
    let asked_id = id.clone();
    let ask = move |text: String| {
        let (at, id) = (page.here_untracked().query(), asked_id.clone());
        let ask: Asked = Box::pin(async move { read_preview(at, text, String::new(), id).await.ok() });
        ask
    };
    asked_while_typing(typed.into(), Arc::new(ask), preview);
    #[cfg(feature = "hydrate")]
    let heard = browser::Heard::new(page, is_typed, typed, preview);
    let edit = Signal::<String>::from(form);
    let content = view! {
        <p class="panel__empty" hidden=flag(move || !is_gone())>
            "There is no memory of this id here: it was dropped, or it expired."
        </p>
        <div class="drawer__part" inner_html=about></div>
        <div class="drawer__part" inner_html=edit></div>
        <p class="edit__overtaken" role="status" hidden=flag(move || !is_overtaken())>
            "Somebody else changed it meanwhile: what you typed cannot be saved over that. "
            <button class="button button--small" type="button" on:click=move |_| is_typed.set(false)>
                "Show theirs"
            </button>
        </p>
        <div class="drawer__part" inner_html=past></div>
    };
    view! {
        <section
            class="drawer"
            id="drawer"
            role="dialog"
            aria-labelledby="drawer-heading"
            tabindex="-1"
            on:keydown=move |event| {
                #[cfg(feature = "hydrate")]
                heard.pressed(&event);
                #[cfg(not(feature = "hydrate"))]
                let _ = event;
            }
            on:input=move |event| {
                #[cfg(feature = "hydrate")]
                heard.typed(&event);
                #[cfg(not(feature = "hydrate"))]
                let _ = event;
            }
            on:reset=move |_| {
                is_typed.set(false);
                typed.set(String::new());
            }
            on:submit=move |event| {
                #[cfg(feature = "hydrate")]
                heard.sent(&event);
                #[cfg(not(feature = "hydrate"))]
                let _ = event;
            }
        >
            <div class="drawer__head">
                <h2 class="panel__heading" id="drawer-heading">"Memory " <code>{id}</code></h2>
                <a class="button button--small" href=closed>"Close"</a>
            </div>
            <div class="drawer__body" tabindex="0" role="region" aria-labelledby="drawer-heading">{content}</div>
        </section>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use agent_memory::look::Preview;
    use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
    use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement};

    use crate::{
        api::ChangeForm,
        components::sent_fields,
        page::{Page, Write, Written},
        view::{lifetime::ago, preview::edit_preview_text},
    };

    /// What is done in the sheet.
    #[derive(Clone, Copy)]
    pub(super) struct Heard {
        page: Page,
        is_typed: RwSignal<bool>,
        typed: RwSignal<String>,
        /// Whether what is under way is the edit.
        is_sent: StoredValue<bool>,
    }

    impl Heard {
        pub(super) fn new(
            page: Page,
            is_typed: RwSignal<bool>,
            typed: RwSignal<String>,
            preview: RwSignal<Option<Preview>>,
        ) -> Self {
            let is_sent = StoredValue::new(false);
            // What is saved is typed no more.
            Effect::new(move || {
                let is_done =
                    page.writes.change.value().with(|value| matches!(value, Some(Ok(Written::Changed(_)))));
                if is_done && is_sent.try_update_value(std::mem::take) == Some(true) {
                    is_typed.set(false);
                    typed.set(String::new());
                }
            });
            Effect::new(move || {
                page.sheet.with(Vec::len);
                let _ = page.clock.elapsed();
                let said =
                    preview.with(|preview| preview.as_ref().map(edit_preview_text)).unwrap_or_default();
                // Once the sheet shows what was read.
                set_timeout(move || tell(page, &said), Duration::ZERO);
            });
            Self { page, is_typed, typed, is_sent }
        }

        pub(super) fn pressed(self, key: &ev::KeyboardEvent) {
            let area = key.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
            if key.key() == "Escape" {
                self.page.navigation.open(self.page.here_untracked().with_memory(None));
            } else if let Some(form) = area.and_then(|area| area.form())
                && key.key() == "Enter"
                && (key.ctrl_key() || key.meta_key())
            {
                key.prevent_default();
                // Fails for no form that has a button.
                let _ = form.request_submit();
            }
        }

        pub(super) fn typed(self, input: &Event) {
            self.is_typed.set(true);
            if let Some(area) =
                input.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok())
            {
                let is_other = area.default_value().ok().as_ref() != Some(&area.value());
                self.typed.set(if is_other { area.value() } else { String::new() });
            }
        }

        pub(super) fn sent(self, submit: &ev::SubmitEvent) {
            submit.prevent_default();
            let action = self.page.writes.change;
            let fields = sent_fields(submit);
            if let Some(fields) = fields.filter(|_| !action.pending().get_untracked()) {
                let form = ChangeForm::from_fields(|name| fields.get(name).as_string().unwrap_or_default());
                self.is_sent.set_value(form.what == "edit");
                let at = self.page.here_untracked().query();
                action.dispatch(Write::Change(ChangeForm { at, ..form }, Vec::new()));
            }
        }
    }

    /// What the new text would be, and how long ago each time is.
    fn tell(page: Page, said: &str) {
        let line = document().get_element_by_id("edit-preview");
        if let Some(line) = line.filter(|line| line.text_content().as_deref() != Some(said)) {
            line.set_text_content(Some(said));
        }
        let Ok(times) = document().query_selector_all("#drawer time") else { return };
        let times = (0..times.length()).filter_map(|at| times.item(at)?.dyn_into::<Element>().ok());
        untrack(|| {
            for time in times {
                if let Some(ts) = time.get_attribute("data-ts").and_then(|ts| ts.parse().ok()) {
                    time.set_text_content(Some(&ago(page.clock.since(page, ts))));
                }
            }
        });
    }

    /// Moves the focus into a sheet that opens, and back to what opened it when it closes.
    pub(super) fn move_focus(open: Memo<Option<String>>) {
        let opener = StoredValue::new_local(None::<Element>);
        Effect::new(move |was_open: Option<bool>| {
            let is_open = open.with(Option::is_some);
            if was_open == Some(false) && is_open {
                opener.set_value(document().active_element());
            }
            if was_open.is_some_and(|was_open| was_open || is_open) {
                set_timeout(move || focus(is_open, opener), Duration::ZERO);
            }
            is_open
        });
    }

    /// Once the page has changed.
    fn focus(is_open: bool, opener: StoredValue<Option<Element>, LocalStorage>) {
        let target = if is_open {
            document().get_element_by_id("drawer")
        } else {
            let opener = opener.try_update_value(Option::take).flatten();
            let table = || document().query_selector(".memories").ok().flatten();
            opener.filter(|opener| opener.is_connected() && opener.tag_name() != "BODY").or_else(table)
        };
        if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            // Fails for what takes no focus.
            let _ = target.focus();
        }
    }
}
