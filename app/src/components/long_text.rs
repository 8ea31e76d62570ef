use leptos::prelude::*;

use crate::view::text::excerpt;

/// Most characters that are shown at once.
const SHOWN_CHARS: usize = 280;

/// A text of any length and direction; the rest of a long one unfolds.
#[component]
pub(crate) fn LongText(
    /// The text.
    text: String,
) -> impl IntoView {
    match excerpt(&text, SHOWN_CHARS) {
        None => view! { <span class="long-text" dir="auto">{text}</span> }.into_any(),
        Some(beginning) => view! {
            <details class="long-text">
                <summary class="long-text__beginning" dir="auto">{beginning}</summary>
                <span class="long-text__whole" dir="auto">{text}</span>
            </details>
        }
        .into_any(),
    }
}
