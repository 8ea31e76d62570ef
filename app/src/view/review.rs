//! Pairs that wait for a decision, in words. What compares texts runs on the server alone.

#[cfg(any(feature = "ssr", test))]
pub use self::told::{all_disagreements, pair_seen};
use crate::api::look::Disagrees;
use agent_memory::{
    MemoryRecord, Threshold,
    review::Decision,
    threshold::{RECALL_K, recalled},
};

#[cfg(any(feature = "ssr", test))]
mod told;

/// What each recalled candidate says against the newest one that is recalled with it, where it does: its id, and the words.
#[must_use]
pub fn disagreeing<'a>(
    all: &'a [Disagrees],
    candidates: &[MemoryRecord],
    threshold: Threshold,
) -> Vec<(&'a str, &'a str)> {
    let recalled = recalled(candidates, threshold, RECALL_K);
    let is_recalled = |id: &str| recalled.iter().any(|memory| memory.id == id);
    let mut found: Vec<(&str, &str)> = Vec::new();
    // Those with the newest come first.
    for (earlier, newer, words) in all {
        if is_recalled(newer) && is_recalled(earlier) && !found.iter().any(|(known, _)| known == earlier) {
            found.push((earlier, words));
        }
    }
    found
}

/// What the button of a decision says.
#[must_use]
pub fn button(decision: Decision, is_same: bool) -> &'static str {
    match (decision, is_same) {
        (Decision::NewerWins, false) => "Newer wins",
        (Decision::NewerWins, true) => "Keep the newer",
        (Decision::OlderWins, false) => "Older wins",
        (Decision::OlderWins, true) => "Keep the older",
        (Decision::KeepBoth, _) => "Keep both",
        (Decision::Merge, _) => "Merge…",
        (Decision::NoConflict, false) => "Not a conflict",
        (Decision::NoConflict, true) => "Not the same",
    }
}

/// What was decided, by the word of the decision in the address; `None` where that tells of none.
#[must_use]
pub fn decided_text(decided: &str) -> Option<&'static str> {
    Some(match decided.split(' ').next()?.parse().ok()? {
        Decision::NewerWins => "Kept the newer one.",
        Decision::OlderWins => "Kept the older one.",
        Decision::KeepBoth => "Kept both.",
        Decision::Merge => "Merged them into one.",
        Decision::NoConflict => "Noted that they are about different things.",
    })
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
    pub found: u64,
    /// Where it goes on; empty for the beginning.
    pub next: String,
    /// Whether the next call follows by itself.
    pub is_running: bool,
}

impl Scan {
    /// Goes on by the reply to one more call, see [`mod@crate::api::review`]. After its end it counts anew.
    pub fn go_on(&mut self, reply: &str) {
        if self.next.is_empty() {
            *self = Self { is_running: self.is_running, ..Self::default() };
        }
        let mut words = reply.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0_u64);
        self.scanned += number();
        self.total = number();
        self.found += number();
        self.next = words.next().unwrap_or_default().into();
        self.is_running &= !self.next.is_empty();
    }

    /// How far it is: `600 of 1,240 compared, 3 found`. `None` before it began.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let Self { scanned, total, found, next, is_running } = self;
        let (scanned, total, found) = (grouped(*scanned), grouped(*total), grouped(*found));
        match (next.is_empty(), is_running) {
            (true, true) => Some("comparing…".into()),
            (true, false) if scanned == "0" => None,
            (true, false) => Some(format!("all {total} compared, {found} found")),
            (false, true) => Some(format!("{scanned} of {total} compared, {found} found")),
            (false, false) => Some(format!("stopped: {scanned} of {total} compared, {found} found")),
        }
    }
}

/// A number with its thousands apart: `1,240`.
fn grouped(number: u64) -> String {
    let mut grouped = number.to_string();
    let mut at = grouped.len();
    while at > 3 {
        at -= 3;
        grouped.insert(at, ',');
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_adds_up_and_begins_anew_after_its_end() {
        let mut scan = Scan::default();
        assert_eq!(scan.text(), None);
        scan.is_running = true;
        scan.go_on("200 1240 0 a");
        scan.go_on("400 1240 3 b");
        assert_eq!(scan.text().as_deref(), Some("600 of 1,240 compared, 3 found"));
        scan.is_running = false;
        assert_eq!(scan.text().as_deref(), Some("stopped: 600 of 1,240 compared, 3 found"));
        scan.is_running = true;
        scan.go_on("640 1240 0");
        assert_eq!((scan.is_running, scan.next.as_str()), (false, ""));
        assert_eq!(scan.text().as_deref(), Some("all 1,240 compared, 3 found"));
        scan.is_running = true;
        scan.go_on("200 1240 0 a");
        assert_eq!(scan.text().as_deref(), Some("200 of 1,240 compared, 0 found"));
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn what_was_decided_is_told_by_its_word() {
        assert_eq!(decided_text("newer_wins a b"), Some("Kept the newer one."));
        assert_eq!(decided_text("toss_a_coin a b"), None);
        assert_eq!(decided_text(""), None);
    }
}
