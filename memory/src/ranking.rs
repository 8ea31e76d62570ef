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

/// The words of a text that are worth looking for, each once, in its order; at most [`TERMS_MAX`]. Of a script that sets no spaces
/// between words these are pairs of neighbouring signs.
///
/// ```
/// use agent_memory::ranking::terms_of;
///
/// assert_eq!(terms_of("Where is the red kayak?"), ["red", "kayak"]);
/// assert_eq!(terms_of("妹妹住在哪里？"), ["妹妹", "妹住", "住在", "在哪", "哪里"]);
/// ```
#[must_use]
pub fn terms_of(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for word in tokens(text) {
        if !terms.contains(&word) {
            terms.push(word);
            if terms.len() == TERMS_MAX {
                break;
            }
        }
    }
    terms
}

/// The words of a text that mean something, as often as they stand there.
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let words = words_of(text).into_iter().flat_map(|word| match word.chars().any(is_unspaced) {
        true => pieces(&word),
        false => vec![word],
    });
    words.filter(|word| !STOP_WORDS.contains(&word.as_str()))
}

/// The parts of a word with signs of a script without spaces: pairs of such signs, and what stands between them.
fn pieces(word: &str) -> Vec<String> {
    let signs: Vec<char> = word.chars().collect();
    let runs = signs.chunk_by(|one, other| is_unspaced(*one) == is_unspaced(*other));
    let pieces = runs.flat_map(|run| match run {
        [first, ..] if !is_unspaced(*first) => {
            vec![run.iter().filter(|sign| sign.is_alphanumeric()).collect()]
        }
        [_] => vec![run.iter().collect()],
        _ => run.windows(2).map(|pair| pair.iter().collect()).collect::<Vec<String>>(),
    });
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// Whether words are written without spaces between them, or with endings that are words of their own: Chinese, Japanese, Korean,
/// Thai, Lao, Tibetan, Burmese, Khmer.
pub(crate) fn is_unspaced(sign: char) -> bool {
    matches!(sign,
        '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{312f}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// How much each of the three counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// The vector.
    pub vector: f64,
    /// The words of the text itself.
    pub text: f64,
    /// Its words and those of the turns around it together.
    pub around: f64,
}

impl Weights {
    /// What a memory that asks something itself has to be better by, as far as words count: a question is seldom its own answer.
    #[must_use]
    pub fn asking(self) -> f64 {
        const ASKING: f64 = 0.2;
        ASKING * (self.text + self.around) / 2.0
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self { vector: 1.0, text: 1.0, around: 1.0 }
    }
}

/// A memory that one of the searches found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Candidate {
    /// The memory.
    pub id: MemoryId,
    /// Its cosine distance; `None` where that says nothing.
    pub distance: Option<f64>,
    /// How well its words fit (BM25); `None` where it has none of them.
    pub text_score: Option<f64>,
    /// The same for its words and those of the turns around it together.
    pub around_score: Option<f64>,
    /// Whether it asks something itself.
    pub is_question: bool,
}

/// How common words are among the memories that are searched.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frequencies {
    /// Memories in all.
    pub total: u64,
    /// For each word how many of them have it; `None` where nobody counted.
    pub having: Vec<Option<u64>>,
}

/// What a candidate says, and where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Said<'a> {
    /// The text.
    pub text: &'a str,
    /// The thread that it comes from.
    pub source_thread: &'a str,
    /// Which turn of the thread it was; `None` where that is not known.
    pub turn: Option<u64>,
    /// What tells threads of one name apart, of which each began after the one before had expired.
    pub began: Option<u64>,
}

