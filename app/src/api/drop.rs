//! Drops one memory, and brings it back.

use leptos::prelude::*;

use super::ApiError;

/// Drops one memory of the user and namespace and returns its id; `None` where there was none. For a minute it can be brought back.
///
/// # Errors
/// A bad name or id, or Redis gone.
#[server(name = DropMemory, prefix = "/api/fn", endpoint = "drop_memory")]
pub async fn drop_memory(
    /// Where the page stands.
    at: String,
    /// The memory.
    memory_id: String,
) -> Result<Option<String>, ApiError> {
    use super::host::{answered, lead_to, memory};
    use crate::address::Address;

    let (memory, address) = (memory()?, Address::from_query(&at));
    let drop =
        async { memory.set_aside(&address.scope()?, &agent_memory::MemoryId::existing(&memory_id)?).await };
    let was_there = answered("drop_memory", drop.await)?;
    let dropped = was_there.then_some(memory_id);
    lead_to(&Address { dropped: dropped.clone(), ..address });
    Ok(dropped)
}

/// Brings back the memory that was dropped; `false` where that is no longer possible.
///
/// # Errors
/// A bad name or id, or Redis gone.
#[server(name = BringBack, prefix = "/api/fn", endpoint = "bring_back")]
pub async fn bring_back(
    /// Where the page stands.
    at: String,
    /// The memory.
    memory_id: String,
) -> Result<bool, ApiError> {
    use super::host::{answered, lead_to, memory};
    use crate::address::Address;

    let (memory, address) = (memory()?, Address::from_query(&at));
    let bring =
        async { memory.bring_back(&address.scope()?, &agent_memory::MemoryId::existing(&memory_id)?).await };
    let is_back = answered("bring_back", bring.await)?;
    lead_to(&Address { dropped: None, ..address });
    Ok(is_back)
}
