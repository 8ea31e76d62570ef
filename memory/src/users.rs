//! Who has a memory here, and the receipt of forgetting somebody.

use serde::{Deserialize, Serialize};

/// Unreached keys that a [`Receipt`] names at most.
pub const UNREACHED_NAMED: usize = 20;

/// Users and namespaces that a list has at most.
pub const USERS_MAX: usize = 10_000;

/// What a user has in one namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserSummary {
    /// The user.
    pub user: String,
    /// The namespace; `None` for threads of another program, which told none: they belong to their user in every one.
    pub namespace: Option<String>,
    /// Memories in the index, those that others took the place of among them.
    pub memories: u64,
    /// Threads that have not expired.
    pub threads: u64,
}

/// What was forgotten of a user, or would be in a dry run: a count for each family of records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The user.
    pub user: String,
    /// The namespace; `None` for all of them.
    pub namespace: Option<String>,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Memories that were current.
    pub memories: u64,
    /// Memories that others took the place of.
    pub superseded: u64,
    /// Memories whose vector has not as many numbers as the model's, or whose time is no number: the index cannot read them.
    pub unreadable: u64,
    /// Memories that were dropped and could still be brought back.
    pub set_aside: u64,
    /// Threads: working memory.
    pub threads: u64,
    /// Entries of event logs. A log that nothing else is in goes with them.
    pub events: u64,
    /// Answers and outcomes kept for repeated requests.
    pub answers: u64,
    /// Pairs of memories that waited for a decision, or were decided.
    pub reviews: u64,
    /// Judged queries, profiles of settings, and the list of settings tried.
    pub judgements: u64,
    /// Changes of many memories that could still be taken back.
    pub undo: u64,
    /// Records of any family that name no owner: nobody can tell whose they are, so they stay. Entries of event logs that other
    /// programs wrote are among them where the thread has expired and the log does not say who began it.
    pub ownerless: u64,
    /// Keys below our prefixes that could not be looked at or deleted: those of another type than ours, for one.
    pub unreached: u64,
    /// Their names, at most [`UNREACHED_NAMED`].
    pub unreached_keys: Vec<String>,
}

impl Receipt {
    /// Records of all families that were forgotten, or would be.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.families().iter().map(|(_, count)| count).sum()
    }

    /// Each family and its count, in the order in which a person would read them.
    #[must_use]
    pub fn families(&self) -> [(&'static str, u64); 10] {
        [
            ("memories", self.memories),
            ("superseded", self.superseded),
            ("unreadable", self.unreadable),
            ("set_aside", self.set_aside),
            ("threads", self.threads),
            ("events", self.events),
            ("answers", self.answers),
            ("reviews", self.reviews),
            ("judgements", self.judgements),
            ("undo", self.undo),
        ]
    }
}
