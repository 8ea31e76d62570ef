//! What the threshold says about the candidates of a turn.

use agent_memory::{
    MemoryRecord, Threshold,
    threshold::{RECALL_K, recalled},
};

use super::distance::{distance, over};

/// What becomes of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It is recalled.
    Recalled,
    /// It is near enough, but five nearer ones are recalled already.
    BeyondK,
    /// It is too far.
    Over,
}

/// How many of the candidates are recalled: THE recall rule, applied to what the browser has.
#[must_use]
pub fn recalled_count(candidates: &[MemoryRecord], threshold: Threshold) -> usize {
    recalled(candidates, threshold, RECALL_K).len()
}

/// The verdict on the candidate at `rank`, counted from 0, when `recalled_count` of them are recalled.
#[must_use]
pub fn verdict(
    candidate: &MemoryRecord,
    rank: usize,
    recalled_count: usize,
    threshold: Threshold,
) -> Verdict {
    if rank < recalled_count {
        Verdict::Recalled
    } else if candidate.distance.is_some_and(|distance| threshold.includes(distance)) {
        Verdict::BeyondK
    } else {
        Verdict::Over
    }
}

/// The verdict in words, for the row of the candidate.
#[must_use]
pub fn verdict_text(verdict: Verdict, candidate: &MemoryRecord, threshold: Threshold) -> String {
    match (verdict, candidate.distance) {
        (Verdict::Recalled, _) => "recalled".into(),
        (Verdict::BeyondK, _) => format!("beyond the first {RECALL_K}"),
        (Verdict::Over, Some(distance)) => over(threshold, distance),
        (Verdict::Over, None) => "no distance".into(),
    }
}

/// What moving the threshold does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// It was missed and is recalled now.
    Entered,
    /// It was recalled and is missed now.
    Left,
    /// Nothing.
    Stayed,
}

/// What moving the threshold from `before` does to the candidate at `rank`.
#[must_use]
pub fn moved(candidates: &[MemoryRecord], rank: usize, before: Threshold, now: Threshold) -> Move {
    let is_recalled = |threshold| rank < recalled_count(candidates, threshold);
    match (is_recalled(before), is_recalled(now)) {
        (false, true) => Move::Entered,
        (true, false) => Move::Left,
        _ => Move::Stayed,
    }
}

/// What was recalled in all: `2 recalled of 8 candidates`, or why nothing was.
#[must_use]
pub fn summary(candidates: &[MemoryRecord], threshold: Threshold) -> String {
    match (recalled_count(candidates, threshold), candidates.first().and_then(|nearest| nearest.distance)) {
        (0, None) => "0 recalled; there is nothing to recall here yet".into(),
        (0, Some(nearest)) => {
            format!("0 recalled; the nearest is at {}, {}", distance(nearest), over(threshold, nearest))
        }
        (count, _) => {
            let of = candidates.len();
            format!("{count} recalled of {of} {}", if of == 1 { "candidate" } else { "candidates" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(distances: &[f64]) -> Vec<MemoryRecord> {
        distances
            .iter()
            .map(|&distance| MemoryRecord { distance: Some(distance), ..MemoryRecord::default() })
            .collect()
    }

    fn verdicts(distances: &[f64], threshold: Threshold) -> Vec<Verdict> {
        let candidates = at(distances);
        let count = recalled_count(&candidates, threshold);
        candidates.iter().enumerate().map(|(rank, row)| verdict(row, rank, count, threshold)).collect()
    }

    #[test]
    fn each_candidate_is_recalled_or_told_why_not() {
        use Verdict::{BeyondK, Over, Recalled};
        let threshold = Threshold::DEFAULT_RECALL;
        assert_eq!(verdicts(&[0.2, 0.55, 0.56], threshold), [Recalled, Recalled, Over]);
        assert_eq!(verdicts(&[0.1; 6], threshold)[4..], [Recalled, BeyondK]);
    }

    #[test]
    fn rows_enter_and_leave_as_the_threshold_moves() {
        let candidates = at(&[0.2, 0.5, 0.6]);
        let threshold = |distance| Threshold::new(distance).unwrap();
        let moves = |before, now| {
            (0..3).map(|rank| moved(&candidates, rank, threshold(before), threshold(now))).collect::<Vec<_>>()
        };
        assert_eq!(moves(0.55, 0.7), [Move::Stayed, Move::Stayed, Move::Entered]);
        assert_eq!(moves(0.55, 0.3), [Move::Stayed, Move::Left, Move::Stayed]);
        assert_eq!(moves(0.55, 0.55), [Move::Stayed; 3]);
    }

    #[test]
    fn an_empty_result_tells_how_near_it_was() {
        let threshold = Threshold::DEFAULT_RECALL;
        let rows = [
            (vec![0.573, 0.9], "0 recalled; the nearest is at 0.573, 0.023 over"),
            (vec![], "0 recalled; there is nothing to recall here yet"),
            (vec![0.3], "1 recalled of 1 candidate"),
            (vec![0.3, 0.4, 0.8], "2 recalled of 3 candidates"),
        ];
        for (distances, expected) in rows {
            assert_eq!(summary(&at(&distances), threshold), expected);
        }
    }
}
