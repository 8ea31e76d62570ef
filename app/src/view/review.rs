//! Pairs that wait for a decision, in words.

#[cfg(any(feature = "ssr", test))]
use agent_memory::history::disagreements;
use agent_memory::{
    MemoryId, MemoryRecord, Threshold,
    comparison::{Differences, Words},
    history::Disagreement,
    review::{Decision, PairKind, ScanProgress},
    threshold::{RECALL_K, recalled},
};

/// Most differences that are told in words.
const TOLD: usize = 3;

/// A part of a text, and whether the other text says something else there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words as written.
    pub text: String,
    /// Whether they differ.
    pub is_different: bool,
}

/// A text in pieces, at the places that are told. A place that does not fit the text is left out: it may have been told
/// of another version.
#[must_use]
pub fn pieces<'a>(text: &str, places: impl Iterator<Item = &'a Words>) -> Vec<Piece> {
    let mut places: Vec<_> = places.map(|words| (words.start, words.end)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut push = |part: Option<&str>, is_different| {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            pieces.push(Piece { text: part.into(), is_different });
        }
    };
    let mut done = 0;
    for (start, end) in places {
        if start >= done && text.get(start..end).is_some() {
            push(text.get(done..start), false);
            push(text.get(start..end), true);
            done = end;
        }
    }
    push(text.get(done..), false);
    pieces
}

/// What the newer text says instead of the earlier one: `Thursday instead of Tuesday`. Empty where nothing is known.
#[must_use]
pub fn instead(differences: &Differences) -> String {
    let told: Vec<String> = differences
        .list
        .iter()
        .take(TOLD)
        .map(|difference| match (difference.earlier.text.as_str(), difference.newer.text.as_str()) {
            (earlier, "") => format!("without “{earlier}”"),
            ("", newer) => format!("with “{newer}”"),
            (earlier, newer) => format!("{newer} instead of {earlier}"),
        })
        .collect();
    let mut told = told.join(", ");
    if differences.list.len() > TOLD {
        told.push_str(&format!(", and {} more", differences.list.len() - TOLD));
    }
    told
}

/// What a recalled memory says against a newer one that is recalled with it.
#[must_use]
pub fn disagrees(differences: &Differences) -> String {
    match instead(differences) {
        told if told.is_empty() => "disagrees with the newer one".into(),
        told => format!("disagrees with the newer one: {told}"),
    }
}

/// Which of the candidates disagree with a newer one, each with each, as far as they can be recalled together.
#[cfg(any(feature = "ssr", test))]
#[must_use]
pub fn all_disagreements(candidates: &[MemoryRecord]) -> Vec<Disagreement> {
    // A turn does not recall itself, so one more may be among those that are recalled.
    let mut newest_first = candidates.iter().take(RECALL_K + 1).cloned().collect::<Vec<_>>();
    newest_first.sort_by(|one, other| other.created_ts.total_cmp(&one.created_ts));
    let mut found = Vec::new();
    for (at, newer) in newest_first.iter().enumerate() {
        let with_later = disagreements(&newest_first[at..]);
        found.extend(with_later.into_iter().filter(|one| one.newer == newer.id));
    }
    found
}

/// Those among the recalled candidates: each earlier one with the newest that is recalled.
#[must_use]
pub fn recalled_disagreements(
    all: &[Disagreement],
    candidates: &[MemoryRecord],
    threshold: Threshold,
) -> Vec<Disagreement> {
    let recalled = recalled(candidates, threshold, RECALL_K);
    let is_recalled = |id: &MemoryId| recalled.iter().any(|memory| memory.id == *id);
    let mut found: Vec<Disagreement> = Vec::new();
    // Those with the newest come first.
    for one in all.iter().filter(|one| is_recalled(&one.newer) && is_recalled(&one.earlier)) {
        if !found.iter().any(|known| known.earlier == one.earlier) {
            found.push(one.clone());
        }
    }
    found
}

/// What a pair is called.
#[must_use]
pub fn kind_word(kind: PairKind) -> &'static str {
    match kind {
        PairKind::Conflict => "conflict",
        PairKind::Same => "said twice",
    }
}

/// How it came to be known.
#[must_use]
pub fn found_by(by: &str) -> String {
    match by {
        "scan" => "by a scan".into(),
        "page" => "as it was written on this page".into(),
        "api" | "cli" | "library" => format!("as it came by the {by}"),
        agent => format!("as it came from {agent}"),
    }
}

/// What the button of a decision says.
#[must_use]
pub fn button(decision: Decision, kind: PairKind) -> &'static str {
    match (decision, kind) {
        (Decision::NewerWins, PairKind::Conflict) => "Newer wins",
        (Decision::NewerWins, PairKind::Same) => "Keep the newer",
        (Decision::OlderWins, PairKind::Conflict) => "Older wins",
        (Decision::OlderWins, PairKind::Same) => "Keep the older",
        (Decision::KeepBoth, _) => "Keep both",
        (Decision::Merge, _) => "Merge…",
        (Decision::NoConflict, PairKind::Conflict) => "Not a conflict",
        (Decision::NoConflict, PairKind::Same) => "Not the same",
    }
}

/// What was decided.
#[must_use]
pub fn decided_text(decision: Decision) -> &'static str {
    match decision {
        Decision::NewerWins => "Kept the newer one.",
        Decision::OlderWins => "Kept the older one.",
        Decision::KeepBoth => "Kept both.",
        Decision::Merge => "Merged them into one.",
        Decision::NoConflict => "Noted that they are about different things.",
    }
}

