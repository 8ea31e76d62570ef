//! Memories out of Redis and back in: the whole document and when it expires.
//!
//! Nothing is lost here. RedisJSON itself may read a float of 17 digits one unit of the last place off each time it is
//! given one; no f32 of a vector and no time to the microsecond sees that.

use std::collections::BTreeMap;

use futures::{Stream, stream};
use redis::Value;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{json, value::RawValue};

use super::LongTermMemory;
use crate::{
    Embedding, Error, Result,
    embedder::MODEL,
    filter::MemoryFilter,
    input::{self, InvalidInput},
    lifetime::Lifetime,
    model::Kind,
    scope::{MemoryId, Scope},
    settings::Settings,
    store::{
        codec,
        model::{Place, check_dimensions},
        reply,
        request::Request,
        rows::Owner,
        scripts,
    },
};

/// What to export.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportOptions {
    /// Which memories of the scope.
    pub filter: MemoryFilter,
    /// Whether the vectors go along. Without them a file is a tenth the size, and an import embeds the texts again.
    pub with_vectors: bool,
}

/// An export on its way.
pub struct MemoryExport<S> {
    /// Memories that matched when it began; some may expire before their line is written.
    pub total: usize,
    /// One JSON text per memory, without a line break.
    pub lines: S,
}

/// What happens where a memory of the same id is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collision {
    /// The one in Redis stays.
    #[default]
    Skip,
    /// The one in Redis is replaced, where it is of the same scope.
    Overwrite,
    /// The imported one gets a new id.
    NewId,
    /// The line is refused.
    Error,
}

/// One line of an export.
#[derive(Serialize)]
struct ExportLine<'a> {
    id: &'a str,
    /// Unix milliseconds; `null` stays.
    expires_at_ms: Option<u64>,
    document: &'a RawValue,
}

/// One line of an import. A missing `expires_at_ms` is the lifetime of the kind, `null` stays.
#[derive(Deserialize)]
struct ImportLine<'a> {
    id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    expires_at_ms: Option<Option<u64>>,
    #[serde(borrow)]
    document: &'a RawValue,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The fields of a document that have a meaning here.
#[derive(Deserialize)]
struct Known {
    id: Option<String>,
    user: Option<String>,
    namespace: Option<String>,
    kind: Option<String>,
    source_thread: Option<String>,
    text: String,
    embedding: Option<Vec<f32>>,
    superseded_by: Option<serde::de::IgnoredAny>,
    revises: Option<serde::de::IgnoredAny>,
    /// The model of that vector; none is all-MiniLM-L6-v2.
    model: Option<String>,
    created_ts: Option<f64>,
    hit_count: Option<serde_json::Number>,
}

/// A checked line of an import.
pub(crate) struct ImportRecord {
    id: Option<MemoryId>,
    expires_at_ms: Option<Option<u64>>,
    document: String,
    known: Known,
    /// Whether the document has a vector of the store's model.
    has_vector: bool,
}

/// What became of an imported memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Imported {
    Written,
    Overwritten,
    Exists,
    NotYours,
}

