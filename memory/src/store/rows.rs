//! The one gate between what Redis finds and what a scope gets to see.
//!
//! Redis Search folds the case of tags and trims them, so a search for `alice` finds the memories of `Alice` too. Here the
//! rows of others are dropped, and whoever asked hears that there were some, since they took places of the scope's own.

use std::collections::HashMap;

use redis::Value;

use super::{codec, reply};
use crate::{
    filter::MemoryFilter,
    model::{MemoryRecord, SessionState},
    scope::{DEFAULT_NAME, Scope},
};

/// What a record tells of its owner, with what its kind of record takes for granted where it tells nothing.
pub(super) struct Owner<'a> {
    user: Option<&'a str>,
    namespace: Option<&'a str>,
    /// Nobody's, somebody's of a certain name, or anybody's who asks.
    usual_user: Usual,
    usual_namespace: Usual,
}

enum Usual {
    Nobodys,
    Named(&'static str),
    Anybodys,
}

impl<'a> Owner<'a> {
    /// A memory always tells both.
    pub(super) fn of_memory(user: Option<&'a str>, namespace: Option<&'a str>) -> Self {
        Self { user, namespace, usual_user: Usual::Nobodys, usual_namespace: Usual::Nobodys }
    }

    /// Other programs write sessions without a namespace: these belong to their user in every namespace.
    pub(super) fn of_session(user: Option<&'a str>, namespace: Option<&'a str>) -> Self {
        Self { user, namespace, usual_user: Usual::Named(DEFAULT_NAME), usual_namespace: Usual::Anybodys }
    }

    /// Other programs write events without an owner: these belong to whoever has the thread.
    pub(super) fn of_event(user: Option<&'a str>, namespace: Option<&'a str>) -> Self {
        Self { user, namespace, usual_user: Usual::Anybodys, usual_namespace: Usual::Anybodys }
    }

    /// Whether this is the scope, to the letter. The only place in the library that compares owners; scope.lua is the one
    /// of the scripts.
    pub(super) fn is(&self, scope: &Scope) -> bool {
        fn told<'a>(name: Option<&'a str>, usual: &Usual, asked: &'a str) -> &'a str {
            match (name, usual) {
                (Some(name), _) => name,
                (None, Usual::Nobodys) => "",
                (None, Usual::Named(name)) => name,
                (None, Usual::Anybodys) => asked,
            }
        }
        scope.owns(
            told(self.user, &self.usual_user, scope.user()),
            told(self.namespace, &self.usual_namespace, scope.namespace()),
        )
    }
}

/// Whether a session is the scope's.
pub(super) fn is_own_session(scope: &Scope, session: &SessionState) -> bool {
    Owner::of_session(Some(&session.user), session.namespace.as_deref()).is(scope)
}

/// Whether a memory is the scope's.
pub(super) fn is_own_memory(scope: &Scope, memory: &MemoryRecord) -> bool {
    Owner::of_memory(Some(&memory.user), Some(&memory.namespace)).is(scope)
}

/// The scope's own among the rows of a search.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// They.
    pub(crate) memories: Vec<MemoryRecord>,
    /// The exact times of all rows, of others too, for a search that asked for them; `None` where a document has none.
    pub(super) times: Vec<Option<f64>>,
    /// Rows that Redis gave, of others too.
    pub(super) found: usize,
    /// Whether there were rows of others.
    pub(crate) has_others: bool,
    /// Matches in all, of others too.
    pub(super) total: u64,
}

/// Reads the reply to a search over memories.
pub(super) fn memories(reply: Value, prefix: &str, scope: &Scope, filter: &MemoryFilter) -> Rows {
    let found = reply::found(reply);
    let mut rows = Rows { found: found.rows.len(), total: found.total, ..Rows::default() };
    for (key, mut fields) in found.rows {
        let (pttl, created) = (fields.remove("pttl"), fields.remove("created"));
        // A row without fields expired between search and answer.
        let Some(mut memory) = codec::memory(&key, prefix, fields) else { continue };
        let time = created.as_deref().and_then(codec::only_number);
        rows.times.push(time);
        if !is_own_memory(scope, &memory) || !filter.accepts(&memory) {
            rows.has_others = true;
            continue;
        }
        memory.ttl_seconds = pttl.as_deref().and_then(codec::ttl_seconds);
        memory.created_ts = time.unwrap_or(memory.created_ts);
        rows.memories.push(memory);
    }
    rows
}

impl Rows {
    /// Without those whose distance is no number: a stored vector without a direction has none.
    pub(super) fn near(mut self) -> Self {
        self.memories.retain(|memory| memory.distance.is_some());
        self
    }

    /// Whether rows of others took places of the scope's own, of which `wanted` are wanted.
    pub(crate) fn is_short(&self, wanted: usize) -> bool {
        self.has_others && self.found >= wanted && self.memories.len() < wanted
    }
}

