//! How common words are in the scopes that were searched lately. Redis counts a word in some 40 µs among 6,000 memories, and in
//! milliseconds among a hundred thousand; how rare it is changes slowly.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::policy::Searched;

/// Scopes whose words are kept at most, and words of each.
const SCOPES_KEPT: usize = 256;
const WORDS_KEPT: usize = 2000;

/// How long counts are taken for right: a small scope changes soon, and is counted at once.
fn fresh_for(total: u64) -> Duration {
    Duration::from_secs(match total {
        0..1000 => 5,
        1000..20_000 => 60,
        _ => 600,
    })
}

/// The counts of the scopes that were searched lately.
#[derive(Debug, Default)]
pub(super) struct KnownFrequencies(Mutex<HashMap<Searched, Known>>);

#[derive(Debug)]
struct Known {
    /// When its first word was counted.
    first_total: u64,
    /// When a word was counted last.
    total: u64,
    words: HashMap<String, f64>,
    since: Instant,
}

/// How many memories there are, and the share of them that has each of some words; what is not known is `None`. Shares, since a
/// scope may grow between one count and the next.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Counts {
    pub(super) total: Option<u64>,
    pub(super) shares: Vec<Option<f64>>,
}

impl KnownFrequencies {
    /// What is known of these words in a scope, which has about so many memories now.
    pub(super) fn of(
        &self,
        searched: &Searched,
        size: Option<u64>,
        words: &[String],
        now: Instant,
    ) -> Counts {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_grown = |known: &Known| size.is_some_and(|size| size * 10 > known.first_total * 11);
        let is_stale = |known: &Known| {
            has_grown(known) || now.saturating_duration_since(known.since) >= fresh_for(known.total)
        };
        if known.get(searched).is_some_and(is_stale) {
            known.remove(searched);
        }
        match known.get(searched) {
            Some(known) => Counts {
                total: size.or(Some(known.total)),
                shares: words.iter().map(|word| known.words.get(word).copied()).collect(),
            },
            None => Counts { total: size, shares: vec![None; words.len()] },
        }
    }

    /// Keeps what was counted among so many. A word that no memory has may be in the next one: that is not kept.
    pub(super) fn keep(&self, searched: Searched, total: u64, words: &[(String, u64)], now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SCOPES_KEPT && !known.contains_key(&searched) {
            known.clear();
        }
        let entry = known.entry(searched).or_insert_with(|| Known {
            first_total: total,
            total,
            words: HashMap::new(),
            since: now,
        });
        entry.total = total;
        if entry.words.len() + words.len() > WORDS_KEPT {
            entry.words.clear();
        }
        let shares = words.iter().map(|(word, having)| (word.clone(), *having as f64 / total.max(1) as f64));
        entry.words.extend(shares.filter(|(_, share)| *share > 0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;

    fn searched(user: usize) -> Searched {
        (Scope::new(user.to_string(), "").unwrap(), None)
    }

    #[test]
    fn words_are_known_for_a_while_and_those_that_nobody_has_are_not() {
        let (known, now) = (KnownFrequencies::default(), Instant::now());
        let words = ["tea".to_string(), "oboe".into(), "new".into()];
        assert_eq!(known.of(&searched(1), None, &words, now), Counts { total: None, shares: vec![None; 3] });
        known.keep(searched(1), 300, &[("tea".into(), 30), ("oboe".into(), 0)], now);
        known.keep(searched(1), 900, &[("oboe".into(), 9)], now);
        let expected = Counts { total: Some(310), shares: vec![Some(0.1), Some(0.01), None] };
        assert_eq!(known.of(&searched(1), Some(310), &words, now + Duration::from_secs(4)), expected);
        assert_eq!(known.of(&searched(2), None, &words, now).total, None);
        assert_eq!(known.of(&searched(1), None, &words, now + Duration::from_secs(5)).total, None);
    }

    #[test]
    fn a_scope_that_grew_is_counted_again() {
        let (known, now) = (KnownFrequencies::default(), Instant::now());
        let words = ["tea".to_string()];
        known.keep(searched(1), 100, &[("tea".into(), 30)], now);
        assert_eq!(known.of(&searched(1), Some(110), &words, now).shares, [Some(0.3)]);
        assert_eq!(known.of(&searched(1), Some(111), &words, now).shares, [None]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (known, now) = (KnownFrequencies::default(), Instant::now());
        for user in 0..=SCOPES_KEPT {
            known.keep(searched(user), 1, &[], now);
        }
        for word in 0..3000 {
            known.keep(searched(0), 1, &[(word.to_string(), 1)], now);
        }
        let kept = known.0.lock().unwrap();
        assert!(kept.len() <= SCOPES_KEPT);
        assert!(kept[&searched(0)].words.len() <= WORDS_KEPT);
    }
}
