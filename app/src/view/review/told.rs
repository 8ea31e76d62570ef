//! Pairs and disagreements, compared and put into words.

use agent_memory::{
    MemoryRecord,
    comparison::{Differences, Words},
    history::disagreements,
    review::{Pair, PairKind},
    revision::newest_first,
    threshold::RECALL_K,
};

use crate::{
    api::look::{Disagrees, PairSeen},
    view::{
        distance::distance,
        html::escaped,
        instant::{clock, date, iso},
        lifetime::ago,
    },
};

/// Most differences that are told in words.
const TOLD: usize = 3;

/// Bytes from which on a text may have to be scrolled.
const LONG: usize = 600;

/// A pair in words and markup.
#[must_use]
pub fn pair_seen(pair: Pair) -> PairSeen {
    let Pair { kind, older, newer, differences, by, distance: apart, .. } = pair;
    let kind = match kind {
        PairKind::Conflict => "conflict",
        PairKind::Same => "same",
    };
    let places = &differences.list;
    let older_pieces = pieces(&older.text, places.iter().map(|one| &one.earlier));
    let newer_pieces = pieces(&newer.text, places.iter().map(|one| &one.newer));
    let markup = format!(
        r#"<div class="pair__head"><span class="badge badge--{kind}">{kind}</span><strong class="pair__instead" dir="auto">{}</strong><span class="pair__facts">{} apart, {}</span></div><div class="pair__sides">{}{}</div>"#,
        escaped(&instead(&differences)),
        distance(apart),
        escaped(&found_by(&by)),
        side("Older", &earlier_by(newer.created_ts - older.created_ts), &older, &older_pieces, "del"),
        side("Newer", "", &newer, &newer_pieces, "ins"),
    );
    (format!("{} {}", older.id, newer.id), kind.into(), newer.text, newer.created_ts, markup)
}

/// One of the two memories, with the words marked that differ. Nothing in it changes by itself, as ages do: a selection in it stays.
fn side(which: &str, gap: &str, memory: &MemoryRecord, pieces: &[String], mark: &str) -> String {
    let MemoryRecord { id, kind, created_ts, hit_count, text, ttl_seconds, .. } = memory;
    let mut said = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let piece = escaped(piece);
        said.push_str(&if at % 2 == 0 {
            piece
        } else {
            format!(r#"<{mark} class="pair__word">{piece}</{mark}>"#)
        });
    }
    // What may have to be scrolled can have the focus.
    let scrolls = if text.len() > LONG { r#" tabindex="0""# } else { "" };
    let badge = match kind.as_str() {
        "episodic" | "semantic" => format!("badge badge--{kind}"),
        _ => "badge".into(),
    };
    let hits = if *hit_count == 1 { "hit" } else { "hits" };
    let stays = if ttl_seconds.is_none() { ", stays" } else { "" };
    let (id, kind, iso) = (escaped(id.as_str()), escaped(kind), iso(*created_ts));
    let when = format!("{} {}", date(*created_ts), clock(*created_ts));
    format!(
        r#"<div class="pair__side"><div class="pair__which"><h3 class="panel__subheading">{which}</h3><span class="{badge}">{kind}</span><time datetime="{iso}" title="UTC">{when}</time><span>{gap}</span></div><p class="pair__text" dir="auto"{scrolls}>{said}</p><div class="pair__origin"><code>{id}</code><span>{hit_count} {hits}{stays}</span></div></div>"#
    )
}

/// By how much it is the earlier one: `2 h 5 min earlier`.
fn earlier_by(seconds: f64) -> String {
    match ago(seconds).strip_suffix(" ago") {
        Some(gap) => format!("{gap} earlier"),
        None => String::new(),
    }
}

/// Which of the candidates disagree with a newer one, each with each, as far as they can be recalled together; those with the
/// newest first.
#[must_use]
pub fn all_disagreements(candidates: &[MemoryRecord]) -> Vec<Disagrees> {
    // A turn does not recall itself, so one more may be among those that are recalled.
    let newest_first = newest_first(candidates.iter().take(RECALL_K + 1).cloned().collect());
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
        MemoryId, Threshold,
        comparison::{Difference, Reading, Verdict, compare},
    };

    use super::*;
    use crate::view::review::disagreeing;

    fn differences(earlier: &str, newer: &str) -> Differences {
        match compare(earlier, newer, Reading::Whole) {
            Verdict::Revision(differences) => differences,
            other => panic!("{other:?}"),
        }
    }

    fn pair(older: &str, newer: &str, differences: Differences) -> Pair {
        let memory = |id: &str, text: &str, created_ts| MemoryRecord {
            id: id.parse().unwrap(),
            kind: "semantic".into(),
            text: text.into(),
            created_ts,
            ..MemoryRecord::default()
        };
        let (older, newer) = (memory("a", older, 0.0), memory("b", newer, 7500.0));
        let by = "scan".into();
        Pair { kind: PairKind::Conflict, older, newer, distance: 0.0514, differences, found_ts: 0.0, by }
    }

    #[test]
    fn the_words_that_differ_are_marked_in_both_texts() {
        let (older, newer) = ("The stand-up is on Tuesday.", "The stand-up is on Thursday.");
        let (key, kind, text, created_ts, markup) = pair_seen(pair(older, newer, differences(older, newer)));
        assert_eq!(
            (key.as_str(), kind.as_str(), text.as_str(), created_ts),
            ("a b", "conflict", newer, 7500.0)
        );
        for expected in [
            r#">The stand-up is on <del class="pair__word">Tuesday</del>.</p>"#,
            r#">The stand-up is on <ins class="pair__word">Thursday</ins>.</p>"#,
            ">Thursday instead of Tuesday</strong>",
            ">0.051 apart, found by a scan</span>",
            ">2 h 5 min earlier</span>",
            ">1970-01-01 02:05:00</time>",
            ">0 hits, stays</span>",
        ] {
            assert!(markup.contains(expected), "{expected} in {markup}");
        }
    }

    #[test]
    fn nothing_that_others_wrote_is_markup() {
        let evil = "<img src=x onerror=alert(1)>&amp;\"";
        let mut written = pair(&format!("{evil} 1"), &format!("{evil} 2"), Differences::default());
        written.by = evil.into();
        written.older.id = MemoryId::existing(evil).unwrap();
        written.newer.kind = evil.into();
        let differs = |text: &str| Words { text: text.into(), start: 0, end: evil.len() };
        let kind = agent_memory::comparison::DifferenceKind::Word;
        written.differences.list.push(Difference { kind, earlier: differs(evil), newer: differs(evil) });
        let (.., markup) = pair_seen(written);
        assert!(!markup.contains("<img"), "{markup}");
        assert!(markup.contains("&lt;img src=x onerror=alert(1)>&amp;amp;"), "{markup}");
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
