//! Decides about a pair of memories, takes that back, and looks for pairs.

use leptos::prelude::*;

use super::ApiError;

/// Memories that one call of a scan compares.
#[cfg(feature = "ssr")]
const SLICE: usize = 200;

/// What is done about pairs of memories. One function, since each one is 1 kB of the front end:
///
/// - `deed` is a word of [`agent_memory::review::Decision`], `about` names the pair by the ids of the older and the newer memory, and
///   `text` is what takes the place of both, for a merge. Replies with the word of the decision, see [`crate::address::decided_word`].
/// - `deed` is `undo`, `about` is such a word: takes the decision back. Replies with nothing where that is no longer possible.
/// - `deed` is `scan`, `about` is the memory that was compared last, or nothing to begin: compares the next memories with those
///   around them, and changes none. Replies with how many were compared, how many there are, how many pairs were found, and where
///   to go on if there is more.
///
/// # Errors
/// A bad name, id, deed or text, a pair that waits no more, or Redis gone.
#[server(name = Review, prefix = "/api/fn", endpoint = "review")]
pub async fn review(
    /// Where the page stands.
    at: String,
    /// What to do.
    deed: String,
    /// With what.
    #[server(default)]
    about: String,
    /// The text that takes the place of both.
    #[server(default)]
    text: String,
) -> Result<Option<String>, ApiError> {
    use super::host::{answered, lead_to, memory};
    use crate::address::Address;

    let (memory, address) = (memory()?, Address::from_query(&at));
    let reply = match deed.as_str() {
        "undo" => doing::undo(&memory, &address, &about).await,
        "scan" => doing::scan(&memory, &address, about).await,
        _ => doing::decide(&memory, &address, &format!("{deed} {about}"), text).await,
    };
    let reply = answered("review", reply)?;
    lead_to(&match deed.as_str() {
        "undo" => Address { decided: None, ..address },
        "scan" => {
            let next = reply.as_ref().and_then(|reply| reply.split(' ').nth(3));
            Address { scanned: next.map(Into::into), ..address }
        }
        _ => Address { decided: reply.clone(), dropped: None, ..address },
    });
    Ok(reply)
}

#[cfg(feature = "ssr")]
mod doing {
    use agent_memory::{
        Error, InvalidInput, Memory, MemoryId, Text,
        review::{Decided, Decision, ScanProgress},
    };

    use super::SLICE;
    use crate::{
        address::{Address, decided_of, decided_word},
        api::host::typed,
    };

    type Reply = Result<Option<String>, Error>;

    pub(super) async fn decide(memory: &Memory, address: &Address, word: &str, text: String) -> Reply {
        let Decided { decision, older, newer, .. } = decision(word)?;
        let text = (decision == Decision::Merge).then(|| Text::new(typed(text))).transpose()?;
        let decided = memory.decide(&address.scope()?, &older, &newer, decision, text).await?;
        let decided = decided.ok_or(Error::NoSuchMemory { memory_id: older })?;
        Ok(Some(decided_word(&decided)))
    }

    pub(super) async fn undo(memory: &Memory, address: &Address, word: &str) -> Reply {
        let is_undone = memory.undo_decision(&address.scope()?, &decision(word)?).await?;
        Ok(is_undone.then(|| word.into()))
    }

    pub(super) async fn scan(memory: &Memory, address: &Address, after: String) -> Reply {
        let after = (!after.is_empty()).then(|| MemoryId::existing(after)).transpose()?;
        let ScanProgress { scanned, total, found, next } =
            memory.scan(&address.scope()?, after.as_ref(), SLICE).await?;
        let told = format!("{scanned} {total} {found}");
        Ok(Some(next.map_or(told.clone(), |next| format!("{told} {next}"))))
    }

    fn decision(word: &str) -> Result<Decided, InvalidInput> {
        decided_of(word).ok_or_else(|| InvalidInput::unfit("decision", "one of those that are offered"))
    }
}
