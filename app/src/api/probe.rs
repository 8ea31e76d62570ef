//! Asks what a text would recall.

use agent_memory::turn::ProbeOutcome;
use leptos::prelude::*;

use super::{ApiError, Place};

/// The memories that are nearest to a text. Nothing is written: no turn, no memory, no event.
///
/// # Errors
/// A bad name, an empty text, or Redis gone.
#[server(name = Probe, prefix = "/api/fn", endpoint = "probe")]
pub async fn probe(
    /// Where the page stands.
    #[server(flatten)]
    place: Place,
    /// What is asked.
    text: String,
) -> Result<ProbeOutcome, ApiError> {
    use super::host::{memory, refuse};

    let scope = place.scope().map_err(|error| refuse("probe", error.into()))?;
    memory()?.probe(&scope, &text).await.map_err(|error| refuse("probe", error))
}
