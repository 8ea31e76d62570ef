//! Where good and bad rows lie.

use serde::{Deserialize, Serialize};

use super::{Case, Judgement};

/// How much of the scale of distances one bin of a histogram takes.
pub const BIN_WIDTH: f64 = 0.05;

/// Bins of a histogram: all of the scale, 0 to 2.
pub const BINS: usize = 40;

/// Distances of judged rows, nearest first. Rows that are no candidates have none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Distances {
    /// Of the good ones.
    pub good: Vec<f64>,
    /// Of the bad ones.
    pub bad: Vec<f64>,
}

/// How many good and bad rows lie in each part of the scale; the first bin begins at 0, and each is [`BIN_WIDTH`] wide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// Good rows, [`BINS`] counts.
    pub good: Vec<usize>,
    /// Bad rows, [`BINS`] counts.
    pub bad: Vec<usize>,
}

/// The distances of the judged rows of all cases.
#[must_use]
pub fn distances(cases: &[Case]) -> Distances {
    let of = |judgement| {
        let rows = cases.iter().flat_map(|case| &case.rows).filter(|row| row.judgement == Some(judgement));
        let mut distances: Vec<f64> = rows.filter_map(|row| row.distance).collect();
        distances.sort_by(f64::total_cmp);
        distances
    };
    Distances { good: of(Judgement::Good), bad: of(Judgement::Bad) }
}

impl Distances {
    /// The same as a histogram.
    #[must_use]
    pub fn histogram(&self) -> Histogram {
        Histogram { good: binned(&self.good), bad: binned(&self.bad) }
    }
}

fn binned(distances: &[f64]) -> Vec<usize> {
    let mut bins = vec![0; BINS];
    for distance in distances {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is bounded"
        )]
        let bin = (distance / BIN_WIDTH) as usize;
        bins[bin.min(BINS - 1)] += 1;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::{super::case::tests::case, *};

    #[test]
    fn judged_rows_are_sorted_into_bins() {
        let cases = [
            case(&[("a", 0.52, "+"), ("b", 0.01, ""), ("c", 2.0, "-")]),
            case(&[("a", 0.5, "+"), ("b", 0.0, "-")]),
        ];
        let found = distances(&cases);
        assert_eq!(found, Distances { good: vec![0.5, 0.52], bad: vec![0.0, 2.0] });
        let Histogram { good, bad } = found.histogram();
        assert_eq!((good.len(), good[10], good.iter().sum::<usize>()), (BINS, 2, 2));
        assert_eq!((bad[0], bad[BINS - 1]), (1, 1));
    }
}
