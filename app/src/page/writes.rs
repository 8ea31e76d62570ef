//! What the page can write, and where each write leads.

use agent_memory::Look;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Page, Refused};
use crate::{
    address::{Address, Done, QUERY_MAX_CHARS},
    api::{
        ApiError, BringBack, Change, ChangeForm, DropMemory, ForgetUser, Judge, NewThread, NewThreadReply,
        Reset, Review, SetScratchpad, TakeTurn, TurnForm, TurnReply, bring_back, change, drop_memory, judge,
        new_thread, reset, review, set_scratchpad, turn,
    },
    view::{connection::Connection, last_turn::LastTurn, text::cut},
};

/// Something to write. `at` is where the page stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Takes a turn or sets the goal.
    Turn(TurnForm),
    /// Begins a fresh thread.
    NewThread {
        /// Where the page stands.
        at: String,
    },
    /// Replaces the scratchpad.
    Notes {
        /// Where the page stands.
        at: String,
        /// The new notes.
        notes: String,
    },
    /// Drops a memory.
    Drop {
        /// Where the page stands.
        at: String,
        /// The memory.
        id: String,
    },
    /// Brings back the one that was dropped.
    BringBack {
        /// Where the page stands.
        at: String,
        /// The memory.
        id: String,
    },
    /// Clears and re-seeds.
    Reset {
        /// Where the page stands.
        at: String,
        /// `own` or `everything`.
        extent: &'static str,
    },
    /// Changes memories, those of these ids where they are picked.
    Change(ChangeForm, Vec<String>),
    /// Judges a memory: see [`mod@crate::api::judge`].
    Judge {
        /// Where the page stands.
        at: String,
        /// What to do.
        deed: String,
    },
    /// Does something about pairs: see [`mod@crate::api::review`].
    Review {
        /// Where the page stands.
        at: String,
        /// A decision, `undo` or `scan`.
        deed: String,
        /// The pair, the decision, or where to go on.
        about: String,
        /// The text that takes the place of both, for a merge.
        text: String,
    },
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A turn or a goal.
    Turn(TurnReply),
    /// A fresh thread.
    NewThread(NewThreadReply),
    /// The memory with this id was dropped; `None` where there was none.
    Dropped(Option<String>),
    /// Whether the memory is back.
    Back(bool),
    /// Memories were changed or counted.
    Changed(Option<Done>),
    /// What came of a deed about pairs.
    Reviewed {
        /// A decision, `undo` or `scan`.
        deed: String,
        /// See [`mod@crate::api::review`].
        reply: Option<String>,
    },
    /// Anything else.
    Done,
}

/// A write that knows whether it is under way, and its last result. One type for all of them: each type of action is some
/// 10 kB of the front end.
pub type WriteAction = Action<Write, Result<Written, ApiError>>;

/// The writes of the page.
#[derive(Clone, Copy)]
pub struct Writes {
    /// Takes a turn or sets the goal.
    pub turn: WriteAction,
    /// The last turn that was taken; one that was refused leaves it.
    last_reply: Memo<Option<TurnReply>>,
    /// Begins a fresh thread.
    pub new_thread: WriteAction,
    /// Replaces the scratchpad.
    pub notes: WriteAction,
    /// Drops a memory.
    pub drop_memory: WriteAction,
    /// Brings back the one that was dropped.
    pub bring_back: WriteAction,
    /// Clears and re-seeds.
    pub reset: WriteAction,
    /// Changes memories, and takes that back.
    pub change: WriteAction,
    /// Decides about a pair, or takes that back.
    pub review: WriteAction,
    /// Looks for pairs.
    pub scan: WriteAction,
    /// Judges a memory.
    pub judge: WriteAction,
    /// Forgets the user. Only the browser posts its form; here it tells that it was refused.
    pub forget: WriteAction,
}

impl Writes {
    pub(super) fn new(refused: Option<&Refused>) -> Self {
        let action = |path: &str| {
            let refused = refused.and_then(|refused| refused.of(path));
            Action::new_with_value(refused.map(Err), |what: &Write| write(what.clone()))
        };
        let turn: WriteAction = action(TakeTurn::PATH);
        let last_reply = Memo::new(move |previous: Option<&Option<TurnReply>>| match turn.value().get() {
            Some(Ok(Written::Turn(reply))) => Some(reply),
            _ => previous.cloned().flatten(),
        });
        Self {
            turn,
            last_reply,
            new_thread: action(NewThread::PATH),
            notes: action(SetScratchpad::PATH),
            drop_memory: action(DropMemory::PATH),
            bring_back: action(BringBack::PATH),
            reset: action(Reset::PATH),
            change: action(Change::PATH),
            review: action(Review::PATH),
            // A form of it that was refused is told of beside the decisions.
            scan: action(""),
            judge: action(Judge::PATH),
            forget: action(ForgetUser::PATH),
        }
    }

