//! All that talks to Redis.
//!
//! - [`AgentSession`]: working memory, one hash per thread
//! - [`LongTermMemory`]: memories with embeddings, one JSON document each, and their index
//! - [`AgentEventLog`]: one stream per thread
//! - [`Changes`]: what changes in Redis, whoever changes it
//!
//! The three share one [`Store`]: a connection that many tasks use at once and that comes back by itself.

mod changes;
mod checkup;
mod codec;
mod connection;
mod event_log;
mod idempotency;
pub(crate) mod index;
mod long_term;
pub(crate) mod reply;
mod scripts;
mod search;
mod session;
mod trace;

pub use changes::{Change, Changes};
pub use checkup::{Checkup, Finding, Verdict};
pub use connection::Store;
pub use event_log::{AgentEventLog, NewEvent};
pub use idempotency::{Answer, Claim, Idempotency};
pub use long_term::{
    ASIDE_SECONDS, Collision, ExportOptions, FilteredPage, LongTermMemory, MemoryCursor, MemoryEdit,
    MemoryExport, MemoryFilter, MemoryPage, NewMemory, PageRequest, RecallOptions,
};
pub(crate) use long_term::{ImportRecord, Imported, TablePage, has_others, own_count, renewed_ttl, set_ttls};
pub use session::{AgentSession, NewTurn, ThreadPage};
pub(crate) use trace::traced;
