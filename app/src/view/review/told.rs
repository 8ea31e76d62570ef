//! Pairs and disagreements, compared and put into words.

use agent_memory::{
    MemoryRecord,
    comparison::{Differences, Words},
    history::disagreements,
    review::{Pair, PairKind},
    threshold::RECALL_K,
};

use crate::{
    api::look::{Disagrees, PairSeen},
    view::{distance::distance, lifetime::memory_lifetime},
};

/// Most differences that are told in words.
const TOLD: usize = 3;

/// A pair in words.
#[must_use]
pub fn pair_seen(pair: Pair) -> PairSeen {
    let Pair { kind, older, newer, differences, by, .. } = pair;
    let kind = match kind {
        PairKind::Conflict => "conflict",
        PairKind::Same => "same",
    };
    let facts = format!("{} apart, {}", distance(pair.distance), found_by(&by));
    let places = &differences.list;
    PairSeen {
        pieces: vec![
            pieces(&older.text, places.iter().map(|one| &one.earlier)),
            pieces(&newer.text, places.iter().map(|one| &one.newer)),
        ],
        words: vec![kind.into(), instead(&differences), facts],
        memories: vec![told(older), told(newer)],
    }
}

/// What is told of a memory beside its words, with its hits and its lifetime in place of them: what the browser shows changes
/// no more often than it has to.
fn told(memory: MemoryRecord) -> MemoryRecord {
    let MemoryRecord { id, kind, created_ts, hit_count, ttl_seconds, .. } = memory;
    let hits = if hit_count == 1 { "hit" } else { "hits" };
    let text = format!("{hit_count} {hits}, {}", memory_lifetime(ttl_seconds));
    MemoryRecord { id, kind, created_ts, text, ..MemoryRecord::default() }
}

/// Which of the candidates disagree with a newer one, each with each, as far as they can be recalled together; those with the
/// newest first.
#[must_use]
pub fn all_disagreements(candidates: &[MemoryRecord]) -> Vec<Disagrees> {
    // A turn does not recall itself, so one more may be among those that are recalled.
    let mut newest_first = candidates.iter().take(RECALL_K + 1).cloned().collect::<Vec<_>>();
    newest_first.sort_by(|one, other| other.created_ts.total_cmp(&one.created_ts));
    let mut found = Vec::new();
    for (at, newer) in newest_first.iter().enumerate() {
        let with_later = disagreements(&newest_first[at..]);
        found.extend(
            with_later
                .into_iter()
                .filter(|one| one.newer == newer.id)
                .map(|one| (one.earlier.to_string(), one.newer.to_string(), disagrees(&one.differences))),
        );
    }
    found
}

