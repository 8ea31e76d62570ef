//! All that talks to Redis.
//!
//! - [`AgentSession`]: working memory, one hash per thread
//! - [`LongTermMemory`]: memories with embeddings, one JSON document each, and their index
//! - [`AgentEventLog`]: one stream per thread
//! - [`Changes`]: what changes in Redis, whoever changes it
//! - [`Users`]: who there are, and forgetting one
//!
//! The three share one [`Store`]: a connection that many tasks use at once and that comes back by itself.

mod changes;
mod checkup;
mod codec;
mod connection;
mod event_log;
mod frequencies;
mod idempotency;
pub(crate) mod index;
mod judgements;
mod long_term;
pub(crate) mod model;
mod policy;
mod query;
pub(crate) mod reembed;
mod reply;
mod request;
mod review;
mod rows;
mod scan;
mod scripts;
mod session;
mod trace;
mod undo;
mod users;
mod write;

use std::time::{SystemTime, UNIX_EPOCH};

pub use changes::{Change, Changes};
pub use checkup::{Checkup, Finding, Verdict};
pub use connection::Store;
pub use event_log::AgentEventLog;
pub use idempotency::{Answer, Idempotency, IdempotencyKey, Known};
pub(crate) use judgements::Judgements;
pub use long_term::{
    ASIDE_SECONDS, Collision, ExportOptions, LongTermMemory, MemoryEdit, MemoryExport, RecallOptions,
};
pub(crate) use long_term::{Alteration, Candidates, ImportRecord, Imported, Life, Neighbours, TablePage};
pub(crate) use query::Telling;
pub(crate) use request::Request;
pub(crate) use review::{NotedPair, Review};
pub(crate) use rows::Rows;
pub use session::{AgentSession, ThreadPage};
pub(crate) use undo::Undo;
pub use users::Users;
pub(crate) use write::{
    Change as SessionChange, LIBRARY, OnThread, Outcome, PREVIEW_K, Reply, Write, Writer, renewed_ttl,
};
pub use write::{NewEvent, NewMemory, NewTurn};

/// Unix seconds, to the microsecond.
#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit 53 bits until the year 2255")]
pub(crate) fn unix_now() -> f64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_1970.as_micros() as f64 / 1e6
}

/// A script answered what this version does not know.
pub(crate) fn unknown_answer(attempt: &'static str) -> crate::Error {
    reply::nonsense(attempt)
}
