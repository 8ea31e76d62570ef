//! What became of a memory, in words.

use agent_memory::{
    MemoryId, MemoryRecord,
    history::{Deed, History, PastChange},
};

use super::instant::date;

/// What was done, such as `edited`.
#[must_use]
pub fn deed_text(change: &PastChange) -> String {
    let words = match change.deed() {
        Some(Deed::Edit) => "edited",
        Some(Deed::Merge) => "met a text that says the same",
        Some(Deed::Superseded) => "superseded",
        Some(Deed::Restored) => "made current again",
        Some(Deed::Revert) => "a change taken back",
        Some(Deed::KeepBoth) => "kept beside another one",
        Some(Deed::NoConflict) => "found not to disagree",
        Some(Deed::Drop) => "dropped",
        None => return change.what.clone(),
    };
    words.into()
}

/// What a change replaced beside the text, each in words.
#[must_use]
pub fn replaced(change: &PastChange) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(kind) = &change.kind {
        words.push(format!("was {kind}"));
    }
    match change.tags.as_deref() {
        Some([]) => words.push("had no labels".into()),
        Some(tags) => words.push(format!("was labelled {}", tags.join(", "))),
        None => {}
    }
    match change.expires_at_ms {
        Some(at_ms) if at_ms < 0 => words.push("was pinned".into()),
        Some(at_ms) => words.push(format!("would have ended on {}", date(at_ms as f64 / 1000.0))),
        None => {}
    }
    words
}

/// The text that a change led to: what the next change of the text replaced, or what the memory says now.
#[must_use]
pub fn text_after(history: &History, at: usize) -> &str {
    let later = history.changes.iter().skip(at + 1);
    let replaced =
        later.filter(|change| change.deed() != Some(Deed::Merge)).find_map(|change| change.text.as_deref());
    replaced.unwrap_or(&history.memory.text)
}

/// A version of a memory, as the sheet lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The memory that says it.
    pub id: MemoryId,
    /// What it says.
    pub text: String,
    /// What the version before it said; empty for the first one.
    pub former: String,
    /// When it was written, in Unix seconds.
    pub created_ts: f64,
    /// Whether another one took its place.
    pub is_superseded: bool,
}

/// All versions of what a memory is about, itself among them, newest first; none where it is the only one.
#[must_use]
pub fn versions(history: &History) -> Vec<Version> {
    if history.versions.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<&MemoryRecord> = history.versions.iter().collect();
    all.push(&history.memory);
    all.sort_by(|one, other| other.created_ts.total_cmp(&one.created_ts));
    let formers = all.iter().skip(1).map(|memory| memory.text.clone()).chain([String::new()]);
    let versions = all.iter().zip(formers).map(|(memory, former)| Version {
        id: memory.id.clone(),
        text: memory.text.clone(),
        former,
        created_ts: memory.created_ts,
        is_superseded: memory.superseded_by.is_some(),
    });
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(id: &str, text: &str, created_ts: f64) -> MemoryRecord {
        MemoryRecord { id: id.parse().unwrap(), text: text.into(), created_ts, ..MemoryRecord::default() }
    }

    #[test]
    fn versions_stand_newest_first_each_beside_the_one_before() {
        let history = History {
            memory: memory("b", "Two.", 2.0),
            versions: vec![memory("c", "Three.", 3.0), memory("a", "One.", 1.0)],
            ..History::default()
        };
        let versions = versions(&history);
        let told: Vec<_> = versions.iter().map(|it| (it.id.as_str(), it.former.as_str())).collect();
        assert_eq!(told, [("c", "Two."), ("b", "One."), ("a", "")]);
        assert!(super::versions(&History { versions: Vec::new(), ..history }).is_empty());
    }

    #[test]
    fn a_change_is_told_with_what_it_replaced() {
        let change = PastChange {
            what: "edit".into(),
            kind: Some("episodic".into()),
            tags: Some(vec!["a".into(), "b".into()]),
            expires_at_ms: Some(1_795_334_592_250),
            ..PastChange::default()
        };
        assert_eq!(deed_text(&change), "edited");
        assert_eq!(
            replaced(&change),
            ["was episodic", "was labelled a, b", "would have ended on 2026-11-22"]
        );
        let pinned = PastChange { tags: Some(Vec::new()), expires_at_ms: Some(-1), ..PastChange::default() };
        assert_eq!(replaced(&pinned), ["had no labels", "was pinned"]);
    }

    #[test]
    fn a_change_led_to_what_the_next_one_replaced() {
        let change = |what: &str, text: Option<&str>| PastChange {
            what: what.into(),
            text: text.map(Into::into),
            ..PastChange::default()
        };
        let changes = vec![
            change("edit", Some("One.")),
            change("merge", Some("One!")),
            change("edit", None),
            change("edit", Some("Two.")),
        ];
        let history = History { memory: memory("a", "Three.", 1.0), changes, ..History::default() };
        let after: Vec<_> = (0..4).map(|at| text_after(&history, at)).collect();
        assert_eq!(after, ["Two.", "Two.", "Two.", "Three."]);
    }
}
