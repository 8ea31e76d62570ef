//! A write as `scripts/write.lua` reads it.

use std::collections::BTreeMap;

use serde::Serialize;

/// The request as `write.lua` reads it.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    pub(super) user: &'a str,
    pub(super) namespace: &'a str,
    pub(super) now: String,
    pub(super) by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<ToldSession>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<ToldMemory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<ToldEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) once: Option<ToldOnce>,
}

#[derive(Serialize)]
pub(super) struct ToldSession {
    pub(super) key: usize,
    pub(super) thread_id: String,
    pub(super) agent: String,
    pub(super) ttl: u64,
    pub(super) window: usize,
    pub(super) operation: &'static str,
    pub(super) last_said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) threads: Option<ToldThreads>,
}

#[derive(Serialize)]
pub(super) struct ToldThreads {
    pub(super) index: String,
    pub(super) query: &'static str,
    pub(super) prefix: String,
    pub(super) limit: usize,
}

#[derive(Serialize)]
pub(super) struct ToldMemory {
    pub(super) key: usize,
    pub(super) prefix: String,
    pub(super) index: String,
    pub(super) query: String,
    pub(super) kind: &'static str,
    pub(super) ttl: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at_ms: Option<u64>,
    pub(super) threshold: f64,
    pub(super) tells_thread: bool,
    pub(super) rule: &'static str,
    pub(super) review: usize,
    pub(super) supersedes: Vec<ToldOlder>,
    pub(super) judged: BTreeMap<String, ToldVerdict>,
}

/// A memory that the new one is to supersede.
#[derive(Serialize)]
pub(super) struct ToldOlder {
    pub(super) key: usize,
    pub(super) id: String,
}

#[derive(Serialize)]
pub(super) struct ToldEvent {
    pub(super) key: usize,
    pub(super) prefix: String,
    pub(super) action: String,
    pub(super) detail: String,
    pub(super) ttl: u64,
    pub(super) length: usize,
}

#[derive(Serialize)]
pub(super) struct ToldOnce {
    pub(super) key: usize,
    pub(super) fingerprint: String,
    pub(super) part: String,
    pub(super) ttl: u64,
}

#[derive(Serialize)]
pub(super) struct ToldVerdict {
    pub(super) token: String,
    pub(super) verdict: &'static str,
}
