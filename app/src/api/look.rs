//! Reads everything that the page shows.

use agent_memory::Look;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What the page sees of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "(Look, Sheet)", into = "(Look, Sheet)")]
pub struct Seen {
    /// Everything but a sheet.
    pub look: Look,
    /// The sheet of the memory that the address names; empty where it names none, or there is none of this id.
    pub sheet: Sheet,
}

/// What the sheet of a memory shows: its id, and then as HTML that the server has rendered, what is known beside its text, the form
/// that edits it (empty for one that was dropped), and its versions and changes.
///
/// Forms that a browser posts itself, links, times: the page only hears what is done in them. Rendered in the browser, they would be some
/// 30 kB of the front end. A list of texts, since a type of its own costs another kB to be read.
pub type Sheet = Vec<String>;

impl From<(Look, Sheet)> for Seen {
    fn from((look, sheet): (Look, Sheet)) -> Self {
        Self { look, sheet }
    }
}

impl From<Seen> for (Look, Sheet) {
    fn from(seen: Seen) -> Self {
        (seen.look, seen.sheet)
    }
}

/// Everything that the page shows of one place.
///
/// # Errors
/// A bad name, a thread of somebody else, or Redis gone.
#[server(name = ReadLook, prefix = "/api/fn", endpoint = "look")]
pub async fn read_look(
    /// Where the page stands.
    at: String,
) -> Result<Seen, ApiError> {
    use super::host::{answered, memory};

    answered("look", look_at(&memory()?, &crate::address::Address::from_query(&at)).await)
}

/// Everything that the page shows of a place.
#[cfg(feature = "ssr")]
pub(crate) async fn look_at(
    memory: &agent_memory::Memory,
    address: &crate::address::Address,
) -> Result<Seen, agent_memory::Error> {
    let scope = address.scope()?;
    let look = memory.look(&scope, &address.look_request()?).await?;
    let id = address.memory.as_ref().and_then(|id| agent_memory::MemoryId::existing(id).ok());
    let history = match id {
        Some(id) => memory.history(&scope, &id).await?,
        None => None,
    };
    let sheet =
        history.map(|history| crate::components::sheet(address, &history, look.at)).unwrap_or_default();
    Ok(Seen { look, sheet })
}
