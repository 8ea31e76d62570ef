//! Names of keys and indexes in Redis.

use serde::{Deserialize, Serialize};

use crate::scope::{MemoryId, ThreadId};

/// Prefixes of the keys and names of the indexes; the defaults are those that Redis's own demos share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Prefix of session hashes.
    pub session_prefix: String,
    /// Prefix of memory documents.
    pub memory_prefix: String,
    /// Prefix of event streams.
    pub event_prefix: String,
    /// Index over the memory documents.
    pub memory_index: String,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            session_prefix: "agent:session:".into(),
            memory_prefix: "agent:mem:".into(),
            event_prefix: "agent:events:".into(),
            memory_index: "agentmem:idx".into(),
        }
    }
}

impl Keys {
    /// Key of a thread's session hash.
    #[must_use]
    pub fn session(&self, thread_id: &ThreadId) -> String {
        format!("{}{thread_id}", self.session_prefix)
    }

    /// Key of a memory document.
    #[must_use]
    pub fn memory(&self, id: &MemoryId) -> String {
        format!("{}{id}", self.memory_prefix)
    }

    /// Key of a thread's event stream.
    #[must_use]
    pub fn events(&self, thread_id: &ThreadId) -> String {
        format!("{}{thread_id}", self.event_prefix)
    }

    /// Key under which a memory lies that may yet be brought back. Not below the memories' prefix, where others would see it.
    #[must_use]
    pub fn aside(&self, id: &MemoryId) -> String {
        format!("{}:aside:{id}", self.memory_index)
    }

    /// Key of what a person is to review in a scope, by the tag of the scope: ours alone.
    #[must_use]
    pub fn review(&self, scope_tag: &str) -> String {
        format!("{}:review:{scope_tag}", self.memory_index)
    }

    /// Key of what a scope keeps to tune its recall, by the tag of the scope: ours alone.
    #[must_use]
    pub fn judgements(&self, scope_tag: &str) -> String {
        format!("{}:judgements:{scope_tag}", self.memory_index)
    }

    /// Key of the profiles that all scopes share: ours alone.
    #[must_use]
    pub fn shared_profiles(&self) -> String {
        format!("{}:profiles", self.memory_index)
    }

    /// Key of what takes a change of many memories back: ours alone.
    #[must_use]
    pub fn undo(&self, id: &str) -> String {
        format!("{}:undo:{id}", self.memory_index)
    }

    /// Index over the session hashes: ours alone, named after the memory index so that two set-ups never share one.
    #[must_use]
    pub fn thread_index(&self) -> String {
        format!("{}:threads", self.memory_index)
    }

    /// Key of an answer kept for repeated requests: ours alone, like [`Keys::thread_index`].
    #[must_use]
    pub fn idempotency(&self, digest: &str) -> String {
        format!("{}:idempotency:{digest}", self.memory_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keys_are_those_of_the_demos() {
        let keys = Keys::default();
        assert_eq!(keys.session(&ThreadId::from_random_bits(1)), "agent:session:000000000001");
        assert_eq!(keys.memory(&MemoryId::from_random_bits(2)), "agent:mem:000000000002");
        assert_eq!(keys.events(&ThreadId::from_random_bits(3)), "agent:events:000000000003");
        assert_eq!(keys.memory_index, "agentmem:idx");
    }
}
