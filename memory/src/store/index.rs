//! The two indexes: what they are made of, and whether one that is there will do.
//!
//! FT.CREATE and FT.INFO: <https://redis.io/docs/latest/commands/ft.create/>.

use std::collections::HashMap;

use redis::{Cmd, Value};

use super::{model::Place, reply};
use crate::{Error, Result, keys::Keys};

/// Attributes of the memory index with their types; the vector comes last.
const MEMORY_ATTRIBUTES: [(&str, &str); 8] = [
    ("text", "TEXT"),
    ("user", "TAG"),
    ("namespace", "TAG"),
    ("kind", "TAG"),
    ("source_thread", "TAG"),
    ("created_ts", "NUMERIC"),
    ("hit_count", "NUMERIC"),
    (VECTOR, "VECTOR"),
];

/// The attribute of the vector, whichever field of the document it lies in.
const VECTOR: &str = "embedding";

/// Attributes that ours adds to it: path, name, type. Every other program works on without seeing them, and everything of ours
/// works without them, less well.
const ADDED_ATTRIBUTES: [(&str, &str, &[&str]); 6] = [
    ("$.superseded_by", "superseded_by", &["TAG", "CASESENSITIVE"]),
    ("$.superseded_ts", "superseded_ts", &["NUMERIC"]),
    ("$.chain", "chain", &["TAG", "CASESENSITIVE"]),
    ("$.tags[*]", "tags", &["TAG"]),
    ("$.said_at", "said_at", &["NUMERIC", "SORTABLE"]),
    ("$.turn", "turn", &["NUMERIC"]),
];

/// The memory index, exactly as Redis's own demos create it where the model is theirs.
pub(super) fn create_memory_index(keys: &Keys, place: &Place) -> Cmd {
    let mut command = redis::cmd("FT.CREATE");
    command.arg(&place.index).arg(&["ON", "JSON", "PREFIX", "1"]).arg(&keys.memory_prefix);
    command.arg("SCHEMA");
    for (name, kind) in MEMORY_ATTRIBUTES {
        let path = if name == VECTOR { place.path() } else { format!("$.{name}") };
        command.arg(path).arg("AS").arg(name).arg(kind);
        if kind == "NUMERIC" {
            command.arg("SORTABLE");
        }
    }
    command.arg(&["HNSW", "6", "TYPE", "FLOAT32", "DIM"]).arg(place.dimensions);
    command.arg(&["DISTANCE_METRIC", "COSINE"]);
    command
}

/// Adds to a memory index what it lacks of ours; `None` where it lacks nothing.
pub(super) fn complete_memory_index(info: &Info, place: &Place) -> Option<Cmd> {
    let mut command = redis::cmd("FT.ALTER");
    command.arg(&place.index).arg(&["SCHEMA", "ADD"]);
    let mut lacks_some = false;
    for (path, name, kind) in ADDED_ATTRIBUTES {
        if !info.attributes.contains_key(name) {
            command.arg(path).arg(&["AS", name]).arg(kind);
            lacks_some = true;
        }
    }
    lacks_some.then_some(command)
}

/// Our index over the session hashes, so that threads are listed without walking the whole key space.
///
/// Tags split at the separator: \x01 is in no name, since names have no control characters.
pub(super) fn create_thread_index(keys: &Keys) -> Cmd {
    let mut command = redis::cmd("FT.CREATE");
    command.arg(keys.thread_index()).arg(&["ON", "HASH", "PREFIX", "1"]).arg(&keys.session_prefix);
    command.arg("SCHEMA");
    command.arg(&["user", "TAG", "SEPARATOR", "\x01", "CASESENSITIVE"]);
    command.arg(&["namespace", "TAG", "SEPARATOR", "\x01", "CASESENSITIVE", "INDEXMISSING"]);
    command.arg(&["last_active_ts", "NUMERIC", "SORTABLE"]);
    command.arg(&["goal", "TEXT", "thread_id", "TEXT"]).arg(LAST_SAID);
    command
}

/// The attribute that indexes made by earlier versions lack.
const LAST_SAID: &[&str] = &["last_said", "TEXT"];

/// Adds to a thread index that was there what it may lack. Redis refuses where nothing is lacking.
pub(super) fn complete_thread_index(keys: &Keys) -> Cmd {
    let mut command = redis::cmd("FT.ALTER");
    command.arg(keys.thread_index()).arg(&["SCHEMA", "ADD"]).arg(LAST_SAID);
    command
}

/// Drops an index; the documents stay.
pub(super) fn drop_index(index: &str) -> Cmd {
    let mut command = redis::cmd("FT.DROPINDEX");
    command.arg(index);
    command
}

pub(crate) fn info(index: &str) -> Cmd {
    let mut command = redis::cmd("FT.INFO");
    command.arg(index);
    command
}

/// Asks for facts about the server.
pub(super) fn server_info() -> Cmd {
    let mut command = redis::cmd("INFO");
    command.arg("server");
    command
}

/// The version of Redis; empty where it does not tell.
pub(super) fn redis_version(info: &Value) -> String {
    let info = reply::text(info).unwrap_or_default();
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
    version.unwrap_or_default().trim().into()
}

pub(super) fn list_modules() -> Cmd {
    let mut command = redis::cmd("MODULE");
    command.arg("LIST");
    command
}

/// Checks that Redis has both modules.
pub(super) fn check_modules(list: &Value) -> Result<()> {
    let names: Vec<String> = reply::elements(list.clone())
        .into_iter()
        .filter_map(|module| reply::fields(module).remove("name"))
        .map(|name| name.to_lowercase())
        .collect();
    let has = |module: &str| names.iter().any(|name| name == module);
    if has("search") && has("rejson") {
        return Ok(());
    }
    Err(Error::Refused {
        attempt: "search and store JSON",
        reason: "it lacks the modules Search and JSON: use Redis 8, Redis Stack 7.4, or `make run`, which brings one"
            .into(),
    })
}

