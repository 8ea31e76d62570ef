//! The setting with the best balance, and how sure that is.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{
    Case, Figures, Judgement, K_MAX, Setting,
    figures::{figures, share},
};
use crate::{
    ranking::{Ranking, Weights},
    threshold::Threshold,
};

/// How often the queries are drawn again.
pub const RESAMPLES: usize = 200;

/// How wide an interval of the balance is narrow enough, where nothing else is said.
pub const WIDTH: f64 = 0.1;

/// Judged queries below which an interval says too little to reckon with.
pub const QUERIES_LEAST: usize = 5;

/// Beyond the farthest good row, where no bad one follows.
const MARGIN: f64 = 0.01;

/// Where 95 of 100 resamples lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// How wide it is.
    #[must_use]
    pub fn width(self) -> f64 {
        self.high - self.low
    }
}

/// The setting with the best balance of the judged rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The setting.
    pub setting: Setting,
    /// What it recalls.
    pub figures: Figures,
    /// Its balance (F1), 0 to 1.
    pub f1: f64,
    /// Where its balance lies for other queries of the same sort.
    pub f1_interval: Interval,
    /// Where the best threshold lies for these, with the same count and ranking.
    pub threshold_interval: Interval,
    /// Judgements that it is made of.
    pub judgements: usize,
    /// About how many more would narrow the interval of the balance to the width that was asked for: 0 where it is that narrow;
    /// `None` below [`QUERIES_LEAST`] judged queries, which say too little about others.
    pub more_judgements: Option<usize>,
}

/// The setting of these weights whose balance (F1, pooled over the judged rows) is best: over both rankings, all counts and the thresholds
/// halfway between a good row and a bad one behind it. Of equal ones the one with the fewest rows, then the least count, distance
/// before hybrid, the least threshold. `None` where no good row can be recalled.
///
/// The intervals come from drawing the queries anew, with replacement, [`RESAMPLES`] times by a fixed seed: the same cases have the same
/// answer. What they say is how much the answer hangs on which queries were judged, and not whether these are the right ones. An
/// interval shrinks with the root of the number of queries, which gives [`Suggestion::more_judgements`] for a `width`.
#[must_use]
pub fn suggest(cases: &[Case], weights: Weights, width: f64) -> Option<Suggestion> {
    let best = Ranking::ALL.iter().filter_map(|ranking| Entries::new(cases, *ranking, weights).best());
    let best = best.min_by(Best::better)?;
    let setting = Setting { threshold: best.threshold, k: best.k, ranking: best.ranking, weights };
    let entries = Entries::new(cases, best.ranking, weights);
    let drawn = entries.resampled(best.k, best.at);
    let judged: Vec<usize> =
        cases.iter().map(Case::judgements).filter(|judgements| *judgements > 0).collect();
    let judgements = judged.iter().sum();
    let f1_interval = interval(drawn.iter().map(|(f1, _)| *f1));
    let figures = figures(cases, &setting);
    Some(Suggestion {
        setting,
        figures,
        f1: figures.f1().unwrap_or_default(),
        f1_interval,
        threshold_interval: interval(drawn.iter().map(|(_, threshold)| *threshold)),
        judgements,
        more_judgements: more_judgements(judged.len(), judgements, f1_interval.width(), width),
    })
}

/// Judgements that it takes beyond those of some queries.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small, and a conversion from f64 saturates"
)]
fn more_judgements(queries: usize, judgements: usize, is: f64, wanted: f64) -> Option<usize> {
    if queries < QUERIES_LEAST {
        return None;
    }
    if is <= wanted {
        return Some(0);
    }
    let factor = (is / wanted).powi(2) - 1.0;
    Some((factor * judgements as f64).ceil() as usize)
}

/// A row among the first of a case: from which of the thresholds on it is recalled.
#[derive(Clone, Copy)]
struct Entry {
    /// Index of the least threshold that lets it in; that of none where none does.
    at: usize,
    judgement: Option<Judgement>,
}

