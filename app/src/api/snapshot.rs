//! Reads everything that the page shows.

use agent_memory::Snapshot;
use leptos::prelude::*;

use super::{ApiError, Place};

/// Everything that the page shows of one place.
///
/// # Errors
/// A bad name, a thread of somebody else, or Redis gone.
#[server(name = ReadSnapshot, prefix = "/api/fn", endpoint = "snapshot")]
pub async fn snapshot(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
) -> Result<Snapshot, ApiError> {
    use super::host::{memory, refuse};

    let scope = place.scope().map_err(|error| refuse("snapshot", error.into()))?;
    let thread_id = place.thread_id().map_err(|error| refuse("snapshot", error.into()))?;
    memory()?.snapshot(&scope, thread_id.as_ref()).await.map_err(|error| refuse("snapshot", error))
}
