//! The server functions: what the page asks of the server.
//!
//! Each one validates, calls [`agent_memory::Memory`], and maps the error. Each one that writes also answers a plain form post,
//! by leading the browser back to the page.

mod error;
pub mod forget;
#[cfg(feature = "ssr")]
mod host;
pub mod new_thread;
mod place;
pub mod probe;
pub mod reset;
pub mod scratchpad;
pub mod snapshot;
pub mod turn;

pub use error::ApiError;
pub use forget::{Forget, forget};
pub use new_thread::{NewThread, NewThreadReply, new_thread};
pub use place::Place;
pub use probe::{Probe, probe};
pub use reset::{Reset, ResetReply, reset};
pub use scratchpad::{SetScratchpad, set_scratchpad};
pub use snapshot::{ReadSnapshot, snapshot};
pub use turn::{TakeTurn, TurnForm, TurnReply, turn};
