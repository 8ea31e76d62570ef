use leptos::prelude::*;

/// The kind of a memory, as a word with a colour.
#[component]
pub(crate) fn KindBadge(
    /// The kind: `episodic`, `semantic`, or what another program wrote.
    kind: String,
) -> impl IntoView {
    let class = match kind.as_str() {
        "episodic" => "badge badge--episodic",
        "semantic" => "badge badge--semantic",
        _ => "badge",
    };
    view! { <span class=class>{kind}</span> }
}
