//! Clears long-term memory and writes the samples.

use leptos::prelude::*;

use super::ApiError;

/// Drops memories and writes the samples into the user and namespace; returns how many samples. `extent` is `own` (only
/// theirs are dropped) or `everything` (everybody's are).
///
/// # Errors
/// A bad name or extent, or Redis gone.
#[server(name = Reset, prefix = "/api/fn", endpoint = "reset")]
pub async fn reset(
    /// Where the page stands.
    at: String,
    /// `own` or `everything`.
    extent: String,
) -> Result<usize, ApiError> {
    use super::host::{answered, lead_to, memory};
    use agent_memory::service::ResetExtent;

    let (memory, address) = (memory()?, crate::address::Address::from_query(&at));
    let extent = match extent.as_str() {
        "own" => ResetExtent::Own,
        "everything" => ResetExtent::Everything,
        _ => {
            return Err(ApiError::Invalid {
                field: "extent".into(),
                problem: "is unknown, expected own or everything".into(),
            });
        }
    };
    let reset = async { memory.reset(&address.scope()?, extent).await };
    let seeded = answered("reset", reset.await)?;
    lead_to(&crate::address::Address { dropped: None, ..address });
    Ok(seeded)
}
