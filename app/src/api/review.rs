//! Decides about a pair of memories, takes that back, and looks for pairs.

use agent_memory::review::{Decided, ScanProgress};
use leptos::prelude::*;

use super::ApiError;

/// Memories that one call of a scan compares.
#[cfg(feature = "ssr")]
const SLICE: usize = 200;

/// Decides about a pair that waits. `decision` is a word of [`agent_memory::review::Decision`].
///
/// # Errors
/// A bad name, id, decision or text, a pair that waits no more, or Redis gone.
#[server(name = DecidePair, prefix = "/api/fn", endpoint = "decide_pair")]
pub async fn decide_pair(
    /// Where the page stands.
    at: String,
    /// The older memory of the pair.
    older: String,
    /// The newer one.
    newer: String,
    /// What is decided.
    decision: String,
    /// The text that takes the place of both, for a merge; else it counts for nothing.
    #[server(default)]
    text: String,
) -> Result<Decided, ApiError> {
    use agent_memory::{Error, MemoryId, Text, review::Decision};

    use super::host::{answered, lead_to, memory, typed};
    use crate::address::{Address, decided_word};

    let (memory, address) = (memory()?, Address::from_query(&at));
    let decide = async {
        let (older, newer) = (MemoryId::existing(older)?, MemoryId::existing(newer)?);
        let decision: Decision = decision.parse()?;
        let text = (decision == Decision::Merge).then(|| Text::new(typed(text))).transpose()?;
        let decided = memory.decide(&address.scope()?, &older, &newer, decision, text).await?;
        decided.ok_or(Error::NoSuchMemory { memory_id: older })
    };
    let decided = answered("decide_pair", decide.await)?;
    lead_to(&Address { decided: Some(decided_word(&decided)), dropped: None, ..address });
    Ok(decided)
}

/// Takes a decision back, told by its word in the address; `false` where that is no longer possible.
///
/// # Errors
/// A bad name or word, or Redis gone.
#[server(name = UndoDecision, prefix = "/api/fn", endpoint = "undo_decision")]
pub async fn undo_decision(
    /// Where the page stands.
    at: String,
    /// The decision.
    decided: String,
) -> Result<bool, ApiError> {
    use agent_memory::InvalidInput;

    use super::host::{answered, lead_to, memory};
    use crate::address::{Address, decided_of};

    let (memory, address) = (memory()?, Address::from_query(&at));
    let undo = async {
        let decided = decided_of(&decided)
            .ok_or_else(|| InvalidInput::unfit("decision", "a decision that was made here"))?;
        memory.undo_decision(&address.scope()?, &decided).await
    };
    let is_undone = answered("undo_decision", undo.await)?;
    lead_to(&Address { decided: None, ..address });
    Ok(is_undone)
}

/// Compares the next memories with those around them, and notes pairs that nobody knew of. No memory is changed.
///
/// # Errors
/// A bad name or id, or Redis gone.
#[server(name = ScanPairs, prefix = "/api/fn", endpoint = "scan_pairs")]
pub async fn scan_pairs(
    /// Where the page stands.
    at: String,
    /// The last memory that was compared; from the beginning where nothing is said.
    #[server(default)]
    after: String,
) -> Result<ScanProgress, ApiError> {
    use agent_memory::MemoryId;

    use super::host::{answered, lead_to, memory};
    use crate::address::Address;

    let (memory, address) = (memory()?, Address::from_query(&at));
    let scan = async {
        let after = (!after.is_empty()).then(|| MemoryId::existing(after)).transpose()?;
        memory.scan(&address.scope()?, after.as_ref(), SLICE).await
    };
    let progress = answered("scan_pairs", scan.await)?;
    lead_to(&Address { scanned: progress.next.as_ref().map(ToString::to_string), ..address });
    Ok(progress)
}
