//! Documents of a scope that the index cannot read: no list, no recall and no count has them.

use std::collections::HashSet;

use redis::Value;
use serde_json::Value as Json;

use super::LongTermMemory;
use crate::{
    Result,
    review::{Unreadable, UnreadablePage},
    scope::{MemoryId, Scope},
    store::{model::Place, reply, request::Request, rows::Owner, scan::escape_glob},
};

impl LongTermMemory {
    /// The next documents of the scope that the index cannot read, from a place that the call before told. Redis walks over all
    /// keys, some thousand a call, so a call may find none and yet not be the last.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn unreadable(&self, scope: &Scope, from: u64) -> Result<UnreadablePage> {
        const ATTEMPT: &str = "look for unreadable memories";
        let mut scan = redis::cmd("SCAN");
        let pattern = format!("{}*", escape_glob(&self.store.keys().memory_prefix));
        scan.arg(from).arg("MATCH").arg(pattern).arg("COUNT").arg(1000);
        scan.arg("TYPE").arg("ReJSON-RL");
        let scan = Request::one(scan, |answer| {
            let mut answer = reply::elements(answer);
            let keys = reply::elements(answer.pop().unwrap_or(Value::Nil));
            let next = answer.first().and_then(reply::text).and_then(|next| next.parse().ok());
            Ok((keys.iter().filter_map(reply::text).collect::<Vec<_>>(), next.unwrap_or(0)))
        });
        let (keys, next): (Vec<String>, u64) = self.store.run(ATTEMPT, scan).await?;
        let indexed = self.store.run(ATTEMPT, self.indexed_request(&keys)).await?;
        let lost: Vec<&String> = keys.iter().filter(|key| !indexed.contains(*key)).collect();
        // Whose they are first: vectors are long, and those of others are of no interest.
        let whose = self.store.run(ATTEMPT, get_request(&lost, &["$.user", "$.namespace"])).await?;
        let own = lost.into_iter().zip(whose).filter(|(_, whose)| is_of(scope, whose.as_deref()));
        let lost: Vec<&String> = own.map(|(key, _)| key).collect();
        let documents = self.store.run(ATTEMPT, get_request(&lost, &[])).await?;
        let prefix = &self.store.keys().memory_prefix;
        let found = lost.into_iter().zip(documents).filter_map(|(key, document)| {
            let id = key.strip_prefix(prefix.as_str())?;
            unreadable(scope, id, &document?, self.store.place())
        });
        Ok(UnreadablePage { memories: found.collect(), next: Some(next).filter(|next| *next != 0) })
    }

    /// Which of these keys the index has.
    fn indexed_request(&self, keys: &[String]) -> Request<'static, HashSet<String>> {
        if keys.is_empty() {
            return Request::none(HashSet::new());
        }
        let mut command = redis::cmd("FT.SEARCH");
        command.arg(&self.store.place().index).arg("*").arg("NOCONTENT");
        command.arg("INKEYS").arg(keys.len()).arg(keys);
        command.arg("LIMIT").arg(0).arg(keys.len()).arg(&["DIALECT", "2"]);
        Request::one(command, |answer| {
            Ok(reply::elements(answer).iter().skip(1).filter_map(reply::text).collect())
        })
    }
}

/// Each of these documents, or what lies at these paths of it; `None` where it is gone.
fn get_request(keys: &[&String], paths: &[&str]) -> Request<'static, Vec<Option<String>>> {
    let gets = keys.iter().map(|key| {
        let mut get = redis::cmd("JSON.GET");
        get.arg(key.as_str()).arg(paths);
        Request::one(get, |document| Ok(reply::text(&document)))
    });
    Request::all(gets.collect::<Vec<_>>())
}

/// Whether a document is the scope's, by what lies at its paths `$.user` and `$.namespace`.
fn is_of(scope: &Scope, whose: Option<&str>) -> bool {
    let Some(whose) = whose.and_then(|whose| serde_json::from_str::<Json>(whose).ok()) else { return false };
    let text = |path: &str| whose.get(path).and_then(|found| found.get(0)).and_then(Json::as_str);
    Owner::of_memory(text("$.user"), text("$.namespace")).is(scope)
}

/// What is wrong with a document of the scope; `None` where it is another scope's, or nothing is.
fn unreadable(scope: &Scope, id: &str, document: &str, place: &Place) -> Option<Unreadable> {
    let fields: Json = serde_json::from_str(document).ok()?;
    let text = |name: &str| fields.get(name).and_then(Json::as_str);
    if !Owner::of_memory(text("user"), text("namespace")).is(scope) {
        return None;
    }
    Some(Unreadable {
        id: MemoryId::read(id),
        text: text("text").unwrap_or_default().into(),
        problem: problem(&fields, place)?,
    })
}

/// Why Redis Search cannot read a document, in words; `None` where it should.
fn problem(fields: &Json, place: &Place) -> Option<String> {
    let dimensions = place.dimensions;
    let numbers = fields.get(&place.field).and_then(Json::as_array);
    match numbers {
        None if !place.is_first() && fields.get(&place.field).is_none() => {}
        None => return Some("its embedding is missing or no list".into()),
        Some(numbers) if numbers.len() != dimensions => {
            return Some(format!("its embedding has {} numbers instead of {dimensions}", numbers.len()));
        }
        Some(numbers) if !numbers.iter().all(Json::is_number) => {
            return Some("its embedding has something that is no number".into());
        }
        Some(_) => {}
    }
    for (name, is_right, expected) in [
        ("created_ts", Json::is_number as fn(&Json) -> bool, "a number"),
        ("hit_count", Json::is_number, "a number"),
        ("superseded_ts", Json::is_number, "a number"),
        ("said_at", Json::is_number, "a number"),
        ("text", Json::is_string, "a text"),
        ("kind", Json::is_string, "a text"),
        ("source_thread", Json::is_string, "a text"),
    ] {
        let value = fields.get(name).filter(|value| !value.is_null());
        if value.is_some_and(|value| !is_right(value)) {
            return Some(format!("`{name}` is not {expected}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{embedder::ModelIdentity, embedding::DIMENSIONS, keys::Keys, store::model::Placed};

    #[test]
    fn what_is_wrong_is_told_in_words_and_to_its_owner_alone() {
        let vector = vec![0.1; DIMENSIONS];
        let place = Placed::first(&ModelIdentity::default(), &Keys::default(), String::new()).place;
        let rows = [
            (json!({ "embedding": vec![0.1; 3] }), "has 3 numbers instead of 384"),
            (json!({ "embedding": "x" }), "missing or no list"),
            (json!({ "embedding": vec!["x"; DIMENSIONS] }), "no number"),
            (json!({ "embedding": vector, "created_ts": "2026-01-01" }), "`created_ts` is not a number"),
            (json!({ "embedding": vector, "text": 7 }), "`text` is not a text"),
        ];
        for (mut document, expected) in rows {
            document["user"] = json!("ada");
            document["namespace"] = json!("work");
            let told = |user: &str| {
                unreadable(&Scope::new(user, "work").unwrap(), "1", &document.to_string(), &place)
            };
            assert!(told("ada").unwrap().problem.contains(expected), "{expected}");
            assert_eq!(told("Ada"), None);
        }
        let whose = |whose: Json| is_of(&Scope::new("ada", "work").unwrap(), Some(&whose.to_string()));
        assert!(whose(json!({ "$.user": ["ada"], "$.namespace": ["work"] })));
        assert!(!whose(json!({ "$.user": ["ada"], "$.namespace": [] })));
        assert_eq!(problem(&json!({ "embedding": vector, "created_ts": null, "text": "a" }), &place), None);
    }
}
