use leptos::prelude::*;

use crate::address::{Sent, Wrote};

/// The hidden fields that keep the last turn on the page when only the threshold changes.
pub(super) fn sent_fields(sent: Sent) -> impl IntoView {
    let wrote = match sent.wrote {
        Wrote::Nothing => None,
        Wrote::New(id) => Some(("wrote", id)),
        Wrote::Onto(id) => Some(("onto", id)),
    };
    view! {
        <input type="hidden" name="q" value=sent.query />
        {wrote.map(|(name, id)| view! { <input type="hidden" name=name value=id /> })}
    }
}
