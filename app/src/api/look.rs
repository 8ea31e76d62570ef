//! Reads everything that the page shows.

use agent_memory::{Look, history::Disagreement, review::Inbox};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Pairs that are shown at once.
#[cfg(feature = "ssr")]
const PAIRS: usize = 30;

/// Everything that the page shows of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What is always shown.
    pub look: Look,
    /// What waits for a decision, where that is open.
    pub inbox: Option<Inbox>,
    /// Which of the nearest candidates disagree with a newer one, each with each: which ones are recalled together is the
    /// browser's to say, whose threshold moves. To compare texts there would be 45 kB of the front end.
    pub disagreements: Vec<Disagreement>,
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

    answered("look", look_at(&memory()?, &at).await)
}

/// Everything that the page shows of the place that this query describes.
#[cfg(feature = "ssr")]
pub(crate) async fn look_at(memory: &agent_memory::Memory, at: &str) -> Result<Seen, agent_memory::Error> {
    let address = crate::address::Address::from_query(at);
    let scope = address.scope()?;
    let look = memory.look(&scope, &address.look_request()?).await?;
    let inbox = match address.review {
        true => Some(memory.inbox(&scope, PAIRS).await?),
        false => None,
    };
    let candidates = look.probe.as_ref().map(|probe| probe.candidates.as_slice());
    let disagreements = crate::view::review::all_disagreements(candidates.unwrap_or_default());
    Ok(Seen { look, inbox, disagreements })
}
