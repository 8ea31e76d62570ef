//! Answers kept for repeated requests, so that a repetition after a lost answer does nothing twice.

use std::time::Duration;

use redis::Value;

use super::{Store, reply, scripts};
use crate::{Error, Result};

/// How long a claim holds where its run never ends: longer than any request takes, short enough for a retry.
const CLAIM_HOLDS: Duration = Duration::from_secs(60);

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

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
pub enum Claim {
    /// Nothing until now: it is ours to run, under this token.
    Ours {
        /// Names this run in [`Idempotency::keep`] and [`Idempotency::give_up`].
        token: String,
    },
    /// Another run is at it.
    Running,
    /// It ran, and this was the answer.
    Done(Answer),
    /// The key stands for another request.
    Taken,
}

impl Idempotency {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Claims a key, or tells what is known of it; one atomic step. `digest` names scope, path and key; `fingerprint` is that
    /// of the whole request. A claim holds for a minute, an answer for a day.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn claim(&self, digest: &str, fingerprint: &str) -> Result<Claim> {
        let token = format!("{:016x}", crate::service::random_bits()?);
        let mut command = scripts::call(&scripts::CLAIM, &[self.store.keys().idempotency(digest)]);
        command.arg(fingerprint).arg(&token).arg(CLAIM_HOLDS.as_millis().to_string());
        let known = reply::elements(self.store.one("claim an idempotency key", command).await?);
        let text = |at: usize| known.get(at).and_then(reply::text);
        match (text(0), text(1)) {
            (None, _) => Ok(Claim::Ours { token }),
            (Some(given), _) if given != fingerprint => Ok(Claim::Taken),
            (Some(_), None) => Ok(Claim::Running),
            (Some(_), Some(status)) => Ok(Claim::Done(Answer {
                status: status.parse().map_err(|_| nonsense())?,
                content_type: text(2).unwrap_or_default(),
                body: text(3).unwrap_or_default(),
            })),
        }
    }

    /// Keeps the answer of a run for its repetitions.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer.
    pub async fn keep(&self, digest: &str, token: &str, answer: &Answer) -> Result<()> {
        let mut command = scripts::call(&scripts::SETTLE, &[self.store.keys().idempotency(digest)]);
        command.arg(token).arg(KEPT.as_secs());
        command.arg(answer.status).arg(&answer.content_type).arg(&answer.body);
        self.store.one("keep an answer", command).await.map(drop)
    }

    /// Gives a claim up, so that the next repetition runs.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Refused`] where Redis cannot answer; the claim ends by itself then.
    pub async fn give_up(&self, digest: &str, token: &str) -> Result<()> {
        let mut command = scripts::call(&scripts::SETTLE, &[self.store.keys().idempotency(digest)]);
        command.arg(token).arg(0);
        let _: Value = self.store.one("give up an idempotency key", command).await?;
        Ok(())
    }
}

fn nonsense() -> Error {
    Error::Refused { attempt: "read a kept answer", reason: "it has no status".into() }
}
