//! What the page reads, and for which place: another user's or namespace's is never shown.

use agent_memory::Snapshot;
use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use serde::{Deserialize, Serialize};

use super::{Writes, carried::Carried};
use crate::{
    address::{Address, Sent},
    api::{ApiError, Look, Place, look},
    view::last_turn::LastTurn,
};

/// The reads of the page: one resource, read again for every place and after every write.
#[derive(Clone, Copy)]
pub struct Reads {
    address: Memo<Address>,
    writes: Writes,
    resource: Resource<Carried<Seen>, FromToStringCodec>,
}

/// What was read, and for what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Seen {
    place: Place,
    query: String,
    revision: usize,
    result: Result<Look, ApiError>,
}

impl Reads {
    /// Reads for the address, and again after every write.
    #[must_use]
    pub fn new(address: Memo<Address>, writes: Writes) -> Self {
        let key = move || {
            let here = address.get();
            let place = place_of(&here, writes);
            (place, here.sent.map(|sent| sent.query).unwrap_or_default(), writes.revision())
        };
        let resource = Resource::new_str(key, |(place, query, revision)| async move {
            let result = look(place.clone(), query.clone()).await;
            Carried(Seen { place, query, revision, result })
        });
        Self { address, writes, resource }
    }

    /// Reads everything again.
    pub(super) fn read_again(&self) {
        self.resource.refetch();
    }

    /// What was seen last, to be called once, inside the `Transition` that waits for it.
    pub(super) fn sights(self) -> Sights {
        let last_good = Memo::new(move |previous: Option<&Option<Seen>>| {
            let seen = self.resource.get().map(|Carried(seen)| seen).filter(|seen| seen.result.is_ok());
            seen.or_else(|| previous.cloned().flatten())
        });
        Sights { reads: self, last_good }
    }

    fn is_here(self, seen: &Seen) -> bool {
        self.address.with(|here| here.user == seen.place.user && here.namespace == seen.place.namespace)
    }
}

/// What was seen last. It stays while something else is awaited, and when that fails.
#[derive(Clone, Copy)]
pub(super) struct Sights {
    reads: Reads,
    last_good: Memo<Option<Seen>>,
}

impl Sights {
    /// What the snapshot of the address's user and namespace says.
    pub(super) fn read<T>(self, say: impl FnOnce(&Snapshot) -> T) -> Option<T> {
        self.look(|_, look| say(&look.snapshot))
    }

    /// Why the address's user and namespace cannot be read.
    pub(super) fn failure(self) -> Option<ApiError> {
        let Carried(seen) = self.reads.resource.get()?;
        seen.result.clone().err().filter(|_| self.reads.is_here(&seen))
    }

    /// The last turn: of this page, or the one that a form post led here with.
    pub(super) fn last_turn(self) -> Memo<Option<LastTurn>> {
        let Reads { address, writes, .. } = self.reads;
        Memo::new(move |_| {
            let here = address.get();
            let mut turn = match writes.reply_for(&here) {
                Some(reply) => LastTurn::from_reply(reply),
                None => self.sent_turn(here.sent?)?,
            };
            let revision = writes.revision();
            self.look(|seen, look| {
                if seen.revision == revision {
                    turn.drop_forgotten(&look.snapshot);
                }
            });
            Some(turn)
        })
    }

    fn sent_turn(self, sent: Sent) -> Option<LastTurn> {
        let probe = self.look(|seen, look| look.probe.clone().filter(|_| seen.query == sent.query))??;
        Some(LastTurn::from_probe(sent, probe))
    }

    fn look<T>(self, say: impl FnOnce(&Seen, &Look) -> T) -> Option<T> {
        self.last_good.with(|seen| {
            let seen = seen.as_ref().filter(|seen| self.reads.is_here(seen))?;
            Some(say(seen, seen.result.as_ref().ok()?))
        })
    }
}

/// What a look depends on: user, namespace and thread, the turn's own thread where the URL names none yet.
fn place_of(address: &Address, writes: Writes) -> Place {
    let begun = || Some(writes.reply_for(address)?.outcome.thread_id.to_string());
    let thread = address.thread.clone().or_else(begun);
    Place::from(&Address::new(&address.user, &address.namespace).on(thread))
}
