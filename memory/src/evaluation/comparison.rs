//! Two settings side by side.

use serde::{Deserialize, Serialize};

use super::{Case, Judgement, Row, Setting};
use crate::scope::MemoryId;

/// A row that one setting recalls and the other one does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The memory.
    pub id: MemoryId,
    /// What somebody said of it.
    pub judgement: Option<Judgement>,
}

/// What a second setting changes for one query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is asked.
    pub query: String,
    /// Rows that only the second one recalls, best first.
    pub gained: Vec<Moved>,
    /// Rows that only the first one recalls, best first.
    pub lost: Vec<Moved>,
}

/// The queries for which a second setting recalls other rows than the first one, in their order. Another order of the same rows is
/// no change.
#[must_use]
pub fn compare(cases: &[Case], first: &Setting, second: &Setting) -> Vec<Change> {
    let change = |case: &Case| {
        let (before, after) = (case.recalled(first), case.recalled(second));
        let (gained, lost) = (without(&after, &before), without(&before, &after));
        let is_any = !gained.is_empty() || !lost.is_empty();
        is_any.then(|| Change { query: case.query.clone(), gained, lost })
    };
    cases.iter().filter_map(change).collect()
}

fn without(rows: &[&Row], others: &[&Row]) -> Vec<Moved> {
    let own = rows.iter().filter(|row| !others.iter().any(|other| other.id == row.id));
    own.map(|row| Moved { id: row.id.clone(), judgement: row.judgement }).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::case::tests::{by_distance, case},
        *,
    };

    #[test]
    fn what_a_second_setting_gains_and_loses_is_told_for_each_query() {
        let cases = [case(&[("a", 0.2, "+"), ("b", 0.4, "-"), ("c", 0.6, "")]), case(&[("d", 0.1, "+")])];
        let moved = |id: &str, judgement| Moved { id: id.parse().unwrap(), judgement };
        let wider = compare(&cases, &by_distance(0.2, 5), &by_distance(0.6, 5));
        let gained = vec![moved("b", Some(Judgement::Bad)), moved("c", None)];
        assert_eq!(wider, [Change { query: "q".into(), gained: gained.clone(), lost: Vec::new() }]);
        let back = compare(&cases, &by_distance(0.6, 5), &by_distance(0.2, 5));
        assert_eq!(back, [Change { query: "q".into(), gained: Vec::new(), lost: gained }]);
        assert!(compare(&cases, &by_distance(0.2, 5), &by_distance(0.3, 5)).is_empty());
    }
}
