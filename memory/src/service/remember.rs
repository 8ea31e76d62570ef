//! Remembering texts outside of any turn.

use super::{Memory, now};
use crate::{
    Embedding, Result,
    embedder::Purpose,
    input,
    lifetime::Lifetime,
    model::Kind,
    scope::{MemoryId, Scope},
    store::{NewMemory, Request, Write, model::check_dimensions},
    text::Text,
    turn::{Relation, Written},
};

/// A text to remember outside of any turn.
///
/// ```
/// use agent_memory::{Kind, Text, service::NewText};
///
/// let new = NewText::new(Kind::Semantic, Text::new("Ada is allergic to peanuts.")?);
/// # Ok::<(), agent_memory::InvalidInput>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewText {
    /// What is remembered.
    pub text: Text,
    /// Its kind.
    pub kind: Kind,
    /// The thread it comes from; empty where it comes from none.
    pub source_thread: String,
    /// How long it is kept.
    pub lifetime: Lifetime,
    /// Its labels, see [`crate::input::tags`].
    pub tags: Vec<String>,
    /// What its writer knows of earlier memories; the usual comparison decides where nothing is known.
    pub relation: Relation,
}

impl NewText {
    /// A text of this kind that comes from no thread and is kept as long as its kind.
    #[must_use]
    pub fn new(kind: Kind, text: Text) -> Self {
        Self {
            text,
            kind,
            source_thread: String::new(),
            lifetime: Lifetime::OfKind,
            tags: Vec::new(),
            relation: Relation::default(),
        }
    }
}

impl Memory {
    /// Remembers a text.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a name of a thread or a label that is too long, [`crate::Error::NoSuchMemory`] where it should
    /// supersede one that the scope does not have; nothing was written then.
    pub async fn remember(&self, scope: &Scope, text: NewText) -> Result<Written> {
        let written = self.remember_many(scope, &[text]).await?;
        written.into_iter().next().ok_or_else(|| crate::store::unknown_answer("remember"))
    }

    /// Remembers texts, embedded together and written in one round trip; one answer per text, in their order. Each write is
    /// atomic by itself, and a text that says the same as one before it is deduplicated onto that.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a name of a thread or a label that is too long; nothing was written then.
    /// [`crate::Error::NoSuchMemory`] for the first text that should supersede one that the scope does not have: the others are
    /// written.
    pub async fn remember_many(&self, scope: &Scope, texts: &[NewText]) -> Result<Vec<Written>> {
        for new in texts.iter().filter(|new| !new.source_thread.is_empty()) {
            input::name("source_thread", &new.source_thread)?;
        }
        for new in texts {
            input::tags(&new.tags)?;
        }
        let embeddings = self.embed_all(texts).await?;
        self.write_all(scope, texts, &embeddings).await
    }

    /// Writes texts whose vectors are known.
    pub(super) async fn write_all(
        &self,
        scope: &Scope,
        texts: &[NewText],
        embeddings: &[Embedding],
    ) -> Result<Vec<Written>> {
        let ids = texts.iter().map(|_| MemoryId::random()).collect::<Result<Vec<_>>>()?;
        let created_ts = now();
        let writes: Vec<Write<'_>> = texts
            .iter()
            .zip(embeddings)
            .zip(&ids)
            .enumerate()
            .map(|(part, ((new, embedding), id))| {
                let memory = NewMemory {
                    id,
                    text: new.text.as_str(),
                    embedding,
                    kind: new.kind,
                    source_thread: &new.source_thread,
                    lifetime: new.lifetime,
                    created_ts,
                    tags: &new.tags,
                    relation: Some(&new.relation),
                };
                self.write(scope, created_ts).memory(Some(memory)).once(self.once.as_ref(), part)
            })
            .collect();
        let requests = writes.iter().map(|write| self.writer.request(*write, &[]));
        let replies = self.store.run("remember", Request::all(requests.collect::<Vec<_>>())).await?;
        let mut written = Vec::with_capacity(writes.len());
        for (write, reply) in writes.into_iter().zip(replies) {
            let truncated_after = write.text().and_then(|text| self.embedder.truncates_after(text));
            let outcome = self.writer.finish("remember", write, reply).await?;
            let outcome = outcome.written.ok_or_else(|| crate::store::unknown_answer("remember"))?;
            written.push(Written { truncated_after, ..outcome });
        }
        Ok(written)
    }

    /// A single text counts as one that somebody waits for; several are embedded together.
    async fn embed_all(&self, texts: &[NewText]) -> Result<Vec<Embedding>> {
        match texts {
            [new] => Ok(vec![self.embed(&new.text, Purpose::Passage).await?]),
            texts => self.embed_many(&texts.iter().map(|new| new.text.to_string()).collect::<Vec<_>>()).await,
        }
    }

    /// The vectors of many texts to be remembered, computed together, after single texts that come meanwhile.
    pub(super) async fn embed_many(&self, texts: &[String]) -> Result<Vec<Embedding>> {
        let embeddings = self.embedder.embed_many(texts, Purpose::Passage).await?;
        for embedding in &embeddings {
            check_dimensions(self.store.place(), embedding)?;
        }
        Ok(embeddings)
    }
}