/// A text in pieces: every other one, from the second on, is a place that is told. A place that does not fit the text is left
/// out: it may have been told of another version.
fn pieces<'a>(text: &str, places: impl Iterator<Item = &'a Words>) -> Vec<String> {
    let mut places: Vec<_> = places.map(|words| (words.start, words.end)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (start, end) in places {
        if let (Some(same), Some(different)) = (text.get(done..start), text.get(start..end))
            && !different.is_empty()
        {
            pieces.extend([same.to_owned(), different.to_owned()]);
            done = end;
        }
    }
    pieces.extend(text.get(done..).map(ToOwned::to_owned));
    pieces
}

/// What the newer text says instead of the earlier one: `Thursday instead of Tuesday`. Empty where nothing is known.
fn instead(differences: &Differences) -> String {
    let told = differences.list.iter().take(TOLD).map(|one| {
        match (one.earlier.text.as_str(), one.newer.text.as_str()) {
            (earlier, "") => format!("without “{earlier}”"),
            ("", newer) => format!("with “{newer}”"),
            (earlier, newer) => format!("{newer} instead of {earlier}"),
        }
    });
    let mut told = told.collect::<Vec<_>>().join(", ");
    if differences.list.len() > TOLD {
        told.push_str(&format!(", and {} more", differences.list.len() - TOLD));
    }
    told
}

/// What a recalled memory says against a newer one that is recalled with it.
fn disagrees(differences: &Differences) -> String {
    match instead(differences) {
        told if told.is_empty() => "disagrees with the newer one".into(),
        told => format!("disagrees with the newer one: {told}"),
    }
}

/// How a pair came to be known.
fn found_by(by: &str) -> String {
    match by {
        "scan" => "found by a scan".into(),
        "page" => "written on this page".into(),
        "api" | "cli" | "library" => format!("written by the {by}"),
        agent => format!("written by {agent}"),
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::{
        Threshold,
        comparison::{Reading, Verdict, compare},
    };

    use super::*;
    use crate::view::review::disagreeing;

    fn differences(earlier: &str, newer: &str) -> Differences {
        match compare(earlier, newer, Reading::Whole) {
            Verdict::Revision(differences) => differences,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_words_that_differ_are_marked_in_both_texts() {
        let memory = |text: &str| MemoryRecord { text: text.into(), ..MemoryRecord::default() };
        let (older, newer) = (memory("The stand-up is on Tuesday."), memory("The stand-up is on Thursday."));
        let differences = differences(&older.text, &newer.text);
        let (kind, by) = (PairKind::Conflict, "scan".into());
        let seen = pair_seen(Pair { kind, older, newer, distance: 0.0514, differences, found_ts: 0.0, by });
        assert_eq!(seen.pieces[0], ["The stand-up is on ", "Tuesday", "."]);
        assert_eq!(seen.pieces[1], ["The stand-up is on ", "Thursday", "."]);
        assert_eq!(seen.words, ["conflict", "Thursday instead of Tuesday", "0.051 apart, found by a scan"]);
    }

    #[test]
    fn a_place_that_does_not_fit_the_text_marks_nothing() {
        let marked = |text: &str, places: &[(usize, usize)]| {
            let places: Vec<_> =
                places.iter().map(|&(start, end)| Words { text: String::new(), start, end }).collect();
            pieces(text, places.iter()).join("|")
        };
        assert_eq!(marked("abc", &[(1, 2)]), "a|b|c");
        assert_eq!(marked("abc", &[(2, 3), (0, 1)]), "|a|b|c|");
        assert_eq!(marked("aüc", &[(2, 4)]), "aüc", "inside a character");
        assert_eq!(marked("abc", &[(1, 9)]), "abc", "behind the end");
        assert_eq!(marked("abc", &[(2, 1)]), "abc", "backwards");
        assert_eq!(marked("abcd", &[(0, 2), (1, 3)]), "|ab|cd", "overlapping");
        assert_eq!(marked("abc", &[(1, 1)]), "abc", "nothing");
        assert_eq!(marked("", &[(0, 0)]), "");
    }

    #[test]
    fn what_one_text_says_more_is_told() {
        let found = differences("The user likes cilantro.", "The user does not like cilantro.");
        assert_eq!(instead(&found), "with “not”");
        assert_eq!(instead(&Differences::default()), "");
        assert_eq!(disagrees(&Differences::default()), "disagrees with the newer one");
    }

    #[test]
    fn only_what_is_recalled_together_disagrees_each_with_the_newest() {
        let memory = |id: &str, day: &str, distance: f64, created_ts: f64| MemoryRecord {
            id: id.parse().unwrap(),
            chain: Some("a".parse().unwrap()),
            text: format!("The stand-up is on {day}."),
            distance: Some(distance),
            created_ts,
            ..MemoryRecord::default()
        };
        // The earliest one is the nearest one.
        let candidates = [
            memory("a", "Tuesday", 0.1, 1.0),
            memory("b", "Thursday", 0.2, 2.0),
            memory("c", "Friday", 0.3, 3.0),
        ];
        let all = all_disagreements(&candidates);
        let found = |threshold| {
            let found = disagreeing(&all, &candidates, Threshold::new(threshold).unwrap());
            found.into_iter().map(|(id, words)| format!("{id} {words}")).collect::<Vec<_>>()
        };
        let with = "disagrees with the newer one:";
        assert_eq!(
            found(0.4),
            [format!("b {with} Friday instead of Thursday"), format!("a {with} Friday instead of Tuesday")]
        );
        assert_eq!(found(0.25), [format!("a {with} Thursday instead of Tuesday")]);
        assert!(found(0.15).is_empty());
    }
}
