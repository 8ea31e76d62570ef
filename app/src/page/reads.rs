//! What the page reads: one look, from which everything on it comes.

use agent_memory::{IndexState, Look, MemoryRecord};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Navigation, Page};
use crate::{
    address::{Address, Asked},
    api::{
        ApiError, Seen, Sheet,
        look::{BenchSeen, Disagrees, PairSeen},
        read_look,
    },
};

/// A look with what it was read for: while another user's is awaited, it must not be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What was asked for, see [`Address::to_read`].
    pub at: String,
    /// What came back.
    pub result: Result<Seen, ApiError>,
}

/// The first reading, with which the server renders the page.
#[cfg(feature = "ssr")]
pub(super) async fn first_reading(memory: &agent_memory::Memory, address: &Address) -> Reading {
    let at = address.to_read();
    let result = crate::api::look_at(memory, address).await;
    Reading { result: result.map_err(|error| crate::api::refused("page", error)), at }
}

/// The reads of the page.
#[derive(Clone, Copy)]
pub struct Reads {
    newest: RwSignal<Reading>,
    /// The last one that came back well. It stays while another one is read, and when that fails.
    good: Memo<Option<Reading>>,
    wanted: RwSignal<u32>,
    under_way: StoredValue<UnderWay>,
}

/// What is being read at the moment.
#[derive(Debug, Default)]
struct UnderWay {
    at: Option<String>,
    /// Something changed since it was asked for.
    is_stale: bool,
}

impl Reads {
    pub(super) fn new(first: Reading) -> Self {
        let newest = RwSignal::new(first);
        let good = Memo::new(move |previous: Option<&Option<Reading>>| {
            let read = newest.get();
            if read.result.is_ok() { Some(read) } else { previous.cloned().flatten() }
        });
        Self { newest, good, wanted: RwSignal::new(0), under_way: StoredValue::default() }
    }

    /// Reads everything again, as soon as what is under way has come back.
    pub(super) fn want(self) {
        self.wanted.update(|wanted| *wanted += 1);
    }

    /// Reads whenever the address asks for something else, or a read is wanted.
    pub(super) fn follow(self, page: Page) {
        let at = Memo::new(move |_| page.navigation.address.with(Address::to_read));
        Effect::new(move |is_later: Option<()>| {
            let at = at.get();
            self.wanted.track();
            if is_later.is_some() {
                self.read(at);
            }
        });
    }

    /// Starts reading, unless the same is under way: then once more after it.
    fn read(self, at: String) {
        let is_under_way = self.under_way.try_update_value(|under_way| {
            under_way.is_stale = under_way.at.as_ref() == Some(&at);
            let is_under_way = under_way.is_stale;
            under_way.at = Some(at.clone());
            is_under_way
        });
        if is_under_way == Some(false) {
            leptos::task::spawn_local(self.answer(at));
        }
    }

    async fn answer(self, at: String) {
        loop {
            let result = read_look(at.clone()).await;
            let is_stale = self.under_way.try_update_value(|under_way| {
                if under_way.at.as_ref() != Some(&at) {
                    return None;
                }
                let is_stale = std::mem::take(&mut under_way.is_stale);
                if !is_stale {
                    under_way.at = None;
                }
                Some(is_stale)
            });
            // Something else was asked for meanwhile, or the page is gone.
            let Some(is_stale) = is_stale.flatten() else { return };
            self.newest.set(Reading { at: at.clone(), result });
            if !is_stale {
                return;
            }
        }
    }

    /// The last good look at the address's user and namespace.
    pub(super) fn look(self, navigation: Navigation) -> Memo<Option<Look>> {
        Memo::new(move |_| self.here(navigation).map(|seen| seen.look))
    }

    /// The sheet of the memory that the address names, as last read.
    pub(super) fn sheet(self, navigation: Navigation) -> Memo<Sheet> {
        Memo::new(move |_| {
            let open = navigation.address.with(|here| here.memory.clone());
            let sheet = self.good.with(|read| Some(read.as_ref()?.result.as_ref().ok()?.sheet.clone()));
            sheet.filter(|sheet| sheet.first() == open.as_ref()).unwrap_or_default()
        })
    }

    /// What waits for a decision, and what disagrees, when the last good look was read.
    pub(super) fn review(self, navigation: Navigation) -> Memo<(Option<Vec<PairSeen>>, Vec<Disagrees>)> {
        Memo::new(move |_| {
            self.here(navigation).map(|seen| (seen.pairs, seen.disagreements)).unwrap_or_default()
        })
    }

    /// The bench, when the last good look was read.
    pub(super) fn bench(self, navigation: Navigation) -> Memo<BenchSeen> {
        Memo::new(move |_| self.here(navigation).map(|seen| seen.bench).unwrap_or_default())
    }

    /// What the index cannot read, when the last good look was read.
    pub(super) fn unreadable(self, navigation: Navigation) -> Memo<Sheet> {
        Memo::new(move |_| self.here(navigation).map(|seen| seen.unreadable).unwrap_or_default())
    }

    /// What was read last, where it is of the address's user and namespace.
    fn here(self, navigation: Navigation) -> Option<Seen> {
        let reading = self.good.get()?;
        let is_here = navigation.address.with(|here| here.has_scope_of(&Address::from_query(&reading.at)));
        reading.result.ok().filter(|_| is_here)
    }

    /// The index and the version of Redis, as last read.
    pub(super) fn index(self) -> Memo<Option<(IndexState, String)>> {
        Memo::new(move |_| {
            let look = self.good.get()?.result.ok()?.look;
            Some((look.index, look.redis_version))
        })
    }

    /// What the last good look was read for, as an address.
    pub(super) fn shown(self) -> Memo<Address> {
        Memo::new(move |_| {
            self.good.get().map_or_else(Address::default, |read| Address::from_query(&read.at))
        })
    }

    /// What was asked when the last good look was read.
    pub(super) fn asked(self, shown: Memo<Address>) -> Memo<Option<Asked>> {
        Memo::new(move |_| shown.with(|shown| shown.asked.clone()))
    }

    /// The candidates of a look. A turn does not recall itself.
    pub(super) fn candidates(
        self,
        look: Memo<Option<Look>>,
        asked: Memo<Option<Asked>>,
    ) -> Memo<Option<Vec<MemoryRecord>>> {
        Memo::new(move |_| {
            let mut candidates = look.with(|look| Some(look.as_ref()?.probe.as_ref()?.candidates.clone()))?;
            asked.with(|asked| {
                let own = asked.as_ref().and_then(|asked| asked.became.own());
                candidates.retain(|memory| own != Some(memory.id.as_str()));
            });
            Some(candidates)
        })
    }

    /// Why the look at the address's user and namespace cannot be read.
    pub(super) fn failure(self, navigation: Navigation) -> Memo<Option<ApiError>> {
        Memo::new(move |_| {
            let reading = self.newest.get();
            let is_here =
                navigation.address.with(|here| here.has_scope_of(&Address::from_query(&reading.at)));
            reading.result.err().filter(|_| is_here)
        })
    }
}
