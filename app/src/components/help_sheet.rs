use leptos::prelude::*;

use crate::page::Page;

/// What the keys do, and what the figures mean. A sheet of the browser's own: it takes the focus, Escape closes it and gives
/// the focus back, and no JavaScript is needed to open it.
#[component]
pub(crate) fn HelpSheet(
    /// The page.
    page: Page,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        keys::listen();
        super::sheets::fold_when_left(page);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = page;
    view! {
        <section class="help" id="help" popover="" aria-labelledby="help-heading">
            <div class="help__head">
                <h2 class="panel__heading" id="help-heading">"Keys and help"</h2>
                <button class="button button--small" type="button" popovertarget="help" popovertargetaction="hide" autofocus>
                    "Close"
                </button>
            </div>
            <dl class="help__list">
                {KEYS
                    .map(|(key, what)| {
                        view! {
                            <div class="help__row">
                                <dt><kbd class="help__key">{key}</kbd></dt>
                                <dd>{what}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <h3 class="panel__subheading">"Distances"</h3>
            <p>
                "Cosine distances from 0 (the same direction) to 2 (the opposite). With this model a faithful paraphrase lies at
                0.15 to 0.50, a related text at 0.50 to 0.80, an unrelated one above 0.80. A turn recalls at most the five nearest
                memories within the threshold, and one as near as the deduplication line counts as a hit instead of a new memory."
            </p>
        </section>
    }
}

const KEYS: [(&str, &str); 15] = [
    ("Ctrl + Enter", "Send the turn, from its text field"),
    ("Alt + P", "Probe: ask what the text would recall, without writing"),
    ("Alt + T", "Go to the text of the turn"),
    ("Alt + R", "Go to the recall threshold; arrow keys move it by 0.01"),
    ("Alt + S", "Open the threads and search them"),
    ("Alt + N", "Begin a new thread"),
    ("Alt + F", "Find in the memories table"),
    (
        "Shift + ↑ ↓",
        "On the box of a row: select the next row too; Shift + click or Shift + Space selects a range",
    ),
    ("Alt + A", "Go to what can be done with the selected rows"),
    ("Esc", "Close the sheet of a memory"),
    ("Alt + I", "Open the review"),
    ("J K, ↓ ↑", "In the review: go to the next or the former pair"),
    ("N O B X M", "In the review: newer wins, older wins, keep both, not a conflict, merge"),
    ("U", "In the review: undo the last decision"),
    ("Alt + H", "Show this help; Escape closes it"),
];

#[cfg(feature = "hydrate")]
mod keys {
    use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
    use web_sys::HtmlElement;

    /// Listens on the whole page. By the place of the key, since Alt types other characters on some keyboards.
    pub(super) fn listen() {
        let handle = window_event_listener(ev::keydown, move |key| {
            if !key.alt_key() || key.ctrl_key() || key.meta_key() || key.shift_key() || types_a_letter(&key) {
                return;
            }
            let is_ours = match key.code().as_str() {
                "KeyP" => click("turn-probe"),
                "KeyT" => focus("turn-text"),
                "KeyR" => focus("threshold-slider"),
                "KeyS" => click("threads-summary"),
                "KeyN" => click("new-thread"),
                "KeyF" => focus("memories-find"),
                "KeyA" => super::super::focus_first(crate::page::SERVING),
                "KeyI" => click("review-open"),
                "KeyH" => click("help-open"),
                _ => false,
            };
            if is_ours {
                key.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Whether a key with Alt writes into a field, as those of a Mac do: `ß`, or the accent of the next letter.
    fn types_a_letter(key: &ev::KeyboardEvent) -> bool {
        let target = key.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let is_field = target.is_some_and(|target| target.matches(FIELDS).unwrap_or_default());
        is_field
            && key.code().strip_prefix("Key").is_some_and(|letter| !key.key().eq_ignore_ascii_case(letter))
    }

    /// Elements into which letters are typed.
    const FIELDS: &str = "textarea, input:not([type=range], [type=radio])";

    fn element(id: &str) -> Option<HtmlElement> {
        document().get_element_by_id(id)?.dyn_into().ok()
    }

    fn click(id: &str) -> bool {
        element(id).inspect(HtmlElement::click).is_some()
    }

    fn focus(id: &str) -> bool {
        element(id).is_some_and(|element| element.focus().is_ok())
    }
}