/// The cases in one ranking, and the thresholds to choose from.
struct Entries {
    ranking: Ranking,
    thresholds: Vec<Threshold>,
    /// For each case its first rows, best first.
    cases: Vec<Vec<Entry>>,
    /// For each case how many memories were judged good.
    good: Vec<usize>,
}

/// Recalled rows at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    rows: usize,
    good: usize,
    bad: usize,
}

impl Tally {
    fn add(&mut self, judgement: Option<Judgement>, times: usize) {
        self.rows += times;
        match judgement {
            Some(Judgement::Good) => self.good += times,
            Some(Judgement::Bad) => self.bad += times,
            None => {}
        }
    }

    fn plus(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, good: self.good + other.good, bad: self.bad + other.bad }
    }

    /// The balance as a fraction.
    fn balance(self, all_good: usize) -> (usize, usize) {
        (2 * self.good, self.good + self.bad + all_good)
    }
}

/// A candidate for the suggestion.
struct Best {
    balance: (usize, usize),
    rows: usize,
    k: usize,
    ranking: Ranking,
    /// The threshold, and its index.
    threshold: Threshold,
    at: usize,
}

impl Best {
    /// The better one comes first. Fractions are compared as such, so that equal ones are.
    fn better(&self, other: &Self) -> Ordering {
        let (one, two) = (self.balance, other.balance);
        (two.0 * one.1)
            .cmp(&(one.0 * two.1))
            .then(self.rows.cmp(&other.rows))
            .then(self.k.cmp(&other.k))
            .then((self.ranking == Ranking::Hybrid).cmp(&(other.ranking == Ranking::Hybrid)))
            .then(self.at.cmp(&other.at))
    }
}

impl Entries {
    fn new(cases: &[Case], ranking: Ranking, weights: Weights) -> Self {
        let thresholds = thresholds(cases, ranking);
        let mut places = Vec::new();
        let entries = cases.iter().map(|case| {
            case.best(&Setting { k: K_MAX, ranking, weights, ..Setting::default() }, &mut places);
            let first = places.iter().map(|(_, at)| &case.rows[*at]);
            let entry = |row: &super::Row| Entry {
                at: row.enters_at(ranking).map_or(thresholds.len(), |distance| {
                    thresholds.partition_point(|threshold| !threshold.includes(distance))
                }),
                judgement: row.judgement,
            };
            first.map(entry).collect()
        });
        let cases_entries = entries.collect();
        Self { ranking, thresholds, cases: cases_entries, good: cases.iter().map(Case::good).collect() }
    }

    /// The best count and threshold; `None` where no good row is recalled by any.
    fn best(&self) -> Option<Best> {
        let all_good = self.good.iter().sum();
        // What comes in at each threshold, of the first `k` rows of every case.
        let mut entering = vec![Tally::default(); self.thresholds.len() + 1];
        let mut best: Option<Best> = None;
        for k in 1..=K_MAX {
            for entry in self.cases.iter().filter_map(|entries| entries.get(k - 1)) {
                entering[entry.at].add(entry.judgement, 1);
            }
            let mut tally = Tally::default();
            for (at, threshold) in self.thresholds.iter().enumerate() {
                tally = tally.plus(entering[at]);
                let balance = tally.balance(all_good);
                let next =
                    Best { balance, rows: tally.rows, k, ranking: self.ranking, threshold: *threshold, at };
                if tally.good > 0 && best.as_ref().is_none_or(|best| next.better(best).is_lt()) {
                    best = Some(next);
                }
            }
        }
        best
    }

    /// For each resample of the cases the balance of the suggested threshold, and the best threshold, of this count.
    fn resampled(&self, k: usize, suggested: usize) -> Vec<(f64, f64)> {
        let mut random = Random(SEED);
        let mut times = vec![0; self.cases.len()];
        let mut entering = vec![Tally::default(); self.thresholds.len() + 1];
        let mut drawn = Vec::with_capacity(RESAMPLES);
        for _ in 0..RESAMPLES {
            times.fill(0);
            (0..self.cases.len()).for_each(|_| times[random.below(self.cases.len())] += 1);
            let all_good: usize = self.good.iter().zip(&times).map(|(good, times)| good * times).sum();
            // Nothing to balance.
            if all_good == 0 {
                continue;
            }
            entering.fill(Tally::default());
            for (entries, times) in self.cases.iter().zip(&times).filter(|(_, times)| **times > 0) {
                entries.iter().take(k).for_each(|entry| entering[entry.at].add(entry.judgement, *times));
            }
            drawn.push(self.drawn(&entering, all_good, suggested));
        }
        drawn
    }

