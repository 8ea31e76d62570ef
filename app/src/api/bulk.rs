//! Drops and changes many memories at once, and takes that back.

use agent_memory::{
    Error, InvalidInput, Kind, Lifetime, Memory, MemoryId,
    service::{ManyChange, ManyEdit, Selection},
};

use super::change::ChangeForm;
use crate::address::{Address, Deed, Done};

/// Changes the memories that were picked, or all that the table's filter accepts, or only counts these.
pub(super) async fn change(
    memory: &Memory,
    address: &Address,
    form: &ChangeForm,
    ids: Vec<String>,
) -> Result<Option<Done>, Error> {
    let (deed, change) = change_of(&form.what)?;
    let selection = match form.extent.as_str() {
        "" if ids.is_empty() => return Err(InvalidInput::unfit("ids", "at least one memory").into()),
        "" => Selection::Ids(ids.into_iter().map(MemoryId::existing).collect::<Result<_, _>>()?),
        _ => Selection::Where(address.table.filter.clone().checked()?),
    };
    let is_count = form.extent == "count";
    let changed = memory.change_many(&address.scope()?, &selection, &change, is_count).await?;
    if is_count {
        return Ok(Some(Done { deed, count: changed.matched, undo: String::new() }));
    }
    Ok(changed.undo.map(|undo| Done { deed, count: changed.changed, undo }))
}

/// Takes a change of many memories back.
pub(super) async fn undo(
    memory: &Memory,
    address: &Address,
    form: &ChangeForm,
) -> Result<Option<Done>, Error> {
    match memory.undo_many(&address.scope()?, &form.undo).await? {
        Some(_) => Ok(None),
        None => Err(Error::NoSuchMemory { memory_id: MemoryId::existing(&*form.undo)? }),
    }
}

/// What a word means for each memory.
fn change_of(what: &str) -> Result<(Deed, ManyChange), InvalidInput> {
    let edit = |kind, lifetime| ManyChange::Edit(ManyEdit { kind, lifetime, ..ManyEdit::default() });
    match what.parse() {
        Ok(deed @ Deed::Drop) => Ok((deed, ManyChange::Drop)),
        Ok(deed @ Deed::Pin) => Ok((deed, edit(None, Lifetime::Stays))),
        Ok(deed @ Deed::Semantic) => Ok((deed, edit(Some(Kind::Semantic), Lifetime::OfKind))),
        Ok(deed @ Deed::Episodic) => Ok((deed, edit(Some(Kind::Episodic), Lifetime::OfKind))),
        Ok(Deed::Edit) | Err(()) => Err(InvalidInput::unfit("what", "drop, pin, semantic or episodic")),
    }
}
