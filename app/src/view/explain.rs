//! Why a memory was or was not recalled, in words.

use agent_memory::{Kind, MemoryRecord, Threshold, threshold::RECALL_K};

use super::{
    distance::{distance, over, threshold_value},
    lifetime::memory_lifetime,
    verdict::{Verdict, recalled_count, verdict},
};

/// What a memory is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// What the query found, nearest first; `None` where nothing was asked.
    pub candidates: Option<&'a [MemoryRecord]>,
    /// The recall threshold.
    pub threshold: Threshold,
    /// The deduplication threshold.
    pub dedup: Threshold,
    /// Only this kind is recalled.
    pub only: Option<Kind>,
    /// The memory that the turn itself wrote.
    pub own: Option<&'a str>,
}

/// The reasons, the decisive one first.
#[must_use]
pub fn reasons(memory: &MemoryRecord, by: Judgement<'_>) -> Vec<String> {
    let Some(candidates) = by.candidates else {
        return vec!["Nothing was asked yet: send a turn or probe, and it is judged.".into()];
    };
    let mut reasons = vec![decisive(memory, candidates, by)];
    reasons.extend(place(memory, candidates, by));
    reasons.extend(memory.distance.map(|at| near_duplicate(at, by.dedup)));
    reasons.push(life(memory));
    reasons
}

/// A word or two for a table cell: `recalled`, `0.023 over`, `other kind`.
#[must_use]
pub fn short(memory: &MemoryRecord, by: Judgement<'_>) -> String {
    let Some(candidates) = by.candidates else { return String::new() };
    if by.own == Some(memory.id.as_str()) {
        return "written by this turn".into();
    }
    if excluded_kind(memory, by.only).is_some() {
        return "other kind".into();
    }
    match (rank(memory, candidates), memory.distance) {
        (Some(rank), Some(at)) => match judge(&candidates[rank], rank, candidates, by.threshold) {
            Verdict::Recalled => format!("recalled, no. {}", rank + 1),
            Verdict::BeyondK => format!("beyond the first {RECALL_K}"),
            Verdict::Over => over(by.threshold, at),
        },
        (None, Some(at)) if by.threshold.includes(at) => format!("beyond the first {RECALL_K}"),
        (_, Some(at)) => over(by.threshold, at),
        (_, None) => "no distance".into(),
    }
}

fn decisive(memory: &MemoryRecord, candidates: &[MemoryRecord], by: Judgement<'_>) -> String {
    let line = threshold_value(by.threshold);
    if by.own == Some(memory.id.as_str()) {
        return "Not recalled: the turn itself wrote it, and a turn never recalls itself.".into();
    }
    if let Some(only) = excluded_kind(memory, by.only) {
        return format!("Not recalled: it is {}, and only {only} memories were asked for.", memory.kind);
    }
    let Some(at) = memory.distance else {
        return "Not recalled: its stored vector has no distance to the query.".into();
    };
    let rank = rank(memory, candidates);
    let verdict = rank.map(|rank| judge(&candidates[rank], rank, candidates, by.threshold));
    match verdict {
        Some(Verdict::Recalled) => format!(
            "Recalled: its distance {} is within the threshold {line}, by {}.",
            distance(at),
            distance(-by.threshold.margin(at))
        ),
        Some(Verdict::BeyondK) => too_many(at, &line),
        None if by.threshold.includes(at) => too_many(at, &line),
        _ => format!(
            "Not recalled: its distance {} is over the threshold {line}, {}.",
            distance(at),
            over(by.threshold, at)
        ),
    }
}

fn too_many(at: f64, line: &str) -> String {
    format!(
        "Not recalled: its distance {} is within the threshold {line}, but {RECALL_K} nearer ones are recalled already.",
        distance(at)
    )
}

fn place(memory: &MemoryRecord, candidates: &[MemoryRecord], by: Judgement<'_>) -> Option<String> {
    if excluded_kind(memory, by.only).is_some() || by.own == Some(memory.id.as_str()) {
        return None;
    }
    let count = candidates.len();
    Some(match rank(memory, candidates) {
        Some(rank) => {
            format!("It is no. {} of the {count} nearest memories of this user and namespace.", rank + 1)
        }
        None => format!("It is not among the {count} nearest memories of this user and namespace."),
    })
}

