//! The records: a session with its turns, a long-term memory, an event.
//!
//! Records are read tolerantly: words that other programs wrote (a kind, a role) stay text. What we write is typed.

use serde::{Deserialize, Serialize};

use crate::scope::{MemoryId, ThreadId};

/// Makes an enum of words with one spelling each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order in which a person would list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it in Redis and over HTTP.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::input::InvalidInput;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                use $crate::input::{InvalidInput, Problem};
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(InvalidInput::new($field, Problem::Unknown { accepted: &[$($word),+] })),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How long a memory is meant to last.
    Kind, "kind" {
        /// What happened: expires after seven days unless told otherwise.
        Episodic = "episodic",
        /// What is so: stays.
        Semantic = "semantic",
    }
}

words! {
    /// What a turn does to long-term memory.
    WriteKind, "kind" {
        /// Remember the turn as episodic.
        Episodic = "episodic",
        /// Remember the turn as semantic.
        Semantic = "semantic",
        /// Write nothing.
        Skip = "skip",
    }
}

impl From<Kind> for WriteKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Episodic => Self::Episodic,
            Kind::Semantic => Self::Semantic,
        }
    }
}

impl WriteKind {
    /// The kind to write, `None` for `skip`.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Episodic => Some(Kind::Episodic),
            Self::Semantic => Some(Kind::Semantic),
            Self::Skip => None,
        }
    }
}

words! {
    /// Who speaks in a turn.
    Role, "role" {
        /// The person.
        User = "user",
        /// The agent.
        Assistant = "assistant",
        /// A tool that the agent called.
        Tool = "tool",
    }
}

words! {
    /// What a submitted text is.
    TurnAction, "action" {
        /// A turn of the conversation.
        Turn = "turn",
        /// The thread's new goal.
        Goal = "goal",
    }
}

/// One turn in the rolling window of a thread.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Turn {
    /// Who spoke; `user`, `assistant` or `tool` where we wrote it.
    pub role: String,
    /// What was said.
    pub content: String,
    /// When, in Unix seconds.
    pub ts: f64,
}

/// Working memory of one thread, as last read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SessionState {
    /// The thread's id.
    pub thread_id: ThreadId,
    /// Whose thread it is.
    pub user: String,
    /// In which namespace; `None` where another program wrote the session and told none.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The agent's name.
    pub agent: String,
    /// What the thread is after.
    pub goal: String,
    /// The agent's notes.
    pub scratchpad: String,
    /// Turns over the whole life of the thread.
    pub turn_count: u64,
    /// Start, in Unix seconds.
    pub created_ts: f64,
    /// Last write, in Unix seconds.
    pub last_active_ts: f64,
    /// The newest turns, oldest first, at most 20.
    pub recent_turns: Vec<Turn>,
    /// Seconds until the session expires; 0 where it does not.
    pub ttl_seconds: u64,
}

/// A long-term memory, without its embedding.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MemoryRecord {
    /// The memory's id.
    pub id: MemoryId,
    /// Whose memory it is.
    pub user: String,
    /// In which namespace.
    pub namespace: String,
    /// `episodic` or `semantic` where we wrote it.
    pub kind: String,
    /// The thread it came from; `seed` for the samples.
    pub source_thread: String,
    /// What is remembered.
    pub text: String,
    /// When it was written, in Unix seconds; exact to 10 ms in what a search returns.
    pub created_ts: f64,
    /// How often a near-identical text was deduplicated onto it.
    pub hit_count: i64,
    /// Cosine distance to the query, 0 to 2; `None` in a listing.
    pub distance: Option<f64>,
    /// Whether the model knows too few words of it, or of the question, for a cosine distance to say anything: a hybrid recall tells
    /// the share of the question's words that it lacks instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unread: bool,
    /// Seconds until it expires; `None` where it stays.
    pub ttl_seconds: Option<u64>,
    /// The earlier memory of which it is another version; told by what reads one or recalls, not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<MemoryId>,
    /// The first of all its versions: see [`crate::revision`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<MemoryId>,
    /// The memory that took its place: somebody decided so, and it is no longer recalled. `None` for a current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<MemoryId>,
    /// Which turn of its thread it was, counted from 1, where a turn wrote it; told by what reads one or recalls, not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u64>,
    /// When that thread began, in Unix seconds: one of the same name may have expired before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_began: Option<f64>,
    /// Labels that people and agents gave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl MemoryRecord {
    /// The first memory of the chain of versions that this one belongs to, which may be gone by now; that is itself where it
    /// revises none.
    #[must_use]
    pub fn chain_id(&self) -> &MemoryId {
        self.chain.as_ref().unwrap_or(&self.id)
    }
}

/// One entry of a thread's event log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Event {
    /// The id that Redis gave the entry: milliseconds, a dash, a counter.
    pub event_id: String,
    /// The thread.
    pub thread_id: ThreadId,
    /// What happened, such as `turn_appended:user`.
    pub action: String,
    /// More about it, such as `wrote 0123456789ab as episodic`.
    pub detail: String,
    /// When, in Unix seconds.
    pub ts: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for kind in WriteKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_accepted_ones() {
        let error = "procedural".parse::<WriteKind>().unwrap_err();
        assert_eq!(error.to_string(), "kind is unknown, expected episodic or semantic or skip");
        assert!("Episodic".parse::<Kind>().is_err());
        assert!("skip".parse::<Kind>().is_err());
    }
}
