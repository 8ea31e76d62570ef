//! Drops one memory.

use leptos::prelude::*;

use super::{ApiError, Place};

/// Drops one memory of the user and namespace; `false` where there was none.
///
/// # Errors
/// A bad name or id, or Redis gone.
#[server(name = Forget, prefix = "/api/fn", endpoint = "forget")]
pub async fn forget(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
    /// The memory.
    memory_id: String,
) -> Result<bool, ApiError> {
    use super::host::{lead_to, memory, refuse};
    use agent_memory::MemoryId;

    let scope = place.scope().map_err(|error| refuse("forget", error.into()))?;
    let id = MemoryId::new(&memory_id).map_err(|error| refuse("forget", error.into()))?;
    let was_there = memory()?.forget(&scope, &id).await.map_err(|error| refuse("forget", error))?;
    lead_to(&place.address());
    Ok(was_there)
}
