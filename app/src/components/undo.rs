use leptos::{prelude::*, server_fn::ServerFn};

use super::{PostForm, Submit, WriteError, part, when};
use crate::{
    api::BringBack,
    page::{Page, Write, Written, error_of},
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
    let note = move || {
        let id = dropped.get()?;
        Some(view! {
            <PostForm page url=BringBack::PATH class="undo__note" send>
                <input type="hidden" name="memory_id" value=id.clone() />
                <span>"Memory " <code>{id}</code> " was dropped."</span>
                <Submit label="Undo" class="button--small" pending=action.pending() />
            </PostForm>
        })
    };
    view! {
        <div class="undo" role="status">
            {part(note)}
            {when(came_too_late, || view! { <p class="undo__note">"It could no longer be brought back."</p> })}
        </div>
        <WriteError error=error_of(action) />
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
