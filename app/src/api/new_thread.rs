//! Begins a fresh thread.

use agent_memory::{Scope, ThreadId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Place};

/// The fresh thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewThreadReply {
    /// Whose thread.
    pub scope: Scope,
    /// Its id.
    pub thread_id: ThreadId,
}

/// Begins a fresh thread of the user and namespace; the former one stays as it is.
///
/// # Errors
/// A bad name, or Redis gone.
#[server(name = NewThread, prefix = "/api/fn", endpoint = "new_thread")]
pub async fn new_thread(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
) -> Result<NewThreadReply, ApiError> {
    use super::host::{lead_to, memory, refuse};

    let scope = place.scope().map_err(|error| refuse("new_thread", error.into()))?;
    let thread_id = memory()?.new_thread(&scope).await.map_err(|error| refuse("new_thread", error))?;
    lead_to(&place.address().on(Some(thread_id.to_string())));
    Ok(NewThreadReply { scope, thread_id })
}
