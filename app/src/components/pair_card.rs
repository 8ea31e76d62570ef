use agent_memory::review::Decision;
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{Ago, PostForm, Submit, text};
use crate::{
    api::{Review, look::PairSeen},
    page::{Page, Write},
    view::{html::field_content, review::button},
};

/// The decisions that one press makes, in the order of their buttons.
const AT_ONCE: [Decision; 4] =
    [Decision::NewerWins, Decision::OlderWins, Decision::KeepBoth, Decision::NoConflict];

/// Two memories side by side, and what can be decided of them.
#[component]
pub(crate) fn PairCard(
    /// The page.
    page: Page,
    /// Which pair.
    key: String,
) -> impl IntoView {
    let own = key.clone();
    // A pair that is about to go keeps its last words.
    let pair = Memo::new(move |previous: Option<&PairSeen>| {
        let now =
            page.review.with(|(pairs, _)| pairs.iter().flatten().find(|(key, ..)| *key == own).cloned());
        now.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let shown = text(move || pair.with(|(.., markup)| markup.clone()));
    // What the two are to each other does not change, and the text to merge is the person's from then on.
    let (_, kind, newer, ts, _) = pair.get_untracked();
    let is_same = kind == "same";
    let name = if is_same { "The same twice" } else { "A conflict" };
    view! {
        <article class="pair" tabindex="-1" aria-label=name>
            <div inner_html=shown></div>
            <DecideForm page key is_same newer ts />
        </article>
    }
}

/// The buttons. One form for all of them: which one was pressed says what is decided.
#[component]
fn DecideForm(
    /// The page.
    page: Page,
    /// Which pair.
    key: String,
    /// Whether the two say the same.
    is_same: bool,
    /// What the newer one says.
    newer: String,
    /// When it came, in Unix seconds.
    ts: f64,
) -> impl IntoView {
    let action = page.writes.review;
    let merged = NodeRef::<html::Textarea>::new();
    let (pending_key, sent_key) = (key.clone(), key.clone());
    let pending = move |decision: Decision| {
        let key = pending_key.clone();
        Signal::derive(move || {
            action.input().with(|input| {
                matches!(input, Some(Write::Review { deed, about, .. }) if *about == key && deed == decision.as_str())
            })
        })
    };
    let send = move |submit: leptos::ev::SubmitEvent| {
        let pressed = submit.submitter().and_then(|button| button.get_attribute("value"));
        if let Some(deed) = pressed.filter(|_| !action.pending().get_untracked()) {
            let text = merged.get_untracked().map(|field| field.value()).unwrap_or_default();
            let at = page.here_untracked().query();
            action.dispatch(Write::Review { at, deed, about: sent_key.clone(), text });
        }
    };
    let toggled = move |_| {
        if let Some(field) = merged.get_untracked() {
            // Fails for what takes no focus, as it is once it is folded away.
            let _ = field.focus();
        }
    };
    let submit = move |label, class, decision: Decision| {
        let pending = pending(decision);
        view! { <Submit label class name="deed" value=decision.as_str() pending /> }
    };
    let buttons = AT_ONCE.map(|decision| {
        let is_usual = decision == Decision::NewerWins;
        let class = if is_usual { "button--small button--primary" } else { "button--small" };
        submit(button(decision, is_same), class, decision)
    });
    view! {
        <PostForm page url=Review::PATH class="pair__decide" send>
            <input type="hidden" name="about" value=key />
            {buttons.collect_view()}
            <span class="pair__age">"Newer one " <Ago page ts=Signal::derive(move || ts) class="pair__time" /></span>
            <details class="pair__merge" on:toggle=toggled>
                <summary class="button button--small">{button(Decision::Merge, is_same)}</summary>
                <label class="pair__merged">
                    <span class="field__label">"One text in place of both"</span>
                    <textarea class="field__input" name="text" rows="3" dir="auto" node_ref=merged>
                        {field_content(newer)}
                    </textarea>
                </label>
                {submit("Save as one", "button--small button--primary", Decision::Merge)}
            </details>
        </PostForm>
    }
}
