//! In which order versions of one thing are told: the newest first, the earlier ones somewhere behind it.

use std::collections::HashMap;

use crate::{model::MemoryRecord, scope::MemoryId};

/// Puts the newest of each chain of revisions where the best placed of the chain stood, the next newest where the second best
/// stood, and so on: of what disagrees the newest comes first, and nothing else moves.
///
/// The distances stay what they are, so a list may no longer be sorted by them: order what was recalled, and nothing before.
#[must_use]
pub fn newest_first(memories: Vec<MemoryRecord>) -> Vec<MemoryRecord> {
    if memories.iter().all(|memory| memory.chain.is_none()) {
        return memories;
    }
    let mut places: HashMap<MemoryId, Vec<usize>> = HashMap::new();
    for (at, memory) in memories.iter().enumerate() {
        places.entry(memory.chain_id().clone()).or_default().push(at);
    }
    let mut ordered: Vec<Option<MemoryRecord>> = memories.into_iter().map(Some).collect();
    for places in places.into_values().filter(|places| places.len() > 1) {
        let versions: Vec<MemoryRecord> = places.iter().filter_map(|at| ordered[*at].take()).collect();
        // Times of a search are exact to 10 ms: within these, the one that revises more of the others is newer.
        let depths: Vec<usize> = versions.iter().map(|memory| depth(memory, &versions)).collect();
        let mut versions: Vec<(usize, MemoryRecord)> = depths.into_iter().zip(versions).collect();
        versions.sort_by(|(deep, one), (deeper, other)| {
            other.created_ts.total_cmp(&one.created_ts).then(deeper.cmp(deep))
        });
        for (at, (_, memory)) in places.into_iter().zip(versions) {
            ordered[at] = Some(memory);
        }
    }
    ordered.into_iter().flatten().collect()
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
        assert_eq!(ordered(rows.into()), ["x", "newest", "y", "middle", "old"]);
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
        assert_eq!(ordered(rows.into()), ["fourth", "y", "third"]);
    }
}