fn near_duplicate(at: f64, dedup: Threshold) -> String {
    let line = threshold_value(dedup);
    match dedup.includes(at) {
        true => format!("A text of its kind as near as this one, up to {line}, counts as a hit on it."),
        false => format!(
            "As a text to remember, the query would not be deduplicated onto it: that ends at {line}."
        ),
    }
}

fn life(memory: &MemoryRecord) -> String {
    match memory.ttl_seconds {
        None => "It has no expiry: it stays until somebody drops it.".into(),
        Some(_) => format!("It expires in {}.", memory_lifetime(memory.ttl_seconds)),
    }
}

fn rank(memory: &MemoryRecord, candidates: &[MemoryRecord]) -> Option<usize> {
    candidates.iter().position(|candidate| candidate.id == memory.id)
}

fn judge(memory: &MemoryRecord, rank: usize, candidates: &[MemoryRecord], threshold: Threshold) -> Verdict {
    verdict(memory, rank, recalled_count(candidates, threshold), threshold)
}

fn excluded_kind(memory: &MemoryRecord, only: Option<Kind>) -> Option<Kind> {
    only.filter(|only| memory.kind != only.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(id: &str, distance: f64) -> MemoryRecord {
        let kind = "semantic".into();
        MemoryRecord { id: id.parse().unwrap(), kind, distance: Some(distance), ..MemoryRecord::default() }
    }

    fn by(candidates: &[MemoryRecord]) -> Judgement<'_> {
        Judgement {
            candidates: Some(candidates),
            threshold: Threshold::DEFAULT_RECALL,
            dedup: Threshold::DEFAULT_DEDUP,
            only: None,
            own: None,
        }
    }

    #[test]
    fn the_decisive_reason_comes_first() {
        let seven: Vec<_> = (0..7).map(|rank| memory(&rank.to_string(), 0.3)).collect();
        let mixed = [memory("near", 0.473), memory("far", 0.573)];
        let rows = [
            (
                memory("near", 0.473),
                by(&mixed),
                "Recalled: its distance 0.473 is within the threshold 0.55, by 0.077.",
            ),
            (
                memory("far", 0.573),
                by(&mixed),
                "Not recalled: its distance 0.573 is over the threshold 0.55, 0.023 over.",
            ),
            (
                memory("6", 0.3),
                by(&seven),
                "Not recalled: its distance 0.300 is within the threshold 0.55, but 5 nearer ones are recalled already.",
            ),
            (
                memory("unlisted", 0.5),
                by(&seven),
                "Not recalled: its distance 0.500 is within the threshold 0.55, but 5 nearer ones are recalled already.",
            ),
            (
                memory("near", 0.473),
                Judgement { only: Some(Kind::Episodic), ..by(&mixed) },
                "Not recalled: it is semantic, and only episodic memories were asked for.",
            ),
            (
                memory("near", 0.0),
                Judgement { own: Some("near"), ..by(&mixed) },
                "Not recalled: the turn itself wrote it, and a turn never recalls itself.",
            ),
            (
                MemoryRecord { distance: None, ..memory("x", 0.0) },
                by(&mixed),
                "Not recalled: its stored vector has no distance to the query.",
            ),
        ];
        for (memory, by, expected) in rows {
            assert_eq!(reasons(&memory, by)[0], expected);
        }
    }

    #[test]
    fn without_a_query_nothing_is_judged() {
        let nothing = Judgement { candidates: None, ..by(&[]) };
        assert_eq!(reasons(&memory("a", 0.1), nothing).len(), 1);
        assert_eq!(short(&memory("a", 0.1), nothing), "");
    }

    #[test]
    fn rank_and_lifetime_are_told_too() {
        let mixed = [memory("near", 0.1), memory("far", 0.573)];
        let all = reasons(&MemoryRecord { ttl_seconds: Some(90), ..memory("far", 0.573) }, by(&mixed));
        assert_eq!(all[1], "It is no. 2 of the 2 nearest memories of this user and namespace.");
        assert_eq!(all[3], "It expires in 1 min.");
        assert!(reasons(&memory("near", 0.1), by(&mixed))[2].contains("counts as a hit"));
    }

    #[test]
    fn a_cell_has_room_for_a_word_or_two() {
        let mixed = [memory("near", 0.473), memory("far", 0.573)];
        assert_eq!(short(&mixed[0], by(&mixed)), "recalled, no. 1");
        assert_eq!(short(&mixed[1], by(&mixed)), "0.023 over");
        assert_eq!(short(&memory("z", 0.9), by(&mixed)), "0.350 over");
    }
}
