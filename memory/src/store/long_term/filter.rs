//! Which memories of a scope: a filter as query text, and the place where a listing goes on. No IO.

use std::{fmt, str::FromStr};

use redis::Cmd;

use crate::{
    Embedding,
    input::InvalidInput,
    model::{Kind, MemoryRecord},
    scope::Scope,
};

/// Fields of a row. Redis Search prints numbers with 12 digits: `created_ts` is read from the document afterwards.
const FIELDS: [&str; 8] =
    ["user", "namespace", "kind", "source_thread", "text", "hit_count", "distance", "created_ts"];

/// Which memories of a scope; everything that is `None` is not asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryFilter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only those that come from this thread, compared exactly.
    pub source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    pub created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    pub created_to: Option<f64>,
}

impl MemoryFilter {
    /// A checked filter.
    ///
    /// # Errors
    /// A thread id that is empty, too long or has a control character; a time that is no finite number; an end before
    /// its beginning.
    pub fn checked(self) -> Result<Self, InvalidInput> {
        if let Some(thread) = &self.source_thread {
            crate::input::name("source_thread", thread)?;
        }
        for (field, time) in [("created_from", self.created_from), ("created_to", self.created_to)] {
            if time.is_some_and(|time| !time.is_finite()) {
                return Err(InvalidInput::unfit(field, "a finite number of Unix seconds"));
            }
        }
        match (self.created_from, self.created_to) {
            (Some(from), Some(to)) if from > to => {
                Err(InvalidInput::unfit("created_to", "at or after `created_from`"))
            }
            _ => Ok(self),
        }
    }

    /// Whether it asks for nothing in particular.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What tags cannot tell apart: Redis Search folds the case of letters.
    pub(super) fn accepts(&self, memory: &MemoryRecord) -> bool {
        self.kind.is_none_or(|kind| kind.as_str() == memory.kind)
            && self.source_thread.as_ref().is_none_or(|thread| *thread == memory.source_thread)
    }
}

/// Where a listing goes on: behind everything newer than a time, and behind some rows of exactly that time.
///
/// Rows that come or go meanwhile are neither repeated nor do they hide others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemoryCursor {
    /// The time of the last row, in Unix seconds; `None` among the rows without a time, which come last.
    pub(super) created_ts: Option<f64>,
    /// Rows of that time that were given already.
    pub(super) skip: usize,
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
            // Redis Search gives at most a million rows.
            let skip = skip.parse().ok().filter(|&skip| skip < 1_000_000)?;
            Some(Self { created_ts, skip })
        };
        parsed().ok_or_else(|| InvalidInput::unfit("cursor", "the `next_cursor` of the page before"))
    }
}

impl MemoryCursor {
    /// The place behind these rows, whose exact times are given, after this place.
    pub(super) fn behind(before: Option<Self>, times: &[Option<f64>]) -> Option<Self> {
        let last = *times.last()?;
        let tied = times.iter().rev().take_while(|time| **time == last).count();
        let before = before.filter(|before| before.created_ts == last && tied == times.len());
        Some(Self { created_ts: last, skip: tied + before.map_or(0, |before| before.skip) })
    }
}

/// A query under construction: its text, made of constant pieces alone, and the parameters that hold the values.
struct Query {
    text: String,
    parameters: Vec<(&'static str, Vec<u8>)>,
}

impl Query {
    fn new(scope: &Scope, filter: &MemoryFilter) -> Self {
        let mut query =
            Self { text: "(@user:{$user} @namespace:{$namespace}".into(), parameters: Vec::new() };
        query.bind("user", scope.user());
        query.bind("namespace", scope.namespace());
        if let Some(kind) = filter.kind {
            query.and(" @kind:{$kind}");
            query.bind("kind", kind.as_str());
        }
        if let Some(thread) = &filter.source_thread {
            query.and(" @source_thread:{$thread}");
            query.bind("thread", thread.as_str());
        }
        if let Some(from) = filter.created_from {
            query.and(" @created_ts:[$from +inf]");
            query.bind("from", from.to_string());
        }
        if let Some(to) = filter.created_to {
            query.and(" @created_ts:[-inf $to]");
            query.bind("to", to.to_string());
        }
        query
    }

    fn and(&mut self, constant: &'static str) {
        self.text.push_str(constant);
    }

    fn bind(&mut self, name: &'static str, value: impl Into<Vec<u8>>) {
        self.parameters.push((name, value.into()));
    }

