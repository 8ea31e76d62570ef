//! The last turn: what it recalled, what became of its text, how long it took.

use agent_memory::{MemoryRecord, Timings, model::TurnAction, turn::ProbeOutcome};

use super::distance::distance;
use crate::{
    address::{Sent, Wrote},
    api::TurnReply,
};

/// The last turn of the page's user and namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct LastTurn {
    /// What was said, possibly cut.
    pub query: String,
    /// What became of it.
    pub write: LastWrite,
    /// The nearest memories, nearest first, without the one that the turn itself wrote.
    pub candidates: Vec<MemoryRecord>,
    /// How long it took.
    pub timings: Timings,
}

/// What a turn did to long-term memory.
#[derive(Debug, Clone, PartialEq)]
pub enum LastWrite {
    /// A memory was written.
    New {
        /// Its id.
        id: String,
    },
    /// The text was there already.
    Deduplicated {
        /// The memory that holds it.
        onto: String,
        /// How near it was, where that is known.
        at: Option<f64>,
    },
    /// None was asked for.
    Skipped,
    /// The text became the goal.
    GoalSet,
}

impl LastTurn {
    /// From the reply to a turn that the page sent.
    #[must_use]
    pub fn from_reply(reply: TurnReply) -> Self {
        let write = match (reply.action, reply.outcome.written) {
            (TurnAction::Goal, _) => LastWrite::GoalSet,
            (TurnAction::Turn, None) => LastWrite::Skipped,
            (TurnAction::Turn, Some(written)) => match written.deduplicated_at {
                None => LastWrite::New { id: written.memory_id.to_string() },
                at => LastWrite::Deduplicated { onto: written.memory_id.to_string(), at },
            },
        };
        let (candidates, timings) = (reply.outcome.candidates, reply.outcome.timings);
        Self { query: reply.query, write, candidates, timings }
    }

    /// From the URL after a plain form post, and a probe for the same text.
    #[must_use]
    pub fn from_probe(sent: Sent, probe: ProbeOutcome) -> Self {
        let mut candidates = probe.candidates;
        let write = match sent.wrote {
            Wrote::Nothing => LastWrite::Skipped,
            Wrote::New(id) => {
                candidates.retain(|memory| memory.id != id);
                LastWrite::New { id }
            }
            Wrote::Onto(onto) => {
                let at =
                    candidates.iter().find(|memory| memory.id == onto).and_then(|memory| memory.distance);
                LastWrite::Deduplicated { onto, at }
            }
        };
        Self { query: sent.query, write, candidates, timings: probe.timings }
    }
}

impl LastWrite {
    /// In words, such as `deduplicated onto 0123456789ab at 0.149`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::New { id } => format!("new memory {id}"),
            Self::Deduplicated { onto, at: Some(at) } => {
                format!("deduplicated onto {onto} at {}", distance(*at))
            }
            Self::Deduplicated { onto, at: None } => format!("deduplicated onto {onto}"),
            Self::Skipped => "skipped: nothing written to long-term memory".into(),
            Self::GoalSet => "goal set: nothing written to long-term memory".into(),
        }
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

    fn memory(id: &str, distance: f64) -> MemoryRecord {
        MemoryRecord { id: id.into(), distance: Some(distance), ..MemoryRecord::default() }
    }

    fn after(wrote: Wrote) -> LastTurn {
        let candidates = vec![memory("own", 0.0), memory("old", 0.149)];
        let probe = ProbeOutcome { candidates, timings: Timings::default() };
        LastTurn::from_probe(Sent { query: "q".into(), wrote }, probe)
    }

    #[test]
    fn a_turn_does_not_recall_itself() {
        let turn = after(Wrote::New("own".into()));
        assert_eq!(turn.candidates, [memory("old", 0.149)]);
        assert_eq!(turn.write.text(), "new memory own");
    }

    #[test]
    fn a_duplicate_is_told_with_its_distance() {
        let turn = after(Wrote::Onto("old".into()));
        assert_eq!(turn.candidates.len(), 2);
        assert_eq!(turn.write.text(), "deduplicated onto old at 0.149");
        assert_eq!(after(Wrote::Onto("gone".into())).write.text(), "deduplicated onto gone");
    }

    #[test]
    fn times_below_a_millisecond_have_two_decimals() {
        assert_eq!(milliseconds(0.416), "0.42 ms");
        assert_eq!(milliseconds(2.94), "2.9 ms");
    }
}
