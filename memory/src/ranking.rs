//! In which order what was found is recalled: by distance alone, or by distance, words and neighbourhood together.
//!
//! A vector knows what a text is about and misses names and numbers; words find these and miss everything said otherwise; and what
//! was said just before and after often has the word that both lack. [`rank`] puts the three together: each is scaled to 0..1 over
//! the candidates, and they weigh the same. docs/QUALITY.md has what that finds.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    filter::words_of,
    model::{MemoryRecord, words},
    scope::MemoryId,
    threshold::Threshold,
};

words! {
    /// How memories are ranked.
    Ranking, "ranking" {
        /// By the distance of their vectors alone.
        Distance = "distance",
        /// By distance, words and neighbouring turns.
        Hybrid = "hybrid",
    }
}

/// Turns before and after one that count as its neighbours.
pub const NEIGHBOURS: u64 = 2;

/// Most words of a question that are looked for.
pub const TERMS_MAX: usize = 32;

/// Words that say nothing about what a question is about, those of which Redis Search keeps no record among them.
const STOP_WORDS: [&str; 125] = [
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "before", "being", "but", "by", "can", "could", "did", "do", "does", "doing", "don", "down", "each",
    "few", "for", "from", "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how",
    "i", "if", "in", "into", "is", "it", "its", "just", "ll", "may", "me", "might", "more", "most", "must",
    "my", "no", "not", "now", "of", "off", "on", "once", "only", "or", "other", "our", "out", "over", "own",
    "re", "s", "same", "shall", "she", "should", "so", "some", "such", "t", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "to", "too", "under", "until", "up", "us",
    "ve", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "whose",
    "why", "will", "with", "would", "you", "your", "yours", "d", "m", "o", "y", "let", "tell",
];

/// The words of a text that are worth looking for, each once, in its order; at most [`TERMS_MAX`].
#[must_use]
pub fn terms_of(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for word in words_of(text) {
        if !STOP_WORDS.contains(&word.as_str()) && !terms.contains(&word) {
            terms.push(word);
            if terms.len() == TERMS_MAX {
                break;
            }
        }
    }
    terms
}

/// How much each of the three counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// The vector.
    pub vector: f64,
    /// The words of the text itself.
    pub text: f64,
    /// The words of the turns around it.
    pub around: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { vector: 1.0, text: 1.0, around: 1.0 }
    }
}

/// A memory that one of the searches found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Candidate {
    /// The memory.
    pub id: MemoryId,
    /// Its cosine distance, where it is among the nearest.
    pub distance: Option<f64>,
    /// How well its words fit (BM25), where they are among those that fit best.
    pub text_score: Option<f64>,
    /// The thread that it comes from.
    pub source_thread: String,
    /// Which turn of the thread it was; `None` where that is not known.
    pub turn: Option<u64>,
}

/// How common words are among the memories that are searched.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frequencies {
    /// Memories in all.
    pub total: u64,
    /// For each word how many of them have it.
    pub having: Vec<u64>,
}

/// How well the words of texts fit (Okapi BM25, k1 1.2, b 0.75), by how rare each word is among all memories.
#[must_use]
pub fn text_scores(terms: &[String], frequencies: &Frequencies, texts: &[&str]) -> Vec<f64> {
    const K1: f64 = 1.2;
    const B: f64 = 0.75;
    let texts: Vec<Vec<String>> = texts.iter().map(|text| stems_of(text)).collect();
    let all: usize = texts.iter().map(Vec::len).sum();
    let average = (all as f64 / texts.len().max(1) as f64).max(1.0);
    let stems: Vec<String> = terms.iter().map(|term| stem(term)).collect();
    let rarity = |at: usize| {
        let having = frequencies.having.get(at).copied().unwrap_or(0) as f64;
        let total = (frequencies.total as f64).max(having);
        (1.0 + (total - having + 0.5) / (having + 0.5)).ln()
    };
    let score = |text: &Vec<String>| {
        let length = text.len() as f64;
        let of_term = |(at, stem): (usize, &String)| {
            let times = text.iter().filter(|word| *word == stem).count() as f64;
            rarity(at) * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length / average))
        };
        stems.iter().enumerate().map(of_term).sum()
    };
    texts.iter().map(score).collect()
}

/// The words of a text that mean something, each in its short form, as often as they stand there.
fn stems_of(text: &str) -> Vec<String> {
    let words = words_of(text).into_iter().filter(|word| !STOP_WORDS.contains(&word.as_str()));
    words.map(|word| stem(&word)).collect()
}

/// One of the three scores of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Stage {
    /// Its place by this score among the candidates, from 1; `None` where it has none of it.
    pub rank: Option<usize>,
    /// The score: for the vector the cosine, for words BM25.
    pub score: Option<f64>,
    /// What it adds before it is weighed, 0 to 1.
    pub share: f64,
}

