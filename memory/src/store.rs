//! All that talks to Redis.
//!
//! - [`AgentSession`]: working memory, one hash per thread
//! - [`LongTermMemory`]: memories with embeddings, one JSON document each, and their index
//! - [`AgentEventLog`]: one stream per thread
//! - [`Changes`]: what changes in Redis, whoever changes it
//!
//! The three share one [`Store`]: a connection that many tasks use at once and that comes back by itself.

mod changes;
mod codec;
mod connection;
mod event_log;
pub(crate) mod index;
mod long_term;
pub(crate) mod reply;
mod scripts;
mod search;
mod session;
mod trace;

pub use changes::{Change, Changes};
pub use connection::Store;
pub use event_log::{AgentEventLog, NewEvent};
pub use long_term::{ASIDE_SECONDS, LongTermMemory, MemoryPage, NewMemory, PageRequest, RecallOptions};
pub(crate) use long_term::{TablePage, has_others, own_count, renewed_ttl, set_ttls};
pub use session::{AgentSession, NewTurn, ThreadPage};
pub(crate) use trace::traced;