    /// What became of the text that a look was read for: as the turn's own reply says, or else as the first look can tell.
    /// Later looks ask the same again, at the cost of a later moment.
    pub(super) fn last_turn(self, look: Memo<Option<Look>>, shown: Memo<Address>) -> Memo<Option<LastTurn>> {
        Memo::new(move |previous: Option<&Option<LastTurn>>| {
            let (whose, asked) = shown.with(|shown| (shown.whose(), shown.asked.clone()));
            let asked = asked?;
            let reply = self.last_reply.get().filter(|reply| {
                cut(&reply.query, QUERY_MAX_CHARS) == asked.query && reply.became == asked.became
            });
            if let Some(TurnReply { deduplicated_at, timings, steps, .. }) = reply {
                return Some(LastTurn { whose, asked, deduplicated_at, timings, steps });
            }
            let is_same = |told: &&LastTurn| told.whose == whose && told.asked == asked;
            if let Some(told) = previous.and_then(Option::as_ref).filter(is_same) {
                return Some(told.clone());
            }
            look.with(|look| {
                let probe = look.as_ref()?.probe.as_ref()?;
                let deduplicated_at = asked.became.deduplicated_at(&probe.candidates);
                let (timings, steps) = (probe.timings, probe.steps.clone());
                Some(LastTurn { whose, asked, deduplicated_at, timings, steps })
            })
        })
    }

    fn all(self) -> [WriteAction; 10] {
        let Self {
            turn, new_thread, notes, drop_memory, bring_back, reset, change, review, scan, judge, ..
        } = self;
        [turn, new_thread, notes, drop_memory, bring_back, reset, change, review, scan, judge]
    }

    /// Forgets failures of this kind.
    fn forgive(self, is_over: impl Fn(&ApiError) -> bool) {
        for action in self.all() {
            if action.value().with_untracked(|value| matches!(value, Some(Err(error)) if is_over(error))) {
                action.clear();
            }
        }
    }

    /// A failure concerns the memory that was open, and an outage ends.
    fn forgive_what_is_over(self, page: Page) {
        let whose = Memo::new(move |_| page.navigation.address.with(Address::whose));
        Effect::new(move |is_later: Option<()>| {
            whose.get();
            if is_later.is_some() {
                self.forgive(|_| true);
            }
        });
        Effect::new(move || {
            if page.connection.get() == Connection::Live {
                self.forgive(|error| matches!(error, ApiError::Disconnected | ApiError::Unreachable));
            }
        });
    }

    /// After each write: goes where it leads, and reads again.
    pub(super) fn follow(self, page: Page) {
        self.forgive_what_is_over(page);
        for action in self.all() {
            let version = action.version();
            Effect::new(move |is_later: Option<()>| {
                version.track();
                if is_later.is_some() {
                    if let Some(Ok(written)) = action.value().get_untracked() {
                        follow(page, written);
                    }
                    page.read_again();
                }
            });
        }
    }
}

/// Goes where a write leads, unless the page shows another user's memory by now.
fn follow(page: Page, written: Written) {
    let here = page.here_untracked();
    match written {
        Written::Turn(reply) if reply.scope.owns(&here.user, &here.namespace) => {
            let thread = Some(reply.thread_id.to_string());
            page.navigation.settle(here.after(thread, &reply.query, reply.became));
        }
        Written::NewThread(reply) if reply.scope.owns(&here.user, &here.namespace) => {
            page.navigation.open(here.on(Some(reply.thread_id.to_string())));
        }
        Written::Dropped(dropped) => {
            page.navigation.settle(Address { dropped, done: None, decided: None, ..here });
        }
        Written::Back(_) => page.navigation.settle(Address { dropped: None, ..here }),
        Written::Changed(Some(counted)) if counted.undo.is_empty() => page.picks.ask(counted),
        Written::Changed(done) => {
            page.picks.clear();
            page.navigation.settle(Address { dropped: None, decided: None, done, ..here });
        }
        Written::Reviewed { deed, reply } if deed != "scan" => {
            let decided = reply.filter(|_| deed != "undo");
            page.navigation.settle(Address { decided, dropped: None, done: None, ..here });
        }
        Written::Turn(_) | Written::NewThread(_) | Written::Reviewed { .. } | Written::Done => {}
    }
}

async fn write(what: Write) -> Result<Written, ApiError> {
    Ok(match what {
        Write::Turn(form) => Written::Turn(turn(form).await?),
        Write::NewThread { at } => Written::NewThread(new_thread(at).await?),
        Write::Notes { at, notes } => {
            set_scratchpad(at, notes).await?;
            Written::Done
        }
        Write::Drop { at, id } => Written::Dropped(drop_memory(at, id).await?),
        Write::BringBack { at, id } => Written::Back(bring_back(at, id).await?),
        Write::Reset { at, extent } => {
            reset(at, extent.into()).await?;
            Written::Done
        }
        Write::Change(form, ids) => {
            Written::Changed(change(form, ids).await?.and_then(|done| done.parse().ok()))
        }
        Write::Judge { at, deed } => {
            judge(at, deed).await?;
            Written::Done
        }
        Write::Review { at, deed, about, text } => {
            Written::Reviewed { reply: review(at, deed.clone(), about, text).await?, deed }
        }
    })
}

/// The error of a write, if its last attempt failed.
#[must_use]
pub fn error_of(action: WriteAction) -> Signal<Option<ApiError>> {
    Signal::derive(move || action.value().get()?.err())
}
