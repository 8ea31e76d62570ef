//! Reads everything that the page shows.

use agent_memory::Look;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Pairs that are shown at once.
#[cfg(feature = "ssr")]
const PAIRS: usize = 30;

/// Everything that the page shows of one place: what is always shown; what waits for a decision, where that is open; and which of
/// the nearest candidates disagree with a newer one, each with each.
///
/// It travels as a row without names, and texts are compared and put into words and markup where it is read: in the browser
/// that would be 55 kB of the front end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen(pub Look, pub Option<Vec<PairSeen>>, pub Vec<Disagrees>);

/// Two memories of which nobody has decided yet: the name of the pair (the ids of the older and the newer one), what they are to each
/// other, what the newer one says, when it came in Unix seconds, and the markup that shows both.
pub type PairSeen = (String, String, String, f64, String);

/// The earlier memory, the newer one, and what that says instead.
pub type Disagrees = (String, String, String);

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
    use crate::view::review::{all_disagreements, pair_seen};

    let address = crate::address::Address::from_query(at);
    let scope = address.scope()?;
    let look = memory.look(&scope, &address.look_request()?).await?;
    let pairs = match address.review {
        true => Some(memory.inbox(&scope, PAIRS).await?.pairs.into_iter().map(pair_seen).collect()),
        false => None,
    };
    let candidates = look.probe.as_ref().map(|probe| probe.candidates.as_slice());
    let disagreements = all_disagreements(candidates.unwrap_or_default());
    Ok(Seen(look, pairs, disagreements))
}