    /// Rows without a time come last, and no range of times has them.
    fn go_on_at(&mut self, cursor: MemoryCursor) {
        match cursor.created_ts {
            Some(ts) => {
                self.and(" (@created_ts:[-inf $cursor] | -@created_ts:[-inf +inf])");
                self.bind("cursor", ts.to_string());
            }
            None => self.and(" -@created_ts:[-inf +inf]"),
        }
    }

    fn command(self, name: &'static str, index: &str, ending: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(index).arg(format!("{}){ending}", self.text));
        command.arg("PARAMS").arg(2 * self.parameters.len());
        for (name, value) in self.parameters {
            command.arg(name).arg(value);
        }
        command
    }
}

/// The `k` nearest memories, nearest first.
pub(super) fn nearest(index: &str, scope: &Scope, filter: &MemoryFilter, k: usize, to: &Embedding) -> Cmd {
    let mut query = Query::new(scope, filter);
    query.bind("k", k.to_string());
    query.bind("vector", to.to_le_bytes());
    let mut command = query.command("FT.SEARCH", index, "=>[KNN $k @embedding $vector AS distance]");
    command.arg(&["SORTBY", "distance"]).arg("RETURN").arg(FIELDS.len()).arg(&FIELDS);
    command.arg("LIMIT").arg(0).arg(k).arg(&["DIALECT", "2"]);
    command
}

/// A page of memories, newest first.
pub(super) fn page(
    index: &str,
    scope: &Scope,
    filter: &MemoryFilter,
    cursor: Option<MemoryCursor>,
    limit: usize,
) -> Cmd {
    let mut query = Query::new(scope, filter);
    if let Some(cursor) = cursor {
        query.go_on_at(cursor);
    }
    let mut command = query.command("FT.SEARCH", index, "");
    command.arg(&["SORTBY", "created_ts", "DESC"]);
    command.arg("RETURN").arg(FIELDS.len()).arg(&FIELDS);
    let skip = cursor.map_or(0, |cursor| cursor.skip);
    command.arg("LIMIT").arg(skip).arg(limit).arg(&["DIALECT", "2"]);
    command
}

/// How many memories match.
pub(super) fn count(index: &str, scope: &Scope, filter: &MemoryFilter) -> Cmd {
    let mut command = Query::new(scope, filter).command("FT.SEARCH", index, "");
    command.arg(&["LIMIT", "0", "0", "DIALECT", "2"]);
    command
}

/// All that match, key and tags alone, through a cursor of Redis Search.
pub(super) fn every(index: &str, scope: &Scope, filter: &MemoryFilter) -> Cmd {
    let mut command = Query::new(scope, filter).command("FT.AGGREGATE", index, "");
    command.arg(&["LOAD", "5", "@__key", "@user", "@namespace", "@kind", "@source_thread"]);
    command.arg(&["DIALECT", "2", "WITHCURSOR", "COUNT", "1000"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Cmd) -> Vec<String> {
        let word = |arg| match arg {
            redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => "cursor".into(),
        };
        command.args_iter().map(word).collect()
    }

    #[test]
    fn values_are_parameters_and_never_part_of_the_query() {
        let scope = Scope::new("a} | @user:{*", "x").unwrap();
        let filter = MemoryFilter {
            kind: Some(Kind::Semantic),
            source_thread: Some("*} -@kind:{a".into()),
            created_from: Some(1.5),
            created_to: Some(2.0),
        };
        let words = words(&count("idx", &scope, &filter));
        assert_eq!(
            words[2],
            "(@user:{$user} @namespace:{$namespace} @kind:{$kind} @source_thread:{$thread} \
             @created_ts:[$from +inf] @created_ts:[-inf $to])"
        );
        assert_eq!(words[3..5], ["PARAMS", "12"]);
        assert!(words.contains(&"a} | @user:{*".into()) && words.contains(&"*} -@kind:{a".into()));
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

    #[test]
    fn a_filter_that_makes_no_sense_names_the_field() {
        let filter = MemoryFilter::default;
        let rows = [
            (MemoryFilter { created_from: Some(f64::NAN), ..filter() }, "created_from"),
            (MemoryFilter { created_from: Some(2.0), created_to: Some(1.0), ..filter() }, "created_to"),
            (MemoryFilter { source_thread: Some(String::new()), ..filter() }, "source_thread"),
        ];
        for (filter, field) in rows {
            assert_eq!(filter.checked().unwrap_err().field, field);
        }
    }
}