/// How many pairs wait: `2 to review`.
#[must_use]
pub fn count_text(count: u64) -> String {
    format!("{} to review", grouped(count))
}

/// A scan, over all its calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Memories that were compared.
    pub scanned: u64,
    /// Memories in all, as last told.
    pub total: u64,
    /// Pairs that were found.
    pub found: usize,
    /// Where it goes on; empty for the beginning.
    pub next: String,
    /// Whether the next call follows by itself.
    pub is_running: bool,
}

impl Scan {
    /// The scan after one more call. What is found at the beginning of another scan counts anew.
    #[must_use]
    pub fn and(self, progress: &ScanProgress) -> Self {
        let before =
            if self.next.is_empty() { Self { is_running: self.is_running, ..Self::default() } } else { self };
        Self {
            scanned: before.scanned + progress.scanned as u64,
            total: progress.total,
            found: before.found + progress.found,
            is_running: before.is_running && progress.next.is_some(),
            next: progress.next.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// How far it is: `600 of 1,240 compared, 3 found`. `None` before it began.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let Self { scanned, total, found, .. } = self;
        if *scanned == 0 && !self.is_running {
            return None;
        }
        let compared = match self.next.is_empty() && !self.is_running {
            true => format!("All {} compared", grouped(*total)),
            false => format!("{} of {} compared", grouped(*scanned), grouped(*total)),
        };
        Some(match found {
            0 => format!("{compared}, nothing new found"),
            _ => format!("{compared}, {} found", grouped(*found as u64)),
        })
    }
}

/// A number with its thousands apart: `1,240`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use agent_memory::comparison::{Reading, Verdict, compare};

    use super::*;

    fn differences(earlier: &str, newer: &str) -> Differences {
        match compare(earlier, newer, Reading::Whole) {
            Verdict::Revision(differences) => differences,
            other => panic!("{other:?}"),
        }
    }

    fn marked(text: &str, places: &[(usize, usize)]) -> String {
        let places: Vec<_> =
            places.iter().map(|&(start, end)| Words { text: String::new(), start, end }).collect();
        let pieces = pieces(text, places.iter());
        pieces
            .iter()
            .map(|piece| if piece.is_different { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    fn the_words_that_differ_are_marked_in_both_texts() {
        let (older, newer) = ("The stand-up is on Tuesday.", "The stand-up is on Thursday.");
        let found = differences(older, newer);
        let of = |text: &str, places: Vec<&Words>| {
            let pieces = pieces(text, places.into_iter());
            pieces.into_iter().filter(|piece| piece.is_different).map(|piece| piece.text).collect::<Vec<_>>()
        };
        assert_eq!(of(older, found.list.iter().map(|one| &one.earlier).collect()), ["Tuesday"]);
        assert_eq!(of(newer, found.list.iter().map(|one| &one.newer).collect()), ["Thursday"]);
        assert_eq!(instead(&found), "Thursday instead of Tuesday");
        assert_eq!(disagrees(&found), "disagrees with the newer one: Thursday instead of Tuesday");
    }

    #[test]
    fn a_place_that_does_not_fit_the_text_marks_nothing() {
        assert_eq!(marked("abc", &[(1, 2)]), "a[b]c");
        assert_eq!(marked("abc", &[(2, 3), (0, 1)]), "[a]b[c]");
        assert_eq!(marked("aüc", &[(2, 4)]), "aüc", "inside a character");
        assert_eq!(marked("abc", &[(1, 9)]), "abc", "behind the end");
        assert_eq!(marked("abc", &[(2, 1)]), "abc", "backwards");
        assert_eq!(marked("abcd", &[(0, 2), (1, 3)]), "[ab]cd", "overlapping");
        assert_eq!(marked("abc", &[(1, 1)]), "abc", "nothing");
        assert_eq!(marked("", &[(0, 0)]), "");
    }

    #[test]
    fn what_one_text_says_more_is_told() {
        assert_eq!(
            instead(&differences("The user likes cilantro.", "The user does not like cilantro.")),
            "with “not”"
        );
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
            let threshold = Threshold::new(threshold).unwrap();
            let found = recalled_disagreements(&all, &candidates, threshold);
            found
                .into_iter()
                .map(|one| format!("{} {}: {}", one.earlier, one.newer, instead(&one.differences)))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(0.4), ["b c: Friday instead of Thursday", "a c: Friday instead of Tuesday"]);
        assert_eq!(found(0.25), ["a b: Thursday instead of Tuesday"]);
        assert!(found(0.15).is_empty());
    }

    #[test]
    fn a_scan_adds_up_and_begins_anew_after_its_end() {
        let call = |scanned, found, next: Option<&str>| ScanProgress {
            scanned,
            total: 1240,
            found,
            next: next.map(|id| id.parse().unwrap()),
        };
        let begun = Scan { is_running: true, ..Scan::default() };
        assert_eq!(Scan::default().text(), None);
        let half = begun.and(&call(200, 0, Some("a"))).and(&call(400, 3, Some("b")));
        assert_eq!(half.text().as_deref(), Some("600 of 1,240 compared, 3 found"));
        assert!(half.is_running);
        let done = half.and(&call(640, 0, None));
        assert_eq!((done.is_running, done.next.as_str()), (false, ""));
        assert_eq!(done.text().as_deref(), Some("All 1,240 compared, 3 found"));
        let again = Scan { is_running: true, ..done }.and(&call(200, 0, Some("a")));
        assert_eq!(again.text().as_deref(), Some("200 of 1,240 compared, nothing new found"));
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }
}
