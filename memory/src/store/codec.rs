//! Records to and from what lies in Redis. Reading is tolerant, since other programs write the same keys; writing is strict.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::model::Place;
use crate::{
    Embedding,
    look::ThreadSummary,
    model::{Kind, MemoryRecord, SessionState, Turn},
    scope::{DEFAULT_NAME, MemoryId, Scope, ThreadId},
    settings::RECENT_TURNS,
};

/// Reads a session hash; `None` where there is no hash.
pub(super) fn session(
    mut fields: HashMap<String, String>,
    thread_id: &str,
    ttl_seconds: u64,
) -> Option<SessionState> {
    if fields.is_empty() {
        return None;
    }
    let number = |text: Option<&String>| text.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let created_ts = number(fields.get("created_ts"));
    let last_active_ts = number(fields.get("last_active_ts"));
    let turn_count = count(number(fields.get("turn_count")));
    let recent_turns = turns(fields.get("recent_turns").map_or("", String::as_str));
    let mut text = |name: &str| fields.remove(name);
    Some(SessionState {
        thread_id: ThreadId::read(thread_id),
        user: text("user").unwrap_or_else(|| DEFAULT_NAME.into()),
        namespace: text("namespace"),
        agent: text("agent").unwrap_or_else(|| DEFAULT_NAME.into()),
        goal: text("goal").unwrap_or_default(),
        scratchpad: text("scratchpad").unwrap_or_default(),
        turn_count,
        created_ts,
        last_active_ts,
        recent_turns,
        ttl_seconds,
    })
}

/// Reads a row of a list of threads; `None` where the session vanished between search and answer.
pub(super) fn thread(mut fields: HashMap<String, String>, thread_id: &str) -> Option<ThreadSummary> {
    if fields.is_empty() {
        return None;
    }
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let (turn_count, last_active_ts) = (count(number("turn_count")), number("last_active_ts"));
    // Another program may have appended since: then nobody knows what was said last.
    let is_latest = count(number("last_said_turn")) == turn_count;
    let mut text = |name: &str| fields.remove(name).unwrap_or_default();
    Some(ThreadSummary {
        thread_id: ThreadId::read(thread_id),
        goal: text("goal"),
        last_said: Some(text("last_said")).filter(|_| is_latest).unwrap_or_default(),
        turn_count,
        last_active_ts,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN gives 0")]
fn count(number: f64) -> u64 {
    number as u64
}

/// Reads the rolling window: what is no JSON list is empty, what is no turn is left out.
pub(super) fn turns(json: &str) -> Vec<Turn> {
    let Ok(Value::Array(elements)) = serde_json::from_str(json) else { return Vec::new() };
    let older = elements.len().saturating_sub(RECENT_TURNS);
    elements.iter().skip(older).filter_map(Value::as_object).map(turn).collect()
}

fn turn(fields: &serde_json::Map<String, Value>) -> Turn {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
    let ts = fields.get("ts").and_then(Value::as_f64).unwrap_or(0.0);
    Turn { role: text("role"), content: text("content"), ts }
}

/// A turn as it stands in the rolling window. `write_session.lua` knows this spelling: it carries such turns over
/// without reading them.
pub(super) fn turn_json(role: &str, content: &str, ts: f64) -> String {
    #[derive(Serialize)]
    struct StoredTurn<'a> {
        content: &'a str,
        role: &'a str,
        ts: f64,
    }
    json_text(&StoredTurn { content, role, ts })
}

/// JSON of what has nothing that JSON cannot hold.
pub(super) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// What a memory document holds when it is first written.
pub(super) struct Document<'a> {
    pub(super) id: &'a MemoryId,
    pub(super) scope: &'a Scope,
    pub(super) kind: Kind,
    /// `None` where `write.lua` adds it.
    pub(super) source_thread: Option<&'a str>,
    pub(super) text: &'a str,
    pub(super) embedding: &'a Embedding,
    pub(super) created_ts: f64,
    pub(super) tags: &'a [String],
}

impl Document<'_> {
    /// The JSON document, with the vector where it belongs.
    pub(super) fn to_json(&self, place: &Place) -> String {
        #[derive(Serialize)]
        struct Stored<'a> {
            id: &'a MemoryId,
            user: &'a str,
            namespace: &'a str,
            kind: Kind,
            #[serde(skip_serializing_if = "Option::is_none")]
            source_thread: Option<&'a str>,
            text: &'a str,
            /// With as many digits as an f32 needs, which are half of those of an f64.
            #[serde(skip_serializing_if = "Option::is_none")]
            embedding: Option<&'a [f32]>,
            #[serde(skip_serializing_if = "Option::is_none")]
            model: Option<&'a str>,
            created_ts: f64,
            hit_count: u64,
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            tags: &'a [String],
        }
        let mut document = json_text(&Stored {
            id: self.id,
            user: self.scope.user(),
            namespace: self.scope.namespace(),
            kind: self.kind,
            source_thread: self.source_thread,
            text: self.text,
            embedding: place.is_first().then(|| self.embedding.as_slice()),
            model: place.is_to_be_named().then_some(&place.model),
            created_ts: self.created_ts,
            hit_count: 0,
            tags: self.tags,
        });
        if !place.is_first() {
            document.pop();
            let (field, of_field) = (&place.field, place.of_field());
            let (vector, of) = (json_text(&self.embedding.as_slice()), text_digest(self.text));
            document += &format!(r#","{field}":{vector},"{of_field}":"{of}"}}"#);
        }
        document
    }
}

