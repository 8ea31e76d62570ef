//! What is typed and not yet sent.

use agent_memory::Threshold;
use leptos::prelude::*;

use super::Page;
use crate::address::Address;

/// What is typed and not yet sent.
#[derive(Clone, Copy)]
pub struct Typed {
    /// The text of the turn form.
    pub text: RwSignal<String>,
    /// Notes for the scratchpad that were typed and not saved.
    pub notes: RwSignal<Option<Draft>>,
}

/// Notes that were typed and not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// For which thread.
    pub thread: String,
    /// What was stored when typing began.
    pub began_with: String,
    /// What is typed.
    pub notes: String,
}

impl Typed {
    pub(super) fn new() -> Self {
        Self { text: RwSignal::new(early("turn-text")), notes: RwSignal::default() }
    }

    /// Goes where was chosen before the page was taken over: another user, another namespace, another kind to write, another
    /// threshold.
    pub(super) fn follow(self, page: Page) {
        let moved = early_threshold();
        let chosen = ["turn-user", "turn-namespace", "turn-kind"].map(early);
        Effect::new(move || {
            if let Some(threshold) = moved {
                page.move_threshold(threshold);
                page.settle_threshold();
            }
            let here = page.navigation.address.get_untracked();
            let [user, namespace, kind] = &chosen;
            let there = Address { write: kind.parse().unwrap_or(here.write), ..here.clone() };
            if !user.is_empty() && !Address::new(user, namespace).has_scope_of(&here) {
                page.navigation.open(there.opened(user, namespace));
            } else {
                page.navigation.settle(there);
            }
        });
    }
}

/// The threshold that somebody moved or typed while the page was taken over.
fn early_threshold() -> Option<Threshold> {
    // Sliders round what they are given to their steps: less than one is no movement.
    let moved = early_change("threshold-slider").filter(|(now, before)| is_moved(now, before));
    let (now, _) = moved.or_else(|| early_change("threshold-number"))?;
    Threshold::new(now.parse().ok()?).ok()
}

/// Whether a slider with steps of a hundredth stands elsewhere than it was put.
fn is_moved(now: &str, before: &str) -> bool {
    let distance = |text: &str| text.parse::<f64>().ok();
    distance(now).zip(distance(before)).is_some_and(|(now, before)| (now - before).abs() > 0.0051)
}

/// What stands in a field while the page is taken over: somebody may have been quicker. Empty on the server.
fn early(id: &str) -> String {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

        let Some(field) = document().get_element_by_id(id) else { return String::new() };
        let value = field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        let value = value.or_else(|| field.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value));
        value
            .or_else(|| field.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value))
            .unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = id;
        String::new()
    }
}

/// What stands in a field while the page is taken over, and what the server put there, where they differ.
pub(crate) fn early_change(id: &str) -> Option<(String, String)> {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        use web_sys::{HtmlInputElement, HtmlTextAreaElement};

        let field = document().get_element_by_id(id)?;
        let input = field.dyn_ref::<HtmlInputElement>().map(|input| (input.value(), input.default_value()));
        let values = input.or_else(|| {
            let area = field.dyn_ref::<HtmlTextAreaElement>()?;
            Some((area.value(), area.default_value().ok()?))
        });
        values.filter(|(now, before)| now != before)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = id;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_that_rounds_is_not_moved() {
        for (now, before, expected) in [
            ("0.55", "0.55", false),
            ("0.73", "0.725", false),
            ("0.56", "0.55", true),
            ("0", "2.00", true),
            ("", "1", false),
        ] {
            assert_eq!(is_moved(now, before), expected, "{now} {before}");
        }
    }
}
