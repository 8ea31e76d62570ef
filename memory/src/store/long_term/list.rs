//! Long-term memory as a list, newest first.

use redis::{Cmd, Value};

use super::LongTermMemory;
use crate::{
    Result,
    model::{Kind, MemoryRecord},
    scope::Scope,
    store::{reply, search::MemorySearch},
};

/// Which part of a listing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageRequest {
    /// Only memories of this kind.
    pub kind: Option<Kind>,
    /// Rows to pass over: 0, or the `next_offset` of the page before.
    pub offset: usize,
    /// Most rows to return.
    pub limit: usize,
}

/// A page of memories.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryPage {
    /// The memories.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match in all.
    pub total: u64,
    /// Where the next page begins; `None` after the last one.
    pub next_offset: Option<usize>,
}

impl LongTermMemory {
    /// A page of the scope's memories, newest first, with TTLs. Two round trips, whatever the number of rows.
    ///
    /// A page may be shorter than its limit where scopes differ in upper and lower case alone; go on with `next_offset`.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn list(&self, scope: &Scope, page: PageRequest) -> Result<MemoryPage> {
        let reply = self.store.one("list memories", self.list_command(scope, page)).await?;
        let mut listed = self.listed(scope, page, reply);
        self.read_ttls(&mut listed.memories).await?;
        Ok(listed)
    }

    pub(super) fn list_command(&self, scope: &Scope, page: PageRequest) -> Cmd {
        let PageRequest { kind, offset, limit } = page;
        let newest = Some(("created_ts", true));
        MemorySearch { kind, offset, limit, sort_by: newest, ..self.search(scope) }.command()
    }

    pub(super) fn listed(&self, scope: &Scope, page: PageRequest, reply: Value) -> MemoryPage {
        let found = reply::found(reply);
        let next = page.offset + found.rows.len();
        let has_more = !found.rows.is_empty() && (next as u64) < found.total;
        MemoryPage {
            memories: self.owned(scope, found.rows),
            total: found.total,
            next_offset: has_more.then_some(next),
        }
    }
}