impl LongTermMemory {
    /// Exports memories as JSON Lines, a hundred at a time while the lines are taken.
    ///
    /// Each line is `{"id", "expires_at_ms", "document"}` with the document as it stands in Redis, fields of other programs
    /// included.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer, at once or on the way.
    pub async fn export(
        &self,
        scope: &Scope,
        options: ExportOptions,
    ) -> Result<MemoryExport<impl Stream<Item = Result<String>> + Send + use<>>> {
        let mut ids = self.ids(scope, &options.filter).await?;
        ids.sort_unstable();
        let total = ids.len();
        let (long_term, scope) = (self.clone(), scope.clone());
        let lines = stream::try_unfold(ids.into_iter(), move |mut ids| {
            let (long_term, scope) = (long_term.clone(), scope.clone());
            async move {
                const BATCH: usize = 100;
                let batch: Vec<MemoryId> = ids.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    return Ok::<_, Error>(None);
                }
                let lines = long_term.export_lines(&scope, &batch, options.with_vectors).await?;
                Ok(Some((stream::iter(lines.into_iter().map(Ok)), ids)))
            }
        });
        Ok(MemoryExport { total, lines: futures::TryStreamExt::try_flatten(lines) })
    }

    async fn export_lines(&self, scope: &Scope, ids: &[MemoryId], with_vectors: bool) -> Result<Vec<String>> {
        let on = |name: &str, id: &MemoryId| {
            let mut command = redis::cmd(name);
            command.arg(self.key(id));
            command
        };
        let lines = ids.iter().map(|id| {
            let document = Request::one(on("JSON.GET", id), |document| Ok(reply::text(&document)));
            let ends = Request::one(on("PEXPIRETIME", id), |ends| Ok(reply::integer(&ends)));
            document.and(ends).and_then(move |(document, ends)| match document {
                Some(document) => export_line(scope, id, &document, ends, with_vectors),
                None => Ok(None),
            })
        });
        let lines = self.store.run("export memories", Request::all(lines.collect::<Vec<_>>())).await?;
        Ok(lines.into_iter().flatten().collect())
    }

    /// Writes a memory as it was exported. `embedding` is for a document without one.
    pub(crate) fn import_request(
        &self,
        scope: &Scope,
        id: &MemoryId,
        record: &ImportRecord,
        embedding: Option<&Embedding>,
        may_overwrite: bool,
        now: f64,
    ) -> Request<'static, Imported> {
        let mut command = scripts::call(&scripts::IMPORT, &[self.key(id)]);
        command.arg(scope.user()).arg(scope.namespace()).arg(&record.document);
        command.arg(record.replaced(scope, id, embedding, now, self.store.place()).to_string());
        let expires_at_ms = record.expires_at_ms(now, &self.settings);
        command.arg(expires_at_ms.unwrap_or(0)).arg(u8::from(may_overwrite));
        Request::one(command, |reply| imported(&reply))
    }

    pub(crate) async fn import(&self, requests: Vec<Request<'static, Imported>>) -> Result<Vec<Imported>> {
        self.store.run("import memories", Request::all(requests)).await
    }

    /// Which of these keys are there already, whosever they are.
    pub(crate) async fn exist(&self, ids: &[&MemoryId]) -> Result<Vec<bool>> {
        let requests = ids.iter().map(|id| {
            let mut command = redis::cmd("EXISTS");
            command.arg(self.key(id));
            Request::one(command, |found| Ok(reply::integer(&found) > 0))
        });
        self.store.run("look for memories", Request::all(requests.collect::<Vec<_>>())).await
    }
}

fn imported(reply: &Value) -> Result<Imported> {
    match reply::text(reply).as_deref() {
        Some("written") => Ok(Imported::Written),
        Some("overwritten") => Ok(Imported::Overwritten),
        Some("exists") => Ok(Imported::Exists),
        Some("denied") => Ok(Imported::NotYours),
        _ => Err(reply::nonsense("import memories")),
    }
}

/// A line of an export; `None` where the document is not of this scope.
fn export_line(
    scope: &Scope,
    id: &MemoryId,
    document: &str,
    expires_at_ms: i64,
    with_vectors: bool,
) -> Result<Option<String>> {
    let corrupt =
        |error: serde_json::Error| Error::Corrupt { key: id.to_string(), problem: error.to_string() };
    let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(document).map_err(corrupt)?;
    let text = |name| fields.get(name).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    if !Owner::of_memory(text("user").as_deref(), text("namespace").as_deref()).is(scope) {
        return Ok(None);
    }
    let without_vector = if with_vectors {
        document.to_string()
    } else {
        fields.retain(|name, _| *name != "embedding" && !name.starts_with("embedding_"));
        serde_json::to_string(&fields).map_err(corrupt)?
    };
    let document = RawValue::from_string(without_vector).map_err(corrupt)?;
    let expires_at_ms = u64::try_from(expires_at_ms).ok();
    let line = ExportLine { id: id.as_str(), expires_at_ms, document: &document };
    serde_json::to_string(&line).map(Some).map_err(corrupt)
}

