//! Vectors of another model for documents that are there: what lacks one, setting one, and how far the way is.
//!
//! A vector is set only where the text is still the one that was embedded, and beside it stands of which text it is. So whoever
//! writes, edits, deletes or lets expire meanwhile loses nothing, and what is left to do shows in the documents themselves.

use std::collections::HashMap;

use redis::Value;

use super::{
    Store, codec, index,
    model::{Place, Placed, moment},
    reply,
    request::Request,
    scan::KeyScan,
    scripts, unix_now,
};
use crate::{Embedding, Result, embedder::MODEL};

const ATTEMPT: &str = "embed memories again";

/// A document without a vector of its present text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    key: String,
    digest: String,
    pub(crate) text: String,
}

/// What a look at some documents found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Looked {
    /// Documents with a text.
    pub(crate) documents: u64,
    pub(crate) due: Vec<Due>,
}

/// How far it is. Kept in Redis, so that whoever is killed goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// Passes over all documents that were begun.
    pub(crate) pass: u64,
    /// Where in the pass: a cursor of SCAN.
    pub(crate) cursor: String,
    /// Vectors that were set since it began.
    pub(crate) embedded: u64,
}

/// The documents of a store and the vectors at one place of them.
#[derive(Clone)]
pub(crate) struct Rewriting {
    store: Store,
    placed: Placed,
}

impl Rewriting {
    pub(crate) fn new(store: &Store, placed: Placed) -> Self {
        Self { store: store.at(placed.clone()), placed }
    }

    fn place(&self) -> &Place {
        &self.placed.place
    }

    /// Which of these documents lack a vector.
    pub(crate) async fn look(&self, keys: &[String]) -> Result<Looked> {
        if keys.is_empty() {
            return Ok(Looked::default());
        }
        let place = self.place();
        let mut command = scripts::call(&scripts::REEMBED, keys);
        command.arg("look").arg(&place.field).arg(place.dimensions).arg(&place.model).arg(MODEL);
        self.store.run(ATTEMPT, Request::one(command, |answer| Ok(looked(answer)))).await
    }

    /// Sets vectors, each where the text is still the one that was embedded; how many were set.
    pub(crate) async fn set(&self, due: &[Due], embeddings: &[Embedding]) -> Result<u64> {
        let requests = due.iter().zip(embeddings).map(|(due, embedding)| {
            let place = self.place();
            let mut patch = codec::vector_patch(&due.text, embedding, place);
            if place.is_first() && !place.is_to_be_named() {
                patch.insert("model".into(), serde_json::Value::Null);
            }
            let mut command = scripts::call(&scripts::REEMBED, std::slice::from_ref(&due.key));
            command.arg("set").arg(&due.digest).arg(codec::json_text(&patch));
            Request::one(command, |done| Ok(u64::try_from(reply::integer(&done)).unwrap_or_default()))
        });
        let done = self.store.run(ATTEMPT, Request::all(requests.collect::<Vec<_>>())).await?;
        Ok(done.iter().sum())
    }

    /// Takes the vectors of this place and their index away.
    pub(crate) async fn drop_all(&self) -> Result<()> {
        let place = self.place();
        let dropped =
            self.store.run(ATTEMPT, Request::one(index::drop_index(&place.index), |_| Ok(()))).await;
        // Where it is gone already, or where whoever asks for a missing index has just been given an empty one.
        if let Err(error) = dropped {
            tracing::debug!(%error, "the index was not dropped");
        }
        let fields = match place.is_first() {
            true => [place.field.clone(), "model".into()],
            false => [place.field.clone(), place.of_field()],
        };
        for prefix in self.prefixes() {
            let mut scan = KeyScan::of(&self.store, &prefix);
            while let Some(keys) = scan.next(ATTEMPT).await? {
                for batch in keys.chunks(BATCH) {
                    let mut command = scripts::call(&scripts::REEMBED, batch);
                    command.arg("drop").arg(&fields);
                    self.store.run(ATTEMPT, Request::one(command, |_| Ok(()))).await?;
                }
            }
        }
        Ok(())
    }

    /// Creates the index of the place where it is missing.
    pub(crate) async fn ensure_index(&self) -> Result<()> {
        self.store.ensure_indexes().await
    }

    /// Whether Redis has read all documents into the index.
    pub(crate) async fn is_indexed(&self) -> Result<bool> {
        let info = index::info(&self.place().index);
        let info = Request::one(info, |info| Ok(index::parse_info(info)));
        Ok(self.store.run(ATTEMPT, info).await?.is_complete)
    }