/// What matters of an FT.INFO reply.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Info {
    pub(crate) num_docs: u64,
    pub(crate) indexing_failures: u64,
    pub(crate) is_complete: bool,
    key_type: String,
    prefixes: Vec<String>,
    attributes: HashMap<String, HashMap<String, String>>,
}

impl Info {
    /// Whether the index has all that ours adds to it: another program may have made it anew.
    pub(crate) fn is_extended(&self) -> bool {
        ADDED_ATTRIBUTES.iter().all(|(_, name, _)| self.attributes.contains_key(*name))
    }
}

/// Reads an FT.INFO reply: names and values in turn, some values arrays of their own.
pub(crate) fn parse_info(value: Value) -> Info {
    let mut info = Info::default();
    let mut flat = reply::elements(value).into_iter();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        let number = reply::integer(&value);
        match reply::text(&name).as_deref() {
            Some("num_docs") => info.num_docs = u64::try_from(number).unwrap_or_default(),
            Some("hash_indexing_failures") => {
                info.indexing_failures = u64::try_from(number).unwrap_or_default();
            }
            Some("percent_indexed") => info.is_complete = number == 1,
            Some("index_definition") => read_definition(&mut info, value),
            Some("attributes") => info.attributes = read_attributes(value),
            _ => {}
        }
    }
    info
}

fn read_definition(info: &mut Info, value: Value) {
    let mut flat = reply::elements(value).into_iter();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        match reply::text(&name).as_deref() {
            Some("key_type") => info.key_type = reply::text(&value).unwrap_or_default(),
            Some("prefixes") => {
                info.prefixes = reply::elements(value).iter().filter_map(reply::text).collect();
            }
            _ => {}
        }
    }
}

fn read_attributes(value: Value) -> HashMap<String, HashMap<String, String>> {
    let attributes = reply::elements(value).into_iter().map(reply::fields);
    attributes.filter_map(|fields| Some((fields.get("attribute")?.clone(), fields))).collect()
}

/// Checks that the memory index has at least what we need; more is fine.
pub(super) fn check_memory_index(info: &Info, keys: &Keys, place: &Place) -> Result<()> {
    let Some(difference) = difference(info, keys, place) else { return Ok(()) };
    Err(Error::Index {
        index: place.index.clone(),
        difference: format!("{difference}; choose another name with `--mem-index-name`, or drop it"),
    })
}

fn difference(info: &Info, keys: &Keys, place: &Place) -> Option<String> {
    if info.key_type != "JSON" {
        return Some(format!("is on {} instead of JSON", info.key_type));
    }
    if info.prefixes != [keys.memory_prefix.clone()] {
        let prefixes = info.prefixes.join("`, `");
        return Some(format!("is on the prefix `{prefixes}` instead of `{}`", keys.memory_prefix));
    }
    MEMORY_ATTRIBUTES
        .iter()
        .find_map(|(name, kind)| property_difference(info, name, "type", kind))
        .or_else(|| property_difference(info, VECTOR, "dim", &place.dimensions.to_string()))
        .or_else(|| property_difference(info, VECTOR, "data_type", "FLOAT32"))
        .or_else(|| property_difference(info, VECTOR, "distance_metric", "COSINE"))
}

fn property_difference(info: &Info, name: &str, property: &str, expected: &str) -> Option<String> {
    let Some(attribute) = info.attributes.get(name) else {
        return Some(format!("has no attribute `{name}`"));
    };
    // Some versions of Redis leave a property out of the reply; only a differing one is a reason to stop.
    let found = attribute.get(property)?;
    (found != expected).then(|| format!("has {property} {found} instead of {expected} for `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{embedder::ModelIdentity, store::model::Placed};

    fn difference(info: &Info, keys: &Keys) -> Option<String> {
        let placed = Placed::first(&ModelIdentity::default(), keys, String::new());
        super::difference(info, keys, &placed.place)
    }

    fn good() -> Info {
        let attribute = |(name, kind): &(&str, &str)| {
            let fields =
                [("attribute", *name), ("type", *kind), ("dim", "384"), ("distance_metric", "COSINE")];
            (name.to_string(), fields.map(|(key, value)| (key.to_string(), value.to_string())).into())
        };
        Info {
            key_type: "JSON".into(),
            prefixes: vec!["agent:mem:".into()],
            attributes: MEMORY_ATTRIBUTES.iter().map(attribute).collect(),
            ..Info::default()
        }
    }

    #[test]
    fn the_schema_of_the_demos_and_a_superset_of_it_will_do() {
        let mut info = good();
        assert_eq!(difference(&info, &Keys::default()), None);
        info.attributes.insert("pinned".into(), HashMap::new());
        assert_eq!(difference(&info, &Keys::default()), None);
    }

    #[test]
    fn each_difference_is_named() {
        let keys = Keys::default();
        type Change = fn(&mut Info);
        let rows: [(Change, &str); 4] = [
            (|info| info.key_type = "HASH".into(), "is on HASH instead of JSON"),
            (|info| info.prefixes = vec!["x:".into()], "is on the prefix `x:` instead of `agent:mem:`"),
            (|info| drop(info.attributes.remove("user")), "has no attribute `user`"),
            (
                |info| {
                    let vector = info.attributes.get_mut("embedding").unwrap();
                    vector.insert("dim".into(), "768".into());
                },
                "has dim 768 instead of 384 for `embedding`",
            ),
        ];
        for (change, expected) in rows {
            let mut info = good();
            change(&mut info);
            assert_eq!(difference(&info, &keys).as_deref(), Some(expected));
        }
    }
}
