//! What the page reads: a snapshot, and after a plain form post a probe for the text that was sent.

use agent_memory::{Snapshot, turn::ProbeOutcome};
use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use serde::{Deserialize, Serialize};

use super::{Writes, carried::Carried};
use crate::{
    address::{Address, Sent},
    api::{ApiError, Place, probe, snapshot},
    view::last_turn::LastTurn,
};

/// The reads of the page.
#[derive(Clone, Copy)]
pub struct Reads {
    snapshot: Resource<Carried<ReadSnapshot>, FromToStringCodec>,
    sent: Resource<Carried<Option<ReadSent>>, FromToStringCodec>,
}

/// A snapshot with what it was read for: while another user's is awaited, it must not be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ReadSnapshot {
    place: Place,
    revision: usize,
    result: Result<Snapshot, ApiError>,
}

/// A probe with what it was read for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ReadSent {
    place: Place,
    query: String,
    result: Result<ProbeOutcome, ApiError>,
}

impl Reads {
    /// Reads for the address, and again after every write.
    #[must_use]
    pub fn new(address: Memo<Address>, writes: Writes) -> Self {
        Self {
            snapshot: Resource::new_str(
                move || (snapshot_place(&address.get(), writes), writes.revision()),
                |(place, revision)| async move {
                    let result = snapshot(place.clone()).await;
                    Carried(ReadSnapshot { place, revision, result })
                },
            ),
            sent: Resource::new_str(
                move || address.with(|address| Some((scope_place(address), address.sent.clone()?.query))),
                |key| async move {
                    let Some((place, query)) = key else { return Carried(None) };
                    let result = probe(place.clone(), query.clone()).await;
                    Carried(Some(ReadSent { place, query, result }))
                },
            ),
        }
    }

    /// Reads everything again.
    pub(super) fn read_again(&self) {
        self.snapshot.refetch();
        self.sent.refetch();
    }

    /// The last snapshot of the address's user and namespace. It stays while another one is read, and when that fails.
    pub(super) fn snapshot(self, address: Memo<Address>) -> Memo<Option<Snapshot>> {
        let last_good = Memo::new(move |previous: Option<&Option<ReadSnapshot>>| {
            let read = self.read_snapshot().filter(|read| read.result.is_ok());
            read.or_else(|| previous.cloned().flatten())
        });
        Memo::new(move |_| {
            let read = last_good.get()?;
            let is_here = address.with(|address| address.has_scope_of(&read.place.address()));
            read.result.ok().filter(|_| is_here)
        })
    }

    /// Why the snapshot of the address's user and namespace cannot be read.
    pub(super) fn failure(self, address: Memo<Address>) -> Memo<Option<ApiError>> {
        Memo::new(move |_| {
            let read = self.read_snapshot()?;
            let is_here = address.with(|address| address.has_scope_of(&read.place.address()));
            read.result.err().filter(|_| is_here)
        })
    }

    /// The last turn: of this page, or the one that a form post led here with.
    pub(super) fn last_turn(
        self,
        address: Memo<Address>,
        writes: Writes,
        snapshot: Memo<Option<Snapshot>>,
    ) -> Memo<Option<LastTurn>> {
        Memo::new(move |_| {
            let here = address.get();
            let mut turn = match writes.reply_for(&here) {
                Some(reply) => LastTurn::from_reply(reply),
                None => LastTurn::from_probe(here.sent.clone()?, self.probe_for(&here)?),
            };
            let is_current = self.read_snapshot().is_some_and(|read| read.revision == writes.revision());
            snapshot.with(|snapshot| {
                if let Some(snapshot) = snapshot.as_ref().filter(|_| is_current) {
                    drop_forgotten(&mut turn, snapshot);
                }
            });
            Some(turn)
        })
    }

    fn read_snapshot(self) -> Option<ReadSnapshot> {
        self.snapshot.get().map(|Carried(read)| read)
    }

    fn probe_for(self, address: &Address) -> Option<ProbeOutcome> {
        let read = self.sent.get()?.0?;
        let Sent { query, .. } = address.sent.as_ref()?;
        let is_here = read.place == scope_place(address) && read.query == *query;
        read.result.ok().filter(|_| is_here)
    }
}

/// What the snapshot depends on: user, namespace and thread, the turn's own thread where the URL names none yet.
fn snapshot_place(address: &Address, writes: Writes) -> Place {
    let begun = || Some(writes.reply_for(address)?.outcome.thread_id.to_string());
    let thread = address.thread.clone().or_else(begun);
    Place { thread: thread.unwrap_or_default(), ..scope_place(address) }
}

fn scope_place(address: &Address) -> Place {
    Place::from(&Address::new(&address.user, &address.namespace))
}

/// Candidates that were dropped since are no candidates; told only by a complete listing.
fn drop_forgotten(turn: &mut LastTurn, snapshot: &Snapshot) {
    let is_complete =
        u64::try_from(snapshot.memories.len()).is_ok_and(|shown| shown >= snapshot.memory_count);
    if is_complete {
        turn.candidates.retain(|candidate| snapshot.memories.iter().any(|memory| memory.id == candidate.id));
    }
}