/// A candidate with its place and how it came there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The memory.
    pub id: MemoryId,
    /// The sum of the weighed shares.
    pub score: f64,
    /// By the vector.
    pub vector: Stage,
    /// By the words of the text itself.
    pub text: Stage,
    /// By the words of the turns around it.
    pub around: Stage,
}

/// Puts candidates in order, the best first. Equal ones are in the order of their ids, so the same candidates are always in the
/// same order.
#[must_use]
pub fn rank(candidates: &[Candidate], weights: Weights) -> Vec<Ranked> {
    let cosines: Vec<Option<f64>> =
        candidates.iter().map(|one| one.distance.map(|distance| 1.0 - distance)).collect();
    // What is not among the nearest is at most as near as the farthest of these.
    let farthest = cosines.iter().flatten().copied().reduce(f64::min).unwrap_or(0.0);
    let texts: Vec<Option<f64>> = candidates.iter().map(|one| one.text_score).collect();
    let around = around(candidates);
    let vector = stages(&cosines, farthest);
    let text = stages(&texts, 0.0);
    let around = stages(&around, 0.0);
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .enumerate()
        .map(|(at, one)| Ranked {
            id: one.id.clone(),
            score: weights.vector * vector[at].share
                + weights.text * text[at].share
                + weights.around * around[at].share,
            vector: vector[at],
            text: text[at],
            around: around[at],
        })
        .collect();
    ranked.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id)));
    ranked
}

/// For each candidate the sum of the text scores of its neighbouring turns.
fn around(candidates: &[Candidate]) -> Vec<Option<f64>> {
    let mut scored: HashMap<(&str, u64), f64> = HashMap::new();
    for one in candidates {
        if let (Some(turn), Some(score)) = (one.turn, one.text_score) {
            *scored.entry((&one.source_thread, turn)).or_default() += score;
        }
    }
    let sum = |one: &Candidate| {
        let turn = one.turn?;
        let near =
            (turn.saturating_sub(NEIGHBOURS)..=turn.saturating_add(NEIGHBOURS)).filter(|at| *at != turn);
        let scores = near.filter_map(|at| scored.get(&(one.source_thread.as_str(), at)));
        Some(scores.sum::<f64>()).filter(|sum| *sum > 0.0)
    };
    candidates.iter().map(sum).collect()
}

/// Ranks, and scores scaled to 0..1; what has no score counts as the least.
fn stages(scores: &[Option<f64>], least: f64) -> Vec<Stage> {
    let known = || scores.iter().map(|score| score.unwrap_or(least));
    let (low, high) = known()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), score| (low.min(score), high.max(score)));
    let mut descending: Vec<f64> = scores.iter().flatten().copied().collect();
    descending.sort_by(|one, other| other.total_cmp(one));
    let rank = |score: f64| descending.partition_point(|better| *better > score) + 1;
    scores
        .iter()
        .map(|score| Stage {
            rank: score.map(rank),
            score: *score,
            share: if high > low { (score.unwrap_or(least) - low) / (high - low) } else { 0.0 },
        })
        .collect()
}

/// Which of a question's words a text has, in another form too ("runs" for "running").
#[must_use]
pub fn matched<'a>(terms: &'a [String], text: &str) -> Vec<&'a str> {
    let stems: Vec<String> = words_of(text).iter().map(|word| stem(word)).collect();
    terms.iter().filter(|term| stems.contains(&stem(term))).map(String::as_str).collect()
}

/// **Carried by its words**: whether a memory beyond the threshold is recalled all the same. At least two words of the question, and
/// at least half of them, stand in it, and it lies no farther than this beyond the threshold.
#[must_use]
pub fn is_carried(terms: &[String], text: &str, distance: Option<f64>, threshold: Threshold) -> bool {
    const BEYOND: f64 = 0.25;
    let matched = matched(terms, text).len();
    matched >= 2
        && matched * 2 >= terms.len()
        && distance.is_some_and(|distance| distance <= threshold.distance() + BEYOND)
}

/// Whether a hybrid recall lets a memory in: within the threshold, or carried by its words.
#[must_use]
pub fn passes(terms: &[String], memory: &MemoryRecord, threshold: Threshold) -> bool {
    memory.distance.is_some_and(|distance| threshold.includes(distance))
        || is_carried(terms, &memory.text, memory.distance, threshold)
}

