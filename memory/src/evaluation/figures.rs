//! How well a setting does.

use std::iter::Sum;

use serde::{Deserialize, Serialize};

use super::{Case, Judgement, Setting, case::Place};

/// What a setting recalls over all queries, as counts; the figures are made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Queries.
    pub queries: usize,
    /// Queries for which nothing was recalled.
    pub empty: usize,
    /// Rows recalled.
    pub rows: usize,
    /// Rows among them that were judged good.
    pub good: usize,
    /// Rows among them that were judged bad.
    pub bad: usize,
    /// Memories judged good that were not recalled.
    pub missed: usize,
}

impl Figures {
    /// Of all memories judged good, the share that was recalled among the first `k`; `None` where none was judged good.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.good, self.good + self.missed)
    }

    /// Of the judged rows that were recalled, the share that is good; `None` where none of them was judged.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.good, self.good + self.bad)
    }

    /// The balance of both, their harmonic mean (F1); `None` where nothing was judged good and nothing bad was recalled.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.good, 2 * self.good + self.bad + self.missed)
    }

    /// The share of queries for which nothing was recalled; 0 where there are none.
    #[must_use]
    pub fn empty_share(&self) -> f64 {
        share(self.empty, self.queries).unwrap_or_default()
    }

    /// Rows recalled that nobody judged.
    #[must_use]
    pub fn unjudged(&self) -> usize {
        self.rows - self.good - self.bad
    }
}

impl Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(each: I) -> Self {
        each.fold(Self::default(), |sum, one| Self {
            queries: sum.queries + one.queries,
            empty: sum.empty + one.empty,
            rows: sum.rows + one.rows,
            good: sum.good + one.good,
            bad: sum.bad + one.bad,
            missed: sum.missed + one.missed,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
pub(super) fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// What a setting recalls over all cases. 50 of 50 candidates take some 0.2 ms, in a browser 0.3 ms, so a
/// slider may ask for it in every frame.
#[must_use]
pub fn figures(cases: &[Case], setting: &Setting) -> Figures {
    let mut room = Vec::new();
    cases.iter().map(|case| of_case(case, setting, &mut room)).sum()
}

fn of_case(case: &Case, setting: &Setting, room: &mut Vec<Place>) -> Figures {
    let mut figures = Figures { queries: 1, missed: case.good(), ..Figures::default() };
    for row in case.recalled_in(setting, room) {
        figures.rows += 1;
        match row.judgement {
            Some(Judgement::Good) => {
                figures.good += 1;
                figures.missed -= 1;
            }
            Some(Judgement::Bad) => figures.bad += 1,
            None => {}
        }
    }
    figures.empty = usize::from(figures.rows == 0);
    figures
}

#[cfg(test)]
mod tests {
    use super::{
        super::case::tests::{by_distance, case},
        *,
    };

    #[test]
    fn figures_are_those_that_one_counts_by_hand() {
        let cases = [
            case(&[("a", 0.2, "+"), ("b", 0.4, "-"), ("c", 0.5, ""), ("d", 0.6, "+")]),
            case(&[("a", 0.7, "-"), ("b", 0.8, "-")]),
        ];
        // threshold, k: empty, rows, good, bad, missed
        let rows = [
            ((0.1, 5), (2, 0, 0, 0, 2)),
            ((0.3, 5), (1, 1, 1, 0, 1)),
            ((0.6, 5), (1, 4, 2, 1, 0)),
            ((0.6, 3), (1, 3, 1, 1, 1)),
            ((0.8, 5), (0, 6, 2, 3, 0)),
            ((0.8, 1), (0, 2, 1, 1, 1)),
        ];
        for ((threshold, k), expected) in rows {
            let Figures { queries, empty, rows, good, bad, missed } =
                figures(&cases, &by_distance(threshold, k));
            assert_eq!((queries, empty, rows, good, bad, missed), {
                let (empty, rows, good, bad, missed) = expected;
                (2, empty, rows, good, bad, missed)
            });
        }
        let told = figures(&cases, &by_distance(0.6, 5));
        assert_eq!((told.recall(), told.precision()), (Some(1.0), Some(2.0 / 3.0)));
        assert_eq!((told.f1(), told.empty_share(), told.unjudged()), (Some(0.8), 0.5, 1));
    }

    #[test]
    fn where_nothing_was_judged_there_are_no_figures() {
        let told = figures(&[case(&[("a", 0.2, "")])], &by_distance(1.0, 5));
        assert_eq!((told.recall(), told.precision(), told.f1()), (None, None, None));
        assert_eq!((told.unjudged(), figures(&[], &by_distance(1.0, 5)).empty_share()), (1, 0.0));
        // What should not be recalled and is not leaves no balance to tell, and what is recalled wrongly leaves the worst.
        let wrong = [case(&[("a", 0.2, "-")])];
        assert_eq!(figures(&wrong, &by_distance(0.1, 5)).f1(), None);
        assert_eq!(figures(&wrong, &by_distance(0.2, 5)).f1(), Some(0.0));
    }
}
