//! From one model to another: every memory gets a vector of the new one while the old ones serve, then the store says in one step
//! that the new ones do.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Embedder, Error, Result,
    embedder::Purpose,
    keys::Keys,
    store::{
        Store,
        model::{ModelRecord, Placed, moment},
        reembed::{BATCH, Position, Rewriting},
        unix_now,
    },
};

/// Passes before the switch and after it, at most: each finds what others wrote since the one before, which is soon next to nothing.
const PASSES: u64 = 8;

/// Between two looks whether Redis has read all documents into the new index.
const PAUSE: Duration = Duration::from_millis(200);

/// Embeds all memories of a store again, those of all users and of other programs.
///
/// May be ended at any time, and begun again: it goes on where it was. One at a time.
pub struct Reembedding {
    store: Store,
    embedder: Arc<dyn Embedder>,
    record: ModelRecord,
    next: Placed,
}

/// What is there and what is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReembedPlan {
    /// The model that serves.
    pub from: String,
    /// The model that is to serve.
    pub to: String,
    /// Memories, those that can be brought back included.
    pub documents: u64,
    /// Memories without a vector of the new model.
    pub to_embed: u64,
    /// Bytes of their texts.
    pub bytes: u64,
    /// Whether some were embedded before, by a run that was ended.
    pub is_resumed: bool,
}

/// How far it is. Told after every portion of documents, and when it serves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReembedProgress {
    /// Which pass over all documents it is, from 1.
    pub pass: u64,
    /// Documents that were looked at in this pass, as far as this run did it.
    pub looked_at: u64,
    /// Vectors that were set since the beginning, by runs before too.
    pub embedded: u64,
    /// Whether the new model serves.
    pub is_serving: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReembedReport {
    /// The model that served before.
    pub from: String,
    /// The model that serves now.
    pub to: String,
    /// The index that is searched now.
    pub index: String,
    /// Memories, those that can be brought back included. One that Redis moves while it is walked over may count twice.
    pub documents: u64,
    /// Vectors that were set, by runs before too.
    pub embedded: u64,
    /// Memories that this model wrote under names of its own, before it served here: the index that has them.
    pub left_beside: Option<String>,
}

impl Reembedding {
    /// Connects and finds out which model serves. Nothing is changed, but a store without memories becomes this model's at once.
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub async fn prepare(url: &str, keys: Keys, embedder: impl Embedder + 'static) -> Result<Self> {
        let identity = embedder.identity();
        let mut store = Store::connect(url, keys.clone()).await?;
        if !store.has_keys(&store.keys().memory_prefix).await? {
            // Perhaps it has memories under names of its own.
            store = Store::connect_with(url, keys, &identity).await?;
        }
        let record = store.model_record().await?;
        let next = record.place_for(&identity, store.keys());
        Ok(Self { store, embedder: Arc::new(embedder), record, next })
    }