impl ImportRecord {
    /// Reads and checks a line. A vector of another model than the store's is none.
    ///
    /// # Errors
    /// What is wrong with it, in words for people.
    pub(crate) fn read(line: &str, place: &Place) -> Result<Self, String> {
        let plain = |error: serde_json::Error| error.to_string();
        let line: ImportLine<'_> = serde_json::from_str(line).map_err(plain)?;
        let known: Known = serde_json::from_str(line.document.get()).map_err(plain)?;
        let checked = |error: InvalidInput| error.to_string();
        input::required_text("text", &known.text).map_err(checked)?;
        for (field, name) in [("kind", &known.kind), ("source_thread", &known.source_thread)] {
            // Other programs leave the thread empty.
            if let Some(name) = name.as_ref().filter(|name| field == "kind" || !name.is_empty()) {
                input::name(field, name).map_err(checked)?;
            }
        }
        let has_vector = has_vector(&known, line.document.get(), place)?;
        let id = line.id.as_ref().or(known.id.as_ref());
        let id = id.map(MemoryId::new).transpose().map_err(checked)?;
        Ok(Self {
            id,
            expires_at_ms: line.expires_at_ms,
            document: line.document.get().into(),
            known,
            has_vector,
        })
    }

    pub(crate) fn id(&self) -> Option<&MemoryId> {
        self.id.as_ref()
    }

    /// The text, where the document has no vector of it.
    pub(crate) fn text_to_embed(&self) -> Option<&str> {
        (!self.has_vector).then_some(&self.known.text)
    }

    /// What a comparison needs of it: its text and kind. `None` for a kind of another program and for one version of several,
    /// about which has been decided where it comes from.
    pub(crate) fn compared(&self) -> Option<(&str, Kind)> {
        let kind = self.known.kind.as_deref().unwrap_or(Kind::Episodic.as_str()).parse().ok()?;
        let is_linked = self.known.superseded_by.is_some() || self.known.revises.is_some();
        (!is_linked).then_some((self.known.text.as_str(), kind))
    }

