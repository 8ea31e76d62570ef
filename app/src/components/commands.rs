use agent_memory::turn::Step;
use leptos::prelude::*;

use super::text;

use crate::view::last_turn::milliseconds;

/// The Redis commands of the last turn or probe with their times, to be pasted into `redis-cli`.
#[component]
pub(crate) fn Commands(
    /// What was asked of Redis.
    steps: Vec<Step>,
) -> impl IntoView {
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
    let copied = RwSignal::new(false);
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
                    on:click=move |_| copy(to_copy.clone(), copied)
                >
                    {text(move || if copied.get() { "Copied" } else { "Copy" })}
                </button>
            </div>
            <pre class="commands__lines" tabindex="0" role="region" aria-label=label>
                {lines}
            </pre>
        </li>
    }
}

/// Puts the lines onto the clipboard, where the browser allows it.
fn copy(lines: String, copied: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move {
        let clipboard = window().navigator().clipboard();
        // Undefined on pages that did not come over a safe connection; the lines can still be selected.
        if clipboard.is_undefined() {
            return;
        }
        let is_done = wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&lines)).await.is_ok();
        copied.set(is_done);
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (lines, copied);
}
