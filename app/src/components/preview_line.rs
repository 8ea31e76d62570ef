use std::{future::Future, pin::Pin, sync::Arc};

use agent_memory::look::Preview;
use leptos::prelude::*;

use super::maybe;

use crate::{address::Became, api::read_preview, page::Page, view::preview::preview_text};

/// What would become of the text that is typed, or of the one that was asked.
#[component]
pub(crate) fn PreviewLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let of_typed = RwSignal::new(None::<Preview>);
    let ask = Arc::new(move |text: String| {
        let (at, kind) = (
            page.here_untracked().query(),
            page.navigation.address.with_untracked(|here| here.write.to_string()),
        );
        // A preview that fails is none; sending the text says why.
        let ask: Asked = Box::pin(async move { read_preview(at, text, kind, String::new()).await.ok() });
        ask
    });
    let typed = Signal::derive(move || {
        // Another kind is asked anew.
        page.navigation.address.with(|here| here.write);
        page.typed.text.get()
    });
    asked_while_typing(typed, ask, of_typed);
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

/// What is asked about a text, and comes back after a while.
pub(crate) type Asked = Pin<Box<dyn Future<Output = Option<Preview>> + Send>>;

/// Asks about a text whenever nobody has typed for a moment; about an empty one nothing is asked. What comes back too late
/// is left out. In the browser alone.
pub(crate) fn asked_while_typing(
    text: Signal<String>,
    ask: Arc<dyn Fn(String) -> Asked + Send + Sync>,
    shown: RwSignal<Option<Preview>>,
) {
    #[cfg(feature = "hydrate")]
    typing::follow(text, ask, shown);
    #[cfg(not(feature = "hydrate"))]
    let _ = (text, ask, shown);
}

#[cfg(feature = "hydrate")]
mod typing {
    use std::{sync::Arc, time::Duration};

    use agent_memory::look::Preview;
    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

    use super::Asked;

    /// How long nobody types before the text is looked at.
    const PAUSE: Duration = Duration::from_millis(250);

    pub(super) fn follow(
        text: Signal<String>,
        ask: Arc<dyn Fn(String) -> Asked + Send + Sync>,
        shown: RwSignal<Option<Preview>>,
    ) {
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let number = StoredValue::new(0_u32);
        Effect::new(move || {
            let text = text.get();
            if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
                handle.clear();
            }
            number.update_value(|number| *number += 1);
            let mine = number.get_value();
            if text.trim().is_empty() {
                shown.set(None);
                return;
            }
            let ask = ask.clone();
            let ask_now = move || {
                leptos::task::spawn_local(async move {
                    let preview = ask(text).await;
                    if number.try_get_value() == Some(mine) {
                        shown.set(preview);
                    }
                });
            };
            waiting.set_value(set_timeout_with_handle(ask_now, PAUSE).ok());
        });
    }
}
