//! What became of the text that was asked or sent last.

use agent_memory::{MemoryRecord, Timings, turn::Step};

use super::distance::distance;
use crate::address::{Asked, Became};

/// The last text and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LastTurn {
    /// Whose memory was asked, in words.
    pub whose: String,
    /// What was said, possibly cut, and what became of it.
    pub asked: Asked,
    /// How near the memory was that a duplicate went onto, where that is known.
    pub deduplicated_at: Option<f64>,
    /// How long it took.
    pub timings: Timings,
    /// What was asked of Redis.
    pub steps: Vec<Step>,
}

impl LastTurn {
    /// What became of it in words, such as `deduplicated onto 0123456789ab at 0.149`.
    #[must_use]
    pub fn outcome(&self) -> String {
        match (&self.asked.became, self.deduplicated_at) {
            (Became::Probe, _) => "only asked: nothing written, nothing logged".into(),
            (Became::Skipped, _) => "skipped: nothing written to long-term memory".into(),
            (Became::Goal, _) => "goal set: nothing written to long-term memory".into(),
            (Became::New(id), _) => format!("new memory {id}"),
            (Became::Onto(id), Some(at)) => format!("deduplicated onto {id} at {}", distance(at)),
            (Became::Onto(id), None) => format!("deduplicated onto {id}"),
        }
    }
}

impl Became {
    /// The memory that the text itself became.
    #[must_use]
    pub fn own(&self) -> Option<&str> {
        match self {
            Self::New(id) => Some(id),
            _ => None,
        }
    }

    /// How near the memory is that a duplicate went onto, if it is among the candidates.
    #[must_use]
    pub fn deduplicated_at(&self, candidates: &[MemoryRecord]) -> Option<f64> {
        let Self::Onto(onto) = self else { return None };
        candidates.iter().find(|memory| memory.id == onto.as_str())?.distance
    }
}

/// Milliseconds, such as `2.9 ms`; two decimals below one.
#[must_use]
pub fn milliseconds(value: f64) -> String {
    if value < 1.0 { format!("{value:.2} ms") } else { format!("{value:.1} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_is_told_in_words() {
        let rows = [
            (Became::Probe, None, "only asked: nothing written, nothing logged"),
            (Became::New("own".into()), None, "new memory own"),
            (Became::Onto("old".into()), Some(0.1491), "deduplicated onto old at 0.149"),
            (Became::Onto("gone".into()), None, "deduplicated onto gone"),
        ];
        for (became, deduplicated_at, expected) in rows {
            let asked = Asked { query: "q".into(), became };
            let whose = "ada in work".into();
            let turn = LastTurn { whose, asked, deduplicated_at, timings: Timings::default(), steps: vec![] };
            assert_eq!(turn.outcome(), expected);
        }
    }

    #[test]
    fn a_duplicate_s_distance_is_found_among_the_candidates() {
        let old =
            MemoryRecord { id: "old".parse().unwrap(), distance: Some(0.149), ..MemoryRecord::default() };
        assert_eq!(Became::Onto("old".into()).deduplicated_at(std::slice::from_ref(&old)), Some(0.149));
        assert_eq!(Became::Onto("gone".into()).deduplicated_at(std::slice::from_ref(&old)), None);
        assert_eq!(Became::Probe.deduplicated_at(&[old]), None);
    }

    #[test]
    fn times_below_a_millisecond_have_two_decimals() {
        assert_eq!(milliseconds(0.416), "0.42 ms");
        assert_eq!(milliseconds(2.94), "2.9 ms");
    }
}
