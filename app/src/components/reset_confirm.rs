use agent_memory::seed::SAMPLES;
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{Confirm, PostForm, Submit, WriteError, text};
use crate::{
    api::Reset,
    page::{Page, Write},
    view::text::memories,
};

/// Clears long-term memory and writes the samples, after saying how many memories of whom go.
#[component]
pub(crate) fn ResetConfirm(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.reset;
    let sheet = NodeRef::<html::Details>::new();
    let everything = NodeRef::<html::Input>::new();
    close_when_done(page, sheet);
    // Nothing is cleared before it is known what goes.
    let is_counted = Signal::derive(move || page.look.with(Option::is_some));
    let count = |count: Option<u64>| count.map_or_else(|| "memories (counting…)".into(), memories);
    let own = text(move || count(page.read(|look| look.memory_count)));
    let all = text(move || count(page.read(|look| look.index.num_docs)));
    let pending = Signal::derive(move || action.pending().get() || !is_counted.get());
    let whose = text(move || page.navigation.address.with(|here| here.whose()));
    let send = move |_| {
        let is_everything = everything.get_untracked().is_some_and(|choice| choice.checked());
        let extent = if is_everything { "everything" } else { "own" };
        if pending.get_untracked() {
            return;
        }
        action.dispatch(Write::Reset { at: page.here_untracked().query(), extent });
    };
    view! {
        <Confirm label="Clear and re-seed…" name="Clear and re-seed…" node_ref=sheet>
            <PostForm page url=Reset::PATH class="confirm__form" send>
                <fieldset class="confirm__choices">
                    <legend class="confirm__question">"Which memories go? They cannot be brought back."</legend>
                    <label class="confirm__choice">
                        <input type="radio" name="extent" value="own" checked />
                        <span>"Only " {own} " of " {whose}</span>
                    </label>
                    <label class="confirm__choice">
                        <input type="radio" name="extent" value="everything" node_ref=everything />
                        <span>"All " {all} " of all users and namespaces"</span>
                    </label>
                </fieldset>
                <p class="confirm__question">
                    "Then " {SAMPLES.len()} " samples are written for " {whose} ". Threads stay."
                </p>
                <Submit label="Clear and re-seed" class="button--danger" pending />
            </PostForm>
            <WriteError action />
        </Confirm>
    }
}

/// Folds the question away once it is answered.
fn close_when_done(page: Page, sheet: NodeRef<html::Details>) {
    let action = page.writes.reset;
    Effect::new(move || {
        action.version().track();
        if let (Some(sheet), Some(Ok(_))) = (sheet.get_untracked(), action.value().get_untracked()) {
            sheet.set_open(false);
        }
    });
}
