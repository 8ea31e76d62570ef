use leptos::{prelude::*, server_fn::ServerFn};

use super::{PairCard, PostForm, ScanForm, Submit, WriteError, maybe, part, rows, text, when};
use crate::{
    address::Address,
    api::Review,
    page::{Page, Write, Written},
    view::review::{count_text, decided_text},
};

/// The way to what waits for a decision, always in sight: how many pairs there are.
#[component]
pub(crate) fn ReviewLink(
    /// The page.
    page: Page,
) -> impl IntoView {
    let waiting = page.part(|look| look.review_count);
    let waiting = move || waiting.get().filter(|&count| count > 0);
    let there = move || Address { review: true, ..page.here() };
    let open = move |click| {
        page.navigation.follow_link(&click, untrack(there));
        focus_soon("#review-inbox");
    };
    view! {
        <a
            class=text(move || match waiting() {
                Some(_) => "button button--small masthead__waiting",
                None => "button button--small",
            })
            id="review-open"
            href=text(move || there().href())
            on:click=open
        >
            {text(move || waiting().map_or_else(|| "Review".into(), count_text))}
        </a>
    }
}

/// What waits for a decision, where that is open: pairs of memories that disagree, or say the same twice.
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
    let state = text(move || {
        let shown = keys.with(Vec::len) as u64;
        match page.read(|look| look.review_count).unwrap_or_default().saturating_sub(shown) {
            0 if page.review.with(|(pairs, _)| pairs.is_none()) => "Loading".into(),
            0 if shown == 0 => NOTHING.into(),
            0 => String::new(),
            hidden => format!("{hidden} more follow once these are decided."),
        }
    });
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
                <WriteError action=page.writes.review />
                <Undo page />
                <div class="review__pairs">{rows(move || keys.get(), move |key| view! { <PairCard page key /> })}</div>
                <p class="panel__empty review__state" id="review-state" tabindex="-1">
                    {state}
                </p>
                <p class="review__keys" aria-hidden="true" inner_html=text(|| KEYS)></p>
            </div>
        </section>
    }
}

const NOTHING: &str = "Nothing to review. What is written and disagrees with a memory, or repeats one, waits here; nothing \
                       changes until you decide.";

/// The help tells them to those who hear the page.
const KEYS: &str = "<kbd>J</kbd> <kbd>K</kbd> next, former <kbd>N</kbd> newer <kbd>O</kbd> older <kbd>B</kbd> both <kbd>X</kbd> \
                    neither <kbd>M</kbd> merge <kbd>U</kbd> undo";

/// The pairs in the order in which they came to be known to this page: those that come push none away from under the hand, and
/// one whose decision is undone comes back to its place.
fn shown_keys(page: Page) -> Memo<Vec<String>> {
    let known = StoredValue::new((Address::default(), Vec::<String>::new()));
    Memo::new(move |_| {
        let here = page.shown.get();
        let now: Vec<String> =
            page.review.with(|(pairs, _)| pairs.iter().flatten().map(|(key, ..)| key.clone()).collect());
        let shown = known.try_update_value(|(whose, known)| {
            if !whose.has_scope_of(&here) {
                *known = Vec::new();
            }
            *whose = here;
            for key in &now {
                if !known.contains(key) {
                    known.push(key.clone());
                }
            }
            known.iter().filter(|key| now.contains(key)).cloned().collect()
        });
        shown.unwrap_or_default()
    })
}

/// What was decided last, and the way to undo it.
#[component]
fn Undo(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.review;
    let decided = Memo::new(move |_| page.navigation.address.with(|here| here.decided.clone()));
    let send = move |_| {
        if let Some(about) = decided.get_untracked().filter(|_| !action.pending().get_untracked()) {
            let (at, deed) = (page.here_untracked().query(), "undo".into());
            action.dispatch(Write::Review { at, deed, about, text: String::new() });
        }
    };
    let came_too_late = move || {
        let is_late = action.value().with(
            |value| matches!(value, Some(Ok(Written::Reviewed { deed, reply: None })) if deed == "undo"),
        );
        is_late.then_some("It could no longer be undone.")
    };
    let note = move || {
        let decided = decided.get()?;
        let said = decided_text(&decided)?;
        Some(view! {
            <PostForm page url=Review::PATH class="undo__note" send>
                <input type="hidden" name="about" value=decided />
                <span>{said}</span>
                <Submit
                    id="review-undo"
                    label="Undo"
                    class="button--small"
                    name="deed"
                    value="undo"
                    pending=action.pending()
                />
            </PostForm>
        })
    };
    view! {
        <div class="undo" role="status">
            {part(note)}
            <span class="undo__late">{maybe(came_too_late)}</span>
        </div>
    }
}

