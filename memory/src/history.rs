//! What became of a memory: each change with what it replaced, and its other versions.
//!
//! A change keeps what it replaced in the memory's own document (`history`, at most twenty entries and 128 KiB, the oldest
//! go first), so that it can be seen, and taken back.

use serde::{Deserialize, Serialize};

use crate::{
    comparison::{Differences, Reading, Verdict, compare},
    model::{MemoryRecord, words},
    scope::MemoryId,
};

words! {
    /// What was done to a memory.
    Deed, "what" {
        /// Text, kind, lifetime or labels were changed.
        Edit = "edit",
        /// A text that says the same was counted as a hit; its wording is kept.
        Merge = "merge",
        /// Another memory took its place.
        Superseded = "superseded",
        /// It is current again.
        Restored = "restored",
        /// A change was taken back.
        Revert = "revert",
        /// Somebody decided that it and another one both hold.
        KeepBoth = "keep_both",
        /// Somebody decided that it and another one do not disagree.
        NoConflict = "no_conflict",
        /// It was dropped, and can be brought back for a while.
        Drop = "drop",
    }
}

/// A change of a memory, and what it replaced: a field that is `None` was not changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PastChange {
    /// When, in Unix seconds.
    pub ts: f64,
    /// The way in: `page`, `api`, `cli`, `library`, or the name of an agent's program.
    pub by: String,
    /// What was done, a word of [`Deed`]; other programs may have written another one.
    pub what: String,
    /// The former text; for a merge the wording that was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The former kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The former labels; empty where it had none, which a document tells as null.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "none_are_no_labels")]
    pub tags: Option<Vec<String>>,
    /// When it would have expired, in Unix milliseconds; -1 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
    /// The memory that took its place, or that had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<MemoryId>,
    /// The memory that it was a version of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revises: Option<MemoryId>,
}

/// Null is told for a memory that had no labels; nothing is told where they were not changed.
fn none_are_no_labels<'de, D: serde::Deserializer<'de>>(tags: D) -> Result<Option<Vec<String>>, D::Error> {
    Option::<Vec<String>>::deserialize(tags).map(|tags| Some(tags.unwrap_or_default()))
}

impl PastChange {
    /// What was done, where it is a word of ours.
    #[must_use]
    pub fn deed(&self) -> Option<Deed> {
        self.what.parse().ok()
    }

    /// Whether it can be taken back.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        matches!(
            self.deed(),
            Some(Deed::Edit | Deed::Revert | Deed::Superseded | Deed::Restored | Deed::Drop)
        )
    }
}

/// A memory with what became of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// The memory as it is now.
    pub memory: MemoryRecord,
    /// What was changed, oldest first.
    pub changes: Vec<PastChange>,
    /// The other versions of the same thing, newest first: those of its chain of revisions, what it superseded and what
    /// superseded it. At most a hundred.
    pub versions: Vec<MemoryRecord>,
    /// For how many seconds it can yet be brought back, where it was dropped.
    pub aside_seconds: Option<u64>,
}

/// A memory and an earlier version of it that still holds: nobody has decided between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// The newer one.
    pub newer: MemoryId,
    /// The earlier one.
    pub earlier: MemoryId,
    /// Where they differ.
    pub differences: Differences,
}

/// Which of these memories disagree with which newer one among them, and about what.
///
/// Each earlier version is compared with the newest of its chain: that is what whoever reads them has to know.
#[must_use]
pub fn disagreements(memories: &[MemoryRecord]) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut newest: Vec<&MemoryRecord> = Vec::new();
    for memory in memories {
        let Some(newer) = newest.iter().find(|newer| newer.chain_id() == memory.chain_id()) else {
            newest.push(memory);
            continue;
        };
        let differences = match compare(&memory.text, &newer.text, Reading::Whole) {
            Verdict::Revision(differences) => differences,
            // Neighbours in the chain differ in one thing each; its ends may differ in many.
            Verdict::Same | Verdict::Other => Differences::default(),
        };
        found.push(Disagreement { newer: newer.id.clone(), earlier: memory.id.clone(), differences });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_earlier_version_disagrees_with_the_newest_of_its_chain() {
        let memory = |id: &str, chain: Option<&str>, text: &str| MemoryRecord {
            id: id.parse().unwrap(),
            chain: chain.map(|chain| chain.parse().unwrap()),
            text: text.into(),
            ..MemoryRecord::default()
        };
        let recalled = [
            memory("c", Some("a"), "The stand-up is on Friday."),
            memory("b", Some("a"), "The stand-up is on Thursday."),
            memory("a", None, "The stand-up is on Tuesday."),
            memory("x", None, "Ada likes tea."),
        ];
        let found = disagreements(&recalled);
        let pairs: Vec<_> = found.iter().map(|one| (one.newer.as_str(), one.earlier.as_str())).collect();
        assert_eq!(pairs, [("c", "b"), ("c", "a")]);
        let first = &found[0].differences.list[0];
        assert_eq!((first.earlier.text.as_str(), first.newer.text.as_str()), ("Thursday", "Friday"));
        assert!(disagreements(&recalled[3..]).is_empty());
    }

    #[test]
    fn labels_of_a_memory_that_had_none_are_taken_back_too() {
        let read = |json: &str| serde_json::from_str::<PastChange>(json).unwrap().tags;
        assert_eq!(read(r#"{"what":"edit","tags":null}"#), Some(Vec::new()));
        assert_eq!(read(r#"{"what":"edit","tags":["a"]}"#), Some(vec!["a".to_owned()]));
        assert_eq!(read(r#"{"what":"edit"}"#), None);
    }

    #[test]
    fn a_change_of_another_program_is_read_and_never_taken_back() {
        let change: PastChange = serde_json::from_str(r#"{"ts":1,"what":"translated","x":[]}"#).unwrap();
        assert_eq!((change.deed(), change.is_reversible()), (None, false));
        let merge = PastChange { what: Deed::Merge.to_string(), ..PastChange::default() };
        assert!(!merge.is_reversible());
    }
}
