//! Long-term memory as a list: pages, tables, counts, all ids.

use std::{cmp::Reverse, collections::HashMap};

use redis::{Cmd, Value};

use super::{DEEPEST, LongTermMemory};
use crate::{
    Embedding, Result,
    filter::MemoryFilter,
    listing::{Listing, MemoryCursor, MemoryPage, Order, SortBy},
    model::MemoryRecord,
    scope::{MemoryId, Scope},
    store::{
        codec,
        policy::Policy,
        query::{MEMORY_FIELDS, MemoryQuery, NAME_FIELDS, Near, OWNER_FIELDS, TEXT_FIELDS, Telling},
        reply,
        request::Request,
        rows::{self, Rows},
    },
};

/// Memories of which a look at the counts sees whose they are.
const OWNERS_SAMPLED: usize = 50;

/// Scopes up to this size are always counted exactly, which takes Redis some 3 µs for each.
const COUNTED_ONE_BY_ONE: u64 = 1000;

/// A page of a table, without lifetimes.
pub(crate) struct TablePage {
    pub(crate) memories: Vec<MemoryRecord>,
    /// Whether Redis finds rows of scopes that differ in case alone.
    pub(crate) has_others: bool,
}

impl LongTermMemory {
    /// A page of the scope's memories with exact times and what is left of their lives.
    ///
    /// Two round trips; three where it is sorted by text or lifetime, or where names differ in case alone. Behind a cursor a
    /// page may be shorter than its limit in that last case; [`MemoryPage::next`] tells whether there is more.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a listing that makes no sense; [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where
    /// Redis cannot answer.
    pub async fn list(&self, scope: &Scope, listing: &Listing) -> Result<MemoryPage> {
        let mut listing = listing.clone().checked()?;
        listing.filter = self.resolved(scope, &listing.filter).await?;
        let mut page = match listing.order {
            Order::NEWEST => self.newest_page(scope, &listing).await?,
            _ => {
                let counted = self.store.run("count memories", self.count_request(scope, &listing.filter));
                let (table, total) = tokio::join!(self.table(scope, &listing, None), counted);
                let exact = self.exact_request(table?.memories);
                let memories = self.store.run("read memories", exact).await?;
                MemoryPage { memories, total: total?, next: None }
            }
        };
        let is_small = page.total <= COUNTED_ONE_BY_ONE;
        if is_small || self.store.run("count memories", self.count_all_request(scope)).await?.1 {
            let exact = self.exact_count_request(scope, &listing.filter);
            page.total = self.store.run("count memories", exact).await?;
        }
        Ok(page)
    }

    /// A page of the newest, with the place where the next one begins.
    async fn newest_page(&self, scope: &Scope, listing: &Listing) -> Result<MemoryPage> {
        let cursor = listing.cursor();
        let query = MemoryQuery {
            sort_by: Some(("created_ts", true)),
            cursor,
            offset: listing.offset(),
            limit: listing.limit,
            ..self.query(scope, &listing.filter)
        };
        let count = self.count_request(scope, &listing.filter);
        let (page, total) = self
            .store
            .run("list memories", self.telling_rows(&query, Telling::LivesAndTimes).and(count))
            .await?;
        // Where the place behind this page is, the rows of others tell along.
        let given = listing.offset() + page.found;
        let next = MemoryCursor::behind(cursor, &page.times).filter(|_| (given as u64) < page.total);
        Ok(MemoryPage { memories: page.memories, total, next })
    }

    /// The page of a table, without lifetimes; distances only where they are what it is sorted by. One round trip, two
    /// where it is sorted by text or lifetime, or where scopes differ in case alone.
    ///
    /// `near` is what distances are measured to; without it, a table by distance is one by time of writing.
    pub(crate) async fn table(
        &self,
        scope: &Scope,
        listing: &Listing,
        near: Option<&Embedding>,
    ) -> Result<TablePage> {
        match listing.order.by {
            SortBy::Lifetime => return self.table_sorted_here(scope, listing, OWNER_FIELDS, lifetime).await,
            // Redis would put `Zebra` before `apple`.
            SortBy::Text => return self.table_sorted_here(scope, listing, TEXT_FIELDS, folded_text).await,
            _ => {}
        }
        let query = self.sorted(scope, listing, near);
        let (offset, limit) = (listing.offset(), listing.limit);
        let page = self.rows(&MemoryQuery { offset, limit, ..query });
        // Rows of others before the page would move it.
        let before = match offset {
            0 => Request::none(false),
            _ => self
                .rows(&MemoryQuery { fields: OWNER_FIELDS, ..query.first(offset) })
                .map(|rows| rows.has_others),
        };
        let (page, are_before) = self.store.run("list memories", page.and(before)).await?;
        let has_others = page.has_others || are_before;
        let memories = if has_others { self.own_page(scope, listing, &query).await? } else { page.memories };
        Ok(TablePage { memories, has_others })
    }

