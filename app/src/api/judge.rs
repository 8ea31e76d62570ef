//! Judges what is recalled.

use leptos::prelude::*;

use super::ApiError;

/// Judges a memory as an answer to what was asked, or forgets a saved query.
///
/// `deed` is `good`, `bad` or `none` with the id of a memory, or `forget` with the id of a saved query.
///
/// # Errors
/// A bad name, id or deed, a memory that is not there, more than may be kept, or Redis gone.
#[server(name = Judge, prefix = "/api/fn", endpoint = "judge")]
pub async fn judge(
    /// Where the page stands.
    at: String,
    /// What to do.
    deed: String,
) -> Result<(), ApiError> {
    use super::host::{answered, lead_to, memory};
    use crate::address::Address;

    let (memory, address) = (memory()?, Address::from_query(&at));
    answered("judge", carry_out(&memory, &address, &deed).await)?;
    lead_to(&address);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn carry_out(
    memory: &agent_memory::Memory,
    address: &crate::address::Address,
    deed: &str,
) -> Result<(), agent_memory::Error> {
    use agent_memory::{InvalidInput, MemoryId, Text};

    let unfit = || InvalidInput::unfit("deed", "one of those that are offered");
    let (word, id) = deed.split_once(' ').ok_or_else(unfit)?;
    let scope = address.scope()?;
    if word == "forget" {
        return memory.forget_query(&scope, id).await.map(|_| ());
    }
    let judgement = match word {
        "none" => None,
        word => Some(word.parse().map_err(|_| unfit())?),
    };
    let asked = address.asked.as_ref().map_or("", |asked| asked.query.as_str());
    memory.judge(&scope, &Text::named("query", asked)?, &MemoryId::existing(id)?, judgement).await.map(|_| ())
}
