//! What the page can write.

use leptos::prelude::*;

use crate::{
    address::Address,
    api::{Forget, NewThread, Reset, SetScratchpad, TakeTurn, TurnReply},
};

/// The actions of the page. Each one knows whether it is under way, and its last result.
#[derive(Clone, Copy)]
pub struct Writes {
    /// Takes a turn or sets the goal.
    pub turn: ServerAction<TakeTurn>,
    /// Begins a fresh thread.
    pub new_thread: ServerAction<NewThread>,
    /// The last turn that was taken; one that was refused leaves it.
    last_reply: Memo<Option<TurnReply>>,
    /// Replaces the scratchpad.
    pub scratchpad: ServerAction<SetScratchpad>,
    /// Drops a memory.
    pub forget: ServerAction<Forget>,
    /// Clears and re-seeds.
    pub reset: ServerAction<Reset>,
}

impl Default for Writes {
    fn default() -> Self {
        let turn = ServerAction::<TakeTurn>::new();
        let last_reply = Memo::new(move |previous: Option<&Option<TurnReply>>| {
            let reply = turn.value().get().and_then(Result::ok);
            reply.or_else(|| previous.cloned().flatten())
        });
        Self {
            turn,
            last_reply,
            new_thread: ServerAction::new(),
            scratchpad: ServerAction::new(),
            forget: ServerAction::new(),
            reset: ServerAction::new(),
        }
    }
}

impl Writes {
    /// Goes up with every write that came back: what was read before it is old.
    #[must_use]
    pub fn revision(&self) -> usize {
        self.turn.version().get()
            + self.scratchpad.version().get()
            + self.forget.version().get()
            + self.reset.version().get()
    }

    /// The last turn's reply, if it belongs to what the address shows.
    #[must_use]
    pub fn reply_for(&self, address: &Address) -> Option<TurnReply> {
        let reply = self.last_reply.get()?;
        let is_here = address.shows(&reply.scope)
            && address.thread.as_deref().is_none_or(|thread| thread == reply.outcome.thread_id.as_str());
        is_here.then_some(reply)
    }
}
