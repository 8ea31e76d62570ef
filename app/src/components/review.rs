use agent_memory::review::Pair;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{PairCard, PostForm, ScanForm, Submit, WriteError, maybe, part, rows, text, when};
use crate::{
    address::{Address, decided_of},
    api::UndoDecision,
    page::{Page, Write, Written},
    view::review::{count_text, decided_text},
};

/// The way to what waits for a decision, always in sight: how many pairs there are.
#[component]
pub(crate) fn ReviewLink(
    /// The page.
    page: Page,
) -> impl IntoView {
    let count = page.part(|look| look.review_count);
    let waiting = move || count.get().filter(|&count| count > 0);
    let there = move || Address { review: true, ..page.here() };
    let open = move |click| {
        page.navigation.follow_link(&click, untrack(there));
        focus_soon("#review-inbox");
    };
    view! {
        <a
            class="button button--small masthead__review"
            class:masthead__review--waiting=super::flag(move || waiting().is_some())
            id="review-open"
            href=text(move || there().href())
            on:click=open
        >
            {text(move || waiting().map_or_else(|| "Review".into(), count_text))}
        </a>
    }
}

/// What waits for a decision: pairs of memories that disagree, or say the same twice.
#[component]
pub(crate) fn ReviewInbox(
    /// The page.
    page: Page,
) -> impl IntoView {
    when(move || page.navigation.address.with(|here| here.review), move || view! { <OpenInbox page /> })
}

#[component]
fn OpenInbox(
    /// The page.
    page: Page,
) -> impl IntoView {
    let keys = shown_keys(page);
    #[cfg(feature = "hydrate")]
    focus::follow(page, keys);
    let count = Memo::new(move |_| page.inbox.with(|inbox| inbox.as_ref().map(|inbox| inbox.total)));
    let more = maybe(move || {
        let hidden = count.get()?.checked_sub(keys.with(Vec::len) as u64).filter(|&hidden| hidden > 0)?;
        Some(format!("{hidden} more follow once these are decided."))
    });
    let is_empty =
        move || page.inbox.with(|inbox| inbox.as_ref().is_some_and(|inbox| inbox.pairs.is_empty()));
    let closed = move || Address { review: false, decided: None, scanned: None, ..page.here() };
    let close = move |click| {
        page.navigation.follow_link(&click, untrack(closed));
        focus_soon("#review-open");
    };
    view! {
        <section
            class="panel review"
            id="review-inbox"
            aria-labelledby="review"
            tabindex="-1"
            on:keydown=move |key| pressed(&key)
        >
            <div class="panel__head">
                <h2 class="panel__heading" id="review">
                    "Review"
                </h2>
                <div class="panel__aside review__aside">
                    <ScanForm page />
                    <a class="button button--small" href=text(move || closed().href()) on:click=close>
                        "Close"
                    </a>
                </div>
            </div>
            <div class="panel__body">
                <WriteError action=page.writes.decide />
                <Undo page />
                <ol class="review__pairs" aria-label="Pairs to decide">
                    {rows(move || keys.get(), move |key| view! { <PairCard page key /> })}
                </ol>
                {when(
                    is_empty,
                    || {
                        view! {
                            <p class="panel__empty" id="review-empty" tabindex="-1">
                                "Nothing to review. What is written and disagrees with a memory, or repeats one, waits here; nothing is changed until you decide."
                            </p>
                        }
                    },
                )}
                <p class="panel__empty review__more">{more}</p>
                {when(
                    move || !keys.with(Vec::is_empty),
                    || {
                        view! {
                            <p class="review__keys">
                                <kbd>"J"</kbd> <kbd>"K"</kbd> " next, former" <kbd>"N"</kbd> " newer" <kbd>"O"</kbd> " older"
                                <kbd>"B"</kbd> " both" <kbd>"M"</kbd> " merge" <kbd>"X"</kbd> " neither" <kbd>"U"</kbd> " undo"
                            </p>
                        }
                    },
                )}
            </div>
        </section>
    }
}

