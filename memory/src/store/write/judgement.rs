//! What a new text is to the memories around it. Redis finds them, [`crate::comparison`] says what they are, and the write
//! is sent again with that: only where there are some within the dedup distance, so most writes take one round trip.

use redis::Value;

use super::told::ToldVerdict;
use crate::{
    comparison::{Differences, Verdict},
    scope::MemoryId,
    store::{codec, reply},
    turn::Revised,
};

/// A memory within the dedup distance of a new text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Neighbour {
    pub(super) id: MemoryId,
    distance: f64,
    /// Stands for the text as it was when Redis told it.
    token: String,
    text: String,
}

/// A neighbour, and what the new text is to it.
pub(crate) struct Judged {
    neighbour: Neighbour,
    verdict: Verdict,
}

/// The neighbours in an answer of `write.lua`: id, distance, token and text of each in turn, behind the first word.
pub(super) fn neighbours(answer: &[Value]) -> Vec<Neighbour> {
    let rows = answer.get(1..).unwrap_or_default().chunks_exact(4);
    let neighbour = |row: &[Value]| {
        let text = |at: usize| reply::text(&row[at]);
        Some(Neighbour {
            id: MemoryId::read(text(0)?),
            distance: codec::distance(&text(1)?)?,
            token: text(2)?,
            text: text(3)?,
        })
    };
    rows.filter_map(neighbour).collect()
}

impl Judged {
    /// A neighbour with what the new text is to its text.
    pub(super) fn new(neighbour: Neighbour, verdict: impl FnOnce(&str) -> Verdict) -> Self {
        Self { verdict: verdict(&neighbour.text), neighbour }
    }

    pub(super) fn is_of(&self, id: &MemoryId) -> bool {
        self.neighbour.id == *id
    }

    pub(super) fn told(&self) -> (String, ToldVerdict) {
        let verdict = match self.verdict {
            Verdict::Same => "same",
            Verdict::Revision(_) => "revision",
            Verdict::Other => "other",
        };
        (self.neighbour.id.to_string(), ToldVerdict { token: self.neighbour.token.clone(), verdict })
    }
}

/// The memory that a new one revises, from the script's answer, with the words that differ as they were judged.
pub(super) fn revised(id: &str, distance: &str, judged: &[Judged]) -> Option<Revised> {
    if id.is_empty() {
        return None;
    }
    let known = judged.iter().find(|judged| judged.neighbour.id == id);
    let differences = match known.map(|judged| &judged.verdict) {
        Some(Verdict::Revision(differences)) => differences.clone(),
        _ => Differences::default(),
    };
    Some(Revised { memory_id: MemoryId::read(id), distance: codec::distance(distance)?, differences })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::{Reading, compare};

    #[test]
    fn neighbours_are_read_four_by_four() {
        let bulk = |text: &str| Value::BulkString(text.into());
        let answer = ["judge", "a", "0.1", "t", "Tea on Monday.", "b", "nan", "u", "x"].map(bulk);
        let read = neighbours(&answer);
        assert_eq!((read.len(), read[0].id.as_str(), read[0].text.as_str()), (1, "a", "Tea on Monday."));
    }

    #[test]
    fn a_revision_tells_which_words_differ() {
        let near = Neighbour {
            id: MemoryId::read("a"),
            distance: 0.1,
            token: "t".into(),
            text: "The dose is 5 mg.".into(),
        };
        let revision = Judged::new(near, |earlier| compare(earlier, "The dose is 10 mg.", Reading::Whole));
        assert_eq!(revision.told().1.verdict, "revision");
        let revised = revised("a", "0.1", &[revision]).unwrap();
        assert_eq!((revised.memory_id.as_str(), revised.differences.list.len()), ("a", 1));
    }
}
