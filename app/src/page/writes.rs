//! What the page can write, and where each write leads.

use agent_memory::Look;
use leptos::prelude::*;

use super::Page;
use crate::{
    address::{Address, Asked, QUERY_MAX_CHARS},
    api::{ApiError, BringBack, DropMemory, NewThread, Reset, SetScratchpad, TakeTurn, TurnReply},
    view::{last_turn::LastTurn, text::cut},
};

/// The actions of the page. Each one knows whether it is under way, and its last result.
#[derive(Clone, Copy)]
pub struct Writes {
    /// Takes a turn or sets the goal.
    pub turn: ServerAction<TakeTurn>,
    /// The last turn that was taken; one that was refused leaves it.
    last_reply: Memo<Option<TurnReply>>,
    /// Begins a fresh thread.
    pub new_thread: ServerAction<NewThread>,
    /// Replaces the scratchpad.
    pub scratchpad: ServerAction<SetScratchpad>,
    /// Drops a memory.
    pub drop_memory: ServerAction<DropMemory>,
    /// Brings back the one that was dropped.
    pub bring_back: ServerAction<BringBack>,
    /// Clears and re-seeds.
    pub reset: ServerAction<Reset>,
}

impl Writes {
    pub(super) fn new() -> Self {
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
            drop_memory: ServerAction::new(),
            bring_back: ServerAction::new(),
            reset: ServerAction::new(),
        }
    }

    /// What became of the text that a look was read for: as the turn's own reply says, or else as the look can tell.
    pub(super) fn last_turn(
        self,
        look: Memo<Option<Look>>,
        asked: Memo<Option<Asked>>,
    ) -> Memo<Option<LastTurn>> {
        Memo::new(move |_| {
            let asked = asked.get()?;
            let reply = self.last_reply.get().filter(|reply| {
                cut(&reply.query, QUERY_MAX_CHARS) == asked.query && reply.became == asked.became
            });
            if let Some(TurnReply { deduplicated_at, timings, steps, .. }) = reply {
                return Some(LastTurn { asked, deduplicated_at, timings, steps });
            }
            look.with(|look| {
                let probe = look.as_ref()?.probe.as_ref()?;
                let deduplicated_at = asked.became.deduplicated_at(&probe.candidates);
                Some(LastTurn { asked, deduplicated_at, timings: probe.timings, steps: probe.steps.clone() })
            })
        })
    }

    /// After each write: goes where it leads, and reads again.
    pub(super) fn follow(self, page: Page) {
        follow(page, self.turn.version(), move |here| {
            let reply = self.last_reply.get_untracked()?;
            let is_here = reply.scope.owns(&here.user, &here.namespace);
            let thread = Some(reply.thread_id.to_string());
            is_here.then(|| here.after(thread, &reply.query, reply.became))
        });
        Effect::new(move || {
            self.new_thread.version().track();
            let here = page.here_untracked();
            if let Some(Ok(reply)) = self.new_thread.value().get_untracked()
                && reply.scope.owns(&here.user, &here.namespace)
            {
                page.navigation.open(here.on(Some(reply.thread_id.to_string())));
            }
        });
        follow(page, self.scratchpad.version(), move |_| None);
        follow(page, self.drop_memory.version(), move |here| {
            let dropped = self.drop_memory.value().get_untracked()?.ok()?;
            Some(Address { dropped, ..here })
        });
        follow(page, self.bring_back.version(), move |here| {
            self.bring_back.value().get_untracked()?.ok()?;
            Some(Address { dropped: None, ..here })
        });
        follow(page, self.reset.version(), move |here| {
            self.reset.value().get_untracked()?.ok()?;
            Some(Address { dropped: None, ..here })
        });
    }
}

/// After each new version of a write: corrects the address to where it leads, and reads again.
fn follow(
    page: Page,
    version: impl Track + Copy + Send + Sync + 'static,
    leads_to: impl Fn(Address) -> Option<Address> + 'static,
) {
    Effect::new(move |is_first: Option<()>| {
        version.track();
        if is_first.is_none() {
            return;
        }
        if let Some(address) = leads_to(page.here_untracked()) {
            page.navigation.settle(address);
        }
        page.read_again();
    });
}

/// The error of a write, if its last attempt failed.
pub fn error_of<T: Clone + Send + Sync + 'static>(
    value: impl Get<Value = Option<Result<T, ApiError>>> + Send + Sync + 'static,
) -> Signal<Option<ApiError>> {
    Signal::derive(move || value.get()?.err())
}
