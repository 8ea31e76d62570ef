//! The state of the page: what is read, what can be written, and what follows from both.
//!
//! Signals hold only what a person can change and what was read; everything else is derived. A [`Page`] is handed down to
//! the components as a whole; it is a handful of handles and cheap to copy.
//!
//! - `reads`: the one look that everything on the page comes from, read again whenever something changes
//! - `first`: what the server knows before it renders
//! - `navigation`: the address, and ways to another one
//! - `writes`: what can be written, and where it leads
//! - `live`, `clock`: changes that others make, and time that goes by (browser only)
//! - `typed`, `picks`: what is typed and not yet sent, and which rows are picked

pub(crate) mod carried;
mod clock;
mod first;
mod live;
mod navigation;
mod picks;
mod reads;
mod typed;
mod writes;

use agent_memory::{IndexState, Look, MemoryRecord, Threshold};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
pub(crate) use self::navigation::SHEET_LINK;
#[cfg(feature = "hydrate")]
pub(crate) use self::picks::SERVING;
pub(crate) use self::typed::early_change;
pub use self::{
    clock::Clock,
    first::{First, Refused},
    navigation::{Navigation, title},
    picks::Picks,
    reads::{Reading, Reads},
    typed::{Draft, Typed},
    writes::{Write, WriteAction, Writes, Written, error_of},
};
use crate::{
    address::{Address, Asked},
    api::{
        ApiError, Sheet,
        look::{BenchSeen, Disagrees, PairSeen},
    },
    view::{connection::Connection, explain::Judgement, last_turn::LastTurn},
};

/// Everything that a component needs to know or can do.
#[derive(Clone, Copy)]
pub struct Page {
    /// What the URL says, and ways to another address.
    pub navigation: Navigation,
    /// What Redis holds for the address; `None` until it is known. Never another user's or namespace's.
    pub look: Memo<Option<Look>>,
    /// The address that [`Self::look`] was read for: while another one is read, counts and words about them agree.
    pub shown: Memo<Address>,
    /// The sheet of the memory that the address names; empty until it is known.
    pub sheet: Memo<Sheet>,
    /// The rows of the memories table that are picked.
    pub picks: Picks,
    /// What was asked when [`Self::look`] was read.
    pub asked: Memo<Option<Asked>>,
    /// What waits for a decision, `None` where it is not open or not read yet; and which of the nearest candidates disagree with a
    /// newer one, recalled or not.
    pub review: Memo<(Option<Vec<PairSeen>>, Vec<Disagrees>)>,
    /// The bench as it was read last; empty where it is not open.
    pub bench: Memo<BenchSeen>,
    /// How many documents the index cannot read, and the markup that lists them; empty where there is none.
    pub unreadable: Memo<Sheet>,
    /// What the sheet about forgetting the user shows, as HTML, when the page was loaded.
    pub forget: StoredValue<String>,
    /// The memories that are nearest to what was asked, without the one that it became itself.
    pub candidates: Memo<Option<Vec<MemoryRecord>>>,
    /// What became of what was asked.
    pub last_turn: Memo<Option<LastTurn>>,
    /// Why the last read failed; `None` when it did not.
    pub failure: Memo<Option<ApiError>>,
    /// The threshold as chosen on this page; `None` is the server's default.
    pub chosen_threshold: RwSignal<Option<Threshold>>,
    /// The threshold that applies.
    pub threshold: Memo<Threshold>,
    /// The threshold before it was last moved over the candidates that are shown: rows that differ are marked.
    pub threshold_before: Memo<Option<Threshold>>,
    /// The index and the version of Redis, which are everybody's: they stay while another user's memory is awaited.
    pub index: Memo<Option<(IndexState, String)>>,
    /// What can be written.
    pub writes: Writes,
    /// What is typed and not yet sent.
    pub typed: Typed,
    /// How the live stream stands.
    pub connection: RwSignal<Connection>,
    /// Time since the look was read.
    pub clock: Clock,
    is_threshold_moving: StoredValue<bool>,
    /// The threshold before it was last moved, and for which question.
    moved_from: RwSignal<Option<(Threshold, Option<Asked>)>>,
    reads: Reads,
}

