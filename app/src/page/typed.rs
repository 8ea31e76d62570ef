//! What is typed and not yet sent.

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

    /// Goes where was chosen before the page was taken over: another user, another namespace, another kind to write.
    pub(super) fn follow(self, page: Page) {
        let chosen = ["turn-user", "turn-namespace", "turn-kind"].map(early);
        Effect::new(move || {
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