/// How well the words of candidates fit, alone and with the turns around them, in their order (Okapi BM25, k1 1.2, b 0.4: texts
/// differ less in what they are about than in how long they are). Rare words weigh more, by how rare each is among all memories;
/// turns that are no candidates add nothing. `None` where none of the words is there.
#[must_use]
pub fn word_scores(
    terms: &[String],
    frequencies: &Frequencies,
    said: &[Said<'_>],
) -> Vec<(Option<f64>, Option<f64>)> {
    let stems: Vec<String> = terms.iter().map(|term| stem(term)).collect();
    let counted: Vec<Counted> = said.iter().map(|one| Counted::of(one.text, &stems)).collect();
    let all: f64 = counted.iter().map(|one| one.length).sum();
    let average = (all / said.len().max(1) as f64).max(1.0);
    let rarities: Vec<f64> = (0..terms.len()).map(|at| frequencies.rarity(at, &counted)).collect();
    let turns: HashMap<(&str, Option<u64>, u64), usize> = said
        .iter()
        .enumerate()
        .filter_map(|(at, one)| Some(((one.source_thread, one.began, one.turn?), at)))
        .collect();
    let with_neighbours = |at: usize| {
        let near = said[at].turn.into_iter().flat_map(|turn| {
            let near = turn.saturating_sub(NEIGHBOURS)..=turn.saturating_add(NEIGHBOURS);
            near.filter(move |near| *near != turn)
        });
        let near = near.filter_map(|turn| turns.get(&(said[at].source_thread, said[at].began, turn)));
        near.fold(counted[at].clone(), |sum, &near| sum.with(&counted[near]))
    };
    let width = (2 * NEIGHBOURS + 1) as f64;
    (0..said.len())
        .map(|at| {
            let around = with_neighbours(at).fit(&rarities, average * width);
            (counted[at].fit(&rarities, average), around)
        })
        .collect()
}

/// How often each word of a question stands in a text, and how many words that has.
#[derive(Clone)]
struct Counted {
    times: Vec<f64>,
    length: f64,
}

impl Counted {
    fn of(text: &str, stems: &[String]) -> Self {
        let words = stems_of(text);
        let times = |stem: &String| words.iter().filter(|word| *word == stem).count() as f64;
        Self { times: stems.iter().map(times).collect(), length: words.len() as f64 }
    }

    fn with(mut self, other: &Self) -> Self {
        self.times.iter_mut().zip(&other.times).for_each(|(times, more)| *times += more);
        self.length += other.length;
        self
    }

    fn fit(&self, rarities: &[f64], average: f64) -> Option<f64> {
        const K1: f64 = 1.2;
        const B: f64 = 0.4;
        let length = K1 * (1.0 - B + B * self.length / average);
        let of_word = |(times, rarity): (&f64, &f64)| rarity * times * (K1 + 1.0) / (times + length);
        let score: f64 = self.times.iter().zip(rarities).map(of_word).sum();
        (score > 0.0).then_some(score)
    }
}

impl Frequencies {
    /// How much it says that a text has a word. Where nobody counted it, the candidates tell.
    fn rarity(&self, word: usize, candidates: &[Counted]) -> f64 {
        let among = || candidates.iter().filter(|one| one.times[word] > 0.0).count() as f64;
        let (having, total) = match self.having.get(word).copied().flatten() {
            Some(having) => (having as f64, (self.total as f64).max(having as f64)),
            None => (among(), candidates.len() as f64),
        };
        (1.0 + (total - having + 0.5) / (having + 0.5)).ln()
    }
}

/// Whether a text asks something: a question mark stands behind its last word.
#[must_use]
pub fn is_question(text: &str) -> bool {
    let end = text.rsplit(char::is_alphanumeric).next().unwrap_or_default();
    end.contains(['?', '？', '؟', '⸮'])
}

/// The words of a text that mean something, each in its short form, as often as they stand there.
fn stems_of(text: &str) -> Vec<String> {
    tokens(text).map(|word| stem(&word)).collect()
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
    /// By its words and those of the turns around it.
    pub around: Stage,
    /// Whether it asks something itself, which takes [`Weights::asking`] off its score.
    pub is_question: bool,
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
    let around: Vec<Option<f64>> = candidates.iter().map(|one| one.around_score).collect();
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
                + weights.around * around[at].share
                - if one.is_question { weights.asking() } else { 0.0 },
            vector: vector[at],
            text: text[at],
            around: around[at],
            is_question: one.is_question,
        })
        .collect();
    ranked.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id)));
    ranked
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
    let stems = stems_of(text);
    terms.iter().filter(|term| stems.contains(&stem(term))).map(String::as_str).collect()
}

/// The share of a question's words that a text lacks, 0 to 1: what stands for a distance where the model cannot read one of both.
#[must_use]
pub fn word_distance(terms: &[String], text: &str) -> f64 {
    if terms.is_empty() {
        return 1.0;
    }
    1.0 - matched(terms, text).len() as f64 / terms.len() as f64
}

