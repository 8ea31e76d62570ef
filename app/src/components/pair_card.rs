use agent_memory::{MemoryRecord, review::Decision};
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{Ago, KindBadge, PostForm, Submit, part};
use crate::{
    api::{Review, look::PairSeen},
    page::{Page, Write},
    view::{
        html::field_content,
        review::{button, key_of},
    },
};

/// The decisions that one press makes, in the order of their buttons.
const AT_ONCE: [Decision; 4] =
    [Decision::NewerWins, Decision::OlderWins, Decision::KeepBoth, Decision::NoConflict];

/// Characters from which on a text may have to be scrolled.
const LONG: usize = 600;

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
    let pair = Memo::new(move |previous: Option<&Option<PairSeen>>| {
        let now = page.pairs.with(|pairs| pairs.iter().flatten().find(|pair| key_of(pair) == own).cloned());
        now.or_else(|| previous.cloned().flatten())
    });
    let shown = part(move || Some(both(page, pair.get()?)));
    // What the two are to each other does not change, and the text to merge is the person's from then on.
    let (is_same, newer) = pair.with_untracked(|pair| match pair {
        Some(pair) => (word(pair, 0) == "same", pair.pieces.get(1).map(|pieces| pieces.concat())),
        None => (false, None),
    });
    let name = if is_same { "Said twice" } else { "Conflict" };
    view! {
        <article class="pair" tabindex="-1" aria-label=name>
            {shown}
            <DecideForm page key is_same newer=newer.unwrap_or_default() />
        </article>
    }
}

fn word(pair: &PairSeen, at: usize) -> String {
    pair.words.get(at).cloned().unwrap_or_default()
}

/// What the two are to each other, and what they say.
fn both(page: Page, pair: PairSeen) -> impl IntoView {
    let (kind, instead, facts) = (word(&pair, 0), word(&pair, 1), word(&pair, 2));
    let class = format!("badge badge--{kind}");
    let PairSeen { memories, pieces, .. } = pair;
    let sides = memories.into_iter().zip(pieces).zip([false, true]);
    view! {
        <div class="pair__head">
            <span class=class>{kind}</span>
            <strong class="pair__instead" dir="auto">{instead}</strong>
            <span class="pair__facts">{facts}</span>
        </div>
        <div class="pair__sides">
            {sides.map(|((memory, pieces), is_newer)| side(page, memory, pieces, is_newer)).collect_view()}
        </div>
    }
}

/// One of the two memories, with the words marked that differ.
fn side(page: Page, memory: MemoryRecord, pieces: Vec<String>, is_newer: bool) -> impl IntoView {
    let MemoryRecord { id, kind, created_ts, text: facts, .. } = memory;
    let is_long = pieces.iter().map(String::len).sum::<usize>() > LONG;
    let pieces = pieces.into_iter().enumerate().map(|(at, piece)| match (at % 2, is_newer) {
        (0, _) => piece.into_any(),
        (_, false) => view! { <del class="pair__word">{piece}</del> }.into_any(),
        (_, true) => view! { <ins class="pair__word">{piece}</ins> }.into_any(),
    });
    view! {
        <div class="pair__side">
            <div class="pair__which">
                <h3 class="panel__subheading">{if is_newer { "Newer" } else { "Older" }}</h3>
                <Ago page ts=Signal::stored(created_ts) class="pair__time" />
                <KindBadge kind />
            </div>
            <p class="pair__text" dir="auto" tabindex=is_long.then_some("0")>
                {pieces.collect_view()}
            </p>
            <div class="pair__origin">
                <code>{id.to_string()}</code>
                <span>{facts}</span>
            </div>
        </div>
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
