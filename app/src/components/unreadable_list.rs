//! The documents that the index cannot read, rendered to HTML on the server alone.

use agent_memory::review::Unreadable;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    address::Address,
    api::DropMemory,
    view::text::{counted, excerpt},
};

/// Most characters of a text that is shown.
const TEXT_CHARS: usize = 200;

/// The list, with what it leaves out: `hidden` ones that were found, and those behind the key where the search goes on.
pub(crate) fn unreadable_list(
    address: &Address,
    prefix: &str,
    found: Vec<Unreadable>,
    hidden: usize,
    next: Option<u64>,
) -> String {
    let here = Address { dropped: None, done: None, ..address.clone() };
    let intro = match found.len() {
        0 => "The index could not read some documents, but those may be somebody else’s.",
        _ => {
            "What another program wrote in a form that the index cannot read: no list shows it, and it is never recalled. Mend it \
             where it was written, or drop it."
        }
    };
    let rows = found.into_iter().map(|one| row(&here, prefix, one));
    let hidden = (hidden > 0).then(|| {
        let more = counted(hidden as u64, "more follows", "more follow");
        view! { <p class="panel__empty">{more} " once these are dropped."</p> }
    });
    let link = |label: &'static str, unreadable: Option<u64>| {
        let href = Address { unreadable: unreadable.map(|at| at.to_string()), ..here.clone() }.href();
        view! { <a class="button button--small" href=href>{label}</a> }
    };
    let next = next.map(|next| {
        view! {
            <span>"Not all keys were looked at."</span>
            {link("Look at more", Some(next))}
        }
    });
    let first = here.unreadable.as_ref().map(|_| link("Back to the first ones", None));
    let ways =
        (next.is_some() || first.is_some()).then(|| view! { <p class="unreadable__ways">{next} {first}</p> });
    view! {
        <p class="unreadable__intro">{intro}</p>
        <ol class="unreadable__rows" aria-label="Documents that the index cannot read">{rows.collect_view()}</ol>
        {hidden}
        {ways}
    }
    .to_html()
}

/// One document: what it says, where it lies, what is wrong, and the form that drops it.
fn row(here: &Address, prefix: &str, one: Unreadable) -> AnyView {
    let id = one.id.to_string();
    let text = match excerpt(&one.text, TEXT_CHARS).unwrap_or(one.text) {
        text if text.is_empty() => view! { <p class="panel__empty">"It has no text."</p> }.into_any(),
        text => view! { <p class="unreadable__text" dir="auto">{text}</p> }.into_any(),
    };
    // Names of fields stand in backticks.
    let problem = one.problem.split('`').enumerate().map(|(at, piece)| match at % 2 {
        0 => piece.to_owned().into_any(),
        _ => view! { <code>{piece.to_owned()}</code> }.into_any(),
    });
    view! {
        <li class="unreadable__row">
            <div class="unreadable__what">
                {text}
                <p class="unreadable__facts">
                    <code class="unreadable__key">{format!("{prefix}{id}")}</code>
                    <span class="unreadable__problem">{problem.collect_view()}</span>
                </p>
            </div>
            <form method="post" action=DropMemory::PATH autocomplete="off">
                <input type="hidden" name="at" value=here.query() />
                <input type="hidden" name="memory_id" value=id.clone() />
                <button
                    class="button button--small button--quiet"
                    type="submit"
                    aria-label=format!("Drop unreadable memory {id}")
                >
                    "Drop"
                </button>
            </form>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_ids_are_no_markup_and_names_of_fields_are_set_apart() {
        let one = Unreadable {
            id: "\"<i>".parse().unwrap(),
            text: "<b>bold</b>".into(),
            problem: "`created_ts` is not a number".into(),
        };
        let html = unreadable_list(&Address::default(), "agent:mem:", vec![one], 3, Some(7));
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert!(html.contains("<code>created_ts") && !html.contains('`'), "{html}");
        assert!(html.contains("3 more follow") && html.contains("unreadable=7"), "{html}");
    }
}