/// How far beyond the threshold a memory may lie that its words carry.
pub const CARRIED_BEYOND: f64 = 0.2;

/// **Carried by its words**: whether a memory beyond the threshold is recalled all the same. At least two words of the question, and
/// at least half of them, stand in it, and it lies no farther than this beyond the threshold. Where its distance says nothing, since
/// the model knows too few of the words, half of the question's words are enough.
#[must_use]
pub fn is_carried(terms: &[String], text: &str, distance: Option<f64>, threshold: Threshold) -> bool {
    let matched = matched(terms, text).len();
    matched >= 2
        && matched * 2 >= terms.len()
        && distance.is_some_and(|distance| distance <= threshold.distance() + CARRIED_BEYOND)
}

/// Whether a hybrid recall lets a memory in: within the threshold, or carried by its words.
#[must_use]
pub fn passes(terms: &[String], memory: &MemoryRecord, threshold: Threshold) -> bool {
    memory.distance.is_some_and(|distance| threshold.includes(distance))
        || (!memory.is_unread && is_carried(terms, &memory.text, memory.distance, threshold))
}

words! {
    /// Why a memory was recalled or not.
    Reason, "reason" {
        /// It is one of the best and within the threshold.
        Within = "within_threshold",
        /// It is one of the best, and its words carry it beyond the threshold.
        Carried = "carried_by_words",
        /// It passes, and is not among the best that were asked for.
        Outranked = "outranked",
        /// It passes, and did not fit into the tokens that are left.
        TooLong = "no_tokens_left",
        /// It lies beyond the threshold, and its words do not carry it.
        Beyond = "beyond_threshold",
        /// It passes, and is neither among the nearest nor among those whose words fit best.
        NoCandidate = "no_candidate",
        /// It is none of those that were asked for.
        Filtered = "filtered_out",
        /// Another one took its place.
        Superseded = "superseded",
        /// The scope has none of this id.
        Unknown = "unknown",
    }
}

/// About how many tokens a language model counts for a text: one for four letters of ASCII, one for each other sign, and one to
/// part it from the next. Rather too many than too few.
#[must_use]
pub fn estimated_tokens(text: &str) -> usize {
    let plain = text.bytes().filter(u8::is_ascii).count();
    let others = text.chars().filter(|sign| !sign.is_ascii()).count();
    plain.div_ceil(4) + others + 1
}

