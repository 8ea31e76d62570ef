//! Begins a fresh thread.

use agent_memory::{Scope, ThreadId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The fresh thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewThreadReply {
    /// Whose thread.
    pub scope: Scope,
    /// Its id.
    pub thread_id: ThreadId,
}

/// Begins a fresh thread of the user and namespace; the former one stays as it is.
///
/// # Errors
/// A bad name, or Redis gone.
#[server(name = NewThread, prefix = "/api/fn", endpoint = "new_thread")]
pub async fn new_thread(
    /// Where the page stands.
    at: String,
) -> Result<NewThreadReply, ApiError> {
    use super::host::{answered, lead_to, memory};

    let (memory, address) = (memory()?, crate::address::Address::from_query(&at));
    let begin = async {
        let scope = address.scope()?;
        Ok(NewThreadReply { thread_id: memory.start_thread(&scope, None, "").await?, scope })
    };
    let reply = answered("new_thread", begin.await)?;
    lead_to(&address.on(Some(reply.thread_id.to_string())));
    Ok(reply)
}
