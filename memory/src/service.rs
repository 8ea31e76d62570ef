//! [`Memory`]: embedder and stores behind one handle; one turn is one call.
//!
//! - `turn`: one turn in one round trip
//! - `remember`, `recall`: writing and reading memories outside of any turn
//! - `probe`: asking without writing
//! - `look`: what the dashboard shows
//! - `samples`: the sample memories, reset
//! - `threads`: starting, changing and ending threads
//! - `edit`: changing and forgetting memories
//! - `bulk`: changing and dropping many
//! - `history`: what became of a memory, and taking it back
//! - `review`: what a person is to decide
//! - `evaluation`: judging what is recalled, measuring settings by it, profiles
//! - `forget_user`: who has a memory here, and forgetting somebody
//! - `import`: writing memories as they were exported
//! - `reembed`: from one model to another

use std::{sync::Arc, time::Instant};

use crate::{
    AgentEventLog, AgentSession, Embedder, Embedding, IndexState, LongTermMemory, Result,
    embedder::{EmbedderState, Form, Purpose},
    scope::{MemoryId, Scope},
    settings::Settings,
    store::{
        Changes, Idempotency, IdempotencyKey, Judgements, LIBRARY, Review, Store, Undo, Users, Write, Writer,
        model::check_dimensions, unix_now as now,
    },
    text::Text,
};

mod bulk;
mod edit;
mod evaluation;
mod forget_user;
mod history;
mod import;
mod look;
mod probe;
mod recall;
mod recent_embeddings;
mod reembed;
mod remember;
mod review;
mod samples;
mod threads;
mod turn;

use self::recent_embeddings::RecentEmbeddings;
pub use self::{
    bulk::{IDS_SHOWN, ManyChange, ManyChanged, ManyEdit, Selection},
    edit::TextEdit,
    evaluation::{JudgementReport, WrittenQuery},
    import::{Import, ImportOptions, ImportReport, LineProblem},
    recall::{Explained, Recalled},
    reembed::{ReembedPlan, ReembedProgress, ReembedReport, Reembedding},
    remember::NewText,
    review::SCAN_MAX,
    samples::ResetExtent,
};

/// The memory of agents: an embedder and the three stores.
///
/// Cheap to clone; clones share the connection and the model.
#[derive(Clone)]
pub struct Memory {
    store: Store,
    sessions: AgentSession,
    long_term: LongTermMemory,
    events: AgentEventLog,
    writer: Writer,
    review: Review,
    judgements: Judgements,
    undo: Undo,
    users: Users,
    embedder: Arc<dyn Embedder>,
    recent_embeddings: Arc<RecentEmbeddings>,
    settings: Arc<Settings>,
    /// The caller's key, under which every write is done once.
    once: Option<IdempotencyKey>,
    /// The way in, which histories tell.
    by: Arc<str>,
}

impl Memory {
    /// Connects to Redis, makes sure that the indexes are there, and that the memories are of the embedder's model.
    ///
    /// # Errors
    /// As [`Store::connect_with`].
    pub async fn connect(url: &str, settings: Settings, embedder: impl Embedder + 'static) -> Result<Self> {
        let store = Store::connect_with(url, settings.keys.clone(), &embedder.identity()).await?;
        // Where the model has names of its own.
        let settings = Settings { keys: store.keys().clone(), ..settings };
        let embedder: Arc<dyn Embedder> = Arc::new(embedder);
        Ok(Self {
            sessions: AgentSession::new(store.clone(), &settings),
            long_term: LongTermMemory::new(store.clone(), &settings).with_embedder(Arc::clone(&embedder)),
            events: AgentEventLog::new(store.clone(), &settings),
            writer: Writer::new(store.clone(), &settings).with_embedder(Arc::clone(&embedder)),
            review: Review::new(store.clone()),
            judgements: Judgements::new(store.clone()),
            undo: Undo::new(store.clone()),
            users: Users::new(store.clone()),
            embedder,
            recent_embeddings: Arc::default(),
            settings: Arc::new(settings),
            once: None,
            by: LIBRARY.into(),
            store,
        })
    }

    /// The same memory for one request that may be repeated: turns, appends, starts, goals, notes and texts to remember that
    /// were written under this key before are not written again, and answer what they did then.
    #[must_use]
    pub fn once(&self, key: IdempotencyKey) -> Self {
        Self { once: Some(key), ..self.clone() }
    }

    /// The same memory for whoever comes in this way, such as `page`, `api` or `cli`: histories tell it.
    #[must_use]
    pub fn by(&self, way_in: &str) -> Self {
        Self { by: way_in.into(), ..self.clone() }
    }

