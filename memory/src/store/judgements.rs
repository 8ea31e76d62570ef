//! What a scope keeps to tune its recall: a hash with its judged queries, its profiles and the settings tried; and a hash of the
//! profiles that all scopes share.

use std::collections::{BTreeMap, HashMap};

use redis::{Cmd, Value};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Store, reply, request::Request, rows::Owner, scripts, unix_now};
use crate::{
    Error, Result,
    evaluation::{
        Figures, JUDGEMENTS_MAX, JudgedQuery, Judgement, PROFILES_MAX, Profile, QUERIES_MAX, SavedQuery,
        Setting, TRIED_MAX, Tried,
    },
    input::InvalidInput,
    scope::{MemoryId, Scope},
    text::Text,
};

/// The store of judgements and profiles. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Judgements {
    store: Store,
}

/// All that a scope keeps.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Kept {
    /// Judged queries, the one judged last first.
    pub(crate) queries: Vec<SavedQuery>,
    pub(crate) profiles: BTreeMap<String, Profile>,
    /// Latest first.
    pub(crate) tried: Vec<Tried>,
}

impl Judgements {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// All that the scope keeps. One round trip.
    pub(crate) async fn kept(&self, scope: &Scope) -> Result<Kept> {
        self.store.run("read judgements", self.kept_request(scope)).await
    }

