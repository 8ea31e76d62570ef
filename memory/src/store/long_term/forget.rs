//! Forgetting: one memory, all of a scope, all there are; and one that may be brought back for a while.

use redis::{Cmd, Value};

use super::{LongTermMemory, PageRequest};
use crate::{
    Result,
    scope::{MemoryId, Scope},
    store::{reply, scripts},
};

/// How long a memory that was set aside can be brought back, in seconds.
pub const ASIDE_SECONDS: u64 = 60;

impl LongTermMemory {
    /// Deletes one memory of the scope for good; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn forget(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let mut command = scripts::call(&scripts::FORGET, &[self.store.keys().memory(id)]);
        command.arg(scope.user()).arg(scope.namespace());
        Ok(reply::integer(&self.store.one("forget", command).await?) > 0)
    }

    /// Takes one memory of the scope out of long-term memory, so that [`Self::bring_back`] can undo it within
    /// [`ASIDE_SECONDS`]; after that it is gone. `false` where the scope has none of this id. One atomic step.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn set_aside(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let mut command = self.aside_command("set_aside", scope, id);
        command.arg(ASIDE_SECONDS);
        Ok(reply::integer(&self.store.one("set a memory aside", command).await?) > 0)
    }

    /// Puts a memory back that was set aside, as it was and with what is left of its life; `false` where the scope has
    /// none aside under this id, or another memory has the id by now. One atomic step.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn bring_back(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let command = self.aside_command("bring_back", scope, id);
        Ok(reply::integer(&self.store.one("bring a memory back", command).await?) > 0)
    }

    fn aside_command(&self, operation: &str, scope: &Scope, id: &MemoryId) -> Cmd {
        let keys = self.store.keys();
        let aside = keys.aside(id);
        let ends = format!("{aside}:ends");
        let mut command = scripts::call(&scripts::ASIDE, &[keys.memory(id), aside, ends]);
        command.arg(operation).arg(scope.user()).arg(scope.namespace());
        command
    }

    /// Deletes one memory whosever it is, as Redis's own demos do; `false` where there is none.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn forget_anybodys(&self, id: &MemoryId) -> Result<bool> {
        let mut command = redis::cmd("DEL");
        command.arg(self.store.keys().memory(id));
        Ok(reply::integer(&self.store.one("forget", command).await?) > 0)
    }

    /// Deletes all memories of the scope and returns how many there were.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn clear(&self, scope: &Scope) -> Result<usize> {
        const BATCH: usize = 500;
        let (mut deleted, mut others) = (0, 0);
        loop {
            let page = PageRequest { kind: None, offset: others, limit: BATCH };
            let reply = self.store.one("clear memories", self.list_command(scope, page)).await?;
            let listed = self.listed(scope, page, reply);
            others = listed.next_offset.unwrap_or(others + BATCH) - listed.memories.len();
            deleted += self.unlink(listed.memories.iter().map(|memory| self.key(memory))).await?;
            if listed.next_offset.is_none() {
                return Ok(deleted);
            }
        }
    }

    /// Deletes the memories of all scopes and returns how many there were.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn clear_everybodys(&self) -> Result<usize> {
        let pattern = format!("{}*", escape_glob(&self.store.keys().memory_prefix));
        let (mut cursor, mut deleted) = (String::from("0"), 0);
        loop {
            let mut command = redis::cmd("SCAN");
            command.arg(&cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(1000);
            let mut answer = reply::elements(self.store.one("clear memories", command).await?);
            let keys = reply::elements(answer.pop().unwrap_or(Value::Nil));
            deleted += self.unlink(keys.iter().filter_map(reply::text)).await?;
            cursor = answer.first().and_then(reply::text).unwrap_or_else(|| "0".into());
            if cursor == "0" {
                return Ok(deleted);
            }
        }
    }

    async fn unlink(&self, keys: impl Iterator<Item = String>) -> Result<usize> {
        let keys: Vec<String> = keys.collect();
        if keys.is_empty() {
            return Ok(0);
        }
        let mut command = redis::cmd("UNLINK");
        command.arg(keys);
        let unlinked = reply::integer(&self.store.one("delete memories", command).await?);
        Ok(usize::try_from(unlinked).unwrap_or_default())
    }
}

/// Escapes what SCAN's glob patterns would read as a wildcard.
fn escape_glob(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        if matches!(symbol, '*' | '?' | '[' | ']' | '^' | '\\') {
            escaped.push('\\');
        }
        escaped.push(symbol);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape_glob;

    #[test]
    fn a_prefix_with_wildcards_matches_itself_alone() {
        assert_eq!(escape_glob("app[1]*:mem?"), "app\\[1\\]\\*:mem\\?");
    }
}
