//! Replaces the agent's notes on a thread.

use leptos::prelude::*;

use super::ApiError;

/// Replaces the scratchpad of the open thread.
///
/// # Errors
/// No thread, a thread of somebody else, notes that are too long, or Redis gone.
#[server(name = SetScratchpad, prefix = "/api/fn", endpoint = "scratchpad")]
pub async fn set_scratchpad(
    /// Where the page stands.
    at: String,
    /// The new notes; nothing clears them.
    #[server(default)]
    text: String,
) -> Result<(), ApiError> {
    use super::host::{answered, lead_to, memory, typed};

    let (memory, address, notes) = (memory()?, crate::address::Address::from_query(&at), typed(text));
    let set = async {
        let thread_id = agent_memory::ThreadId::new(address.thread.as_deref().unwrap_or_default())?;
        memory.set_scratchpad(&address.scope()?, &thread_id, &notes).await
    };
    answered("scratchpad", set.await)?;
    lead_to(&address);
    Ok(())
}