    fn drawn(&self, entering: &[Tally], all_good: usize, suggested: usize) -> (f64, f64) {
        let (mut tally, mut best, mut f1) = (Tally::default(), ((0, 1), 0), 0.0);
        for (at, entering) in entering.iter().enumerate().take(self.thresholds.len()) {
            tally = tally.plus(*entering);
            let balance = tally.balance(all_good);
            if balance.0 * best.0.1 > best.0.0 * balance.1 {
                best = (balance, at);
            }
            if at == suggested {
                f1 = share(balance.0, balance.1).unwrap_or_default();
            }
        }
        (f1, self.thresholds[best.1].distance())
    }
}

/// Thresholds worth trying: halfway between a good row and the bad one that comes next, and a little beyond the farthest good one.
/// Between any two of them the balance is not better than at one of them.
fn thresholds(cases: &[Case], ranking: Ranking) -> Vec<Threshold> {
    let judged = cases
        .iter()
        .flat_map(|case| &case.rows)
        .filter_map(|row| Some((row.enters_at(ranking)?.clamp(0.0, 2.0), row.judgement? == Judgement::Good)));
    let mut judged: Vec<(f64, bool)> = judged.collect();
    judged.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
    let mut thresholds = Vec::new();
    // The farthest good row so far that no bad one has come behind.
    let mut good: Option<f64> = None;
    for (distance, is_good) in judged {
        match (is_good, good) {
            (true, _) => good = Some(distance),
            (false, Some(last)) => {
                // Where both lie at the same place, one comes with the other.
                thresholds.push(between(last, distance));
                good = None;
            }
            (false, None) => {}
        }
    }
    thresholds.extend(good.map(|last| between(last, last + 2.0 * MARGIN)));
    let rounded = |distance| Threshold::clamped_or(distance, Threshold::default());
    thresholds.dedup();
    thresholds.into_iter().map(rounded).collect()
}

/// Halfway between two distances, with as few digits as leave it there.
fn between(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    let rounded = [100.0, 1000.0, 10_000.0].map(|parts: f64| (middle * parts).round() / parts);
    rounded.into_iter().find(|one| low < *one && *one < high).unwrap_or(middle)
}

/// The middle 95 of 100 values; of none, all that is possible.
fn interval(values: impl Iterator<Item = f64>) -> Interval {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let cut = values.len() / 40;
    match (values.get(cut), values.len().checked_sub(cut + 1).and_then(|last| values.get(last))) {
        (Some(low), Some(high)) => Interval { low: *low, high: *high },
        _ => Interval { low: 0.0, high: 1.0 },
    }
}

const SEED: u64 = 0x5eed;

