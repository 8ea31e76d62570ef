//! Looks for the documents of a scope that the index cannot read.

use agent_memory::{Error, Memory, Scope, review::Unreadable};

use super::Sheet;
use crate::{address::Address, components::unreadable_list};

/// Steps of the search that a look makes, each over some thousand keys; and those that somebody asked for.
const STEPS: usize = 4;
const STEPS_ASKED_FOR: usize = 50;

/// Documents that are shown at once.
const SHOWN: usize = 50;

/// How many there are, in words, and the list of them as HTML; empty where there is none. Nothing is looked at unless the index
/// could not read something, whoever wrote it.
pub(super) async fn look_at_unreadable(
    memory: &Memory,
    address: &Address,
    scope: &Scope,
    indexing_failures: u64,
) -> Result<Sheet, Error> {
    let from = address.unreadable.as_ref().map(|from| from.parse().unwrap_or_default());
    if from.is_none() && indexing_failures == 0 {
        return Ok(Sheet::new());
    }
    let steps = if from.is_some() { STEPS_ASKED_FOR } else { STEPS };
    let (mut found, mut next) = (Vec::<Unreadable>::new(), Some(from.unwrap_or_default()));
    for _ in 0..steps {
        let Some(from) = next.filter(|_| found.len() < SHOWN) else { break };
        let page = memory.long_term().unreadable(scope, from).await?;
        next = page.next;
        // A key may be found twice.
        let is_new = |one: &Unreadable| found.iter().all(|known| known.id != one.id);
        let new: Vec<_> = page.memories.into_iter().filter(is_new).collect();
        found.extend(new);
    }
    if from.is_none() && found.is_empty() && next.is_none() {
        return Ok(Sheet::new());
    }
    let is_whole = next.is_none() && from.unwrap_or_default() == 0;
    let hidden = found.len().saturating_sub(SHOWN);
    let count = format!("{}{}", found.len(), if is_whole { "" } else { "+" });
    found.truncate(SHOWN);
    let prefix = &memory.settings().keys.memory_prefix;
    Ok(vec![count, unreadable_list(address, prefix, found, hidden, next)])
}
