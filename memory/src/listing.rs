//! Memories as a list: in which order, from where, how many; and what comes back. No IO.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    filter::MemoryFilter,
    input::{InvalidInput, Problem},
    model::{MemoryRecord, words},
};

/// Most memories on one page; what `/state` of the contract shows at most.
pub const PAGE_MAX: usize = 200;

/// Memories on one page where nothing else is asked for.
pub const PAGE_USUAL: usize = 25;

/// Most rows to pass over: Redis Search refuses more than a million.
pub const OFFSET_MAX: usize = 999_000;

words! {
    /// By what memories are sorted.
    SortBy, "sort" {
        /// When they were written.
        Created = "created",
        /// How often a near-identical text came.
        Hits = "hits",
        /// Episodic or semantic.
        Kind = "kind",
        /// What they say.
        Text = "text",
        /// The thread that they come from.
        Source = "source",
        /// How long they still live; those that stay live longest.
        Lifetime = "ttl",
        /// How near they are to the query; by time of writing where there is none.
        Distance = "distance",
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// By what.
    pub by: SortBy,
    /// Largest, newest or last first.
    pub is_descending: bool,
}

impl Order {
    /// Newest first.
    pub const NEWEST: Self = Self { by: SortBy::Created, is_descending: true };
}

/// From which row on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Start {
    /// After so many rows, at most [`OFFSET_MAX`]. Rows that come or go meanwhile move the others.
    Offset(usize),
    /// Behind the page before, in the order [`Order::NEWEST`]: neither repeats nor hides a row while others write.
    Cursor(MemoryCursor),
}

/// Which part of the memories of a scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// Which memories.
    pub filter: MemoryFilter,
    /// In which order; a cursor goes with [`Order::NEWEST`] alone.
    pub order: Order,
    /// From which row on.
    pub start: Start,
    /// Most rows, 0 to [`PAGE_MAX`].
    pub limit: usize,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            filter: MemoryFilter::default(),
            order: Order::NEWEST,
            start: Start::Offset(0),
            limit: PAGE_USUAL,
        }
    }
}

impl Listing {
    /// Checks what a person may have typed.
    ///
    /// # Errors
    /// A page that is too large or too far, a cursor in another order, or a filter that makes no sense.
    pub fn checked(self) -> Result<Self, InvalidInput> {
        let offset = self.offset();
        for (field, rows, limit) in [("limit", self.limit, PAGE_MAX), ("offset", offset, OFFSET_MAX)] {
            if rows > limit {
                return Err(InvalidInput::new(field, Problem::TooLong { limit, unit: "rows" }));
            }
        }
        if matches!(self.start, Start::Cursor(_)) && self.order != Order::NEWEST {
            return Err(InvalidInput::unfit("cursor", "used with the newest first"));
        }
        Ok(Self { filter: self.filter.checked()?, ..self })
    }

    /// Rows to pass over.
    #[must_use]
    pub fn offset(&self) -> usize {
        match self.start {
            Start::Offset(offset) => offset,
            Start::Cursor(cursor) => cursor.skip,
        }
    }

    /// The cursor, where it starts at one.
    #[must_use]
    pub fn cursor(&self) -> Option<MemoryCursor> {
        match self.start {
            Start::Offset(_) => None,
            Start::Cursor(cursor) => Some(cursor),
        }
    }
}

/// A page of memories.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MemoryPage {
    /// The memories.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match in all.
    pub total: u64,
    /// Where the next page begins; `None` after the last one, and in another order than [`Order::NEWEST`].
    pub next: Option<MemoryCursor>,
}

/// Where a listing goes on: behind everything newer than a time, and behind some rows of exactly that time.
///
/// Rows that come or go meanwhile are neither repeated nor do they hide others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MemoryCursor {
    /// The time of the last row, in Unix seconds; `None` among the rows without a time, which come last.
    pub(crate) created_ts: Option<f64>,
    /// Rows of that time that were given already.
    pub(crate) skip: usize,
}

impl fmt::Display for MemoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.created_ts {
            Some(ts) => write!(f, "{ts}~{}", self.skip),
            None => write!(f, "~{}", self.skip),
        }
    }
}

impl FromStr for MemoryCursor {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let parsed = || {
            let (ts, skip) = text.split_once('~')?;
            let created_ts = match ts {
                "" => None,
                ts => Some(ts.parse::<f64>().ok().filter(|ts| ts.is_finite())?),
            };
            let skip = skip.parse().ok().filter(|&skip| skip <= OFFSET_MAX)?;
            Some(Self { created_ts, skip })
        };
        parsed().ok_or_else(|| InvalidInput::unfit("cursor", "the `next_cursor` of the page before"))
    }
}

impl MemoryCursor {
    /// The place behind these rows, whose exact times are given, after this place.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "the stores list"))]
    pub(crate) fn behind(before: Option<Self>, times: &[Option<f64>]) -> Option<Self> {
        let last = *times.last()?;
        let tied = times.iter().rev().take_while(|time| **time == last).count();
        let before = before.filter(|before| before.created_ts == last && tied == times.len());
        Some(Self { created_ts: last, skip: tied + before.map_or(0, |before| before.skip) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_limits() {
        let too_many = Listing { limit: PAGE_MAX + 1, ..Listing::default() };
        assert_eq!(too_many.checked().unwrap_err().to_string(), "limit is longer than 200 rows");
        let too_far = Listing { start: Start::Offset(OFFSET_MAX + 1), ..Listing::default() };
        assert_eq!(too_far.checked().unwrap_err().field, "offset");
        let start = Start::Cursor("1~2".parse().unwrap());
        let by_text = Order { by: SortBy::Text, is_descending: false };
        let misplaced = Listing { start, order: by_text, ..Listing::default() };
        assert_eq!(misplaced.checked().unwrap_err().field, "cursor");
        assert!(Listing { start, ..Listing::default() }.checked().is_ok());
    }

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        for created_ts in [Some(1_763_797_823.123_456), Some(0.0), None] {
            let cursor = MemoryCursor { created_ts, skip: 3 };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for broken in ["", "1", "x~1", "1~x", "1~-1", "inf~1", "NaN~0", "1~9999999"] {
            assert!(broken.parse::<MemoryCursor>().is_err(), "{broken}");
        }
    }

    #[test]
    fn the_next_place_counts_the_rows_of_the_last_time() {
        let at = |created_ts, skip| Some(MemoryCursor { created_ts, skip });
        let rows = [
            (None, vec![], None),
            (None, vec![Some(3.0), Some(2.0)], at(Some(2.0), 1)),
            (None, vec![Some(3.0), Some(2.0), Some(2.0)], at(Some(2.0), 2)),
            (at(Some(2.0), 2), vec![Some(2.0), Some(2.0)], at(Some(2.0), 4)),
            (at(Some(2.0), 2), vec![Some(2.0), Some(1.0)], at(Some(1.0), 1)),
            (at(Some(2.0), 2), vec![Some(1.0), None], at(None, 1)),
            (at(None, 1), vec![None, None], at(None, 3)),
        ];
        for (before, times, expected) in rows {
            assert_eq!(MemoryCursor::behind(before, &times), expected, "{times:?}");
        }
    }
}
