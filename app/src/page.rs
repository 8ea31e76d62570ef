//! The state of the page: what is read, what can be written, and what follows from both.
//!
//! Signals hold only what a person can change (the threshold); everything else is derived. A [`Page`] is handed down to the
//! components as a whole; it is a handful of handles and cheap to copy.

mod carried;
mod navigation;
mod reads;
mod writes;

use agent_memory::{Snapshot, Threshold};
use leptos::prelude::*;

pub use self::{
    navigation::{Navigation, follow_threads, use_address},
    reads::Reads,
    writes::Writes,
};
use crate::{
    address::Address,
    api::{ApiError, Place},
    view::last_turn::LastTurn,
};

/// Everything that a component needs to know or can do.
#[derive(Clone, Copy)]
pub struct Page {
    /// What the URL says.
    pub address: Memo<Address>,
    /// What Redis holds for the address; `None` until it is known. Never another user's or namespace's.
    pub snapshot: Memo<Option<Snapshot>>,
    /// Why the last read failed; `None` when it did not.
    pub failure: Memo<Option<ApiError>>,
    /// The last turn of this user, namespace and thread.
    pub last_turn: Memo<Option<LastTurn>>,
    /// The threshold as chosen on this page; `None` is the server's default.
    pub chosen_threshold: RwSignal<Option<Threshold>>,
    /// The threshold that applies.
    pub threshold: Memo<Threshold>,
    /// What can be written.
    pub writes: Writes,
    /// Where one can go.
    pub navigation: Navigation,
    reads: Reads,
}

impl Page {
    /// The state over what is read. To be called inside the `Transition` that waits for the reads.
    #[must_use]
    pub fn new(address: Memo<Address>, reads: Reads, writes: Writes, navigation: Navigation) -> Self {
        let snapshot = reads.snapshot(address);
        let chosen_threshold = RwSignal::new(address.with_untracked(|address| address.threshold));
        let threshold = Memo::new(move |_| {
            chosen_threshold.get().unwrap_or_else(|| {
                snapshot.with(|snapshot| {
                    snapshot.as_ref().map_or(Threshold::DEFAULT_RECALL, |snapshot| {
                        Threshold::from(snapshot.index.default_recall_threshold)
                    })
                })
            })
        });
        Self {
            address,
            snapshot,
            failure: reads.failure(address),
            last_turn: reads.last_turn(address, writes, snapshot),
            chosen_threshold,
            threshold,
            writes,
            navigation,
            reads,
        }
    }

    /// Where the page stands now: the address, the thread that is shown, the threshold that was chosen.
    #[must_use]
    pub fn here(&self) -> Address {
        let address = self.address.get();
        let thread = address.thread.clone().or_else(|| self.shown_thread());
        address.on(thread).at(self.chosen_threshold.get())
    }

    /// The same as form fields.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::from(&self.here())
    }

    /// What the snapshot says, once there is one.
    pub fn read<T>(&self, say: impl FnOnce(&Snapshot) -> T) -> Option<T> {
        self.snapshot.with(|snapshot| snapshot.as_ref().map(say))
    }

    /// What the last turn says, once there is one.
    pub fn recall<T>(&self, say: impl FnOnce(&LastTurn) -> T) -> Option<T> {
        self.last_turn.with(|turn| turn.as_ref().map(say))
    }

    /// Reads everything again.
    pub fn read_again(&self) {
        self.reads.read_again();
    }

    fn shown_thread(&self) -> Option<String> {
        self.read(|snapshot| snapshot.thread_id.as_ref().map(ToString::to_string)).flatten()
    }
}
