//! Clears long-term memory and writes the samples.

use agent_memory::Scope;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Place};

/// What a reset did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResetReply {
    /// Where the samples are now.
    pub scope: Scope,
    /// How many samples were written.
    pub seeded: usize,
}

/// Drops memories and writes the samples into the user and namespace. `extent` is `own` (only theirs are dropped) or
/// `everything` (everybody's are).
///
/// # Errors
/// A bad name or extent, or Redis gone.
#[server(name = Reset, prefix = "/api/fn", endpoint = "reset")]
pub async fn reset(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
    /// `own` or `everything`.
    extent: String,
) -> Result<ResetReply, ApiError> {
    use super::host::{lead_to, memory, refuse};
    use agent_memory::service::ResetExtent;

    let scope = place.scope().map_err(|error| refuse("reset", error.into()))?;
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
    let seeded = memory()?.reset(&scope, extent).await.map_err(|error| refuse("reset", error))?;
    lead_to(&place.address());
    Ok(ResetReply { scope, seeded })
}
