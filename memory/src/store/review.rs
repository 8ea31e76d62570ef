//! The inbox of a scope: a hash whose fields are pairs of memories.

use redis::Value;
use serde::Deserialize;

use super::{Store, reply, request::Request, scripts};
use crate::{
    review::{COUNTED, Decision, PairKind},
    scope::{MemoryId, Scope},
};

/// The store of what a person is to review. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Review {
    store: Store,
}

/// A pair as it stands in an inbox.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NotedPair {
    pub(crate) older: MemoryId,
    pub(crate) newer: MemoryId,
    pub(crate) kind: PairKind,
    pub(crate) distance: f64,
    pub(crate) found_ts: f64,
    pub(crate) by: String,
}

/// Open pairs: how many in all, and the latest of them.
pub(crate) struct Noted {
    pub(crate) total: u64,
    pub(crate) pairs: Vec<NotedPair>,
}

impl Review {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// How many pairs wait for a decision, counted up to [`COUNTED`].
    pub(crate) fn count_request(&self, scope: &Scope) -> Request<'static, u64> {
        let mut command = self.call(scope, &[], "count", 0.0, "");
        command.arg(COUNTED);
        Request::one(command, |count| Ok(whole(&count)))
    }

    /// The latest of them, newest first.
    pub(crate) fn list_request(&self, scope: &Scope, limit: usize) -> Request<'static, Noted> {
        let mut command = self.call(scope, &[], "list", 0.0, "");
        command.arg(limit);
        Request::one(command, |answer| Ok(noted(answer)))
    }

    /// Notes a pair of memories; whether it is new.
    pub(crate) fn note_request(&self, scope: &Scope, pair: &NotedPair) -> Request<'static, bool> {
        let both = [&pair.older, &pair.newer].map(|id| self.store.keys().memory(id));
        let mut command = self.call(scope, &both, "note", pair.found_ts, &pair.by);
        command.arg(pair.older.as_str()).arg(pair.newer.as_str());
        command.arg(pair.kind.as_str()).arg(pair.distance);
        Request::one(command, |is_new| Ok(reply::integer(&is_new) > 0))
    }

    /// Keeps a decision that leaves both memories, or takes it back; whether there is such a pair.
    pub(crate) fn decide_request(
        &self,
        scope: &Scope,
        older: &MemoryId,
        newer: &MemoryId,
        decision: Option<Decision>,
        by: &str,
        now: f64,
    ) -> Request<'static, bool> {
        let mut command = self.call(scope, &[], "decide", now, by);
        command.arg(older.as_str()).arg(newer.as_str()).arg(decision.map_or("", Decision::as_str));
        Request::one(command, |done| Ok(reply::integer(&done) > 0))
    }

    fn call(&self, scope: &Scope, memories: &[String], operation: &str, now: f64, by: &str) -> redis::Cmd {
        let keys = self.store.keys();
        let inbox = keys.review(&scope.tag());
        let decided = format!("{inbox}:decided");
        let names = [&[inbox, decided], memories].concat();
        let mut command = scripts::call(&scripts::REVIEW, &names);
        command.arg(scope.user()).arg(scope.namespace()).arg(&keys.memory_prefix).arg(operation);
        command.arg(now.to_string()).arg(by);
        command
    }
}

fn whole(value: &Value) -> u64 {
    u64::try_from(reply::integer(value)).unwrap_or_default()
}

fn noted(answer: Value) -> Noted {
    let answer = reply::elements(answer);
    let total = answer.first().map(whole).unwrap_or_default();
    let rows = answer.get(1..).unwrap_or_default().chunks_exact(2);
    let pairs = rows.filter_map(|row| noted_pair(&reply::text(&row[0])?, &reply::text(&row[1])?)).collect();
    Noted { total, pairs }
}

/// Reads a field of an inbox: `pair:`, the length of the older id, a colon, both ids; and what was noted of them.
fn noted_pair(field: &str, told: &str) -> Option<NotedPair> {
    #[derive(Deserialize)]
    struct Told {
        what: PairKind,
        distance: f64,
        found_ts: f64,
        #[serde(default)]
        by: String,
    }
    let (length, ids) = field.strip_prefix("pair:")?.split_once(':')?;
    let (older, newer) = ids.split_at_checked(length.parse().ok()?)?;
    let Told { what: kind, distance, found_ts, by } = serde_json::from_str(told).ok()?;
    Some(NotedPair {
        older: MemoryId::read(older),
        newer: MemoryId::read(newer),
        kind,
        distance,
        found_ts,
        by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_read_whatever_its_ids_are_made_of() {
        let told = r#"{"found_ts":1.5,"by":"api","what":"conflict","distance":0.07}"#;
        let pair = noted_pair("pair:4:a:1:b\n", told).unwrap();
        assert_eq!(
            (pair.older.as_str(), pair.newer.as_str(), pair.kind),
            ("a:1:", "b\n", PairKind::Conflict)
        );
        for broken in ["user", "pair:", "pair:9:a", "pair:x:ab"] {
            assert_eq!(noted_pair(broken, told), None, "{broken}");
        }
        assert_eq!(noted_pair("pair:1:ab", "{}"), None);
    }
}
