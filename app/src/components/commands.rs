use agent_memory::turn::Step;
use leptos::{html, prelude::*};

use super::text;

use crate::view::last_turn::milliseconds;

/// The Redis commands of the last turn or probe with their times, to be pasted into `redis-cli`.
#[component]
pub(crate) fn Commands(
    /// What was asked of Redis.
    steps: Vec<Step>,
) -> impl IntoView {
    // A step that had nothing to ask is none.
    let steps: Vec<_> = steps.into_iter().filter(|step| !step.lines.is_empty()).collect();
    let count: usize = steps.iter().map(|step| step.lines.len()).sum();
    view! {
        <details class="commands">
            <summary class="commands__summary">{format!("Redis commands ({count})")}</summary>
            <p class="commands__hint">
                "A line with a vector is longer than the prompt of redis-cli takes: put it into a file, "
                <code>"redis-cli < file"</code>
            </p>
            <ol class="commands__steps">{steps.into_iter().map(|step| view! { <StepRow step /> }).collect_view()}</ol>
        </details>
    }
}

/// The commands of one purpose.
#[component]
fn StepRow(
    /// The step.
    step: Step,
) -> impl IntoView {
    let label = format!("Commands to {}", step.purpose);
    let lines = step.lines.join("\n");
    let copied = RwSignal::new(COPY);
    let shown = NodeRef::<html::Pre>::new();
    let to_copy = lines.clone();
    view! {
        <li class="commands__step">
            <div class="commands__head">
                <span class="commands__purpose">{step.purpose}</span>
                <span class="commands__took">{milliseconds(step.took_ms)}</span>
                <button
                    class="button button--small"
                    type="button"
                    aria-label=format!("Copy: {label}")
                    on:click=move |_| copy(to_copy.clone(), shown, copied)
                >
                    {text(move || copied.get())}
                </button>
            </div>
            <pre class="commands__lines" tabindex="0" role="region" aria-label=label node_ref=shown>
                {lines}
            </pre>
        </li>
    }
}

/// What the button says before it is pressed.
const COPY: &str = "Copy";

/// Puts the lines onto the clipboard, and says so for a while. Browsers have none on pages that did not come over a safe
/// connection: there the lines are selected.
fn copy(lines: String, shown: NodeRef<html::Pre>, copied: RwSignal<&'static str>) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move {
        let clipboard = window().navigator().clipboard();
        let is_done = !clipboard.is_undefined()
            && wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&lines)).await.is_ok();
        let outcome = if is_done { "Copied" } else { select(shown) };
        // The row may be gone by now.
        let _ = copied.try_set(outcome);
        let forget = move || {
            let _ = copied.try_set(COPY);
        };
        set_timeout(forget, std::time::Duration::from_secs(3));
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (lines, shown, copied);
}

#[cfg(feature = "hydrate")]
fn select(shown: NodeRef<html::Pre>) -> &'static str {
    let selection = window().get_selection().ok().flatten();
    let is_selected = selection
        .zip(shown.get_untracked())
        .is_some_and(|(selection, shown)| selection.select_all_children(&shown).is_ok());
    if is_selected { "Selected" } else { COPY }
}
