use agent_memory::{Look, SessionState};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Panel, PostForm, RecentTurns, ScratchpadForm, Skeleton, Submit, Threads, WriteError, maybe, part, when,
};
use crate::{
    api::NewThread,
    page::{Page, Write},
    view::lifetime::{left, lifetime},
};

/// Working memory: what the agent holds in mind on the open thread.
#[component]
pub(crate) fn WorkingMemory(
    /// The page.
    page: Page,
) -> impl IntoView {
    let facts_now = page.part(facts);
    let ttl = page.part(|look| look.session.as_ref().map(|session| session.ttl_seconds));
    let ttl = move || ttl.get().flatten().filter(|&seconds| seconds > 0);
    let has_session = page.part(|look| look.session.is_some());
    let ttl_fact = move || {
        view! {
            <div class="working-memory__fact">
                <dt class="working-memory__name">"TTL"</dt>
                <dd class="working-memory__value">
                    {maybe(move || ttl().map(|seconds| lifetime(left(seconds, page.clock.elapsed()))))}
                </dd>
            </div>
        }
    };
    view! {
        <Panel
            id="working-memory"
            heading="Working memory"
            aside=move || {
                view! {
                    <Threads page />
                    <NewThreadButton page />
                }
            }
        >
            <WriteError action=page.writes.new_thread />
            <Skeleton page />
            <dl class="working-memory__facts">
                {part(move || Some(facts_now.get()?.into_iter().map(fact).collect_view()))}
                {when(move || ttl().is_some(), ttl_fact)}
            </dl>
            {when(
                move || has_session.get() == Some(false),
                || view! { <p class="panel__empty">"Nothing held in mind: send a turn, or wait for one."</p> },
            )}
            {when(
                move || has_session.get() == Some(true),
                move || {
                    view! {
                        <ScratchpadForm page />
                        <RecentTurns page />
                    }
                },
            )}
        </Panel>
    }
}

/// Begins a fresh thread.
#[component]
fn NewThreadButton(
    /// The page.
    page: Page,
) -> impl IntoView {
    let action = page.writes.new_thread;
    let send = move |_| {
        action.dispatch(Write::NewThread { at: page.here_untracked().query() });
    };
    view! {
        <PostForm page url=NewThread::PATH send>
            <Submit id="new-thread" label="New thread" class="button--small" pending=action.pending() />
        </PostForm>
    }
}

/// Names and values, in the order in which they are shown.
fn facts(look: &Look) -> Vec<(&'static str, String)> {
    let thread = look.thread_id.as_ref().map_or_else(|| "none yet".into(), ToString::to_string);
    let mut facts = vec![("Thread", thread)];
    facts.extend(look.session.iter().flat_map(session_facts));
    facts
}

fn session_facts(session: &SessionState) -> Vec<(&'static str, String)> {
    vec![
        ("User", session.user.clone()),
        ("Namespace", session.namespace.clone().unwrap_or_else(|| "not told".into())),
        ("Agent", session.agent.clone()),
        ("Goal", if session.goal.is_empty() { "none".into() } else { session.goal.clone() }),
        ("Turns", session.turn_count.to_string()),
    ]
}

fn fact((name, value): (&'static str, String)) -> impl IntoView {
    view! {
        <div class="working-memory__fact">
            <dt class="working-memory__name">{name}</dt>
            <dd class="working-memory__value" dir="auto">{value}</dd>
        </div>
    }
}