/// Names a pair among others.
pub(super) fn key_of(pair: &Pair) -> String {
    format!("{} {}", pair.older.id, pair.newer.id)
}

/// The pairs in the order in which they are shown: that in which they came to be known to this page. Those that come do not
/// push others away from under the hand, and one whose decision is undone comes back to its place.
fn shown_keys(page: Page) -> Memo<Vec<String>> {
    let now = Memo::new(move |_| {
        page.inbox.with(|inbox| inbox.iter().flat_map(|inbox| &inbox.pairs).map(key_of).collect::<Vec<_>>())
    });
    let known = Memo::new(move |previous: Option<&(String, Vec<String>)>| {
        let whose = page.shown.with(Address::whose);
        let mut keys =
            previous.filter(|(of, _)| *of == whose).map(|(_, keys)| keys.clone()).unwrap_or_default();
        now.with(|now| {
            let new: Vec<_> = now.iter().filter(|key| !keys.contains(key)).cloned().collect();
            keys.extend(new);
        });
        (whose, keys)
    });
    Memo::new(move |_| {
        now.with(|now| {
            known.with(|(_, known)| known.iter().filter(|key| now.contains(key)).cloned().collect())
        })
    })
}

/// What was decided last, and the way to undo it.
#[component]
fn Undo(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.undo_decision;
    let word = Memo::new(move |_| page.navigation.address.with(|here| here.decided.clone()));
    let came_too_late =
        move || word.get().is_none() && action.value().get() == Some(Ok(Written::Undone(false)));
    let send = move |_| {
        if let Some(decided) = word.get_untracked().filter(|_| !action.pending().get_untracked()) {
            action.dispatch(Write::UndoDecision { at: page.here_untracked().query(), decided });
        }
    };
    let note = move || {
        let word = word.get()?;
        let decided = decided_of(&word)?;
        Some(view! {
            <PostForm page url=UndoDecision::PATH class="undo__note" send>
                <input type="hidden" name="decided" value=word />
                <span>{decided_text(decided.decision)}</span>
                <Submit id="review-undo" label="Undo" class="button--small" pending=action.pending() />
            </PostForm>
        })
    };
    view! {
        <div class="undo" role="status">
            {part(note)}
            {when(came_too_late, || view! { <p class="undo__note">"It could no longer be undone."</p> })}
        </div>
        <WriteError action />
    }
}

/// Moves the focus once the page has followed. Without JavaScript nobody calls it.
pub(super) fn focus_soon(selector: &'static str) {
    #[cfg(feature = "hydrate")]
    set_timeout(
        move || {
            focus::focus(selector);
        },
        std::time::Duration::ZERO,
    );
    #[cfg(not(feature = "hydrate"))]
    let _ = selector;
}