/// The fields of a document that change with its vector, as a JSON merge patch: null takes one away.
pub(super) fn vector_patch(
    text: &str,
    embedding: &Embedding,
    place: &Place,
) -> serde_json::Map<String, Value> {
    let mut patch = serde_json::Map::new();
    patch.insert(place.field.clone(), json!(embedding.as_slice()));
    if place.is_first() {
        if place.is_to_be_named() {
            patch.insert("model".into(), json!(place.model));
        }
    } else {
        patch.insert(place.of_field(), json!(text_digest(text)));
    }
    patch
}

/// A digest of a text as Redis computes it, `redis.sha1hex`, in 40 hexadecimal digits.
pub(super) fn text_digest(text: &str) -> String {
    // The client computes the same for its scripts.
    redis::Script::new(text).get_hash().to_owned()
}

/// Seconds left, from the milliseconds of PTTL, rounded up so that a living key never shows 0; `None` where there is no
/// TTL or no key.
pub(super) fn ttl_seconds(pttl: &str) -> Option<u64> {
    pttl.parse::<i64>()
        .ok()
        .and_then(|left| u64::try_from(left).ok())
        .filter(|&left| left > 0)
        .map(|left| left.div_ceil(1000))
}

/// The number in an answer of `JSON.GET key $.field`, which is a list of one.
pub(super) fn only_number(json: &str) -> Option<f64> {
    serde_json::from_str::<Vec<Value>>(json).ok()?.first()?.as_f64()
}

/// Reads a cosine distance, 0 to 2; that of two equal vectors comes as -0.0000001 at times.
pub(super) fn distance(text: &str) -> Option<f64> {
    text.parse().ok().filter(|distance: &f64| distance.is_finite()).map(|distance| distance.clamp(0.0, 2.0))
}

/// Reads a row of a search over the memories; `None` where the document vanished between search and answer.
pub(super) fn memory(key: &str, prefix: &str, mut fields: HashMap<String, String>) -> Option<MemoryRecord> {
    if fields.is_empty() {
        return None;
    }
    let distance = fields.get("distance").and_then(|text| distance(text));
    let created_ts = fields.get("created_ts").and_then(|text| text.parse().ok()).unwrap_or(0.0);
    let hit_count = fields.get("hit_count").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut id = |name: &str| fields.remove(name).filter(|id| !id.is_empty()).map(MemoryId::read);
    let (revises, chain, superseded_by) = (id("revises"), id("chain"), id("superseded_by"));
    let tags = fields.get("tags").map(|tags| self::tags(tags)).unwrap_or_default();
    let turn = fields.get("turn").and_then(|turn| turn.parse().ok());
    let thread_began = fields.get("thread_began").and_then(|began| began.parse().ok());
    let mut text = |name: &str| fields.remove(name).unwrap_or_default();
    Some(MemoryRecord {
        id: MemoryId::read(key.strip_prefix(prefix).unwrap_or(key)),
        user: text("user"),
        namespace: text("namespace"),
        kind: text("kind"),
        source_thread: text("source_thread"),
        text: text("text"),
        created_ts,
        hit_count,
        distance,
        is_unread: false,
        ttl_seconds: None,
        revises,
        chain,
        superseded_by,
        turn,
        thread_began,
        tags,
    })
}

