//! Writes that are done once, however often they are sent.
//!
//! The write itself keeps its outcome under the caller's key in the same atomic step (`scripts/write.lua`), so a repetition
//! finds what was done even where the first answer never arrived, or nobody knows whether the write did. The whole answer
//! is kept beside it afterwards, so that a repetition usually is one read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::Value;

use super::{Store, reply, request::Request, scripts};
use crate::{Result, scope::Scope};

/// How long an outcome and an answer are kept.
pub(super) const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A caller's key for a request. Cheap to clone; clones know of each other whether the request was a repetition.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    digest: Arc<str>,
    fingerprint: Arc<str>,
    scope: Option<Arc<Scope>>,
    was_repeated: Arc<AtomicBool>,
}

impl IdempotencyKey {
    /// `digest` names scope, path and key; `fingerprint` is that of the whole request.
    #[must_use]
    pub fn new(digest: &str, fingerprint: &str) -> Self {
        Self {
            digest: digest.into(),
            fingerprint: fingerprint.into(),
            scope: None,
            was_repeated: Arc::default(),
        }
    }

    /// The same key, which says whose request it is: what is kept under it goes when that user is forgotten.
    #[must_use]
    pub fn of(self, scope: &Scope) -> Self {
        Self { scope: Some(Arc::new(scope.clone())), ..self }
    }

    /// Whether a write under this key found that it was done before.
    #[must_use]
    pub fn was_repeated(&self) -> bool {
        self.was_repeated.load(Ordering::Relaxed)
    }

    /// What names the request.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(super) fn tell_repeated(&self) {
        self.was_repeated.store(true, Ordering::Relaxed);
    }
}

/// The store of kept answers. Cheap to clone.
#[derive(Clone)]
pub struct Idempotency {
    store: Store,
}

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status, or whatever stands for success with the caller.
    pub status: u16,
    /// Media type of the body.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// No answer was kept: run it. Whatever it wrote before, its writes find by themselves.
    Nothing,
    /// It ran, and this was the answer.
    Answered(Answer),
    /// The key stands for another request.
    Taken,
}

impl Idempotency {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// What is known of a key.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn look_up(&self, key: &IdempotencyKey) -> Result<Known> {
        let mut command = redis::cmd("HMGET");
        command.arg(self.store.keys().idempotency(key.digest()));
        command.arg(&["fingerprint", "status", "content_type", "body"]);
        let request = Request::one(command, |reply| Ok(known(reply, key.fingerprint())));
        self.store.run("look up an idempotency key", request).await
    }

    /// Keeps the answer to a request for its repetitions, for a day.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub async fn keep(&self, key: &IdempotencyKey, answer: &Answer) -> Result<()> {
        let mut command = scripts::call(&scripts::KEEP, &[self.store.keys().idempotency(key.digest())]);
        command.arg(key.fingerprint()).arg(KEPT.as_secs());
        command.arg(answer.status).arg(&answer.content_type).arg(&answer.body);
        let scope = key.scope.as_deref();
        command.arg(scope.map_or("", Scope::user)).arg(scope.map_or("", Scope::namespace));
        self.store.run("keep an answer", Request::one(command, |_| Ok(()))).await
    }
}

fn known(reply: Value, fingerprint: &str) -> Known {
    let fields = reply::elements(reply);
    let text = |at: usize| fields.get(at).and_then(reply::text);
    match (text(0), text(1).and_then(|status| status.parse().ok())) {
        (Some(given), _) if given != fingerprint => Known::Taken,
        (Some(_), Some(status)) => Known::Answered(Answer {
            status,
            content_type: text(2).unwrap_or_default(),
            body: text(3).unwrap_or_default(),
        }),
        _ => Known::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_answer_to_the_same_request_is_given_again() {
        let bulk = |text: &str| Value::BulkString(text.into());
        let nothing = || Value::Array(vec![Value::Nil, Value::Nil, Value::Nil, Value::Nil]);
        assert_eq!(known(nothing(), "f"), Known::Nothing);
        // Its write was done, and nobody kept the answer.
        assert_eq!(
            known(Value::Array(vec![bulk("f"), Value::Nil, Value::Nil, Value::Nil]), "f"),
            Known::Nothing
        );
        let whole = || Value::Array(vec![bulk("f"), bulk("201"), bulk("text/plain"), bulk("hello")]);
        let answer = Answer { status: 201, content_type: "text/plain".into(), body: "hello".into() };
        assert_eq!(known(whole(), "f"), Known::Answered(answer));
        assert_eq!(known(whole(), "g"), Known::Taken);
    }
}
