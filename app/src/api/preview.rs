//! Says what would become of a text, before it is sent.

use agent_memory::look::Preview;
use leptos::prelude::*;

use super::ApiError;

/// What would become of a text as a turn, or as the new text of a memory. Nothing is written: no turn, no memory, no event.
///
/// # Errors
/// A bad name or kind, an empty text, or Redis gone.
#[server(name = ReadPreview, prefix = "/api/fn", endpoint = "preview")]
pub async fn read_preview(
    /// Where the page stands.
    at: String,
    /// What would be sent.
    text: String,
    /// As what it would be written: `episodic`, `semantic` or `skip`.
    kind: String,
    /// The memory whose text it would be; empty where it would be a turn.
    #[server(default)]
    memory_id: String,
) -> Result<Preview, ApiError> {
    use super::host::{answered, memory};

    let memory = memory()?;
    let ask = async {
        let scope = crate::address::Address::from_query(&at).scope()?;
        if !memory_id.is_empty() {
            let id = agent_memory::MemoryId::existing(memory_id)?;
            let preview = memory.preview_edit(&scope, &id, &agent_memory::Text::new(&text)?).await?;
            return Ok(preview.unwrap_or(Preview::Skipped));
        }
        let kind = kind.parse::<agent_memory::model::WriteKind>()?;
        Ok(memory.probe(&scope, &agent_memory::Text::new(&text)?, kind).await?.preview)
    };
    answered("preview", ask.await)
}
