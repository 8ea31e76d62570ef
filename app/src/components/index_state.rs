use agent_memory::IndexState;
use leptos::prelude::*;

use super::part;
use crate::{
    page::Page,
    view::{distance::threshold_value, lifetime::lifetime},
};

/// The state of the memory index in one line.
#[component]
pub(crate) fn IndexStateLine(
    /// The page.
    page: Page,
) -> impl IntoView {
    let index = page.index;
    view! {
        <dl class="index-state" aria-label="Index state">
            {part(move || index.get().map(|(index, redis)| facts(&index, redis).map(fact).collect_view()))}
        </dl>
    }
}

fn facts(index: &IndexState, redis_version: String) -> [(&'static str, String); 9] {
    [
        ("Index", index.index_name.clone()),
        ("Documents", index.num_docs.to_string()),
        ("Failures", index.indexing_failures.to_string()),
        ("Model", index.model.clone()),
        ("Session TTL", lifetime(index.session_ttl_seconds)),
        ("Dedup at", dedup(index)),
        ("Recall at", threshold_value(index.default_recall_threshold)),
        ("Redis", redis_version),
        ("Stack", index.stack_label.clone()),
    ]
}

fn fact((name, value): (&'static str, String)) -> impl IntoView {
    view! {
        <div class="index-state__fact">
            <dt class="index-state__name">{name}</dt>
            <dd class="index-state__value">{value}</dd>
        </div>
    }
}

/// The dedup threshold, and the rule where it is not the usual one.
fn dedup(index: &IndexState) -> String {
    let threshold = threshold_value(index.dedup_threshold);
    match index.dedup_rule {
        Some(rule) => format!("{threshold}, by {rule} alone"),
        None => threshold,
    }
}