/// The beginning that English forms of a word share, roughly; Redis Search has its own stemmer, and this one only tells what matched.
fn stem(word: &str) -> String {
    let mut stem = word;
    for (ending, instead) in [("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", "")] {
        if let Some(rest) = stem.strip_suffix(ending).filter(|rest| rest.chars().count() >= 3) {
            if instead.is_empty() {
                stem = rest;
                break;
            }
            return format!("{rest}{instead}");
        }
    }
    let mut letters: Vec<char> = stem.chars().collect();
    if letters.len() > 3 && letters[letters.len() - 1] == letters[letters.len() - 2] {
        letters.pop();
    }
    if letters.len() > 3 && letters.last() == Some(&'e') {
        letters.pop();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: &str, distance: Option<f64>, text_score: Option<f64>, turn: u64) -> Candidate {
        let source_thread = "t".into();
        Candidate { id: id.parse().unwrap(), distance, text_score, source_thread, turn: Some(turn) }
    }

    fn order(ranked: &[Ranked]) -> Vec<&str> {
        ranked.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn a_question_is_its_words_that_mean_something() {
        assert_eq!(
            terms_of("When did Ada's sister go to the C++ meetup, and where?"),
            ["ada", "sister", "go", "c", "meetup"]
        );
        assert!(terms_of("What is it?").is_empty());
        assert_eq!(terms_of(&"word ".repeat(9)), ["word"]);
        assert_eq!(
            terms_of(&(0..99).map(|number| format!("w{number} ")).collect::<String>()).len(),
            TERMS_MAX
        );
    }

    #[test]
    fn by_distance_alone_the_order_is_that_of_the_distances() {
        let candidates = [
            candidate("far", Some(0.9), None, 1),
            candidate("near", Some(0.1), None, 9),
            candidate("words", None, Some(3.0), 50),
        ];
        let by_vector = Weights { vector: 1.0, text: 0.0, around: 0.0 };
        assert_eq!(order(&rank(&candidates, by_vector)), ["near", "far", "words"]);
    }

    #[test]
    fn words_and_neighbours_bring_forward_what_the_vector_misses() {
        let candidates = [
            candidate("near", Some(0.5), None, 100),
            candidate("said", Some(0.55), Some(8.0), 20),
            candidate("before", Some(0.6), None, 19),
            candidate("alone", Some(0.6), None, 60),
            candidate("far off", Some(0.9), None, 80),
        ];
        let ranked = rank(&candidates, Weights::default());
        assert_eq!(order(&ranked)[..3], ["said", "before", "near"]);
        let before = ranked.iter().find(|one| one.id == "before").unwrap();
        assert_eq!((before.around.rank, before.around.score), (Some(1), Some(8.0)));
        assert_eq!(ranked.iter().find(|one| one.id == "alone").unwrap().around, Stage::default());
    }

    #[test]
    fn rare_words_and_short_texts_weigh_more() {
        let terms = terms_of("the red kayak");
        let frequencies = Frequencies { total: 1000, having: vec![200, 3] };
        let long = format!("kayak {}", "and much besides ".repeat(9));
        let texts = ["Ada has a red kayak.", "Ada has a kayak.", "Ada has a red car.", &long, "Tea."];
        let scores = text_scores(&terms, &frequencies, &texts);
        assert!(scores[0] > scores[1] && scores[1] > scores[2] && scores[1] > scores[3], "{scores:?}");
        assert_eq!(scores[4], 0.0);
        assert!(text_scores(&terms, &Frequencies::default(), &["kayak"])[0] > 0.0);
    }

    #[test]
    fn turns_of_other_threads_are_no_neighbours() {
        let mut other = candidate("other", Some(0.5), None, 5);
        other.source_thread = "u".into();
        let ranked = rank(&[candidate("said", Some(0.5), Some(4.0), 5), other], Weights::default());
        assert!(ranked.iter().all(|one| one.around.score.is_none()));
    }

    #[test]
    fn nothing_and_one_are_ranked_too() {
        assert!(rank(&[], Weights::default()).is_empty());
        let one = rank(&[candidate("a", Some(0.5), None, 1)], Weights::default());
        assert_eq!((one[0].score, one[0].vector.rank), (0.0, Some(1)));
    }

    #[test]
    fn a_word_matches_in_its_other_forms() {
        let terms = terms_of("Which parties is Ada planning, and running?");
        assert_eq!(
            matched(&terms, "Ada plans a party and runs it."),
            ["parties", "ada", "planning", "running"]
        );
        assert!(matched(&terms, "Bob sleeps.").is_empty());
    }

    #[test]
    fn words_carry_what_lies_a_little_beyond_the_threshold() {
        let (terms, threshold) = (terms_of("the red kayak"), Threshold::DEFAULT_RECALL);
        assert!(is_carried(&terms, "Ada sold her red kayak.", Some(0.7), threshold));
        assert!(!is_carried(&terms, "Ada sold her red kayak.", Some(0.9), threshold));
        assert!(!is_carried(&terms, "Ada sold her kayak.", Some(0.7), threshold));
        assert!(!is_carried(&terms, "Ada sold her red kayak.", None, threshold));
    }
}
