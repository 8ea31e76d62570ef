//! Forgetting: one memory, all of a scope, all there are; and one that may be brought back for a while.

use redis::Cmd;

use super::LongTermMemory;
use crate::{
    Result,
    filter::MemoryFilter,
    scope::{MemoryId, Scope},
    store::{LIBRARY, reply, request::Request, scan::KeyScan, scripts, unix_now},
};

/// How long a memory that was set aside can be brought back, in seconds.
pub const ASIDE_SECONDS: u64 = 600;

impl LongTermMemory {
    /// Deletes one memory of the scope for good; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn forget(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.store.run("forget", self.forget_request(scope, id)).await
    }

    /// Deletes memories of the scope in one round trip and returns how many there were; others of these ids stay.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn forget_many(&self, scope: &Scope, ids: &[MemoryId]) -> Result<usize> {
        let requests = ids.iter().map(|id| self.forget_request(scope, id));
        let gone = self.store.run("delete memories", Request::all(requests.collect::<Vec<_>>())).await?;
        Ok(gone.into_iter().filter(|is_gone| *is_gone).count())
    }

    pub(crate) fn forget_request(&self, scope: &Scope, id: &MemoryId) -> Request<'static, bool> {
        let mut command = scripts::call(&scripts::FORGET, &[self.key(id)]);
        command.arg(scope.user()).arg(scope.namespace());
        done(command)
    }

    /// Takes one memory of the scope out of long-term memory, so that [`Self::bring_back`] can undo it within
    /// [`ASIDE_SECONDS`]; after that it is gone. `false` where the scope has none of this id. One atomic step.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn set_aside(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let aside = self.set_aside_request(scope, id, LIBRARY, unix_now());
        self.store.run("set a memory aside", aside).await
    }

    pub(crate) fn set_aside_request(
        &self,
        scope: &Scope,
        id: &MemoryId,
        by: &str,
        now: f64,
    ) -> Request<'static, bool> {
        let mut command = self.aside_command("set_aside", scope, id);
        command.arg(ASIDE_SECONDS).arg(now.to_string()).arg(by);
        done(command)
    }

    /// Puts a memory back that was set aside, as it was and with what is left of its life; `false` where the scope has
    /// none aside under this id, or another memory has the id by now. One atomic step.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn bring_back(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.store.run("bring a memory back", self.bring_back_request(scope, id)).await
    }

    pub(crate) fn bring_back_request(&self, scope: &Scope, id: &MemoryId) -> Request<'static, bool> {
        done(self.aside_command("bring_back", scope, id))
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
    pub async fn forget_of_anybody(&self, id: &MemoryId) -> Result<bool> {
        let mut command = redis::cmd("DEL");
        command.arg(self.key(id));
        self.store.run("forget", done(command)).await
    }

    /// Deletes all memories of the scope and returns how many there were.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn clear(&self, scope: &Scope) -> Result<usize> {
        const BATCH: usize = 500;
        let mut deleted = 0;
        for batch in self.ids(scope, &MemoryFilter::everything()).await?.chunks(BATCH) {
            deleted += self.forget_many(scope, batch).await?;
        }
        Ok(deleted)
    }

    /// Deletes the memories of all scopes and returns how many there were.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn clear_of_everybody(&self) -> Result<usize> {
        let mut keys = KeyScan::of(&self.store, &self.store.keys().memory_prefix);
        let mut deleted = 0;
        while let Some(keys) = keys.next("clear memories").await? {
            deleted += self.unlink(keys).await?;
        }
        Ok(deleted)
    }

    async fn unlink(&self, keys: Vec<String>) -> Result<usize> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut command = redis::cmd("UNLINK");
        command.arg(keys);
        let unlinked = Request::one(command, |unlinked| Ok(reply::integer(&unlinked)));
        Ok(usize::try_from(self.store.run("delete memories", unlinked).await?).unwrap_or_default())
    }
}

/// A command that answers whether there was something to do.
fn done(command: Cmd) -> Request<'static, bool> {
    Request::one(command, |count| Ok(reply::integer(&count) > 0))
}