/// Reads a list of labels; what is no list of texts has none.
pub(super) fn tags(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

/// Reads a memory from its document, with what is missing filled in; `None` where it is no JSON object.
pub(super) fn document(id: &str, json: &str) -> Option<MemoryRecord> {
    let Ok(Value::Object(fields)) = serde_json::from_str(json) else { return None };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
    let id_in = |name: &str| fields.get(name).and_then(Value::as_str).map(MemoryId::read);
    Some(MemoryRecord {
        id: MemoryId::read(id),
        user: text("user"),
        namespace: text("namespace"),
        kind: text("kind"),
        source_thread: text("source_thread"),
        text: text("text"),
        created_ts: fields.get("created_ts").and_then(Value::as_f64).unwrap_or(0.0),
        hit_count: fields.get("hit_count").and_then(Value::as_i64).unwrap_or(0),
        distance: None,
        is_unread: false,
        ttl_seconds: None,
        revises: id_in("revises"),
        chain: id_in("chain"),
        superseded_by: id_in("superseded_by"),
        turn: fields.get("turn").and_then(Value::as_u64),
        thread_began: fields.get("thread_began").and_then(Value::as_f64),
        tags: fields.get("tags").map(|tags| self::tags(&tags.to_string())).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(fields: &[(&str, &str)]) -> HashMap<String, String> {
        fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn a_session_is_read_with_what_is_missing_filled_in() {
        let session = session(hash(&[("goal", "ship")]), "t1", 7).unwrap();
        let expected = SessionState {
            thread_id: ThreadId::read("t1"),
            user: "default".into(),
            agent: "default".into(),
            goal: "ship".into(),
            ttl_seconds: 7,
            ..SessionState::default()
        };
        assert_eq!(session, expected);
    }

    #[test]
    fn no_hash_is_no_session() {
        assert_eq!(session(HashMap::new(), "t1", 0), None);
    }

    #[test]
    fn a_list_of_threads_tells_what_was_said_last_only_where_it_is_known() {
        let known = [("turn_count", "3"), ("last_said", "hello"), ("last_said_turn", "3")];
        assert_eq!(thread(hash(&known), "t1").unwrap().last_said, "hello");
        let appended_by_others = [("turn_count", "4"), known[1], known[2]];
        let thread = thread(hash(&appended_by_others), "t1").unwrap();
        assert_eq!((thread.last_said.as_str(), thread.turn_count), ("", 4));
    }

    #[test]
    fn the_window_is_read_tolerantly() {
        let turn = |role: &str, content: &str, ts| Turn { role: role.into(), content: content.into(), ts };
        let rows = [
            ("", vec![]),
            ("null", vec![]),
            ("{}", vec![]),
            ("[{", vec![]),
            ("[1,null,\"x\"]", vec![]),
            (r#"[{"role":"user","content":"a"}]"#, vec![turn("user", "a", 0.0)]),
            (
                r#"[{"content":"\u003cb\u003e","ts":1763797823,"role":"tool","more":[1]}]"#,
                vec![turn("tool", "<b>", 1_763_797_823.0)],
            ),
        ];
        for (json, expected) in rows {
            assert_eq!(turns(json), expected, "{json}");
        }
    }

    #[test]
    fn only_the_newest_twenty_turns_are_read() {
        let json = format!("[{}]", vec![r#"{"role":"user","content":"a","ts":1}"#; 25].join(","));
        assert_eq!(turns(&json).len(), 20);
    }

    #[test]
    fn a_turn_reads_back_as_it_was_written() {
        let json = format!("[{}]", turn_json("user", "\"quoted\" <b> \u{1F600}", 1_763_797_823.123_456));
        let expected = Turn {
            role: "user".into(),
            content: "\"quoted\" <b> \u{1F600}".into(),
            ts: 1_763_797_823.123_456,
        };
        assert_eq!(turns(&json), [expected]);
    }

    #[test]
    fn a_distance_is_a_number_from_0_to_2_or_none() {
        assert_eq!(
            ["0.5", "-1.19e-7", "2.0000002", "inf", "-nan", ""].map(distance),
            [Some(0.5), Some(0.0), Some(2.0), None, None, None]
        );
        let fields = hash(&[("user", "a"), ("distance", "nan"), ("hit_count", "x")]);
        let memory = memory("agent:mem:1", "agent:mem:", fields).unwrap();
        assert_eq!((memory.id.as_str(), memory.distance, memory.hit_count), ("1", None, 0));
    }
}
