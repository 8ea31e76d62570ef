//! What a person is to decide: memories that disagree, or that say the same twice.
//!
//! Nothing is changed by itself. Pairs are found when a memory is written, and by a scan of a scope that compares each of its
//! memories with those around it.

use serde::{Deserialize, Serialize};

use crate::{
    comparison::Differences,
    model::{MemoryRecord, words},
    scope::MemoryId,
};

/// Most pairs in one answer.
pub const PAIRS_MAX: usize = 100;

/// Up to how many a count goes that is shown where nobody asked for it.
pub const COUNTED: u64 = 100;

words! {
    /// What two memories are to each other.
    PairKind, "pair" {
        /// They say something else of the same thing.
        Conflict = "conflict",
        /// They say the same.
        Same = "same",
    }
}

words! {
    /// What a person decides of a pair.
    Decision, "decision" {
        /// The newer one takes the place of the older one.
        NewerWins = "newer_wins",
        /// The older one takes the place of the newer one.
        OlderWins = "older_wins",
        /// Both hold.
        KeepBoth = "keep_both",
        /// They do not disagree at all.
        NoConflict = "no_conflict",
        /// A text of one's own takes the place of both.
        Merge = "merge",
    }
}

/// Two memories of a scope, both current, of which nobody has decided yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// What they are to each other.
    pub kind: PairKind,
    /// The one that was written first.
    pub older: MemoryRecord,
    /// The other one.
    pub newer: MemoryRecord,
    /// How near they are, a cosine distance.
    pub distance: f64,
    /// Where they differ.
    pub differences: Differences,
    /// When that was noticed, in Unix seconds.
    pub found_ts: f64,
    /// The way in by which the newer one came, or `scan`.
    pub by: String,
}

/// What waits for a decision.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Inbox {
    /// Pairs in all.
    pub total: u64,
    /// The latest ones, newest first.
    pub pairs: Vec<Pair>,
}

/// A decision as it was carried out, with all that it takes to undo it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// The older memory of the pair.
    pub older: MemoryId,
    /// The newer one.
    pub newer: MemoryId,
    /// The memory of the text of one's own, for a merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<MemoryId>,
}

/// How far a scan is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScanProgress {
    /// Memories that were compared with those around them by now, in this call.
    pub scanned: usize,
    /// Memories in all that a scan of the whole scope goes through.
    pub total: u64,
    /// Pairs that were not known before, in this call.
    pub found: usize,
    /// Where the next call goes on; `None` once all are done.
    pub next: Option<MemoryId>,
}

/// A document that the index cannot read: it is never listed or recalled. It can be forgotten by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The memory.
    pub id: MemoryId,
    /// What it says, where that is a text.
    pub text: String,
    /// What is wrong with it, in words.
    pub problem: String,
}

/// Some of the documents that the index cannot read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct UnreadablePage {
    /// They.
    pub memories: Vec<Unreadable>,
    /// Where the next call goes on; `None` once all are seen.
    pub next: Option<u64>,
}
