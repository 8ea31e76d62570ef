use agent_memory::look::Preview;
use leptos::prelude::*;

use super::maybe;

use crate::{address::Became, page::Page, view::preview::preview_text};

/// What would become of the text that is typed, or of the one that was asked.
#[component]
pub(crate) fn PreviewLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let of_typed = RwSignal::new(None::<Preview>);
    #[cfg(feature = "hydrate")]
    typing::follow(page, of_typed);
    let preview = maybe(move || {
        let of_asked = || {
            let is_probe =
                page.asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.became == Became::Probe));
            page.read(|look| look.probe.as_ref().map(|probe| probe.preview.clone()))
                .flatten()
                .filter(|_| is_probe)
        };
        let preview = of_typed.get().or_else(of_asked);
        preview.map(|preview| format!("Sent as a turn, it {}.", preview_text(&preview)))
    });
    view! {
        <p class="turn-form__preview" id="turn-preview" role="status" aria-label="Preview">
            {preview}
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod typing {
    use std::time::Duration;

    use agent_memory::look::Preview;
    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

    use crate::{api::read_preview, page::Page};

    /// How long nobody types before the text is looked at.
    const PAUSE: Duration = Duration::from_millis(250);

    pub(super) fn follow(page: Page, shown: RwSignal<Option<Preview>>) {
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let number = StoredValue::new(0_u32);
        Effect::new(move || {
            let text = page.typed.text.get();
            let kind = page.address().write.to_string();
            if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
                handle.clear();
            }
            number.update_value(|number| *number += 1);
            let mine = number.get_value();
            if text.trim().is_empty() {
                shown.set(None);
                return;
            }
            let ask = move || {
                let at = page.here_untracked().query();
                leptos::task::spawn_local(async move {
                    // A preview that fails is none; sending the text says why.
                    let preview = read_preview(at, text, kind).await.ok();
                    if number.try_get_value() == Some(mine) {
                        shown.set(preview);
                    }
                });
            };
            waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        });
    }
}
