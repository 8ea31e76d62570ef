//! In which order versions of one thing are told: the newest first, the earlier ones behind it.

use crate::model::MemoryRecord;

/// Puts the newest of each chain of revisions where the best placed of the chain stood, and the earlier ones right behind
/// it, newest first. Everything else keeps its place.
///
/// The distances stay what they are, so a list may no longer be sorted by them: order what was recalled, and nothing before.
#[must_use]
pub fn newest_first(memories: Vec<MemoryRecord>) -> Vec<MemoryRecord> {
    if memories.iter().all(|memory| memory.chain.is_none()) {
        return memories;
    }
    let mut left = memories;
    let mut ordered = Vec::with_capacity(left.len());
    while let Some(best_placed) = left.first() {
        let chain = best_placed.chain_id().clone();
        let (versions, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|memory| memory.chain_id() == &chain);
        // Times of a search are exact to 10 ms: within these, the one that revises more of the others is newer.
        let depths: Vec<usize> = versions.iter().map(|memory| depth(memory, &versions)).collect();
        let mut versions: Vec<(usize, MemoryRecord)> = depths.into_iter().zip(versions).collect();
        versions.sort_by(|(deep, one), (deeper, other)| {
            other.created_ts.total_cmp(&one.created_ts).then(deeper.cmp(deep))
        });
        ordered.extend(versions.into_iter().map(|(_, memory)| memory));
        left = others;
    }
    ordered
}

/// How many of the others this one revises, directly or through others.
fn depth(memory: &MemoryRecord, versions: &[MemoryRecord]) -> usize {
    let earlier = |of: &MemoryRecord| versions.iter().find(|other| Some(&other.id) == of.revises.as_ref());
    let (mut depth, mut at) = (0, memory);
    // Bounded, since a circle, which no honest writer makes, would go on for ever.
    while let Some(before) = earlier(at).filter(|_| depth < versions.len()) {
        (depth, at) = (depth + 1, before);
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(id: &str, chain: Option<&str>, created_ts: f64) -> MemoryRecord {
        let chain = chain.map(|id| id.parse().unwrap());
        MemoryRecord { id: id.parse().unwrap(), chain, created_ts, ..MemoryRecord::default() }
    }

    fn ordered(memories: Vec<MemoryRecord>) -> Vec<String> {
        newest_first(memories).into_iter().map(|memory| memory.id.to_string()).collect()
    }

    #[test]
    fn the_newest_of_a_chain_takes_the_best_place_of_it() {
        let rows = [
            memory("x", None, 9.0),
            memory("old", None, 1.0),
            memory("y", None, 8.0),
            memory("newest", Some("old"), 3.0),
            memory("middle", Some("old"), 2.0),
        ];
        assert_eq!(ordered(rows.into()), ["x", "newest", "middle", "old", "y"]);
    }

    #[test]
    fn versions_of_the_same_moment_are_ordered_by_what_they_revise() {
        let version = |id: &str, revises: Option<&str>| MemoryRecord {
            revises: revises.map(|id| id.parse().unwrap()),
            ..memory(id, Some("a"), 1.0)
        };
        let rows = [version("b", Some("a")), version("c", Some("b")), memory("a", None, 1.0)];
        assert_eq!(ordered(rows.into()), ["c", "b", "a"]);
        let circle = [version("x", Some("y")), version("y", Some("x"))];
        assert_eq!(ordered(circle.into()).len(), 2);
    }

    #[test]
    fn versions_of_one_thing_stay_together_where_the_first_is_gone() {
        let rows =
            [memory("third", Some("gone"), 3.0), memory("y", None, 8.0), memory("fourth", Some("gone"), 4.0)];
        assert_eq!(ordered(rows.into()), ["fourth", "third", "y"]);
    }
}