/// The generator splitmix64: <https://prng.di.unimi.it/splitmix64.c>.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `end`, which is far below 2^32: then none is more likely than another one that anybody could tell.
    #[expect(clippy::cast_possible_truncation, reason = "below `end`, which is a usize")]
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::case::tests::{by_distance, case},
        *,
    };

    fn suggested(cases: &[Case]) -> Suggestion {
        suggest(cases, Weights::default(), WIDTH).unwrap()
    }

    #[test]
    fn the_best_threshold_lies_between_the_good_and_the_bad() {
        let cases = [
            case(&[("a", 0.2, "+"), ("b", 0.5, "+"), ("c", 0.7, "-"), ("d", 0.9, "")]),
            case(&[("a", 0.4, "+"), ("b", 0.8, "-")]),
        ];
        let suggestion = suggested(&cases);
        // Two rows each are enough, and distance is as good as anything.
        assert_eq!(suggestion.setting, by_distance(0.6, 2));
        assert_eq!((suggestion.f1, suggestion.judgements), (1.0, 5));
        assert_eq!(suggestion.figures, figures(&cases, &suggestion.setting));
        assert_eq!(suggestion.f1_interval, Interval { low: 1.0, high: 1.0 });
        // Two queries say too little about others.
        assert_eq!(suggestion.more_judgements, None);
    }

    #[test]
    fn where_good_and_bad_are_mixed_the_balance_decides() {
        // Up to 0.2: 2 of 3 good, none bad: 4/5. Up to 0.6: 3 of 3, 3 bad: 6/9.
        let mixed = [case(&[
            ("a", 0.1, "+"),
            ("b", 0.2, "+"),
            ("c", 0.3, "-"),
            ("d", 0.4, "-"),
            ("e", 0.5, "-"),
            ("f", 0.6, "+"),
        ])];
        let suggestion = suggested(&mixed);
        assert_eq!((suggestion.setting.threshold.distance(), suggestion.f1), (0.25, 0.8));
        assert_eq!(suggestion.more_judgements, None);
    }

    #[test]
    fn of_equal_ones_the_one_with_the_fewest_rows_is_taken() {
        // The count and the threshold can both keep the bad one away; the unjudged one goes with it.
        let cases = [case(&[("a", 0.1, "+"), ("b", 0.2, ""), ("c", 0.9, "-")])];
        let suggestion = suggested(&cases);
        assert_eq!((suggestion.setting.k, suggestion.figures.rows), (1, 1));
    }

    #[test]
    fn without_a_good_row_in_reach_there_is_none() {
        assert_eq!(suggest(&[], Weights::default(), WIDTH), None);
        assert_eq!(suggest(&[case(&[("a", 0.1, "-"), ("b", 0.2, "")])], Weights::default(), WIDTH), None);
    }

    #[test]
    fn thresholds_are_short_and_lie_between() {
        let rows =
            [((0.2, 0.5), 0.35), ((0.2, 0.204), 0.202), ((0.2, 0.20001), 0.200_005), ((0.3, 0.3), 0.3)];
        for ((low, high), expected) in rows {
            assert!((between(low, high) - expected).abs() < 1e-12, "{low} {high}: {}", between(low, high));
        }
        let case = [case(&[("a", 0.1, "+"), ("b", 0.1, "-"), ("c", 0.3, "+"), ("d", 0.4, "+")])];
        let all: Vec<f64> =
            thresholds(&case, Ranking::Distance).into_iter().map(Threshold::distance).collect();
        assert_eq!(all, [0.1, 0.41]);
    }

    #[test]
    fn an_interval_narrows_with_the_root_of_the_number_of_judgements() {
        assert_eq!(more_judgements(10, 50, 0.2, 0.1), Some(150));
        assert_eq!(more_judgements(10, 50, 0.1, 0.1), Some(0));
        assert_eq!(more_judgements(4, 50, 0.0, 0.1), None);
        assert_eq!(more_judgements(10, 50, 0.2, 0.0), Some(usize::MAX));
        assert_eq!(interval((1..=200).map(f64::from)), Interval { low: 6.0, high: 195.0 });
    }

    #[test]
    fn noisy_queries_have_a_wide_interval_and_the_same_answer_each_time() {
        let cases: Vec<Case> = (0..12)
            .map(|number| {
                let at = 0.3 + 0.03 * f64::from(number);
                case(&[("a", at, "+"), ("b", at + 0.1, if number % 2 == 0 { "-" } else { "+" })])
            })
            .collect();
        let suggestion = suggested(&cases);
        assert_eq!(suggested(&cases), suggestion);
        let Suggestion { f1, f1_interval, threshold_interval, setting, .. } = suggestion;
        assert!(
            f1_interval.low <= f1 && f1 <= f1_interval.high && f1_interval.width() > 0.1,
            "{f1_interval:?}"
        );
        let threshold = setting.threshold.distance();
        assert!(threshold_interval.low <= threshold && threshold <= threshold_interval.high);
        assert!(suggestion.more_judgements.unwrap() > 0);
    }
}