/// The number of the scope's own memories, from the reply to a count by owner.
pub(super) fn own_count(reply: Value, scope: &Scope, filter: &MemoryFilter) -> u64 {
    let groups = reply::elements(reply).into_iter().skip(1).map(reply::fields);
    let own = groups.filter(|group| is_own_group(group, scope, filter));
    own.filter_map(|group| group.get("count")?.parse::<u64>().ok()).sum()
}

/// The keys of the scope's own memories, from a part of a collection.
pub(super) fn own_keys(rows: Vec<Value>, scope: &Scope, filter: &MemoryFilter) -> Vec<String> {
    let rows = rows.into_iter().map(reply::fields);
    let has_standing =
        |row: &HashMap<String, String>| filter.standing.admits(row.contains_key("superseded_by"));
    let own = rows.filter(|row| is_own_group(row, scope, filter) && has_standing(row));
    own.filter_map(|mut row| row.remove("__key")).collect()
}

/// Key, text and time of the scope's own memories, from a part of a collection.
pub(super) fn own_texts(
    rows: Vec<Value>,
    scope: &Scope,
    filter: &MemoryFilter,
) -> Vec<(String, String, f64)> {
    let rows = rows.into_iter().map(reply::fields);
    let own = rows.filter(|row| {
        is_own_group(row, scope, filter) && filter.standing.admits(row.contains_key("superseded_by"))
    });
    let told = |mut row: HashMap<String, String>| {
        let created_ts = row.get("created_ts").and_then(|time| time.parse().ok()).unwrap_or(0.0);
        Some((row.remove("__key")?, row.remove("text")?, created_ts))
    };
    own.filter_map(told).collect()
}

fn is_own_group(fields: &HashMap<String, String>, scope: &Scope, filter: &MemoryFilter) -> bool {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let kind_or_asked = text("kind").or(filter.kind.map(crate::model::Kind::as_str)).unwrap_or_default();
    let thread_or_asked = text("source_thread").or(filter.source_thread.as_deref()).unwrap_or_default();
    Owner::of_memory(text("user"), text("namespace")).is(scope)
        && filter.accepts_names(kind_or_asked, thread_or_asked)
        && fields.get("tags").is_none_or(|tags| filter.tags.admits(&codec::tags(tags)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    fn row(fields: &[(&str, &str)]) -> Value {
        Value::Array(fields.iter().flat_map(|(name, value)| [bulk(name), bulk(value)]).collect())
    }

    #[test]
    fn rows_of_others_are_dropped_and_told() {
        let own = row(&[
            ("user", "alice"),
            ("namespace", "work"),
            ("kind", "semantic"),
            ("pttl", "1500"),
            ("created", "[1763797823.123456]"),
            ("created_ts", "1763797823.12"),
        ]);
        let other = row(&[("user", "Alice"), ("namespace", "work"), ("kind", "semantic")]);
        let reply =
            Value::Array(vec![Value::Int(3), bulk("m:1"), other, bulk("m:2"), own, bulk("m:3"), Value::Nil]);
        let scope = Scope::new("alice", "work").unwrap();
        let rows = memories(reply, "m:", &scope, &MemoryFilter::default());
        assert_eq!((rows.memories.len(), rows.found, rows.total, rows.has_others), (1, 3, 3, true));
        assert_eq!((rows.memories[0].id.as_str(), rows.memories[0].ttl_seconds), ("2", Some(2)));
        assert_eq!(rows.memories[0].created_ts, 1_763_797_823.123_456);
        assert!(rows.is_short(2) && rows.is_short(3) && !rows.is_short(1) && !rows.is_short(4));
    }

    #[test]
    fn each_kind_of_record_takes_its_own_for_granted() {
        let scope = Scope::new("default", "work").unwrap();
        assert!(!Owner::of_memory(None, None).is(&scope));
        assert!(Owner::of_session(None, None).is(&scope));
        assert!(Owner::of_event(None, None).is(&scope));
        let ada = Scope::new("ada", "work").unwrap();
        assert!(!Owner::of_session(None, None).is(&ada) && Owner::of_event(None, None).is(&ada));
        for owner in [Owner::of_memory, Owner::of_session, Owner::of_event] {
            assert!(owner(Some("ada"), Some("work")).is(&ada));
            assert!(!owner(Some("Ada"), Some("work")).is(&ada) && !owner(Some("ada"), Some("Work")).is(&ada));
        }
    }

    #[test]
    fn only_the_scopes_own_are_counted() {
        let group = |user: &str, kind: &str, count: &str| {
            row(&[("user", user), ("namespace", "work"), ("kind", kind), ("count", count)])
        };
        let reply = || {
            Value::Array(vec![
                Value::Int(3),
                group("ada", "semantic", "4"),
                group("Ada", "semantic", "8"),
                group("ada", "Semantic", "16"),
            ])
        };
        let ada = Scope::new("ada", "work").unwrap();
        assert_eq!(own_count(reply(), &ada, &MemoryFilter::default()), 20);
        assert_eq!(own_count(reply(), &ada, &MemoryFilter::of_kind(Some(Kind::Semantic))), 4);
    }
}