    fn kept_request<'a>(&self, scope: &'a Scope) -> Request<'a, Kept> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.key(scope));
        Request::one(command, |fields| Ok(kept(scope, reply::fields(fields))))
    }

    /// Keeps what was said of memories as answers to a query, `None` takes it back; returns the id of the query. All or nothing.
    pub(crate) async fn judge(
        &self,
        scope: &Scope,
        query: &Text,
        told: &[(MemoryId, Option<Judgement>)],
    ) -> Result<String> {
        let id = query_id(query);
        let memories: Vec<String> = told.iter().map(|(id, _)| self.store.keys().memory(id)).collect();
        let mut command = self.call(scope, "judge", &memories);
        command.arg(&id).arg(query.as_str()).arg(QUERIES_MAX).arg(JUDGEMENTS_MAX);
        for (memory, judgement) in told {
            command.arg(memory.as_str()).arg(judgement.map_or("", Judgement::as_str));
        }
        self.changed("judge a memory", command).await.map(|_| id)
    }

    /// Deletes a saved query; whether there was one.
    pub(crate) async fn forget(&self, scope: &Scope, query_id: &str) -> Result<bool> {
        self.drop(scope, &format!("query:{query_id}")).await
    }

    /// The scope's own profiles and those that all share, by name. One round trip.
    pub(crate) async fn profiles(
        &self,
        scope: &Scope,
    ) -> Result<(BTreeMap<String, Profile>, BTreeMap<String, Profile>)> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.store.keys().shared_profiles());
        let shared = Request::one(command, |fields| {
            let fields = reply::fields(fields).into_iter();
            Ok(fields.filter_map(|(name, told)| Some((name, profile(&told)?))).collect())
        });
        let own = self.kept_request(scope).map(|kept| kept.profiles);
        self.store.run("read profiles", own.and(shared)).await
    }

    /// The scope's own profile of this name, or else the one that all share. One round trip.
    pub(crate) async fn profile(&self, scope: &Scope, name: &str) -> Result<Option<Profile>> {
        let mut own = redis::cmd("HMGET");
        own.arg(self.key(scope)).arg("user").arg("namespace").arg(format!("profile:{name}"));
        let own = Request::one(own, |told| {
            let told: Vec<Option<String>> = reply::elements(told).iter().map(reply::text).collect();
            let text = |at: usize| told.get(at).and_then(Option::as_deref);
            let is_own = Owner::of_memory(text(0), text(1)).is(scope);
            Ok(text(2).filter(|_| is_own).and_then(profile))
        });
        let mut shared = redis::cmd("HGET");
        shared.arg(self.store.keys().shared_profiles()).arg(name);
        let shared = Request::one(shared, |told| Ok(reply::text(&told).as_deref().and_then(profile)));
        let (own, shared) = self.store.run("read a profile", own.and(shared)).await?;
        Ok(own.or(shared))
    }

    /// Keeps a profile of the scope under a name.
    pub(crate) async fn set_profile(&self, scope: &Scope, name: &str, profile: &Profile) -> Result<()> {
        let mut command = self.call(scope, "profile", &[]);
        command.arg(name).arg(json(profile)).arg(PROFILES_MAX);
        self.changed("keep a profile", command).await.map(|_| ())
    }

    /// Keeps a profile that all scopes share. Two at once may leave one more than [`PROFILES_MAX`].
    pub(crate) async fn set_shared_profile(&self, name: &str, profile: &Profile) -> Result<()> {
        let key = self.store.keys().shared_profiles();
        let ask = |word: &str| redis::cmd(word).arg(&key).to_owned();
        let mut exists = ask("HEXISTS");
        exists.arg(name);
        let count = |command| Request::one(command, |count| Ok(reply::integer(&count)));
        let (exists, there) = self.store.run("keep a profile", count(exists).and(count(ask("HLEN")))).await?;
        if exists == 0 && there >= PROFILES_MAX as i64 {
            return Err(too_many("profiles"));
        }
        let mut command = ask("HSET");
        command.arg(name).arg(json(profile));
        self.store.run("keep a profile", Request::one(command, |_| Ok(()))).await
    }

    /// Deletes a profile of the scope; whether there was one.
    pub(crate) async fn delete_profile(&self, scope: &Scope, name: &str) -> Result<bool> {
        self.drop(scope, &format!("profile:{name}")).await
    }

    /// Deletes a profile that all scopes share; whether there was one.
    pub(crate) async fn delete_shared_profile(&self, name: &str) -> Result<bool> {
        let mut command = redis::cmd("HDEL");
        command.arg(self.store.keys().shared_profiles()).arg(name);
        let deleted = Request::one(command, |count| Ok(reply::integer(&count) > 0));
        self.store.run("delete a profile", deleted).await
    }

    /// Notes that a setting was measured.
    pub(crate) async fn note_tried(&self, scope: &Scope, setting: &Setting, figures: &Figures) -> Result<()> {
        let mut command = self.call(scope, "tried", &[]);
        command.arg(json(&(setting, figures))).arg(TRIED_MAX);
        self.changed("note a setting", command).await.map(|_| ())
    }

    async fn drop(&self, scope: &Scope, field: &str) -> Result<bool> {
        let mut command = self.call(scope, "drop", &[]);
        command.arg(field);
        self.changed("delete what is kept", command).await
    }

    /// Runs a call of the script; `false` where there was nothing to change.
    async fn changed(&self, attempt: &'static str, command: Cmd) -> Result<bool> {
        match self.store.run(attempt, Request::one(command, Ok)).await? {
            Value::Array(missing) => {
                let memory_id = missing.first().and_then(reply::text).unwrap_or_default();
                Err(Error::NoSuchMemory { memory_id: MemoryId::read(memory_id) })
            }
            word => match reply::text(&word).as_deref() {
                Some("done") => Ok(true),
                Some("none" | "theirs") => Ok(false),
                Some("queries") => Err(too_many("queries")),
                Some("memories") => Err(too_many("memories")),
                Some("profiles") => Err(too_many("profiles")),
                _ => Err(reply::nonsense(attempt)),
            },
        }
    }

    fn call(&self, scope: &Scope, operation: &str, memories: &[String]) -> Cmd {
        let keys = [&[self.key(scope)], memories].concat();
        let mut command = scripts::call(&scripts::JUDGEMENTS, &keys);
        command.arg(scope.user()).arg(scope.namespace()).arg(operation).arg(unix_now().to_string());
        command
    }

    fn key(&self, scope: &Scope) -> String {
        self.store.keys().judgements(&scope.tag())
    }
}

fn too_many(what: &str) -> Error {
    let (field, expected) = match what {
        "queries" => ("query", "one that is saved already: there are 500, so delete one first"),
        "memories" => {
            ("memory_id", "one that is judged already: there are 200 for this query, so take one back first")
        }
        _ => ("name", "one that is kept already: there are 100, so delete one first"),
    };
    InvalidInput::unfit(field, expected).into()
}

