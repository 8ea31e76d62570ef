use agent_memory::{
    MemoryRecord,
    comparison::Words,
    review::{Decision, Pair, PairKind},
};
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::{Ago, KindBadge, PostForm, Submit, part, review::key_of, text};
use crate::{
    api::DecidePair,
    page::{Page, Write},
    view::{
        distance::distance,
        html::field_content,
        lifetime::memory_lifetime,
        review::{Piece, button, found_by, instead, kind_word, pieces},
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
    // A pair that is about to go keeps its last words. Keyed, so it was there once.
    let pair = Memo::new(move |previous: Option<&Option<Pair>>| {
        let now =
            page.inbox.with(|inbox| inbox.as_ref()?.pairs.iter().find(|pair| key_of(pair) == own).cloned());
        now.or_else(|| previous.cloned().flatten())
    });
    let head = move || pair.get().map(|pair| view! { <PairHead page pair /> });
    let side = move |is_newer| part(move || pair.get().map(|pair| side(page, pair, is_newer)));
    let name = text(move || pair.with(|pair| pair.as_ref().map(name).unwrap_or_default()));
    // What it is does not change, and the text to merge is the person's from then on.
    let begun = pair.get_untracked();
    view! {
        <li>
            <article class="pair" tabindex="-1" aria-label=name>
                {part(head)}
                <div class="pair__sides">{side(false)} {side(true)}</div>
                {begun.map(|pair| view! { <DecideForm page pair /> })}
            </article>
        </li>
    }
}

/// A pair in few words, for those who hear it.
fn name(pair: &Pair) -> String {
    match instead(&pair.differences) {
        told if told.is_empty() => kind_word(pair.kind).into(),
        told => format!("{}: {told}", kind_word(pair.kind)),
    }
}

/// What the two are to each other.
#[component]
fn PairHead(
    /// The page.
    page: Page,
    /// The pair.
    pair: Pair,
) -> impl IntoView {
    let class = match pair.kind {
        PairKind::Conflict => "badge badge--conflict",
        PairKind::Same => "badge",
    };
    view! {
        <div class="pair__head">
            <span class=class>{kind_word(pair.kind)}</span>
            <strong class="pair__instead" dir="auto">{instead(&pair.differences)}</strong>
            <span class="pair__facts">
                <span class="pair__distance" title="Cosine distance">{distance(pair.distance)}</span>
                " apart, found "
                <Ago page ts=Signal::stored(pair.found_ts) class="pair__time" />
                " "
                {found_by(&pair.by)}
            </span>
        </div>
    }
}

/// One of the two memories, with the words marked that differ.
fn side(page: Page, pair: Pair, is_newer: bool) -> impl IntoView {
    let Pair { older, newer, differences, .. } = pair;
    let places = differences.list.iter();
    let (memory, which, class, pieces) = if is_newer {
        let pieces = marked(&newer, places.map(|one| &one.newer));
        (newer, "Newer", "pair__side pair__side--newer", pieces)
    } else {
        let pieces = marked(&older, places.map(|one| &one.earlier));
        (older, "Older", "pair__side", pieces)
    };
    let MemoryRecord { id, kind, text, created_ts, hit_count, ttl_seconds, .. } = memory;
    let piece = move |Piece { text, is_different }: Piece| match (is_different, is_newer) {
        (false, _) => text.into_any(),
        (true, false) => view! { <del class="pair__word">{text}</del> }.into_any(),
        (true, true) => view! { <ins class="pair__word">{text}</ins> }.into_any(),
    };
    view! {
        <div class=class>
            <div class="pair__which">
                <h3 class="panel__subheading">{which}</h3>
                <Ago page ts=Signal::stored(created_ts) class="pair__time" />
                <KindBadge kind />
            </div>
            <p class="pair__text" dir="auto" tabindex=(text.len() > LONG).then_some("0")>
                {pieces.into_iter().map(piece).collect_view()}
            </p>
            <div class="pair__origin">
                <code>{id.to_string()}</code>
                <span>{hits(hit_count)}</span>
                <span>{memory_lifetime(ttl_seconds)}</span>
            </div>
        </div>
    }
}

fn marked<'a>(memory: &MemoryRecord, places: impl Iterator<Item = &'a Words>) -> Vec<Piece> {
    pieces(&memory.text, places)
}

/// The buttons. One form for all of them: which one was pressed says what is decided.
#[component]
fn DecideForm(
    /// The page.
    page: Page,
    /// The pair.
    pair: Pair,
) -> impl IntoView {
    let action = page.writes.decide;
    let merged = NodeRef::<html::Textarea>::new();
    let Pair { kind, older, newer, .. } = pair;
    let ids = [older.id.to_string(), newer.id.to_string()];
    let (pending_ids, sent_ids) = (ids.clone(), ids.clone());
    let pending = move |decision: Decision| {
        let ids = pending_ids.clone();
        Signal::derive(move || {
            action.input().with(|input| {
                matches!(input, Some(Write::Decide { pair, decision: sent, .. }) if *pair == ids && sent == decision.as_str())
            })
        })
    };
    let send = move |submit: leptos::ev::SubmitEvent| {
        let pressed = submit.submitter().and_then(|button| button.get_attribute("value"));
        if let Some(decision) = pressed.filter(|_| !action.pending().get_untracked()) {
            let text = merged.get_untracked().map(|field| field.value()).unwrap_or_default();
            let at = page.here_untracked().query();
            action.dispatch(Write::Decide { at, pair: sent_ids.clone(), decision, text });
        }
    };
    let toggled = move |_| {
        let field = merged.get_untracked().filter(|field| field.offset_parent().is_some());
        if let Some(field) = field {
            // Fails for what takes no focus.
            let _ = field.focus();
        }
    };
    let [older, newer_id] = ids;
    let buttons = AT_ONCE.map(|decision| {
        let class = match decision {
            Decision::NewerWins => "button--small button--primary",
            _ => "button--small",
        };
        view! {
            <Submit label=button(decision, kind) class name="decision" value=decision.as_str() pending=pending(decision) />
        }
    });
    view! {
        <PostForm page url=DecidePair::PATH class="pair__decide" send>
            <input type="hidden" name="older" value=older />
            <input type="hidden" name="newer" value=newer_id />
            {buttons.collect_view()}
            <details class="pair__merge" on:toggle=toggled>
                <summary class="button button--small">{button(Decision::Merge, kind)}</summary>
                <label class="pair__merged">
                    <span class="field__label">"One text in place of both"</span>
                    <textarea class="field__input" name="text" rows="3" dir="auto" node_ref=merged>
                        {field_content(newer.text)}
                    </textarea>
                </label>
                <Submit
                    label="Save as one"
                    class="button--small button--primary"
                    name="decision"
                    value=Decision::Merge.as_str()
                    pending=pending(Decision::Merge)
                />
            </details>
        </PostForm>
    }
}

fn hits(count: i64) -> String {
    format!("{count} {}", if count == 1 { "hit" } else { "hits" })
}