    /// The vector of the store's model that it brings.
    pub(crate) fn embedding(&self, place: &Place) -> Option<Embedding> {
        if !self.has_vector {
            return None;
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(&self.document).ok()?;
        Embedding::new(serde_json::from_str(fields.get(&place.field)?.get()).ok()?).ok()
    }

    /// The document with everything in its place, fields of other programs to the letter.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the document is no object, which reading it has seen to.
    pub(crate) fn placed(
        &self,
        scope: &Scope,
        id: &MemoryId,
        embedding: Option<&Embedding>,
        now: f64,
        place: &Place,
    ) -> Result<String> {
        let corrupt =
            |error: serde_json::Error| Error::Corrupt { key: id.to_string(), problem: error.to_string() };
        let replaced = self.replaced(scope, id, embedding, now, place).to_string();
        let replaced: BTreeMap<String, &RawValue> = serde_json::from_str(&replaced).map_err(corrupt)?;
        let mut fields: BTreeMap<String, &RawValue> =
            serde_json::from_str(&self.document).map_err(corrupt)?;
        for (name, value) in replaced {
            match value.get() {
                "null" => fields.remove(&name),
                _ => fields.insert(name, value),
            };
        }
        serde_json::to_string(&fields).map_err(corrupt)
    }

    /// Whether its life ended before `now`.
    pub(crate) fn is_expired(&self, now: f64) -> bool {
        matches!(self.expires_at_ms, Some(Some(at)) if at <= milliseconds(now))
    }

    pub(crate) fn expires_at_ms(&self, now: f64, settings: &Settings) -> Option<u64> {
        self.expires_at_ms.unwrap_or_else(|| {
            let kind = self.known.kind.as_deref().unwrap_or(Kind::Episodic.as_str()).parse().ok()?;
            settings.seconds_of(Lifetime::OfKind, kind).map(|seconds| milliseconds(now) + seconds * 1000)
        })
    }

    /// The fields that the document lacks, and those that place it: in this scope, under this id.
    fn replaced(
        &self,
        scope: &Scope,
        id: &MemoryId,
        embedding: Option<&Embedding>,
        now: f64,
        place: &Place,
    ) -> serde_json::Value {
        let (known, mut fields) = (&self.known, serde_json::Map::new());
        let mut set = |name: &str, is_right: bool, value: serde_json::Value| {
            if !is_right {
                fields.insert(name.into(), value);
            }
        };
        set("id", known.id.as_deref() == Some(id.as_str()), json!(id));
        set("user", known.user.as_deref() == Some(scope.user()), json!(scope.user()));
        set("namespace", known.namespace.as_deref() == Some(scope.namespace()), json!(scope.namespace()));
        set("kind", known.kind.is_some(), json!(Kind::Episodic));
        set("source_thread", known.source_thread.is_some(), json!(""));
        set("created_ts", known.created_ts.is_some(), json!(now));
        set("hit_count", known.hit_count.is_some(), json!(0));
        if let Some(embedding) = embedding {
            fields.extend(codec::vector_patch(&known.text, embedding, place));
            if place.is_first() && !place.is_to_be_named() && known.model.is_some() {
                fields.insert("model".into(), serde_json::Value::Null);
            }
        }
        serde_json::Value::Object(fields)
    }
}

/// Whether a document has a vector of the store's model.
fn has_vector(known: &Known, document: &str, place: &Place) -> Result<bool, String> {
    let checked = |vector: Vec<f32>| {
        let embedding = Embedding::new(vector).map_err(Error::from);
        let checked = embedding.and_then(|embedding| check_dimensions(place, &embedding));
        checked.map(|()| true).map_err(|error| error.to_string())
    };
    if place.is_first() {
        let is_of_model = known.model.as_deref().unwrap_or(MODEL) == place.model;
        return known.embedding.clone().filter(|_| is_of_model).map_or(Ok(false), checked);
    }
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(document).unwrap_or_default();
    let of = fields.get(place.of_field().as_str()).map(|of| of.get().trim_matches('"'));
    let vector = fields.get(place.field.as_str()).and_then(|vector| serde_json::from_str(vector.get()).ok());
    let vector = vector.filter(|_| of == Some(codec::text_digest(&known.text).as_str()));
    vector.map_or(Ok(false), checked)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, and time is after 1970"
)]
fn milliseconds(unix_seconds: f64) -> u64 {
    (unix_seconds * 1000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{embedder::ModelIdentity, keys::Keys, store::model::Placed};

    fn place() -> Place {
        Placed::first(&ModelIdentity::default(), &Keys::default(), String::new()).place
    }

    fn read(line: &str) -> Result<ImportRecord, String> {
        ImportRecord::read(line, &place())
    }

    fn problem(line: &str) -> String {
        read(line).err().unwrap_or_default()
    }

    #[test]
    fn a_line_is_checked_before_anything_is_written() {
        let long = "x".repeat(input::TEXT_MAX_BYTES + 1);
        let rows = [
            ("", "EOF"),
            ("[]", "invalid length"),
            ("{}", "missing field `document`"),
            (r#"{"document":{}}"#, "missing field `text`"),
            (r#"{"document":{"text":7}}"#, "invalid type"),
            (r#"{"document":{"text":"  "}}"#, "text is required"),
            (&format!(r#"{{"document":{{"text":"{long}"}}}}"#), "text is longer"),
            (r#"{"document":{"text":"a","kind":""}}"#, "kind is required"),
            (r#"{"document":{"text":"a","embedding":[1]}}"#, "embedding is not a vector"),
            (r#"{"document":{"text":"a","created_ts":1e999}}"#, "out of range"),
            (r#"{"id":"a\nb","document":{"text":"a"}}"#, "memory_id has a control character"),
            (r#"{"expires_at_ms":-1,"document":{"text":"a"}}"#, "invalid value"),
        ];
        for (line, expected) in rows {
            let problem = problem(line);
            assert!(problem.contains(expected), "{line:.60}: {problem}");
        }
        assert_eq!(problem(r#"{"document":{"text":"a","source_thread":"","more":[1]}}"#), "");
    }

    #[test]
    fn only_what_is_missing_or_out_of_place_is_replaced() {
        let line = r#"{"document":{"text":"a","id":"1","user":"u","namespace":"n","kind":"k","hit_count":2,"created_ts":1,
            "source_thread":""}}"#;
        let record = read(line).unwrap();
        let (own, id) = (Scope::new("u", "n").unwrap(), MemoryId::new("1").unwrap());
        assert_eq!(record.replaced(&own, &id, None, 5.0, &place()), json!({}));
        let other = Scope::new("v", "n").unwrap();
        assert_eq!(record.replaced(&other, &id, None, 5.0, &place()), json!({ "user": "v" }));
        let bare = read(r#"{"document":{"text":"a"}}"#).unwrap();
        let filled = json!({ "id": "1", "user": "u", "namespace": "n", "kind": "episodic", "source_thread": "",
            "created_ts": 5.0, "hit_count": 0 });
        assert_eq!(bare.replaced(&own, &id, None, 5.0, &place()), filled);
    }

    #[test]
    fn a_vector_of_another_model_is_embedded_again() {
        let other = ModelIdentity { name: "other".into(), digest: "0123456789abcdef".into(), dimensions: 2 };
        let first = Placed::first(&other, &Keys::default(), String::new()).place;
        let beside = Placed::beside(&other, &Keys::default()).place;
        let of = codec::text_digest("a");
        let own = format!(r#""embedding_0123456789ab":[1,2],"embedding_0123456789ab_of":"{of}""#);
        let stale = r#""embedding_0123456789ab":[1,2],"embedding_0123456789ab_of":"x""#;
        let rows = [
            (&first, r#""embedding":[1,2]"#, Some("a")),
            (&first, r#""embedding":[1,2],"model":"other""#, None),
            (&beside, r#""embedding":[1,2]"#, Some("a")),
            (&beside, &own, None),
            (&beside, stale, Some("a")),
        ];
        for (place, fields, expected) in rows {
            let line = format!(r#"{{"document":{{"text":"a",{fields}}}}}"#);
            assert_eq!(ImportRecord::read(&line, place).unwrap().text_to_embed(), expected, "{fields}");
        }
        let short = r#"{"document":{"text":"a","embedding":[1],"model":"other"}}"#;
        assert!(ImportRecord::read(short, &first).is_err());
        let moved = read(r#"{"document":{"text":"a","embedding":[1],"model":"other"}}"#).unwrap();
        let vector = Embedding::new(vec![1.0; 384]).unwrap();
        let (scope, id) = (Scope::default(), MemoryId::read("1"));
        let replaced = moved.replaced(&scope, &id, Some(&vector), 5.0, &place());
        assert_eq!((&replaced["model"], replaced["embedding"][0].as_f64()), (&json!(null), Some(1.0)));
    }

    #[test]
    fn no_expiry_given_is_that_of_the_kind_and_null_stays() {
        let expiry = |fields: &str| {
            let record = read(&format!(r#"{{{fields}"document":{{"text":"a"}}}}"#)).unwrap();
            record.expires_at_ms(10.0, &Settings::default())
        };
        assert_eq!(expiry(""), Some(604_810_000));
        assert_eq!(expiry(r#""expires_at_ms":null,"#), None);
        assert_eq!(expiry(r#""expires_at_ms":7,"#), Some(7));
    }

    #[test]
    fn an_export_without_vectors_keeps_every_other_field_to_the_letter() {
        let (scope, id) = (Scope::new("u", "n").unwrap(), MemoryId::read("1"));
        let document =
            r#"{"user":"u","namespace":"n","embedding":[1,2],"mine":1.10,"big":12345678901234567890}"#;
        let line = export_line(&scope, &id, document, -1, false).unwrap().unwrap();
        assert!(line.contains(r#""expires_at_ms":null"#) && line.contains("1.10"), "{line}");
        assert!(line.contains("12345678901234567890") && !line.contains("embedding"), "{line}");
        assert_eq!(export_line(&Scope::default(), &id, document, -1, false).unwrap(), None);
        let whole = export_line(&scope, &id, document, 99, true).unwrap().unwrap();
        assert!(whole.contains(document) && whole.contains(r#""expires_at_ms":99"#), "{whole}");
    }
}
