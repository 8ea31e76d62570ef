//! What the sheet of a memory shows, rendered to HTML on the server alone.
//!
//! Nothing in it depends on the clock, so that it stays as it is, with the focus in it, until the memory itself changes. Where the page
//! is alive, `Drawer` makes the times relative, and hears forms and links.

use agent_memory::{
    Kind, MemoryId, MemoryRecord,
    history::{Deed, History, PastChange},
    seed::SEED_THREAD,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::KindBadge;
use crate::{
    address::Address,
    api::{Change, Sheet, state_of},
    page::SHEET_LINK,
    view::{
        compared::{Piece, pieces},
        html::field_content,
        instant::{clock, date, iso},
        past::{Version, deed_text, replaced, text_after, versions},
    },
};

/// The lifetimes to choose from.
const LIFETIMES: [(&str, &str); 5] = [
    ("keep", "as it is"),
    ("kind", "of its kind, anew"),
    ("pinned", "pinned: stays"),
    ("days", "for days…"),
    ("until", "until a day…"),
];

/// The sheet of a memory, read at this time, for the page at an address.
pub(crate) fn sheet(address: &Address, history: &History, at: f64) -> Sheet {
    let here = Address { dropped: None, done: None, ..address.clone() };
    let form = if history.aside_seconds.is_some() { String::new() } else { form(&here, history).to_html() };
    let (about, past) = (about(&here, history, at).to_html(), past(&here, history).to_html());
    vec![history.memory.id.to_string(), about, form, past]
}

/// What is known beside the text.
fn about(here: &Address, history: &History, at: f64) -> AnyView {
    let memory = &history.memory;
    let life = match memory.ttl_seconds {
        None => "stays".into_any(),
        Some(seconds) => format!("until {}", minute(at + seconds as f64)).into_any(),
    };
    let source = memory.source_thread.clone();
    let source = match source.as_str() {
        "" => "none".into_any(),
        SEED_THREAD => view! { <code>{source}</code> }.into_any(),
        _ => {
            let href = here.on(Some(source.clone())).href();
            view! { <a class=SHEET_LINK href=href><code>{source}</code></a> }.into_any()
        }
    };
    let related = [("Superseded by", &memory.superseded_by), ("Version of", &memory.revises)];
    let related = related.into_iter().filter_map(|(name, id)| {
        let link = link(here, id.as_ref()?);
        Some(view! { <dt>{name}</dt> <dd>{link}</dd> })
    });
    let tags = memory.tags.iter().map(|tag| view! { <span class="badge badge--tag">{tag.clone()}</span> });
    let notice = history.aside_seconds.map(|_| {
        view! {
            <p class="drawer__notice">"It was dropped. Below that can be taken back, for some minutes."</p>
            <p class="drawer__text" dir="auto">{memory.text.clone()}</p>
        }
    });
    view! {
        {notice}
        <dl class="drawer__facts">
            <dt>"Kind"</dt>
            <dd class="drawer__badges">
                <KindBadge kind=memory.kind.clone() />
                {superseded_mark(memory.superseded_by.is_some())}
                {tags.collect_view()}
            </dd>
            <dt>"Hits"</dt>
            <dd>{memory.hit_count}</dd>
            <dt>"Written"</dt>
            <dd>{time(memory.created_ts)}</dd>
            <dt>"Lives"</dt>
            <dd>{life}</dd>
            <dt>"Source"</dt>
            <dd>{source}</dd>
            {related.collect_view()}
        </dl>
    }
    .into_any()
}

/// The form that edits it.
fn form(here: &Address, history: &History) -> AnyView {
    let MemoryRecord { id, kind, text, tags, .. } = history.memory.clone();
    let rows = text.lines().map(|line| 1 + line.chars().count() / 60).sum::<usize>().clamp(3, 14);
    let foreign = kind.parse::<Kind>().is_err().then(|| kind.clone());
    let kinds = Kind::ALL.iter().map(ToString::to_string).chain(foreign);
    let kinds = kinds.map(|word| {
        let (is_chosen, value) = (word == kind, word.clone());
        view! { <option value=value selected=is_chosen>{word}</option> }
    });
    let lifetimes = LIFETIMES.map(|(value, label)| view! { <option value=value>{label}</option> });
    view! {
        <form class="edit" method="post" action=Change::PATH autocomplete="off">
            {hidden(here, "edit", &id)}
            <input type="hidden" name="seen" value=state_of(history) />
            <label class="field__label" for="edit-text">"Text"</label>
            <textarea
                class="field__input edit__text"
                id="edit-text"
                name="text"
                rows=rows
                dir="auto"
                required
                aria-describedby="edit-preview"
            >
                {field_content(text)}
            </textarea>
            <p class="edit__preview" id="edit-preview" role="status" aria-label="What the new text would be"></p>
            <div class="edit__choices">
                <div class="field">
                    <label class="field__label" for="edit-kind">"Kind"</label>
                    <select class="field__input" id="edit-kind" name="kind">{kinds.collect_view()}</select>
                </div>
                <div class="field edit__lifetime">
                    <label class="field__label" for="edit-lifetime">"Lifetime"</label>
                    <select class="field__input" id="edit-lifetime" name="lifetime">{lifetimes.collect_view()}</select>
                    <input class="field__input edit__days" type="number" name="days" min="1" max="3650" value="7" aria-label="Days" />
                    <input class="field__input edit__until" type="date" name="until" aria-label="Last day, in UTC" />
                </div>
            </div>
            <div class="field">
                <label class="field__label" for="edit-tags">"Labels, separated by commas"</label>
                <input class="field__input" id="edit-tags" name="tags" dir="auto" value=tags.join(", ") />
            </div>
            <div class="edit__send">
                <button class="button button--primary" type="submit">"Save"</button>
                <button class="button" type="reset">"Discard"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The versions of what it is about, and its own changes, both newest first.
fn past(here: &Address, history: &History) -> AnyView {
    let versions = versions(history);
    let version_list = (!versions.is_empty()).then(|| {
        let heading = format!("{} versions, newest first", versions.len());
        let rows = versions.into_iter().map(|version| version_row(here, version, &history.memory.id));
        view! {
            <h3 class="panel__subheading">{heading}</h3>
            <ol class="lineage" aria-label="Versions">{rows.collect_view()}</ol>
        }
    });
    let changes = history.changes.iter().enumerate().rev();
    let changes =
        changes.map(|(at, change)| change_row(here, &history.memory.id, change, text_after(history, at)));
    let change_list = (changes.len() > 0).then(|| {
        view! {
            <h3 class="panel__subheading">"Changes, newest first"</h3>
            <ol class="lineage" aria-label="Changes">{changes.collect_view()}</ol>
        }
    });
    view! {
        {version_list}
        {change_list}
    }
    .into_any()
}

/// One version, with what it replaced of the one before.
fn version_row(here: &Address, version: Version, own: &MemoryId) -> AnyView {
    let Version { id, text, former, created_ts, is_superseded } = version;
    let (class, name) = match id == *own {
        true => (
            "lineage__entry lineage__entry--own",
            view! { <code>{id.to_string()}</code> <span class="lineage__own">"this one"</span> }.into_any(),
        ),
        false => ("lineage__entry", link(here, &id)),
    };
    let pieces = if former.is_empty() { vec![Piece::Same(text)] } else { pieces(&former, &text) };
    view! {
        <li class=class>
            <p class="lineage__head">{name} {time(created_ts)} {superseded_mark(is_superseded)}</p>
            {compared(pieces)}
        </li>
    }
    .into_any()
}

/// One change, with what it replaced.
fn change_row(here: &Address, id: &MemoryId, change: &PastChange, after: &str) -> AnyView {
    let deed = deed_text(change);
    let other = change.superseded_by.as_ref().or(change.revises.as_ref()).map(|other| link(here, other));
    let by = (!change.by.is_empty()).then(|| view! { <span>{format!("by {}", change.by)}</span> });
    let words = replaced(change).join(" · ");
    let words = (!words.is_empty()).then(|| view! { <p class="lineage__words">{words}</p> });
    let take_back = change.is_reversible().then(|| {
        let name = format!("Take back: {deed}");
        view! {
            <form method="post" action=Change::PATH autocomplete="off">
                {hidden(here, "take_back", id)}
                <input type="hidden" name="undo" value=change.ts.to_string() />
                <button class="button button--small" type="submit" aria-label=name>"Take back"</button>
            </form>
        }
    });
    let text = change.text.as_ref().map(|former| match change.deed() {
        Some(Deed::Merge) => view! {
            <p class="lineage__text"><span class="lineage__label">"Wording not kept: "</span><bdi>{former.clone()}</bdi></p>
        }
        .into_any(),
        _ => compared(pieces(former, after)),
    });
    view! {
        <li class="lineage__entry">
            <div class="lineage__head">
                <p class="lineage__deed"><span class="lineage__what">{deed}</span> {time(change.ts)} {by} {other}</p>
                {take_back}
            </div>
            {text}
            {words}
        </li>
    }
    .into_any()
}

/// A text with what it replaced.
fn compared(pieces: Vec<Piece>) -> AnyView {
    let shown = pieces.into_iter().map(|piece| match piece {
        Piece::Same(words) => view! { <span>{words}</span> }.into_any(),
        Piece::Gone(words) => view! { <del class="lineage__gone">{words}</del> }.into_any(),
        Piece::Come(words) => view! { <ins class="lineage__come">{words}</ins> }.into_any(),
    });
    view! { <p class="lineage__text" dir="auto">{shown.collect_view()}</p> }.into_any()
}

/// What each form tells: where the page stands, what is to be done, and to which memory.
fn hidden(here: &Address, what: &'static str, id: &MemoryId) -> AnyView {
    view! {
        <input type="hidden" name="at" value=here.query() />
        <input type="hidden" name="what" value=what />
        <input type="hidden" name="memory_id" value=id.to_string() />
    }
    .into_any()
}

fn link(here: &Address, id: &MemoryId) -> AnyView {
    let href = here.with_memory(Some(id.to_string())).href();
    view! { <a class=SHEET_LINK href=href><code>{id.to_string()}</code></a> }.into_any()
}

fn superseded_mark(is_superseded: bool) -> Option<AnyView> {
    is_superseded.then(|| view! { <span class="badge badge--superseded">"superseded"</span> }.into_any())
}

/// An instant that the page makes relative; without JavaScript it is told in UTC.
fn time(ts: f64) -> AnyView {
    let title = format!("{} {} UTC", date(ts), clock(ts));
    view! { <time class="drawer__time" datetime=iso(ts) data-ts=ts.to_string() title=title>{minute(ts)}</time> }.into_any()
}

/// Such as `2026-11-22 08:03`.
fn minute(ts: f64) -> String {
    format!("{} {:.5}", date(ts), clock(ts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(text: &str) -> History {
        let change =
            PastChange { ts: 7.5, what: "edit".into(), text: Some("Old.".into()), ..PastChange::default() };
        let memory = MemoryRecord { id: "a".parse().unwrap(), text: text.into(), ..MemoryRecord::default() };
        History { memory, changes: vec![change], ..History::default() }
    }

    #[test]
    fn no_text_is_markup() {
        let text = "</textarea><b>&lt;</b>";
        let sheet = sheet(&Address::default(), &history(text), 0.0);
        let all = sheet.concat();
        assert!(!all.contains("<b>") && !all.contains("</textarea><b"), "{all}");
        assert!(sheet[3].contains("&lt;/"), "{}", sheet[3]);
    }

    #[test]
    fn a_memory_that_was_dropped_is_shown_and_not_edited() {
        let aside = History { aside_seconds: Some(9), ..history("New.") };
        let sheet = sheet(&Address::default(), &aside, 0.0);
        assert!(sheet[2].is_empty() && sheet[1].contains("New."));
        assert!(sheet[3].contains("value=\"7.5\""), "{}", sheet[3]);
    }
}
