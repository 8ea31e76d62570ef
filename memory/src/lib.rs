//! Memory for AI agents on plain Redis.
//!
#![cfg_attr(all(feature = "redis", feature = "onnx"), doc = "```no_run")]
#![cfg_attr(all(feature = "redis", feature = "onnx"), doc = include_str!("../examples/quickstart.rs"))]
#![cfg_attr(all(feature = "redis", feature = "onnx"), doc = "```")]
//!
//! Read the modules in this order:
//! - [`model`], [`scope`], [`input`], [`text`], [`lifetime`]: the records, the names they carry, and values that are checked once
//! - [`threshold`], [`ranking`]: the one recall rule; ranking by distance, words and neighbouring turns
//! - [`evaluation`]: how well a setting recalls, measured on judged queries
//! - [`filter`], [`listing`]: which memories, in which order
//! - [`comparison`], [`revision`]: whether two texts say the same, and versions of one thing in their order
//! - [`history`], [`review`]: what became of a memory, and what a person is to decide
//! - [`turn`]: what goes into a turn and what comes out
//! - [`look`]: everything that a dashboard shows of one scope
//! - [`users`]: who has a memory here, and the receipt of forgetting somebody
//! - [`embedding`], [`embedder`]: text to a vector, by any sentence-embedding model
//! - [`keys`], [`settings`], [`seed`]: where things lie, how long they live, the sample memories
//! - `store` (feature `redis`): working memory, long-term memory, event log
//! - `service` (feature `redis`): `Memory`, embedder and stores behind one handle
//!
//! Without features the crate is plain data and rules and compiles to WebAssembly.

pub mod comparison;
pub mod embedder;
pub mod embedding;
pub mod error;
pub mod evaluation;
pub mod filter;
pub mod history;
pub mod input;
pub mod keys;
pub mod lifetime;
pub mod listing;
pub mod look;
pub mod model;
pub mod ranking;
pub mod review;
pub mod revision;
pub mod scope;
pub mod seed;
#[cfg(feature = "redis")]
pub mod service;
pub mod settings;
#[cfg(feature = "redis")]
pub mod store;
pub mod text;
pub mod threshold;
pub mod turn;
pub mod users;

pub use comparison::{Reading, Verdict, compare};
pub use embedder::Embedder;
#[cfg(feature = "onnx")]
pub use embedder::onnx::LocalEmbedder;
pub use embedding::Embedding;
pub use error::Error;
pub use filter::MemoryFilter;
pub use input::InvalidInput;
pub use lifetime::{Lifetime, Seconds};
pub use listing::{Listing, MemoryPage};
pub use look::{Look, LookRequest};
pub use model::{Event, Kind, MemoryRecord, Role, SessionState, Turn};
pub use scope::{MemoryId, Scope, ThreadId};
#[cfg(feature = "redis")]
pub use service::Memory;
#[cfg(feature = "redis")]
pub use store::{AgentEventLog, AgentSession, LongTermMemory};
pub use text::Text;
pub use threshold::Threshold;
pub use turn::{IndexState, Timings, TurnOutcome, TurnRequest};
pub use users::{Receipt, UserSummary};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