    /// The page among rows of scopes that differ in case alone.
    async fn own_page<'a>(
        &'a self,
        scope: &'a Scope,
        listing: &'a Listing,
        query: &MemoryQuery<'a>,
    ) -> Result<Vec<MemoryRecord>> {
        let owners = MemoryQuery { fields: OWNER_FIELDS, ..*query };
        let wanted = listing.offset() + listing.limit;
        let own = self.own_rows("list memories", &owners, wanted).await?;
        self.of_ids(scope, &page_ids(own, listing)).await
    }

    /// A table in an order that Redis has not: the newest [`DEEPEST`] rows are sorted here.
    async fn table_sorted_here<K: Ord>(
        &self,
        scope: &Scope,
        listing: &Listing,
        fields: &[&str],
        sort_key: fn(&MemoryRecord) -> K,
    ) -> Result<TablePage> {
        let newest = MemoryQuery {
            sort_by: Some(("created_ts", true)),
            fields,
            limit: DEEPEST,
            ..self.query(scope, &listing.filter)
        };
        let rows = self.store.run("list memories", self.rows(&newest)).await?;
        let has_others = rows.has_others;
        let mut memories = match listing.order.by {
            SortBy::Lifetime => self.store.run("read lifetimes", self.living_request(rows.memories)).await?,
            _ => rows.memories,
        };
        if listing.order.is_descending {
            memories.sort_by_key(|memory| Reverse(sort_key(memory)));
        } else {
            memories.sort_by_key(sort_key);
        }
        let page = page_ids(memories, listing);
        Ok(TablePage { memories: self.of_ids(scope, &page).await?, has_others })
    }

    /// The scope's memories of these ids, in this order; those that are gone are left out.
    pub(crate) async fn of_ids(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<MemoryRecord>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (keys, all) = (ids.iter().map(|id| self.key(id)).collect::<Vec<_>>(), MemoryFilter::everything());
        let query = MemoryQuery { keys: &keys, limit: keys.len(), ..self.query(scope, &all) };
        let mut rows = self.store.run("list memories", self.rows(&query)).await?.memories;
        let place: HashMap<&MemoryId, usize> = ids.iter().enumerate().map(|(at, id)| (id, at)).collect();
        rows.sort_by_key(|memory| place.get(&memory.id).copied());
        Ok(rows)
    }

    /// The search of a table in the order that is asked for.
    fn sorted<'a>(
        &'a self,
        scope: &'a Scope,
        listing: &'a Listing,
        near: Option<&'a Embedding>,
    ) -> MemoryQuery<'a> {
        let query = MemoryQuery { fields: MEMORY_FIELDS, ..self.query(scope, &listing.filter) };
        let by = |field| MemoryQuery { sort_by: Some((field, listing.order.is_descending)), ..query };
        match (listing.order.by, near) {
            (SortBy::Distance, Some(vector)) => {
                let wanted = (listing.offset() + listing.limit).max(1);
                let depth = if listing.order.is_descending { DEEPEST } else { wanted };
                MemoryQuery { near: Some(self.near(scope, &listing.filter, vector, depth)), ..by("distance") }
            }
            (SortBy::Hits, _) => by("hit_count"),
            (SortBy::Kind, _) => by("kind"),
            (SortBy::Source, _) => by("source_thread"),
            (SortBy::Text, _) => by("text"),
            (SortBy::Created | SortBy::Lifetime | SortBy::Distance, _) => by("created_ts"),
        }
    }

    /// How far each of these memories is from a vector, in their order, as a request.
    pub(crate) fn distances_request(
        &self,
        scope: &Scope,
        memories: &[MemoryRecord],
        to: &Embedding,
    ) -> Request<'static, Vec<Option<f64>>> {
        if memories.is_empty() {
            return Request::none(Vec::new());
        }
        let keys: Vec<String> = memories.iter().map(|memory| self.key(&memory.id)).collect();
        let all = MemoryFilter::everything();
        let query = MemoryQuery { keys: &keys, ..self.query(scope, &all) };
        // Among a few keys the engine compares each.
        let nearest = query.nearest(Near { to, k: keys.len(), policy: Policy::Engine });
        let command = MemoryQuery { fields: &["distance"], ..nearest }.command();
        Request::one(command, move |reply| {
            let distances: HashMap<String, f64> = reply::found(reply)
                .rows
                .into_iter()
                .filter_map(|(key, fields)| Some((key, codec::distance(fields.get("distance")?)?)))
                .collect();
            Ok(keys.iter().map(|key| distances.get(key).copied()).collect())
        })
    }

    /// How many match, those of scopes that differ in case alone among them, as a request.
    pub(crate) fn count_request<'a>(&self, scope: &Scope, filter: &MemoryFilter) -> Request<'a, u64> {
        let index = &self.store.place().index;
        let query =
            MemoryQuery { fields: &[], ..MemoryQuery::new((index, self.store.keys()), scope, filter) };
        Request::one(query.command(), |reply| Ok(reply::total(&reply)))
    }

    /// The same for all of the scope, and whether a sample shows scopes that differ in case alone.
    pub(crate) fn count_all_request<'a>(&self, scope: &'a Scope) -> Request<'a, (u64, bool)> {
        let (index, all) = (&self.store.place().index, MemoryFilter::default());
        let query = MemoryQuery {
            fields: NAME_FIELDS,
            limit: OWNERS_SAMPLED,
            sort_by: Some(("created_ts", true)),
            ..MemoryQuery::new((index, self.store.keys()), scope, &all)
        };
        let prefix = self.store.keys().memory_prefix.clone();
        Request::one(query.command(), move |reply| {
            let Rows { total, has_others, .. } =
                rows::memories(reply, &prefix, scope, &MemoryFilter::default());
            Ok((total, has_others))
        })
    }

    /// Exactly the scope's own, as a request. Redis reads each, some 3 µs.
    pub(crate) fn exact_count_request<'a>(
        &self,
        scope: &'a Scope,
        filter: &'a MemoryFilter,
    ) -> Request<'a, u64> {
        // They were read, and are the scope's own.
        if let Some(ids) = &filter.ids {
            return Request::none(ids.len() as u64);
        }
        let query = MemoryQuery::new((&self.store.place().index, self.store.keys()), scope, filter);
        Request::one(query.count_command(), move |reply| Ok(rows::own_count(reply, scope, filter)))
    }

    /// The ids of all memories that the filter accepts, in no order.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn ids(&self, scope: &Scope, filter: &MemoryFilter) -> Result<Vec<MemoryId>> {
        const ATTEMPT: &str = "collect memories";
        let is_among = filter.ids.is_some();
        let filter = &self.resolved(scope, filter).await?;
        if let Some(ids) = &filter.ids {
            if !is_among {
                return Ok(ids.clone());
            }
            // Whoever named them may not know whose they are.
            let mut own = Vec::with_capacity(ids.len());
            for part in ids.chunks(1000) {
                let query = MemoryQuery { limit: part.len(), ..self.query(scope, filter) };
                let keys: Vec<String> = part.iter().map(|id| self.key(id)).collect();
                let rows = self.rows(&MemoryQuery { keys: &keys, ..query });
                own.extend(self.store.run(ATTEMPT, rows).await?.memories.into_iter().map(|memory| memory.id));
            }
            return Ok(own);
        }
        let prefix = &self.store.keys().memory_prefix;
        let command = self.query(scope, filter).collect_command();
        let own = |rows| {
            let keys = rows::own_keys(rows, scope, filter);
            keys.iter().filter_map(|key| key.strip_prefix(prefix)).map(MemoryId::read).collect()
        };
        self.through_cursor(ATTEMPT, command, own).await
    }

    /// What is read out of all rows of an aggregation, part by part.
    pub(super) async fn through_cursor<T>(
        &self,
        attempt: &'static str,
        mut command: Cmd,
        read: impl Fn(Vec<Value>) -> Vec<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        loop {
            let part = Request::one(command, |answer| {
                let mut parts = reply::elements(answer);
                let cursor = parts.pop().as_ref().and_then(reply::text).unwrap_or_else(|| "0".into());
                Ok((reply::elements(parts.pop().unwrap_or(Value::Nil)), cursor))
            });
            let (rows, cursor) = self.store.run(attempt, part).await?;
            all.extend(read(rows));
            if cursor == "0" {
                return Ok(all);
            }
            command = redis::cmd("FT.CURSOR");
            command.arg("READ").arg(&self.store.place().index).arg(cursor);
        }
    }

    /// Lifetimes and exact times, as a request that sets them in copies of the memories.
    pub(super) fn exact_request(&self, memories: Vec<MemoryRecord>) -> Request<'static, Vec<MemoryRecord>> {
        let times = memories.iter().map(|memory| {
            let mut command = redis::cmd("JSON.GET");
            command.arg(self.key(&memory.id)).arg("$.created_ts");
            Request::one(command, |time| Ok(reply::text(&time).as_deref().and_then(codec::only_number)))
        });
        let times = Request::all(times.collect::<Vec<_>>());
        self.living_request(memories).and(times).map(|(memories, times)| {
            let timed = memories.into_iter().zip(times);
            timed
                .map(|(memory, time)| MemoryRecord {
                    created_ts: time.unwrap_or(memory.created_ts),
                    ..memory
                })
                .collect()
        })
    }
}

/// The ids of the page among rows that are in order.
fn page_ids(rows: Vec<MemoryRecord>, listing: &Listing) -> Vec<MemoryId> {
    rows.into_iter().skip(listing.offset()).take(listing.limit).map(|memory| memory.id).collect()
}

/// Seconds left, the most for what stays.
fn lifetime(memory: &MemoryRecord) -> u64 {
    memory.ttl_seconds.unwrap_or(u64::MAX)
}

fn folded_text(memory: &MemoryRecord) -> String {
    memory.text.to_lowercase()
}
