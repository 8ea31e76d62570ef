//! How Redis looks for the nearest of a scope: by the size of the scope, which it does not weigh well by itself.
//!
//! Behind a filter the engine either compares the query with every memory of the scope, which takes 10 ms at 20,000 in an
//! index of 100,000, or walks the graph so hastily that it misses a third of the nearest. Walking it in batches with more
//! care takes 0.4 ms and finds them; only where the scope is small, or a small part of the index, is comparing all the
//! better way. docs/PERFORMANCE.md has the measurements.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{model::Kind, scope::Scope};

/// How Redis looks for the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// As its engine thinks best.
    Engine,
    /// In batches out of the graph, filtered afterwards. Without a batch size, which then follows the scope's share.
    Batches,
}

impl Policy {
    /// What it adds to the words of a KNN query.
    pub(super) fn clause(self) -> &'static str {
        match self {
            Self::Engine => "",
            Self::Batches => " HYBRID_POLICY BATCHES EF_RUNTIME 200",
        }
    }

    /// The cheaper policy for a scope of so many memories in an index of so many, for the `k` nearest.
    ///
    /// Comparing costs in proportion to the scope, batches in proportion to `k` and to how many of a batch are somebody
    /// else's: the two meet where the square of the scope's size is 8 k times the index's.
    fn cheaper(sizes: Sizes, k: usize) -> Self {
        const SMALL: u64 = 1000;
        let (scope, index) = (u128::from(sizes.scope), u128::from(sizes.index.max(sizes.scope)));
        let is_worth_it = sizes.scope >= SMALL && scope * scope >= 8 * k.max(1) as u128 * index;
        if is_worth_it { Self::Batches } else { Self::Engine }
    }
}

/// How many memories there are; need not be exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// In the scope, of the kind that is asked for.
    pub(super) scope: u64,
    /// In the whole index.
    pub(super) index: u64,
}

/// Scopes whose sizes are known at most; the others are asked for again when they come.
const SCOPES_KEPT: usize = 4096;

/// How long sizes are taken for right. Counting takes Redis 0.1 ms for a thousand memories and some milliseconds for a
/// hundred thousand, so it is done the less often the more there are: a small scope that grows fast is noticed soon.
fn fresh_for(sizes: Option<Sizes>) -> Duration {
    Duration::from_secs(1 + sizes.map_or(0, |sizes| sizes.index / 10_000).min(29))
}

/// The sizes of the scopes that were searched lately.
#[derive(Debug, Default)]
pub(super) struct KnownSizes(Mutex<HashMap<Searched, Known>>);

/// What is searched: a scope, and one kind of it or all.
pub(super) type Searched = (Scope, Option<Kind>);

#[derive(Debug, Clone, Copy)]
struct Known {
    sizes: Option<Sizes>,
    /// When they were asked for.
    asked: Instant,
}

impl KnownSizes {
    /// The policy for the `k` nearest of a scope, and whether its sizes should be asked for now: only the first caller
    /// hears that.
    pub(super) fn policy(&self, scope: &Searched, k: usize, now: Instant) -> (Policy, bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.get_mut(scope);
        let sizes = entry.as_ref().and_then(|entry| entry.sizes);
        let is_due = match entry {
            Some(entry) if now.saturating_duration_since(entry.asked) < fresh_for(entry.sizes) => false,
            Some(entry) => {
                entry.asked = now;
                true
            }
            None => {
                if known.len() >= SCOPES_KEPT {
                    known.retain(|_, entry| {
                        now.saturating_duration_since(entry.asked) < fresh_for(entry.sizes)
                    });
                    if known.len() >= SCOPES_KEPT {
                        known.clear();
                    }
                }
                known.insert(scope.clone(), Known { sizes: None, asked: now });
                true
            }
        };
        (sizes.map_or(Policy::Engine, |sizes| Policy::cheaper(sizes, k)), is_due)
    }

    /// What is known of the sizes of a scope.
    pub(super) fn of(&self, scope: &Searched) -> Option<Sizes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(scope)?.sizes
    }

    /// Keeps the sizes of a scope.
    pub(super) fn keep(&self, scope: Searched, sizes: Sizes, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(scope, Known { sizes: Some(sizes), asked: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_scopes_are_searched_in_batches_and_small_ones_as_the_engine_thinks() {
        let rows = [
            (200, 200, 5, Policy::Engine),
            (200, 100_000, 5, Policy::Engine),
            (20_000, 20_000, 5, Policy::Batches),
            (100_000, 100_000, 50, Policy::Batches),
            // Most of each batch would be somebody else's, the more so for many.
            (1_500, 100_000, 5, Policy::Engine),
            (5_000, 100_000, 5, Policy::Batches),
            (5_000, 100_000, 50, Policy::Engine),
            // The index cannot be smaller than its part.
            (u64::MAX, 0, 5, Policy::Batches),
        ];
        for (scope, index, k, expected) in rows {
            assert_eq!(Policy::cheaper(Sizes { scope, index }, k), expected, "{k} among {scope} of {index}");
        }
    }

    #[test]
    fn sizes_are_asked_for_once_in_a_while_and_by_one_caller() {
        let (known, scope, now) = (KnownSizes::default(), (Scope::default(), None), Instant::now());
        assert_eq!(known.policy(&scope, 5, now), (Policy::Engine, true));
        assert_eq!(known.policy(&scope, 5, now), (Policy::Engine, false));
        known.keep(scope.clone(), Sizes { scope: 20_000, index: 20_000 }, now);
        assert_eq!(known.policy(&scope, 5, now), (Policy::Batches, false));
        let later = now + Duration::from_secs(2);
        assert_eq!(known.policy(&scope, 5, later), (Policy::Batches, false));
        let later = now + Duration::from_secs(3);
        assert_eq!(known.policy(&scope, 5, later), (Policy::Batches, true));
        assert_eq!(known.policy(&scope, 5, later), (Policy::Batches, false));
    }

    #[test]
    fn the_number_of_known_scopes_is_bounded() {
        let (known, now) = (KnownSizes::default(), Instant::now());
        for number in 0..=SCOPES_KEPT {
            known.policy(&(Scope::new(number.to_string(), "").unwrap(), None), 5, now);
        }
        assert!(known.0.lock().unwrap().len() <= SCOPES_KEPT);
    }
}
