//! The recall rule: which candidates are near enough.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{input::InvalidInput, model::MemoryRecord};

/// Memories that one recall returns at most.
pub const RECALL_K: usize = 5;

/// Candidates that a turn fetches, so that a threshold can be tuned without asking Redis again.
pub const CANDIDATE_K: usize = 50;

/// A cosine distance from 0 (same direction) to 2 (opposite), up to and including which memories count as near.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Threshold(f64);

impl Threshold {
    /// Recall: between a faithful paraphrase (0.15-0.50) and a merely related text (0.50-0.80) with all-MiniLM-L6-v2.
    pub const DEFAULT_RECALL: Self = Self(0.55);

    /// Deduplication: near-identical wording only.
    pub const DEFAULT_DEDUP: Self = Self(0.20);

    /// A checked threshold.
    ///
    /// # Errors
    /// What is no number from 0 to 2.
    pub fn new(distance: f64) -> Result<Self, InvalidInput> {
        match (0.0..=2.0).contains(&distance) {
            true => Ok(Self(distance)),
            false => Err(InvalidInput::unfit("threshold", "a cosine distance from 0 to 2")),
        }
    }

    /// The nearest threshold to a number; what is no finite number gives `fallback`.
    #[must_use]
    pub fn clamped_or(distance: f64, fallback: Self) -> Self {
        if distance.is_finite() { Self(distance.clamp(0.0, 2.0)) } else { fallback }
    }

    /// Reads a threshold from text, as [`Self::clamped_or`]; what is no number gives `fallback`.
    #[must_use]
    pub fn parse_or(text: &str, fallback: Self) -> Self {
        text.trim().parse().map_or(fallback, |distance| Self::clamped_or(distance, fallback))
    }

    /// The distance, 0 to 2.
    #[must_use]
    pub fn distance(self) -> f64 {
        self.0
    }

    /// Whether a memory at this distance is recalled: at the threshold counts, NaN never does.
    #[must_use]
    pub fn includes(self, distance: f64) -> bool {
        distance <= self.0
    }

    /// How far beyond the threshold a distance lies; negative when it is recalled.
    #[must_use]
    pub fn margin(self, distance: f64) -> f64 {
        distance - self.0
    }
}

impl TryFrom<f64> for Threshold {
    type Error = InvalidInput;

    fn try_from(distance: f64) -> Result<Self, InvalidInput> {
        Self::new(distance)
    }
}

impl From<Threshold> for f64 {
    fn from(threshold: Threshold) -> f64 {
        threshold.0
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Default for Threshold {
    /// The recall threshold.
    fn default() -> Self {
        Self::DEFAULT_RECALL
    }
}

/// THE recall rule: of candidates sorted by distance, the first `k` within the threshold.
///
/// The server and the browser both call this, so what the slider shows is what the server would recall.
#[must_use]
pub fn recalled(candidates: &[MemoryRecord], threshold: Threshold, k: usize) -> &[MemoryRecord] {
    let within = candidates
        .iter()
        .take(k)
        .take_while(|memory| memory.distance.is_some_and(|distance| threshold.includes(distance)))
        .count();
    &candidates[..within]
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

    #[test]
    fn the_threshold_is_inclusive_and_k_is_a_limit() {
        let candidates = at(&[0.1, 0.3, 0.55, 0.5500001]);
        let rows = [(0.0, 5, 0), (0.1, 5, 1), (0.55, 5, 3), (2.0, 5, 4), (2.0, 2, 2), (2.0, 0, 0)];
        for (threshold, k, expected) in rows {
            let threshold = Threshold::new(threshold).unwrap();
            assert_eq!(recalled(&candidates, threshold, k).len(), expected, "{threshold} {k}");
        }
    }

    #[test]
    fn a_memory_without_a_usable_distance_is_never_recalled() {
        assert!(recalled(&at(&[f64::NAN]), Threshold::DEFAULT_RECALL, 5).is_empty());
        assert!(recalled(&[MemoryRecord::default()], Threshold::DEFAULT_RECALL, 5).is_empty());
    }

    #[test]
    fn a_threshold_off_the_scale_is_refused() {
        assert_eq!(
            [0.0, 2.0].map(|distance| Threshold::new(distance).map(Threshold::distance)),
            [Ok(0.0), Ok(2.0)]
        );
        for distance in [-0.1, 2.1, f64::NAN, f64::INFINITY] {
            assert!(Threshold::new(distance).is_err_and(|error| error.field == "threshold"), "{distance}");
        }
        assert!(serde_json::from_str::<Threshold>("3.0").is_err());
    }

    #[test]
    fn text_that_is_no_number_gives_the_fallback_and_numbers_are_clamped() {
        let rows = [
            ("0.3", 0.3),
            (" 0.3 ", 0.3),
            ("-1", 0.0),
            ("7", 2.0),
            ("", 0.55),
            ("NaN", 0.55),
            ("inf", 0.55),
            ("-infinity", 0.55),
            ("near", 0.55),
        ];
        for (text, expected) in rows {
            let threshold = Threshold::parse_or(text, Threshold::DEFAULT_RECALL);
            assert_eq!(threshold.distance(), expected, "{text:?}");
        }
    }
}