    /// Counts what is there and what is to be done.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn plan(&self) -> Result<ReembedPlan> {
        let rewriting = Rewriting::new(&self.store, self.next.clone());
        let mut plan = ReembedPlan {
            from: self.record.current.model.name.clone(),
            to: self.next.model.name.clone(),
            is_resumed: rewriting.position().await?.is_some(),
            ..ReembedPlan::default()
        };
        for prefix in rewriting.prefixes() {
            let mut walk = rewriting.walk(&prefix, "0");
            while let Some(keys) = walk.next().await? {
                for batch in keys.chunks(BATCH) {
                    let looked = rewriting.look(batch).await?;
                    plan.documents += looked.documents;
                    plan.to_embed += looked.due.len() as u64;
                    plan.bytes += looked.due.iter().map(|due| due.text.len() as u64).sum::<u64>();
                }
            }
        }
        Ok(plan)
    }

    /// Does it. The vectors of before stay, for programs that know them and for the way back.
    ///
    /// Whoever still runs with the model of before goes on with the old vectors until it is started anew. What it writes after the
    /// switch is in lists, and not recalled by others until this is run again.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] where a text cannot be embedded; [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where
    /// Redis cannot answer. What was done is kept, and the next run goes on.
    pub async fn run(self, mut tell: impl FnMut(&ReembedProgress)) -> Result<ReembedReport> {
        let rewriting = Rewriting::new(&self.store, self.next.clone());
        self.clear_away(&rewriting).await?;
        rewriting.ensure_index().await?;
        let begun = rewriting.position().await?;
        let mut way =
            Way { rewriting: &rewriting, embedder: &*self.embedder, progress: ReembedProgress::default() };
        let from = begun.unwrap_or_else(|| Position { pass: 1, cursor: "0".into(), embedded: 0 });
        way.pass_until_done(from, &mut tell).await?;
        while !rewriting.is_indexed().await? {
            tokio::time::sleep(PAUSE).await;
        }
        // One step: from now on whoever starts finds the new vectors.
        let next = Placed { since: moment(unix_now()), ..self.next.clone() };
        let record = self.record.clone().switched_to(next);
        self.store.say_model(&record).await?;
        way.progress.is_serving = true;
        tell(&way.progress);
        let (pass, embedded) = (way.progress.pass + 1, way.progress.embedded);
        way.pass_until_done(Position { pass, cursor: "0".into(), embedded }, &mut tell).await?;
        rewriting.forget_position().await?;
        Ok(ReembedReport {
            from: self.record.current.model.name.clone(),
            to: self.next.model.name.clone(),
            index: self.next.place.index.clone(),
            documents: way.progress.looked_at,
            embedded: way.progress.embedded,
            left_beside: self.left_beside().await?,
        })
    }

    /// Takes the vectors of the model before away, with their index: whether there were some. The demos and servers that still run
    /// with that model find nothing any more.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer; some may be gone by then.
    pub async fn drop_previous(url: &str, keys: Keys, embedder: &impl Embedder) -> Result<bool> {
        let store = Store::connect_with(url, keys, &embedder.identity()).await?;
        let record = store.model_record().await?;
        let Some(previous) = record.previous else { return Ok(false) };
        Rewriting::new(&store, previous).drop_all().await?;
        store.say_no_previous().await?;
        Ok(true)
    }

    /// What nobody will come back to: a way to another model that never ended, and the vectors of the model before the one that
    /// serves.
    async fn clear_away(&self, rewriting: &Rewriting) -> Result<()> {
        let known = [Some(&self.record.current), self.record.previous.as_ref(), Some(&self.next)];
        let is_known = |field: &str| known.iter().flatten().any(|placed| placed.place.field == field);
        if let Some(place) = rewriting.abandoned().await? {
            if !is_known(&place.field) {
                let placed = Placed { place, ..self.next.clone() };
                Rewriting::new(&self.store, placed).drop_all().await?;
            }
            rewriting.forget_position().await?;
        }
        let is_new = self.next.place != self.record.current.place;
        match &self.record.previous {
            Some(previous) if is_new && previous.place != self.next.place && !previous.place.is_first() => {
                Rewriting::new(&self.store, previous.clone()).drop_all().await
            }
            _ => Ok(()),
        }
    }

    async fn left_beside(&self) -> Result<Option<String>> {
        let keys = self.store.keys();
        let own = keys.of_model(&self.next.model);
        if own == *keys || !self.store.has_keys(&own.memory_prefix).await? {
            return Ok(None);
        }
        Ok(Some(own.memory_index))
    }
}

/// The passes over all documents.
struct Way<'a> {
    rewriting: &'a Rewriting,
    embedder: &'a dyn Embedder,
    progress: ReembedProgress,
}

impl Way<'_> {
    /// Passes over all documents until a whole one finds nothing to do: others may write and edit meanwhile.
    async fn pass_until_done(
        &mut self,
        mut from: Position,
        tell: &mut impl FnMut(&ReembedProgress),
    ) -> Result<()> {
        self.progress.embedded = from.embedded;
        for _ in 0..PASSES {
            let is_whole = from.cursor == "0";
            let found = self.pass(&from, tell).await?;
            if is_whole && found == 0 {
                return Ok(());
            }
            from = Position { pass: from.pass + 1, cursor: "0".into(), embedded: self.progress.embedded };
        }
        let reason = "other programs write memories faster than they are embedded again: run it again in a quieter hour".into();
        Err(Error::Refused { attempt: "embed all memories again", reason })
    }

    /// One pass; how many documents lacked a vector.
    async fn pass(&mut self, from: &Position, tell: &mut impl FnMut(&ReembedProgress)) -> Result<u64> {
        self.progress = ReembedProgress { pass: from.pass, looked_at: 0, ..self.progress.clone() };
        let mut found = 0;
        for (number, prefix) in self.rewriting.prefixes().into_iter().enumerate() {
            // Only the memories are many: a pass that was ended begins with the rest of them.
            let is_kept = number == 0;
            let mut walk = self.rewriting.walk(&prefix, if is_kept { &from.cursor } else { "0" });
            while let Some(keys) = walk.next().await? {
                for batch in keys.chunks(BATCH) {
                    found += self.batch(batch).await?;
                }
                if is_kept {
                    let cursor = walk.cursor().unwrap_or("0").to_owned();
                    let embedded = self.progress.embedded;
                    self.rewriting.keep(&Position { pass: from.pass, cursor, embedded }).await?;
                    tell(&self.progress);
                }
            }
        }
        Ok(found)
    }

    async fn batch(&mut self, keys: &[String]) -> Result<u64> {
        let looked = self.rewriting.look(keys).await?;
        let texts: Vec<String> = looked.due.iter().map(|due| due.text.clone()).collect();
        let embeddings = self.embedder.embed_many(&texts, Purpose::Passage).await?;
        self.progress.embedded += self.rewriting.set(&looked.due, &embeddings).await?;
        self.progress.looked_at += looked.documents;
        Ok(looked.due.len() as u64)
    }
}
