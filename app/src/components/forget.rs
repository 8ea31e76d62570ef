//! What the sheet about forgetting a user shows, rendered to HTML on the server alone.

use agent_memory::{Receipt, UserSummary};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    address::Address,
    api::ForgetUser,
    view::text::{counted, memories},
};

/// Users and namespaces that the list has at most.
const USERS: usize = 100;

/// The sheet: what would go and the form, or what went; and who else there is.
pub(crate) fn forget_sheet(address: &Address, receipt: &Receipt, users: &[UserSummary]) -> String {
    let here = address.with_forget(None);
    let state = match receipt.dry_run {
        true => asked(&here, receipt),
        false => told(receipt),
    };
    let users = user_list(&here, users);
    view! { {state} {users} }.to_html()
}

/// What would go, and the form that lets it go.
fn asked(here: &Address, receipt: &Receipt) -> AnyView {
    let is_all = receipt.namespace.is_none();
    let extent = if is_all { "all" } else { "own" };
    let choice = |word: &'static str, label: AnyView| {
        let href = here.with_forget(Some(word.into())).href();
        let is_chosen = (word == extent).then_some("true");
        // With a target: the browser follows it itself, and the server counts anew.
        view! { <a class="forget__choice" href=href target="_self" aria-current=is_chosen>{label}</a> }
    };
    let own = view! { "Only in " <bdi>{here.namespace.clone()}</bdi> }.into_any();
    let form = (receipt.total() > 0).then(|| {
        view! {
            <form class="edit forget__form" method="post" action=ForgetUser::PATH autocomplete="off">
                <input type="hidden" name="at" value=here.with_forget(Some(extent.into())).query() />
                <input type="hidden" name="extent" value=extent />
                <p class="forget__warning" id="forget-warning">
                    "This cannot be undone. Nothing is kept aside, and no other program that uses this Redis has it any more."
                </p>
                <label class="field__label" for="forget-name">
                    "To confirm, type the user’s name: " <bdi class="forget__name">{receipt.user.clone()}</bdi>
                </label>
                <input
                    class="field__input"
                    id="forget-name"
                    name="name"
                    required
                    dir="auto"
                    spellcheck="false"
                    autocapitalize="none"
                    autocomplete="off"
                    aria-describedby="forget-warning"
                />
                <div class="edit__send">
                    <button class="button button--danger forget__send" type="submit">
                        "Forget " <bdi>{receipt.user.clone()}</bdi> {wherein(receipt)}
                    </button>
                </div>
            </form>
        }
    });
    let said = match receipt.total() {
        0 => view! { "There is nothing of " <bdi>{receipt.user.clone()}</bdi> {wherein(receipt)} "." }
            .into_any(),
        _ => {
            view! { "This would go of " <bdi>{receipt.user.clone()}</bdi> {wherein(receipt)} ":" }.into_any()
        }
    };
    view! {
        <nav class="forget__choices" aria-label="In which namespaces">
            {choice("own", own)} {choice("all", "In every namespace".into_any())}
        </nav>
        <p class="forget__said" id="forget-said" tabindex="-1" autofocus>{said}</p>
        {counts(receipt)}
        {left(receipt)}
        {form}
    }
    .into_any()
}

/// The receipt.
fn told(receipt: &Receipt) -> AnyView {
    let total = counted(receipt.total(), "record is", "records are");
    view! {
        <p class="forget__said forget__said--done" id="forget-said" role="status" tabindex="-1" autofocus>
            "Forgot " <bdi>{receipt.user.clone()}</bdi> {wherein(receipt)} ": " {total} " gone for good."
        </p>
        {counts(receipt)}
        {left(receipt)}
    }
    .into_any()
}

/// Such as ` in work`, or ` in every namespace`.
fn wherein(receipt: &Receipt) -> AnyView {
    match receipt.namespace.clone() {
        Some(namespace) => view! { " in " <bdi>{namespace}</bdi> }.into_any(),
        None => " in every namespace".into_any(),
    }
}

/// Each family and its count; those that have nothing are quiet.
fn counts(receipt: &Receipt) -> AnyView {
    let rows = receipt.families().into_iter().map(|(family, count)| {
        let class = if count == 0 { "forget__count forget__count--none" } else { "forget__count" };
        view! { <div class=class><dt>{label(family)}</dt> <dd>{count}</dd></div> }
    });
    view! { <dl class="forget__counts" aria-label="What there is">{rows.collect_view()}</dl> }.into_any()
}