/// What the keys do while the focus is in the inbox.
fn pressed(key: &leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    if focus::pressed(key).is_some() {
        key.prevent_default();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = key;
}

#[cfg(feature = "hydrate")]
mod focus {
    use std::time::Duration;

    use leptos::{ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast};
    use web_sys::{Element, HtmlElement};

    use crate::page::{Page, Write};

    /// Elements into which letters are typed.
    const FIELDS: &str = "textarea, input";

    pub(super) fn focus(selector: &str) -> Option<()> {
        let element: HtmlElement = document().query_selector(selector).ok()??.dyn_into().ok()?;
        element.focus().ok()
    }

    fn click(element: Option<Element>) -> Option<()> {
        element?.dyn_into::<HtmlElement>().ok().map(|element| element.click())
    }

    fn pair_at(at: usize) -> String {
        format!(".review__pairs > :nth-child({}) > .pair", at + 1)
    }

    /// Does what a key stands for; `None` where it stands for nothing here.
    pub(super) fn pressed(key: &KeyboardEvent) -> Option<()> {
        let target: Element = key.target()?.dyn_into().ok()?;
        let is_typing = target.matches(FIELDS).unwrap_or_default();
        if is_typing || key.ctrl_key() || key.alt_key() || key.meta_key() {
            return None;
        }
        let pair = target.closest(".pair").ok().flatten();
        let row = pair.as_ref().and_then(|pair| pair.parent_element());
        let go = |row: Option<Element>| {
            let pair = row?.first_element_child()?.dyn_into::<HtmlElement>().ok()?;
            pair.focus().ok()
        };
        let press = |selector: &str| click(pair.as_ref()?.query_selector(selector).ok()?);
        match key.key().to_ascii_lowercase().as_str() {
            "j" | "arrowdown" => match row {
                Some(row) => go(row.next_element_sibling()),
                None => focus(&pair_at(0)),
            },
            "k" | "arrowup" => go(row?.previous_element_sibling()),
            "n" => press("[value=newer_wins]"),
            "o" => press("[value=older_wins]"),
            "b" => press("[value=keep_both]"),
            "x" => press("[value=no_conflict]"),
            "m" => press("summary"),
            "u" => click(document().get_element_by_id("review-undo")),
            _ => None,
        }
    }

    /// Keeps the focus among the pairs: where one goes that had it, the next one has it; one that comes back by an undo has it.
    pub(super) fn follow(page: Page, keys: Memo<Vec<String>>) {
        let of_pair = |input: Option<Write>| match input {
            Some(Write::Decide { pair, .. }) => Some(pair.join(" ")),
            _ => None,
        };
        let undone = |input: Option<Write>| match input {
            Some(Write::UndoDecision { decided, .. }) => decided
                .split(' ')
                .skip(1)
                .take(2)
                .map(ToOwned::to_owned)
                .reduce(|older, newer| format!("{older} {newer}")),
            _ => None,
        };
        let decided = StoredValue::new(None::<String>);
        let wanted = StoredValue::new(None::<String>);
        Effect::new(move || {
            if let Some(key) = of_pair(page.writes.decide.input().get()) {
                decided.set_value(Some(key));
            }
        });
        Effect::new(move || {
            if let Some(key) = undone(page.writes.undo_decision.input().get()) {
                wanted.set_value(Some(key));
            }
        });
        Effect::new(move |previous: Option<Vec<String>>| {
            let now = keys.get();
            let position =
                |keys: &[String], key: &Option<String>| keys.iter().position(|it| Some(it) == key.as_ref());
            let is_first_time = previous.is_none();
            let before = previous.unwrap_or_default();
            let place = if let Some(at) = wanted.with_value(|key| position(&now, key)) {
                wanted.set_value(None);
                Some(at)
            } else if decided
                .with_value(|key| position(&before, key).is_some() && position(&now, key).is_none())
            {
                let at = decided.with_value(|key| position(&before, key)).unwrap_or_default();
                decided.set_value(None);
                Some(at.min(now.len().saturating_sub(1)))
            } else if before.is_empty() && !is_first_time && has_focus("review-inbox") {
                Some(0)
            } else {
                None
            };
            if let Some(at) = place {
                // The rows follow after this.
                set_timeout(move || settle(at), Duration::ZERO);
            }
            now
        });
    }

    fn has_focus(id: &str) -> bool {
        document().active_element().is_some_and(|focused| focused.id() == id)
    }

    /// Gives the focus to the pair at this place, or to the words that there is none; but takes it from nothing else than the
    /// inbox.
    fn settle(at: usize) {
        let is_free = document().active_element().is_none_or(|focused| {
            focused.tag_name() == "BODY"
                || focused.closest("#review-inbox").is_ok_and(|inbox| inbox.is_some())
        });
        if is_free {
            let _ = focus(&pair_at(at)).or_else(|| focus("#review-empty"));
        }
    }
}
