//! Reads everything that the page shows.

use agent_memory::{Snapshot, turn::ProbeOutcome};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Place};

/// What the page shows of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// What Redis holds.
    pub snapshot: Snapshot,
    /// What the query would recall, where there is one.
    pub probe: Option<ProbeOutcome>,
}

/// Everything that the page shows of one place, and what a query would recall there. Nothing is written.
///
/// # Errors
/// A bad name, a thread of somebody else, or Redis gone.
#[server(name = TakeLook, prefix = "/api/fn", endpoint = "look")]
pub async fn look(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
    /// A text that was sent by a plain form post; blank for none.
    #[server(default)]
    query: String,
) -> Result<Look, ApiError> {
    use super::host::{memory, refuse};

    let scope = place.scope().map_err(|error| refuse("look", error.into()))?;
    let thread_id = place.thread_id().map_err(|error| refuse("look", error.into()))?;
    let memory = memory()?;
    let snapshot =
        memory.snapshot(&scope, thread_id.as_ref()).await.map_err(|error| refuse("look", error))?;
    let probe = match query.trim() {
        "" => None,
        text => Some(memory.probe(&scope, text).await.map_err(|error| refuse("look", error))?),
    };
    Ok(Look { snapshot, probe })
}