/// Moves the focus once the page has followed. Without JavaScript nobody calls it.
fn focus_soon(selector: &'static str) {
    #[cfg(feature = "hydrate")]
    focus::soon(selector.into());
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

    use crate::page::Page;

    /// Elements into which letters are typed.
    const FIELDS: &str = "textarea, input";

    pub(super) fn soon(selector: String) {
        let focus = move || {
            focus(document().query_selector(&selector).ok().flatten());
        };
        set_timeout(focus, Duration::ZERO);
    }

    fn focus(element: Option<Element>) -> Option<()> {
        element?.dyn_into::<HtmlElement>().ok()?.focus().ok()
    }

    fn click(element: Option<Element>) -> Option<()> {
        element?.dyn_into::<HtmlElement>().ok().map(|element| element.click())
    }

    /// Does what a key stands for; `None` where it stands for nothing here.
    pub(super) fn pressed(key: &KeyboardEvent) -> Option<()> {
        let target: Element = key.target()?.dyn_into().ok()?;
        let is_typing = target.matches(FIELDS).unwrap_or_default();
        if is_typing || key.ctrl_key() || key.alt_key() || key.meta_key() {
            return None;
        }
        let pair = target.closest(".pair").ok().flatten();
        let button = |selector: &str| click(pair.as_ref()?.query_selector(selector).ok()?);
        match key.key().to_ascii_lowercase().as_str() {
            "j" | "arrowdown" => focus(match &pair {
                Some(pair) => pair.next_element_sibling(),
                None => document().query_selector(".pair").ok()?,
            }),
            "k" | "arrowup" => focus(pair.as_ref()?.previous_element_sibling()),
            "n" => button("[value=newer_wins]"),
            "o" => button("[value=older_wins]"),
            "b" => button("[value=keep_both]"),
            "x" => button("[value=no_conflict]"),
            "m" => button("summary"),
            "u" => click(document().get_element_by_id("review-undo")),
            _ => None,
        }
    }

    /// Keeps the focus among the pairs: where one is decided, the one that takes its place has it, and one that comes back by an
    /// undo has it.
    pub(super) fn follow(page: Page, keys: Memo<Vec<String>>) {
        Effect::new(move |before: Option<(Vec<String>, String)>| {
            let now = keys.get();
            let decided =
                page.navigation.address.with_untracked(|here| here.decided.clone()).unwrap_or_default();
            if let Some((before, decided_before)) = before {
                let is_of = |decided: &str, key: &String| {
                    decided.split_once(' ').is_some_and(|(_, about)| about.starts_with(key.as_str()))
                };
                let mine = |key: &String| is_of(&decided, key) || is_of(&decided_before, key);
                let back = now.iter().position(|key| !before.contains(key) && is_of(&decided_before, key));
                let gone = before.iter().position(|key| !now.contains(key) && mine(key));
                let first = before.is_empty().then_some(0);
                if let Some(at) = back.or(gone).or(first) {
                    let is_back = back.is_some();
                    // The rows follow after this.
                    set_timeout(move || settle(at, is_back), Duration::ZERO);
                }
            }
            (now, decided)
        });
    }

    /// Gives the focus to the pair at this place or before it, or to the words that there is none; but takes it from nothing
    /// that is in use. One that came back was asked for from within.
    fn settle(at: usize, is_back: bool) {
        let is_free = document().active_element().is_none_or(|focused| {
            focused.tag_name() == "BODY"
                || focused.id().starts_with("review")
                || (is_back && focused.class_name() == "pair")
        });
        if is_free {
            let at = format!(".pair:nth-child({}), .pair:last-child, #review-state", at + 1);
            // The one at this place is the first of these in the document, where it is there.
            soon(at);
        }
    }
}
