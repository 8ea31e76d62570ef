use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, Submit, WriteError};
use crate::{
    api::BringBack,
    page::{Page, error_of},
};

/// For ten seconds after a drop: the way to bring the memory back. Without JavaScript, until the next page.
#[component]
pub(crate) fn Undo(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.bring_back;
    let dropped = Memo::new(move |_| page.navigation.address.with(|here| here.dropped.clone()));
    let came_too_late = move || action.value().get() == Some(Ok(false));
    #[cfg(feature = "hydrate")]
    fading::follow(page, dropped);
    let send = move |_| {
        if let Some(memory_id) = dropped.get_untracked() {
            action.dispatch(BringBack { at: page.here_untracked().query(), memory_id });
        }
    };
    view! {
        <div class="undo" role="status">
            {move || {
                dropped
                    .get()
                    .map(|id| {
                        view! {
                            <PostForm page url=BringBack::PATH class="undo__note" send>
                                <input type="hidden" name="memory_id" value=id.clone() />
                                <span>"Memory " <code>{id}</code> " was dropped."</span>
                                <Submit label="Undo" class="button--small" pending=action.pending() />
                            </PostForm>
                        }
                    })
            }}
            <Show when=came_too_late>
                <p class="undo__note">"It could no longer be brought back."</p>
            </Show>
        </div>
        <WriteError error=error_of(action.value()) />
    }
}

#[cfg(feature = "hydrate")]
mod fading {
    use std::time::Duration;

    use leptos::prelude::*;

    use crate::{address::Address, page::Page};

    /// How long the way back is offered.
    const SHOWN: Duration = Duration::from_secs(10);

    pub(super) fn follow(page: Page, dropped: Memo<Option<String>>) {
        Effect::new(move || {
            let Some(shown) = dropped.get() else { return };
            set_timeout(
                move || {
                    let here = page.navigation.address.get_untracked();
                    if here.dropped.as_ref() == Some(&shown) {
                        page.navigation.settle(Address { dropped: None, ..here });
                    }
                },
                SHOWN,
            );
        });
    }
}