impl Page {
    /// The state over what it begins with, and everything that keeps it up to date in the browser.
    #[must_use]
    pub fn new(address: Address, first: First) -> Self {
        let navigation = Navigation::new(address);
        let reads = Reads::new(first.reading);
        let writes = Writes::new(first.refused.as_ref());
        let chosen_threshold = RwSignal::new(navigation.address.with_untracked(|address| address.threshold));
        let look = reads.look(navigation);
        let shown = reads.shown();
        let asked = reads.asked(shown);
        let moved_from = RwSignal::new(None::<(Threshold, Option<Asked>)>);
        let page = Self {
            navigation,
            look,
            shown,
            sheet: reads.sheet(navigation),
            picks: Picks::new(),
            asked,
            review: reads.review(navigation),
            bench: reads.bench(navigation),
            unreadable: reads.unreadable(navigation),
            forget: StoredValue::new(first.forget),
            candidates: reads.candidates(look, asked),
            last_turn: writes.last_turn(look, shown),
            failure: reads.failure(navigation),
            chosen_threshold,
            threshold: Memo::new(move |_| {
                chosen_threshold.get().unwrap_or_else(|| {
                    look.with(|look| {
                        look.as_ref()
                            .map_or(Threshold::DEFAULT_RECALL, |look| look.index.default_recall_threshold)
                    })
                })
            }),
            threshold_before: Memo::new(move |_| {
                let (threshold, moved_for) = moved_from.get()?;
                (moved_for == asked.get()).then_some(threshold)
            }),
            moved_from,
            is_threshold_moving: StoredValue::new(false),
            index: reads.index(),
            writes,
            typed: Typed::new(),
            connection: RwSignal::new(Connection::None),
            clock: Clock::new(),
            reads,
        };
        reads.follow(page);
        writes.follow(page);
        navigation.follow(page);
        page.typed.follow(page);
        page.picks.follow(page);
        page.clock.follow(page);
        live::follow(page);
        page
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.navigation.address.get()
    }

    /// Where the page stands now: the address, the thread that is shown, the threshold that was chosen.
    #[must_use]
    pub fn here(&self) -> Address {
        let address = self.address();
        let thread = address.thread.clone().or_else(|| self.shown_thread());
        Address { thread, threshold: self.chosen_threshold.get(), ..address }
    }

    /// The same, for an event handler.
    #[must_use]
    pub fn here_untracked(&self) -> Address {
        untrack(|| self.here())
    }

    /// What the look says, once there is one.
    pub fn read<T>(&self, say: impl FnOnce(&Look) -> T) -> Option<T> {
        self.look.with(|look| look.as_ref().map(say))
    }

    /// A part of the look, which changes only when the part does.
    pub fn part<T: PartialEq + Send + Sync + 'static>(
        &self,
        part: impl Fn(&Look) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        let look = self.look;
        Memo::new(move |_| look.with(|look| look.as_ref().map(&part)))
    }

    /// What memories are judged by.
    pub fn judge<T>(&self, say: impl FnOnce(Judgement<'_>) -> T) -> T {
        let dedup = self.read(|look| look.index.dedup_threshold);
        let asked = self.asked.get();
        self.candidates.with(|candidates| {
            say(Judgement {
                candidates: candidates.as_deref(),
                threshold: self.threshold.get(),
                dedup: dedup.unwrap_or(Threshold::DEFAULT_DEDUP),
                only: self.navigation.address.with(|address| address.only),
                own: asked.as_ref().and_then(|asked| asked.became.own()),
            })
        })
    }

    /// Reads everything again.
    pub fn read_again(&self) {
        self.reads.want();
    }

    /// Moves the threshold, and remembers where the movement began.
    pub fn move_threshold(&self, threshold: Threshold) {
        if !self.is_threshold_moving.get_value() {
            self.is_threshold_moving.set_value(true);
            self.moved_from.set(Some((self.threshold.get_untracked(), self.asked.get_untracked())));
        }
        self.chosen_threshold.set(Some(threshold));
    }

    /// Ends the movement: the threshold goes into the address. What it moved stays marked until the next one.
    pub fn settle_threshold(&self) {
        self.is_threshold_moving.set_value(false);
        let threshold = self.chosen_threshold.get_untracked();
        let address = self.navigation.address.get_untracked();
        self.navigation.settle(Address { threshold, ..address });
    }

    fn shown_thread(&self) -> Option<String> {
        self.read(|look| look.thread_id.as_ref().map(ToString::to_string)).flatten()
    }
}
