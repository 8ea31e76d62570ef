//! What can go wrong, by what the caller can do about it.

use crate::{
    input::InvalidInput,
    scope::{MemoryId, ThreadId},
};

/// The cause behind an error, kept for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An error of this crate. The message says what was attempted; the cause is in `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value is wrong: correct it and call again. Nothing was changed.
    #[error(transparent)]
    Invalid(#[from] InvalidInput),

    /// The thread belongs to another user or namespace. Nothing was read or changed.
    #[error("thread `{thread_id}` belongs to another user or namespace")]
    NotYours {
        /// The thread.
        thread_id: ThreadId,
    },

    /// The id of a thread to write is taken by another user or namespace. Nothing was changed.
    #[error("the thread id `{thread_id}` is taken by another user or namespace: choose another one")]
    ThreadTaken {
        /// The thread.
        thread_id: ThreadId,
    },

    /// The scope has no memory of this id. Nothing was changed.
    #[error("this user and namespace have no memory `{memory_id}`")]
    NoSuchMemory {
        /// The memory.
        memory_id: MemoryId,
    },

    /// A memory that should take another one's place is superseded itself. Nothing was changed.
    #[error(
        "the memory `{memory_id}` is superseded itself: bring it back first, or choose the one that took its place"
    )]
    AlreadySuperseded {
        /// The memory.
        memory_id: MemoryId,
    },

    /// An idempotency key stands for another request. Nothing was changed.
    #[error("the idempotency key was used for another request: use a fresh one")]
    KeyReused,

    /// There is a thread of this id already.
    #[error("thread `{thread_id}` exists already")]
    AlreadyExists {
        /// The thread.
        thread_id: ThreadId,
    },

    /// Redis did not answer, or is busy loading or failing over: try again later.
    #[error("redis did not answer in time or at all, to {attempt}")]
    Unavailable {
        /// What was attempted.
        attempt: &'static str,
        /// What the connection said.
        source: Cause,
    },

    /// Redis refused a command: the set-up has to be mended (permissions, modules, memory).
    #[error("redis refused to {attempt}: {reason}")]
    Refused {
        /// What was attempted.
        attempt: &'static str,
        /// What Redis answered, without any data.
        reason: String,
    },

    /// The system gave no random bits for an id: mend the system. Nothing was changed.
    #[error("the system gave no random bits for a new id")]
    Random {
        /// What the system said.
        source: Cause,
    },

    /// The search index is not the one that is needed.
    #[error("index `{index}` {difference}")]
    Index {
        /// The index.
        index: String,
        /// How it differs, and what to do.
        difference: String,
    },

    /// The memories were embedded by another model, whose vectors cannot be compared: embed them again
    /// (`service::Reembedding`), or take the model that they are of. Nothing was changed.
    #[error(
        "the memories under index `{index}` were embedded by `{written_by}`, and vectors of `{model}` cannot be compared with theirs"
    )]
    OtherModel {
        /// The index.
        index: String,
        /// The model that embedded them.
        written_by: String,
        /// The model at hand.
        model: String,
    },

    /// A record in Redis cannot be read.
    #[error("`{key}` cannot be read: {problem}")]
    Corrupt {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },

    /// More texts wait for their vectors than may: try again in a second. Nothing was read or changed.
    #[error("{waiting} texts wait for the embedder already")]
    Overloaded {
        /// How many wait.
        waiting: usize,
    },

    /// The model's files, the runtime or an inference failed.
    #[error("{problem}")]
    Embedder {
        /// What was attempted, on which file, and the way out.
        problem: String,
        /// The cause, where there is one.
        source: Option<Cause>,
    },
}

impl Error {
    /// Whether the same call may succeed later without anybody mending anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Overloaded { .. })
    }
}
