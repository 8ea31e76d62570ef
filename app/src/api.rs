//! The server functions: what the page asks of the server.
//!
//! Each one validates, calls [`agent_memory::Memory`], and maps the error. Each one that writes also answers a plain form post,
//! by leading the browser back to the page. `at` is always where the page stands, as the query of its address.

#[cfg(feature = "ssr")]
mod bulk;
pub mod change;
pub mod drop;
#[cfg(feature = "ssr")]
mod edit;
mod error;
pub mod forget;
#[cfg(feature = "ssr")]
mod history;
#[cfg(feature = "ssr")]
mod host;
pub mod judge;
pub mod look;
pub mod new_thread;
pub mod preview;
pub mod reset;
pub mod review;
pub mod scratchpad;
pub mod turn;
#[cfg(feature = "ssr")]
mod unreadable;

pub use change::{Change, ChangeForm, change};
pub use drop::{BringBack, DropMemory, bring_back, drop_memory};
pub use error::ApiError;
#[cfg(feature = "ssr")]
pub(crate) use forget::look_at_forget;
pub use forget::{ForgetUser, forget_user};
#[cfg(feature = "ssr")]
pub(crate) use history::state_of;
#[cfg(feature = "ssr")]
pub(crate) use host::refused;
pub use judge::{Judge, judge};
#[cfg(feature = "ssr")]
pub(crate) use look::look_at;
pub use look::{ReadLook, Seen, Sheet, read_look};
pub use new_thread::{NewThread, NewThreadReply, new_thread};
pub use preview::{ReadPreview, read_preview};
pub use reset::{Reset, reset};
pub use review::{Review, review};
pub use scratchpad::{SetScratchpad, set_scratchpad};
pub use turn::{TakeTurn, TurnForm, TurnReply, turn};
