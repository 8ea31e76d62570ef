//! The distance axis: from a cosine distance to a place on the line, and back.

use agent_memory::{MemoryRecord, Threshold};

use super::verdict::recalled_count;

/// One candidate on the axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// The memory's id.
    pub id: String,
    /// Where on the line, as a percentage of its length.
    pub x: String,
    /// How many dots already stand at nearly the same place: this one stands above them.
    pub level: u32,
    /// Its rank among the candidates, counted from 0: those below the count of what is recalled are recalled.
    pub rank: usize,
}

/// Dots nearer to each other than this are stacked: a dot's width on a line of 500 pixels.
const CROWDED: f64 = 0.024;

/// Most dots on top of each other; further ones share the highest place.
const LEVELS: u32 = 5;

/// The place of a distance on the line, such as `27.50%`; what lies beyond the ends stands at the end.
#[must_use]
pub fn place(distance: f64) -> String {
    format!("{:.2}%", distance.clamp(0.0, 2.0) * 50.0)
}

/// The dots of candidates, which are sorted by distance; those without a distance have none.
#[must_use]
pub fn dots(candidates: &[MemoryRecord]) -> Vec<Dot> {
    let mut dots: Vec<Dot> = Vec::with_capacity(candidates.len());
    let (mut column, mut level) = (f64::NEG_INFINITY, 0);
    for (rank, memory) in candidates.iter().enumerate() {
        let Some(distance) = memory.distance else { continue };
        if distance - column < CROWDED {
            level = (level + 1).min(LEVELS - 1);
        } else {
            (column, level) = (distance, 0);
        }
        dots.push(Dot { id: memory.id.to_string(), x: place(distance), level, rank });
    }
    dots
}

/// Up to which distance memories are recalled: the threshold, or the last one that is recalled where nearer ones shut out
/// others within the threshold.
#[must_use]
pub fn recalled_until(candidates: &[MemoryRecord], threshold: Threshold) -> f64 {
    let count = recalled_count(candidates, threshold);
    let distance = |rank: usize| candidates.get(rank).and_then(|memory| memory.distance);
    let is_shut_out = distance(count).is_some_and(|next| threshold.includes(next));
    count.checked_sub(1).and_then(distance).filter(|_| is_shut_out).unwrap_or(threshold.distance())
}

/// The axis in words, for those who do not see it.
#[must_use]
pub fn summary(candidates: &[MemoryRecord], threshold: Threshold, dedup: Threshold) -> String {
    let distances: Vec<f64> = candidates.iter().filter_map(|memory| memory.distance).collect();
    match (distances.first(), distances.last()) {
        (Some(nearest), Some(farthest)) => format!(
            "{} candidates between {nearest:.3} and {farthest:.3}, {} recalled; recall line at {}, deduplication line \
             at {}",
            distances.len(),
            recalled_count(candidates, threshold),
            super::distance::threshold_value(threshold),
            super::distance::threshold_value(dedup),
        ),
        _ => "No candidates to show".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(distances: &[f64]) -> Vec<MemoryRecord> {
        let record = |&distance| MemoryRecord { distance: Some(distance), ..MemoryRecord::default() };
        distances.iter().map(record).collect()
    }

    #[test]
    fn a_distance_has_a_place_on_the_line() {
        let rows = [(0.0, "0.00%"), (0.55, "27.50%"), (2.0, "100.00%"), (2.5, "100.00%"), (-0.1, "0.00%")];
        for (distance, expected) in rows {
            assert_eq!(place(distance), expected, "{distance}");
        }
    }

    #[test]
    fn dots_at_the_same_place_are_stacked_up_to_a_height() {
        let levels = |distances: &[f64]| dots(&at(distances)).iter().map(|dot| dot.level).collect::<Vec<_>>();
        assert_eq!(levels(&[0.1, 0.2, 0.3]), [0, 0, 0]);
        assert_eq!(levels(&[0.5, 0.51, 0.515, 0.53]), [0, 1, 2, 0]);
        assert_eq!(levels(&[0.5; 8]), [0, 1, 2, 3, 4, 4, 4, 4]);
    }

    #[test]
    fn a_candidate_without_a_distance_has_no_dot() {
        assert!(dots(&[MemoryRecord::default()]).is_empty());
        let summary = summary(&[], Threshold::DEFAULT_RECALL, Threshold::DEFAULT_DEDUP);
        assert_eq!(summary, "No candidates to show");
    }

    #[test]
    fn the_axis_is_told_in_words() {
        let summary = summary(&at(&[0.2, 0.9]), Threshold::DEFAULT_RECALL, Threshold::DEFAULT_DEDUP);
        let expected = "2 candidates between 0.200 and 0.900, 1 recalled; recall line at 0.55, deduplication line at 0.20";
        assert_eq!(summary, expected);
    }

    #[test]
    fn what_is_recalled_ends_at_the_line_or_at_the_last_that_is_recalled() {
        let until = |distances: &[f64]| recalled_until(&at(distances), Threshold::DEFAULT_RECALL);
        let rows = [
            (vec![], 0.55),
            (vec![0.3, 0.9], 0.55),
            (vec![0.9], 0.55),
            (vec![0.1, 0.2, 0.3, 0.4, 0.45], 0.55),
            (vec![0.1, 0.2, 0.3, 0.4, 0.45, 0.9], 0.55),
            (vec![0.1, 0.2, 0.3, 0.4, 0.45, 0.5], 0.45),
        ];
        for (distances, expected) in rows {
            assert_eq!(until(&distances), expected, "{distances:?}");
        }
    }
}
