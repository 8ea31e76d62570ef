//! What server functions need of the server around them.

use std::error::Error as _;

use agent_memory::Memory;
use axum::http::{header::ACCEPT, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::ApiError;
use crate::address::Address;

/// The memory service, which the server provides to every request.
pub(super) fn memory() -> Result<Memory, ApiError> {
    use_context::<Memory>().ok_or_else(|| {
        tracing::error!("no memory service is provided to the server functions");
        ApiError::Failed
    })
}

/// The answer, with a failure logged and turned into what the page can show.
pub(super) fn answered<T>(
    endpoint: &'static str,
    answer: Result<T, agent_memory::Error>,
) -> Result<T, ApiError> {
    answer.map_err(|error| {
        let refusal = refused(endpoint, error);
        set_status(&refusal);
        refusal
    })
}

/// Logs a failure, once, and turns it into what the page can show. The log never has memory text.
pub(crate) fn refused(endpoint: &'static str, error: agent_memory::Error) -> ApiError {
    let cause = error.source().map(ToString::to_string);
    match error {
        agent_memory::Error::Invalid(_)
        | agent_memory::Error::NotYours { .. }
        | agent_memory::Error::ThreadTaken { .. }
        | agent_memory::Error::NoSuchMemory { .. }
        | agent_memory::Error::AlreadySuperseded { .. } => {
            tracing::debug!(endpoint, %error, "refused");
        }
        _ if error.is_retryable() => tracing::warn!(endpoint, %error, cause, "failed for now"),
        _ => tracing::error!(endpoint, %error, cause, "failed"),
    }
    ApiError::from(error)
}

/// Leads a browser without JavaScript back to the page. With JavaScript the reply is enough.
pub(super) fn lead_to(address: &Address) {
    if is_navigation() {
        leptos_axum::redirect(&address.href());
    }
}

/// A plain form post is answered by a redirect, whose status must stay.
fn set_status(error: &ApiError) {
    let Some(response) = use_context::<ResponseOptions>().filter(|_| !is_navigation()) else { return };
    response.set_status(error.status());
}

/// A text as it was typed: in a form that it posts itself, a browser makes every line break two characters.
pub(super) fn typed(text: String) -> String {
    if is_navigation() { text.replace("\r\n", "\n") } else { text }
}

fn is_navigation() -> bool {
    use_context::<Parts>().is_some_and(|request| {
        request
            .headers
            .get_all(ACCEPT)
            .iter()
            .any(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"))
    })
}
