//! What is typed and not yet sent.

use leptos::prelude::*;

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
        Self { text: RwSignal::default(), notes: RwSignal::default() }
    }
}