    /// Where documents lie: memories, and those that may yet be brought back.
    pub(crate) fn prefixes(&self) -> [String; 2] {
        let keys = self.store.keys();
        [keys.memory_prefix.clone(), format!("{}:aside:", keys.memory_index)]
    }

    /// How far a way is that was begun; `None` where none was, or none to this place.
    pub(crate) async fn position(&self) -> Result<Option<Position>> {
        let fields = self.kept().await?;
        if fields.get("field") != Some(&self.place().field) {
            return Ok(None);
        }
        let number = |name: &str| fields.get(name).and_then(|number| number.parse().ok()).unwrap_or_default();
        let cursor = fields.get("cursor").cloned().unwrap_or_else(|| "0".into());
        Ok(Some(Position { pass: number("pass"), cursor, embedded: number("embedded") }))
    }

    /// The place that another way leads to which was begun and never ended.
    pub(crate) async fn abandoned(&self) -> Result<Option<Place>> {
        let mut fields = self.kept().await?;
        let mut field = |name: &str| fields.remove(name).unwrap_or_default();
        let place = Place {
            index: field("index"),
            field: field("field"),
            dimensions: field("dimensions").parse().unwrap_or_default(),
            model: field("name"),
        };
        Ok(Some(place).filter(|place| !place.field.is_empty() && place.field != self.place().field))
    }

    async fn kept(&self) -> Result<HashMap<String, String>> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.store.keys().reembedding());
        self.store.run(ATTEMPT, Request::one(command, |fields| Ok(reply::fields(fields)))).await
    }

    /// Keeps how far it is.
    pub(crate) async fn keep(&self, position: &Position) -> Result<()> {
        let (place, now) = (self.place(), moment(unix_now()));
        let mut command = redis::cmd("HSET");
        command.arg(self.store.keys().reembedding());
        command.arg("name").arg(&place.model).arg("digest").arg(&self.placed.model.digest);
        command.arg("dimensions").arg(place.dimensions).arg("index").arg(&place.index);
        command.arg("field").arg(&place.field).arg("pass").arg(position.pass);
        command.arg("cursor").arg(&position.cursor).arg("embedded").arg(position.embedded);
        command.arg("updated").arg(now);
        self.store.run(ATTEMPT, Request::one(command, |_| Ok(()))).await
    }

    /// Forgets how far it was: it is done, or it leads nowhere.
    pub(crate) async fn forget_position(&self) -> Result<()> {
        let mut command = redis::cmd("DEL");
        command.arg(self.store.keys().reembedding());
        self.store.run(ATTEMPT, Request::one(command, |_| Ok(()))).await
    }

    /// A walk over the documents below a prefix, from a cursor on.
    pub(crate) fn walk(&self, prefix: &str, cursor: &str) -> Walk<'_> {
        Walk(KeyScan::from(&self.store, prefix, cursor))
    }
}

/// A walk over keys, portion by portion.
pub(crate) struct Walk<'a>(KeyScan<'a>);

impl Walk<'_> {
    /// The next keys; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<String>>> {
        self.0.next(ATTEMPT).await
    }

    /// Where it goes on; `None` at the end.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.0.cursor()
    }
}

/// Documents that one call of the script looks at: Redis answers nobody else meanwhile, and their texts are in memory together.
pub(crate) const BATCH: usize = 64;

fn looked(answer: Value) -> Looked {
    let mut answer = reply::elements(answer).into_iter();
    let documents = answer.next().map_or(0, |count| reply::integer(&count));
    let mut due = Vec::new();
    let mut text = || reply::text(&answer.next()?);
    while let (Some(key), Some(digest), Some(text)) = (text(), text(), text()) {
        due.push(Due { key, digest, text });
    }
    Looked { documents: u64::try_from(documents).unwrap_or_default(), due }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_threes() {
        let text = |text: &str| Value::BulkString(text.into());
        let answer = [Value::Int(2), text("agent:mem:1"), text("d1"), text("a")];
        let due = Due { key: "agent:mem:1".into(), digest: "d1".into(), text: "a".into() };
        assert_eq!(looked(Value::Array(answer.into())), Looked { documents: 2, due: vec![due] });
        assert_eq!(looked(Value::Nil), Looked::default());
    }
}
