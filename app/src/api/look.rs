//! Reads everything that the page shows.

use agent_memory::Look;
use leptos::prelude::*;

use super::ApiError;

/// Everything that the page shows of one place.
///
/// # Errors
/// A bad name, a thread of somebody else, or Redis gone.
#[server(name = ReadLook, prefix = "/api/fn", endpoint = "look")]
pub async fn read_look(
    /// Where the page stands.
    at: String,
) -> Result<Look, ApiError> {
    use super::host::{answered, memory};

    answered("look", look_at(&memory()?, &at).await)
}

/// Everything that the page shows of the place that this query describes.
#[cfg(feature = "ssr")]
pub(crate) async fn look_at(memory: &agent_memory::Memory, at: &str) -> Result<Look, agent_memory::Error> {
    let address = crate::address::Address::from_query(at);
    memory.look(&address.scope()?, &address.look_request()?).await
}
