//! Replaces the agent's notes on a thread.

use leptos::prelude::*;

use super::{ApiError, Place};

/// Replaces the scratchpad of the open thread.
///
/// # Errors
/// No thread, a thread of somebody else, notes that are too long, or Redis gone.
#[server(name = SetScratchpad, prefix = "/api/fn", endpoint = "scratchpad")]
pub async fn set_scratchpad(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
    /// The new notes; nothing clears them.
    #[server(default)]
    text: String,
) -> Result<(), ApiError> {
    use super::host::{lead_to, memory, refuse};
    use agent_memory::ThreadId;

    let scope = place.scope().map_err(|error| refuse("scratchpad", error.into()))?;
    let thread_id = ThreadId::new(&place.thread).map_err(|error| refuse("scratchpad", error.into()))?;
    memory()?.set_scratchpad(&scope, &thread_id, &text).await.map_err(|error| refuse("scratchpad", error))?;
    lead_to(&place.address());
    Ok(())
}
