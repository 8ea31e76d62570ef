//! With how many threads a lone text runs: with those that were faster of late.
//!
//! On an idle machine several threads are nearly twice as fast; beside a busy neighbour they wait for each other and are
//! slower than one. Nobody tells which it is, so both ways are timed as they are used.

use std::time::Duration;

use super::batch::FIXED_TOKENS;

/// A way to run a lone text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// With one thread.
    Narrow,
    /// With several.
    Wide,
}

/// What both ways cost of late; nothing as long as it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pace {
    narrow: Option<Cost>,
    wide: Option<Cost>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    /// Seconds per token, a moving mean.
    mean: f64,
    /// What is believed of it, up to 1: the other way was taken for a while, and a neighbour may have left.
    belief: f64,
}

/// Weight of the latest time in the moving mean: two slow ones in a row are enough to change.
const LATEST: f64 = 0.2;

/// What remains of the belief each time that the other way is taken. So one that was twice as slow is tried again after
/// 140 texts: less than once in a hundred.
const REMAINING: f64 = 0.995;

impl Pace {
    /// The way for the next lone text; the one that is not known yet, if there is one.
    pub(super) fn choose(&mut self) -> Way {
        let (narrow, wide) = match (&mut self.narrow, &mut self.wide) {
            (Some(narrow), Some(wide)) => (narrow, wide),
            (_, None) => return Way::Wide,
            (None, _) => return Way::Narrow,
        };
        let is_wide_better = wide.mean * wide.belief <= narrow.mean * narrow.belief;
        let (way, other) = if is_wide_better { (Way::Wide, narrow) } else { (Way::Narrow, wide) };
        other.belief *= REMAINING;
        way
    }

    /// Notes how long a text of so many tokens took.
    pub(super) fn note(&mut self, way: Way, tokens: usize, took: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "at most 256")]
        let latest = took.as_secs_f64() / (tokens + FIXED_TOKENS) as f64;
        let cost = match way {
            Way::Narrow => &mut self.narrow,
            Way::Wide => &mut self.wide,
        };
        let mean = match cost {
            Some(Cost { mean, belief }) if *belief == 1.0 => *mean + LATEST * (latest - *mean),
            // What was known is out of date.
            _ => latest,
        };
        *cost = Some(Cost { mean, belief: 1.0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `count` texts where the ways take so many milliseconds; how many of them ran wide.
    fn wide_runs(pace: &mut Pace, count: usize, narrow: u64, wide: u64) -> usize {
        let runs = (0..count).filter(|_| {
            let way = pace.choose();
            pace.note(way, 20, Duration::from_millis(if way == Way::Wide { wide } else { narrow }));
            way == Way::Wide
        });
        runs.count()
    }

    #[test]
    fn the_faster_way_is_found_and_kept() {
        let mut idle = Pace::default();
        assert!(wide_runs(&mut idle, 200, 40, 22) >= 197);
        let mut busy = Pace::default();
        assert!(wide_runs(&mut busy, 200, 40, 80) <= 3);
    }

    #[test]
    fn a_neighbour_who_comes_is_noticed_after_a_few_texts() {
        let mut pace = Pace::default();
        wide_runs(&mut pace, 100, 40, 22);
        assert!(wide_runs(&mut pace, 100, 44, 120) <= 3);
    }

    #[test]
    fn a_neighbour_who_leaves_is_noticed_in_the_end() {
        let mut pace = Pace::default();
        wide_runs(&mut pace, 20, 44, 90);
        assert!(wide_runs(&mut pace, 400, 40, 22) >= 200);
    }

    #[test]
    fn the_slower_way_is_tried_less_than_once_in_a_hundred() {
        let mut pace = Pace::default();
        wide_runs(&mut pace, 10, 40, 22);
        assert!(wide_runs(&mut pace, 1000, 40, 22) >= 990);
    }

    #[test]
    fn long_and_short_texts_are_compared_by_their_tokens() {
        let mut pace = Pace::default();
        pace.note(Way::Wide, 256, Duration::from_millis(16));
        pace.note(Way::Narrow, 8, Duration::from_millis(3));
        assert_eq!(pace.choose(), Way::Wide);
    }
}