/// A family as a person calls it.
fn label(family: &'static str) -> &'static str {
    match family {
        "memories" => "Memories, current",
        "superseded" => "Memories, superseded",
        "set_aside" => "Memories, dropped and not yet gone",
        "unreadable" => "Memories that the index cannot read",
        "threads" => "Threads",
        "events" => "Entries of event logs",
        "answers" => "Answers kept for repeated requests",
        "reviews" => "Pairs in the review",
        "judgements" => "Judged queries and profiles",
        "undo" => "Changes of many that can be undone",
        other => other,
    }
}

/// What stays, since nobody can tell whose it is, or since it could not be reached.
fn left(receipt: &Receipt) -> AnyView {
    let ownerless = (receipt.ownerless > 0).then(|| {
        let count = counted(receipt.ownerless, "record names", "records name");
        view! { <p class="forget__left">{count} " no owner. Nobody can tell whose, so all of them stay."</p> }
    });
    let unreached = (receipt.unreached > 0).then(|| {
        let count = counted(receipt.unreached, "key", "keys");
        let keys = receipt.unreached_keys.iter().map(|key| view! { <li><code>{key.clone()}</code></li> });
        view! {
            <p class="forget__left">{count} " could not be looked at and stay, such as those of another type."</p>
            <ul class="forget__keys">{keys.collect_view()}</ul>
        }
    });
    view! { {ownerless} {unreached} }.into_any()
}

/// Who has a memory or a thread, to choose from; of very many those whose names stand around the user's.
fn user_list(here: &Address, users: &[UserSummary]) -> AnyView {
    const BEFORE: usize = 20;
    let own = users.partition_point(|row| row.user < here.user);
    let first = own.saturating_sub(BEFORE).min(users.len().saturating_sub(USERS));
    let rows = users.iter().skip(first).take(USERS).map(|row| {
        let namespace = row.namespace.as_deref();
        let there = here.opened(&row.user, namespace.unwrap_or(&here.namespace));
        let is_here = here.has_scope_of(&there) && namespace.is_some();
        let extent = if namespace.is_some() { "own" } else { "all" };
        let href = there.with_forget(Some(extent.into())).href();
        let counts = format!("{}, {}", memories(row.memories), counted(row.threads, "thread", "threads"));
        let namespace = match namespace {
            Some(namespace) => view! { "in " <bdi>{namespace.to_owned()}</bdi> }.into_any(),
            None => "in no namespace".into_any(),
        };
        view! {
            <li>
                <a class="threads__thread" href=href target="_self" aria-current=is_here.then_some("true")>
                    <bdi class="threads__label">{row.user.clone()}</bdi>
                    <span class="threads__facts"><span>{namespace}</span> <span>{counts}</span></span>
                </a>
            </li>
        }
    });
    let more = users.len().saturating_sub(USERS);
    let more = (more > 0).then(|| {
        view! { <p class="panel__empty">{format!("and {more} more: type a name into the field User of the page.")}</p> }
    });
    match users.is_empty() {
        true => view! { <p class="panel__empty">"Nobody has a memory or a thread here."</p> }.into_any(),
        false => view! {
            <h3 class="panel__subheading forget__others" id="forget-users">"Who has something here"</h3>
            <ol class="forget__users" aria-labelledby="forget-users">{rows.collect_view()}</ol>
            {more}
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(dry_run: bool, memories: u64) -> Receipt {
        let (user, namespace) = ("<b>ada</b>".to_owned(), Some("work".to_owned()));
        Receipt { user, namespace, dry_run, memories, ownerless: 2, ..Receipt::default() }
    }

    #[test]
    fn there_is_a_form_only_where_something_would_go() {
        let here = Address::new("<b>ada</b>", "work");
        let html = forget_sheet(&here, &receipt(true, 3), &[]);
        assert!(html.contains("<form") && html.contains("2 records name"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
        for other in [receipt(true, 0), receipt(false, 3)] {
            assert!(!forget_sheet(&here, &other, &[]).contains("<form"));
        }
    }

    #[test]
    fn the_list_is_bounded() {
        let user = |at| UserSummary { user: format!("user {at:03}"), memories: 1, ..UserSummary::default() };
        let users: Vec<_> = (0..USERS + 7).map(user).collect();
        let html = forget_sheet(&Address::default(), &receipt(false, 0), &users);
        assert_eq!(html.matches("<li>").count(), USERS);
        assert!(html.contains("and 7 more"), "{html}");
        // The user's own is always there.
        for own in ["user 000", "user 106"] {
            let html = forget_sheet(&Address::new(own, ""), &receipt(false, 0), &users);
            assert!(html.contains(&format!(">{own}<")));
        }
    }
}