/// How many of these memories fit, from the first on.
#[must_use]
pub fn fitting(memories: &[MemoryRecord], max_tokens: usize) -> usize {
    let mut left = max_tokens;
    let fits = |memory: &&MemoryRecord| {
        let rest = left.checked_sub(estimated_tokens(&memory.text));
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    memories.iter().take_while(fits).count()
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

    fn candidate(id: &str, distance: Option<f64>, scores: (Option<f64>, Option<f64>)) -> Candidate {
        let (text_score, around_score) = scores;
        Candidate { id: id.parse().unwrap(), distance, text_score, around_score, is_question: false }
    }

    fn said(text: &str, turn: u64) -> Said<'_> {
        Said { text, source_thread: "t", turn: Some(turn), began: None }
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
    fn scripts_without_spaces_are_split_into_pairs_of_signs() {
        assert_eq!(terms_of("iPhoneを買った"), ["iphone", "を買", "買っ", "った"]);
        assert_eq!(terms_of("언니는 베를린에"), ["언니", "니는", "베를", "를린", "린에"]);
        assert_eq!(terms_of("หมา"), ["หม", "มา"]);
        assert_eq!(terms_of("犬"), ["犬"]);
        let terms = terms_of("妹妹住在柏林吗？");
        assert_eq!(matched(&terms, "我的妹妹在柏林。"), ["妹妹", "在柏", "柏林"]);
    }

    #[test]
    fn by_distance_alone_the_order_is_that_of_the_distances() {
        let mut question = candidate("near", Some(0.1), (None, None));
        question.is_question = true;
        let candidates = [
            candidate("far", Some(0.9), (None, None)),
            question,
            candidate("words", None, (Some(3.0), Some(4.0))),
        ];
        let by_vector = Weights { vector: 1.0, text: 0.0, around: 0.0 };
        assert_eq!(order(&rank(&candidates, by_vector)), ["near", "far", "words"]);
    }

    #[test]
    fn words_and_neighbours_bring_forward_what_the_vector_misses() {
        let candidates = [
            candidate("near", Some(0.5), (None, None)),
            candidate("said", Some(0.55), (Some(8.0), Some(7.0))),
            candidate("before", Some(0.6), (None, Some(7.0))),
            candidate("alone", Some(0.6), (None, None)),
            candidate("far off", Some(0.9), (None, None)),
        ];
        let ranked = rank(&candidates, Weights::default());
        assert_eq!(order(&ranked)[..3], ["said", "before", "near"]);
        let before = ranked.iter().find(|one| one.id == "before").unwrap();
        assert_eq!((before.around.rank, before.around.score), (Some(1), Some(7.0)));
        assert_eq!(ranked.iter().find(|one| one.id == "alone").unwrap().around, Stage::default());
    }

    #[test]
    fn what_asks_comes_behind_what_says() {
        let mut asks = candidate("a", Some(0.3), (Some(2.0), Some(2.0)));
        asks.is_question = true;
        let says = candidate("b", Some(0.33), (Some(1.9), Some(2.0)));
        let far = candidate("c", Some(0.9), (None, None));
        assert_eq!(order(&rank(&[asks, says, far], Weights::default())), ["b", "a", "c"]);
        for (text, expected) in [
            ("Is it?", true),
            ("Is it?\" 🙂", true),
            ("是吗？", true),
            ("What? No.", false),
            ("It is.", false),
            ("", false),
        ] {
            assert_eq!(is_question(text), expected, "{text}");
        }
    }

    #[test]
    fn rare_words_and_short_texts_weigh_more() {
        let terms = terms_of("the red kayak");
        let frequencies = Frequencies { total: 1000, having: vec![Some(200), Some(3)] };
        let long = format!("kayak {}", "and much besides ".repeat(9));
        let texts = ["Ada has a red kayak.", "Ada has a kayak.", "Ada has a red car.", &long, "Tea."];
        let texts = texts.map(|text| Said { text, ..Said::default() });
        let scores: Vec<_> =
            word_scores(&terms, &frequencies, &texts).into_iter().map(|(own, _)| own).collect();
        assert!(scores[0] > scores[1] && scores[1] > scores[2] && scores[1] > scores[3], "{scores:?}");
        assert_eq!(scores[4], None);
        // Where nobody counted, the candidates tell which is rare.
        let uncounted = Frequencies { total: 0, having: vec![None, None] };
        let one =
            |text| word_scores(&terms, &uncounted, &[said("red", 1), said("red", 9), said(text, 20)])[2].0;
        assert!(one("kayak") > one("red"));
    }

    #[test]
    fn turns_of_one_thread_share_their_words_and_others_do_not() {
        let terms = terms_of("the red kayak");
        let other = Said { source_thread: "u", ..said("Blue.", 5) };
        let anew = Said { began: Some(9), ..said("Blue.", 5) };
        let told = [said("Which kayak?", 4), said("Red.", 6), said("Tea.", 7), other, said("Tea.", 60), anew];
        let scores = word_scores(&terms, &Frequencies::default(), &told);
        let around: Vec<bool> = scores.iter().map(|(_, around)| around.is_some()).collect();
        assert_eq!(around, [true, true, true, false, false, false]);
        // The one that stands between both words has them both.
        assert!(scores[1].1 > scores[2].1, "{scores:?}");
        assert_eq!(scores[2].0, None);
    }

    #[test]
    fn nothing_and_one_are_ranked_too() {
        assert!(rank(&[], Weights::default()).is_empty());
        let one = rank(&[candidate("a", Some(0.5), (None, None))], Weights::default());
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
    fn memories_are_taken_as_long_as_they_fit() {
        assert_eq!(["", "tea", "green", "日本"].map(estimated_tokens), [1, 2, 3, 3]);
        let memories = ["tea", "green tea", "x"]
            .map(|text| MemoryRecord { text: text.into(), ..MemoryRecord::default() });
        assert_eq!([0, 2, 5, 6, 8].map(|most| fitting(&memories, most)), [0, 1, 1, 2, 3]);
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
