//! Changes memories: edits one, changes many, takes back.
//!
//! One server function for all of it, since each one that the page calls is some 2 kB of the front end.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What is to be changed, as its form is filled; each change has its own of these fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    /// Where the page stands; its table tells what matches.
    pub at: String,
    /// `edit` or `take_back` for one memory; `drop`, `pin`, `semantic`, `episodic` or `undo` for many.
    pub what: String,
    /// The one memory.
    pub memory_id: String,
    /// To edit: which state of the memory the form began with.
    pub seen: String,
    /// To edit: the text.
    pub text: String,
    /// To edit: the kind; an unknown one stays as it is.
    pub kind: String,
    /// To edit: `keep`, `kind`, `pinned`, `days` or `until`.
    pub lifetime: String,
    /// For `days`: how many.
    pub days: String,
    /// For `until`: the last day, such as `2026-11-22`, in UTC.
    pub until: String,
    /// To edit: labels, separated by commas.
    pub tags: String,
    /// Of many: empty for those picked, `matching` for all that the table's filter accepts, `count` only counts these.
    pub extent: String,
    /// To take back: when one memory was changed, as its history tells it; or the name of a change of many.
    pub undo: String,
}

impl ChangeForm {
    /// A form from its fields.
    pub fn from_fields(field: impl Fn(&str) -> String) -> Self {
        Self {
            at: field("at"),
            what: field("what"),
            memory_id: field("memory_id"),
            seen: field("seen"),
            text: field("text"),
            kind: field("kind"),
            lifetime: field("lifetime"),
            days: field("days"),
            until: field("until"),
            tags: field("tags"),
            extent: field("extent"),
            undo: field("undo"),
        }
    }
}

/// Changes memories, and returns what was done and what takes it back: a [`Done`](crate::address::Done) as the address spells it,
/// `None` where nothing was done, and where it was taken back. With the extent `count` nothing is changed, and its count tells how many match.
///
/// # Errors
/// A bad field, a memory that is gone or was changed meanwhile, no memory picked, an undo that came too late, or Redis gone.
#[server(name = Change, prefix = "/api/fn", endpoint = "change")]
pub async fn change(
    /// The form, as it was sent.
    #[server(flatten)]
    form: ChangeForm,
    /// Of many: those picked.
    #[server(default)]
    ids: Vec<String>,
) -> Result<Option<String>, ApiError> {
    use super::{
        bulk, edit, history,
        host::{answered, lead_to, memory, typed},
    };
    use crate::address::Address;

    let (memory, form) = (memory()?, ChangeForm { text: typed(form.text), ..form });
    let address = Address::from_query(&form.at);
    let change = async {
        match form.what.as_str() {
            "edit" => edit::edit(&memory, &address, &form).await,
            "take_back" => history::take_back(&memory, &address, &form).await,
            "undo" => bulk::undo(&memory, &address, &form).await,
            _ => bulk::change(&memory, &address, &form, ids).await,
        }
    };
    let done = answered("change", change.await)?;
    lead_to(&Address { dropped: None, done: done.clone().filter(|_| form.extent != "count"), ..address });
    Ok(done.map(|done| done.to_string()))
}
