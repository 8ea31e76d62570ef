//! What became of a memory, for its sheet; and taking a change of it back.

use agent_memory::{Error, Memory, MemoryId, history::History};

use super::change::ChangeForm;
use crate::address::{Address, Done};

/// The state of a memory: when it was changed last, in a way that can be taken back.
pub(crate) fn state_of(history: &History) -> String {
    let last = history.changes.iter().rev().find(|change| change.is_reversible());
    last.map(|change| change.ts.to_string()).unwrap_or_default()
}

/// Takes a change of a memory back: what it replaced holds again.
pub(super) async fn take_back(
    memory: &Memory,
    address: &Address,
    form: &ChangeForm,
) -> Result<Option<Done>, Error> {
    let memory_id = MemoryId::existing(&*form.memory_id)?;
    // A time that is no number is that of no change.
    let ts = form.undo.trim().parse().unwrap_or(f64::NAN);
    match memory.revert(&address.scope()?, &memory_id, Some(ts)).await? {
        Some(_) => Ok(None),
        None => Err(Error::NoSuchMemory { memory_id }),
    }
}