/// The id of a saved query, made of its text: 12 lowercase hex characters.
fn query_id(query: &Text) -> String {
    Sha256::digest(query.as_str()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn json(value: &impl serde::Serialize) -> String {
    // Numbers, words and names of fields: always JSON.
    serde_json::to_string(value).unwrap_or_default()
}

fn profile(told: &str) -> Option<Profile> {
    serde_json::from_str::<Profile>(told).ok()?.checked().ok()
}

/// Reads the hash of a scope; what cannot be read is left out.
fn kept(scope: &Scope, fields: HashMap<String, String>) -> Kept {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let mut kept = Kept::default();
    if !Owner::of_memory(text("user"), text("namespace")).is(scope) {
        return kept;
    }
    for (field, told) in &fields {
        if let Some(id) = field.strip_prefix("query:") {
            kept.queries.extend(saved(id, told));
        } else if let Some(name) = field.strip_prefix("profile:") {
            kept.profiles.extend(profile(told).map(|profile| (name.to_string(), profile)));
        }
    }
    kept.queries
        .sort_by(|one, other| other.judged_ts.total_cmp(&one.judged_ts).then_with(|| one.id.cmp(&other.id)));
    kept.tried = text("tried").map(tried).unwrap_or_default();
    kept
}

fn saved(id: &str, told: &str) -> Option<SavedQuery> {
    #[derive(Deserialize)]
    struct Told {
        query: Text,
        judged_ts: f64,
        rows: BTreeMap<String, Judgement>,
    }
    let Told { query, judged_ts, rows } = serde_json::from_str(told).ok()?;
    let of = |judgement| {
        let ids = rows.iter().filter(|(_, said)| **said == judgement);
        ids.map(|(id, _)| MemoryId::read(id.as_str())).collect()
    };
    let judged = JudgedQuery { query, good: of(Judgement::Good), bad: of(Judgement::Bad) };
    Some(SavedQuery { id: id.into(), judged_ts, judged })
}

fn tried(told: &str) -> Vec<Tried> {
    let told: Vec<(String, String)> = serde_json::from_str(told).unwrap_or_default();
    let tried = |(ts, what): (String, String)| {
        let (setting, figures) = serde_json::from_str(&what).ok()?;
        Some(Tried { ts: ts.parse().ok()?, setting, figures })
    };
    told.into_iter().filter_map(tried).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_left_out_and_what_is_anothers_too() {
        let fields = |user: &str| {
            let fields = [
                ("user", user),
                ("namespace", "n"),
                ("query:1", r#"{"query":"tea","judged_ts":2.5,"rows":{"b":"good","a":"bad","c":"good"}}"#),
                ("query:2", r#"{"query":" ","judged_ts":2,"rows":{}}"#),
                ("query:3", r#"{"query":"coffee","judged_ts":3,"rows":{}}"#),
                ("profile:wide", r#"{"threshold":0.8}"#),
                ("profile:broken", r#"{"k":0}"#),
                ("tried", r#"[["1.5","[]"],["x"]]"#),
            ];
            fields.map(|(name, value)| (name.to_string(), value.to_string())).into()
        };
        let scope = Scope::new("ada", "n").unwrap();
        let found = kept(&scope, fields("ada"));
        let queries: Vec<&str> = found.queries.iter().map(|query| query.judged.query.as_str()).collect();
        assert_eq!(queries, ["coffee", "tea"]);
        assert_eq!(found.queries[1].judged.good.iter().map(MemoryId::as_str).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(found.profiles.keys().collect::<Vec<_>>(), ["wide"]);
        assert!(found.tried.is_empty());
        assert_eq!(kept(&scope, fields("Ada")), Kept::default());
    }

    #[test]
    fn the_id_of_a_query_is_that_of_its_text() {
        let id = |text: &str| query_id(&Text::new(text).unwrap());
        assert_eq!((id("tea").len(), id(" tea ")), (12, id("tea")));
        assert_ne!(id("tea"), id("Tea"));
    }
}
