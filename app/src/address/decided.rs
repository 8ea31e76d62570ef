//! A decision in a word of the address, so that a link to undo it needs nothing else.

use agent_memory::{MemoryId, review::Decided};

/// A decision as a word: `newer_wins older newer`, and for a merge the id of what took the place of both.
#[must_use]
pub fn decided_word(decided: &Decided) -> String {
    let Decided { decision, older, newer, merged } = decided;
    let mut word = format!("{} {older} {newer}", decision.as_str());
    if let Some(merged) = merged {
        word.push(' ');
        word.push_str(merged.as_str());
    }
    word
}

/// The decision that a word tells of; `None` where it tells of none.
#[must_use]
pub fn decided_of(word: &str) -> Option<Decided> {
    let mut parts = word.split(' ');
    let decision = parts.next()?.parse().ok()?;
    let mut id = || parts.next().and_then(|id| MemoryId::existing(id).ok());
    Some(Decided { decision, older: id()?, newer: id()?, merged: id() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_survives_the_way_through_the_address() {
        for word in ["newer_wins a b", "keep_both 0123456789ab x:1", "merge a b c"] {
            let decided = decided_of(word).unwrap();
            assert_eq!(decided_word(&decided), word);
        }
        assert_eq!(decided_of("merge a b c").unwrap().merged.unwrap().as_str(), "c");
    }

    #[test]
    fn nonsense_is_no_decision() {
        for word in ["", "newer_wins", "newer_wins a", "toss_a_coin a b"] {
            assert_eq!(decided_of(word), None, "{word}");
        }
    }
}
