//! Picking rows, and what is done to many memories, in words.

use super::text::memories;
use crate::address::{Deed, Done};

/// The rows from one to another one, both among them; `None` where one is not there.
#[must_use]
pub fn between<'a>(rows: &'a [String], one: &str, other: &str) -> Option<&'a [String]> {
    let at = |id: &str| rows.iter().position(|row| row == id);
    let (one, other) = (at(one)?, at(other)?);
    rows.get(one.min(other)..=one.max(other))
}

/// The row after or before one, for arrow keys.
#[must_use]
pub fn beside<'a>(rows: &'a [String], id: &str, is_after: bool) -> Option<&'a str> {
    let at = rows.iter().position(|row| row == id)?;
    let beside = if is_after { at.checked_add(1) } else { at.checked_sub(1) };
    rows.get(beside?).map(String::as_str)
}

/// What a button says that does it to many.
#[must_use]
pub fn deed_label(deed: Deed) -> &'static str {
    match deed {
        Deed::Edit => "Edit",
        Deed::Drop => "Drop",
        Deed::Pin => "Pin",
        Deed::Semantic => "Make semantic",
        Deed::Episodic => "Make episodic",
    }
}

/// What is asked before it is done to all that match, such as `Drop 57 memories?`.
#[must_use]
pub fn question(deed: Deed, count: usize) -> String {
    let memories = memories(count as u64);
    match deed {
        Deed::Semantic => format!("Make {memories} semantic?"),
        Deed::Episodic => format!("Make {memories} episodic?"),
        deed => format!("{} {memories}?", deed_label(deed)),
    }
}

/// What was done, such as `Dropped 57 memories.`
#[must_use]
pub fn done_text(done: &Done) -> String {
    let memories = memories(done.count as u64);
    match done.deed {
        Deed::Edit => "Saved.".into(),
        Deed::Drop => format!("Dropped {memories}."),
        Deed::Pin => format!("Pinned {memories}."),
        Deed::Semantic => format!("Made {memories} semantic."),
        Deed::Episodic => format!("Made {memories} episodic."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<String> {
        ["a", "b", "c", "d"].map(String::from).to_vec()
    }

    #[test]
    fn a_range_runs_both_ways() {
        let rows = rows();
        assert_eq!(between(&rows, "b", "d"), Some(&rows[1..4]));
        assert_eq!(between(&rows, "d", "b"), Some(&rows[1..4]));
        assert_eq!(between(&rows, "c", "c"), Some(&rows[2..3]));
        assert_eq!(between(&rows, "", "c"), None);
    }

    #[test]
    fn arrows_end_at_the_ends() {
        let rows = rows();
        assert_eq!((beside(&rows, "a", true), beside(&rows, "a", false)), (Some("b"), None));
        assert_eq!((beside(&rows, "d", true), beside(&rows, "x", true)), (None, None));
    }

    #[test]
    fn what_is_asked_and_done_tells_how_many() {
        assert_eq!(question(Deed::Drop, 57), "Drop 57 memories?");
        assert_eq!(question(Deed::Semantic, 1), "Make 1 memory semantic?");
        let done = |deed| done_text(&Done { deed, count: 57, undo: String::new() });
        assert_eq!((done(Deed::Drop), done(Deed::Edit)), ("Dropped 57 memories.".into(), "Saved.".into()));
        assert_eq!(done(Deed::Episodic), "Made 57 memories episodic.");
    }
}
