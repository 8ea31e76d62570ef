//! What can be written: a change of a session, a memory, an event.

use crate::{
    Embedding, Result, input,
    lifetime::Lifetime,
    model::{Kind, Role},
    scope::MemoryId,
    turn::Relation,
};

/// A turn to append.
#[derive(Debug, Clone, Copy)]
pub struct NewTurn<'a> {
    /// Who spoke.
    pub role: Role,
    /// What was said, at most 65,536 bytes.
    pub content: &'a str,
    /// When, in Unix seconds.
    pub ts: f64,
}

/// A change of a session, with the word that the script knows it by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'a> {
    Start { goal: &'a str },
    Append(NewTurn<'a>),
    Goal(&'a str),
    Scratchpad(&'a str),
    Delete,
}

impl Change<'_> {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Append(_) => "append",
            Self::Goal(_) => "goal",
            Self::Scratchpad(_) => "scratchpad",
            Self::Delete => "delete",
        }
    }

    /// Checks the texts that may be empty; those of turns are checked by their type.
    ///
    /// # Errors
    /// A text of more than 65,536 bytes, naming its field.
    pub(crate) fn checked(self) -> Result<Self> {
        match self {
            Self::Start { goal } | Self::Goal(goal) => input::text("goal", goal)?,
            Self::Scratchpad(notes) => input::text("scratchpad", notes)?,
            Self::Append(turn) => input::text("text", turn.content)?,
            Self::Delete => {}
        }
        Ok(self)
    }
}

/// A memory to write.
#[derive(Debug, Clone, Copy)]
pub struct NewMemory<'a> {
    /// The id it gets where it is not a duplicate.
    pub id: &'a MemoryId,
    /// What is remembered, at most 65,536 bytes.
    pub text: &'a str,
    /// Its vector.
    pub embedding: &'a Embedding,
    /// Its kind, within which duplicates are looked for.
    pub kind: Kind,
    /// The thread it comes from.
    pub source_thread: &'a str,
    /// How long it is kept.
    pub lifetime: Lifetime,
    /// When, in Unix seconds.
    pub created_ts: f64,
    /// Its labels.
    pub tags: &'a [String],
    /// What its writer knows of earlier memories; `None` leaves that to the comparison.
    pub relation: Option<&'a Relation>,
}

/// An event to record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened, such as `turn_appended:user`.
    pub action: String,
    /// More about it.
    pub detail: String,
    /// When, in Unix seconds.
    pub ts: f64,
}