    /// A write of nothing yet.
    fn write<'a>(&'a self, scope: &'a Scope, now: f64) -> Write<'a> {
        Write::new(scope, now).by(&self.by)
    }

    /// Working memory.
    #[must_use]
    pub fn sessions(&self) -> &AgentSession {
        &self.sessions
    }

    /// Long-term memory.
    #[must_use]
    pub fn long_term(&self) -> &LongTermMemory {
        &self.long_term
    }

    /// The event log.
    #[must_use]
    pub fn events(&self) -> &AgentEventLog {
        &self.events
    }

    /// State of the memory index, with the settings that matter to a person.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn index(&self) -> Result<IndexState> {
        Ok(self.index_state(&self.store.run("read index", self.long_term.index_request()).await?))
    }

    /// Answers that are kept for repeated requests.
    #[must_use]
    pub fn idempotency(&self) -> Idempotency {
        Idempotency::new(self.store.clone())
    }

    /// How the embedder runs and what it did so far.
    #[must_use]
    pub fn embedder_state(&self) -> EmbedderState {
        self.embedder.state()
    }

    /// The model, and the form of its numbers where that is not the exact one.
    pub(crate) fn model_name(&self) -> String {
        match self.embedder.state().form {
            Form::Exact => self.embedder.model().to_owned(),
            form @ Form::Fast => format!("{} ({form})", self.embedder.model()),
        }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Starts a watch over everything that changes in this memory, whoever changes it.
    #[must_use]
    pub fn watch_changes(&self) -> Changes {
        Changes::watch(self.store.clone())
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] where none comes.
    pub async fn ping(&self) -> Result<()> {
        self.store.ping().await
    }

    /// The vector of a text, as it is remembered or as it asks. Those of the latest texts are kept.
    ///
    /// # Errors
    /// [`crate::Error::Embedder`] when inference fails, [`crate::Error::Overloaded`] where too many texts wait.
    pub async fn embed(&self, text: &Text, purpose: Purpose) -> Result<Embedding> {
        // Where it makes no difference, a probe and the turn that follows share one.
        let purpose = if self.embedder.tells_purposes_apart() { purpose } else { Purpose::Passage };
        let text = text.as_str();
        if let Some(embedding) = self.recent_embeddings.get(text, purpose) {
            return Ok(embedding);
        }
        let embedding = self.embedder.embed(text, purpose).await?;
        check_dimensions(self.store.place(), &embedding)?;
        self.recent_embeddings.keep(text, purpose, &embedding);
        Ok(embedding)
    }

    /// Deletes one memory of the scope; `false` where the scope has none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn forget(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.long_term.forget(scope, id).await
    }

    /// Takes one memory of the scope out, so that [`Self::bring_back`] can undo it for ten minutes; `false` where the scope has
    /// none of this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn set_aside(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        let aside = self.long_term.set_aside_request(scope, id, &self.by, now());
        self.store.run("set a memory aside", aside).await
    }

    /// Puts a memory back that was set aside; `false` where the scope has none aside under this id.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn bring_back(&self, scope: &Scope, id: &MemoryId) -> Result<bool> {
        self.long_term.bring_back(scope, id).await
    }

    /// The vector of a text that asks.
    async fn timed_embed(&self, text: &Text) -> Result<(Embedding, f64)> {
        let began = Instant::now();
        let embedding = self.embed(text, Purpose::Query).await?;
        Ok((embedding, milliseconds_since(began)))
    }

    /// The vectors of a text that asks and, where it is written too, is remembered.
    async fn timed_embed_both(&self, text: &Text, is_written: bool) -> Result<(Vectors, f64)> {
        let began = Instant::now();
        let query = self.embed(text, Purpose::Query);
        let vectors = if is_written && self.embedder.tells_purposes_apart() {
            // Both are queued at once, and may run together.
            let (query, passage) =
                futures::future::try_join(query, self.embed(text, Purpose::Passage)).await?;
            Vectors { query, passage: Some(passage) }
        } else {
            Vectors { query: query.await?, passage: None }
        };
        Ok((vectors, milliseconds_since(began)))
    }
}

/// A text as it asks and as it is remembered.
struct Vectors {
    query: Embedding,
    /// Where it is another one.
    passage: Option<Embedding>,
}

impl Vectors {
    fn passage(&self) -> &Embedding {
        self.passage.as_ref().unwrap_or(&self.query)
    }
}

fn milliseconds_since(instant: Instant) -> f64 {
    instant.elapsed().as_secs_f64() * 1000.0
}
