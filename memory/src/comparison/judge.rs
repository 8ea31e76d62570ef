//! From the places where two texts differ to one of three: same, revision, other.

use super::align::{self, Hunk};
use super::lexicon;
use super::token::{Class, Token};
use super::{Difference, DifferenceKind, Differences, Verdict, Words, order, read, scan};

/// More places than this are two texts, not one with another value.
const MOST_PLACES: usize = 4;
/// More words than this in the place of one are another statement.
const LONGEST_VALUE: usize = 3;

/// The verdict on two texts that are not equal.
pub(super) fn judge(one: &str, two: &str) -> Verdict {
    let is_code = scan::is_code(one) || scan::is_code(two);
    let (first, second) = (read::parts(one, is_code), read::parts(two, is_code));
    let is_english = first.is_english && second.is_english;
    let (left, right) = if is_english {
        (read::in_english(first), read::in_english(second))
    } else {
        (read::exactly(&first), read::exactly(&second))
    };
    Judge { texts: (one, two), left: &left, right: &right, is_english }.verdict()
}

struct Judge<'a> {
    texts: (&'a str, &'a str),
    left: &'a [Token<'a>],
    right: &'a [Token<'a>],
    is_english: bool,
}

impl Judge<'_> {
    fn verdict(&self) -> Verdict {
        if self.left.is_empty() || self.right.is_empty() {
            return Verdict::Other;
        }
        let Some(hunks) = align::hunks(self.left, self.right) else { return Verdict::Other };
        if hunks.is_empty() {
            return if self.same_person() { Verdict::Same } else { Verdict::Other };
        }
        if self.same_words(&hunks) {
            return self.reordered(&hunks);
        }
        self.revision(&hunks)
    }

    /// A user who is "he" in one text is not "she" in the other.
    fn same_person(&self) -> bool {
        let person = |row: &[Token<'_>], word| {
            row.iter().any(|token| matches!(token.class, Class::User | Class::Owner) && token.text == word)
        };
        !(person(self.left, "he") && person(self.right, "she")
            || person(self.left, "she") && person(self.right, "he"))
    }

    /// Whether the places hold the same words, only elsewhere.
    fn same_words(&self, hunks: &[Hunk]) -> bool {
        let mut right: Vec<&Token<'_>> = hunks.iter().flat_map(|hunk| self.right_of(hunk)).collect();
        let count = right.len();
        let mut left = 0;
        for token in hunks.iter().flat_map(|hunk| self.left_of(hunk)) {
            left += 1;
            let Some(at) = right.iter().position(|other| token.equals(other)) else { return false };
            right.swap_remove(at);
        }
        left == count
    }

    fn reordered(&self, hunks: &[Hunk]) -> Verdict {
        if self.is_english && self.same_person() && order::is_harmless(self.left, self.right) {
            return Verdict::Same;
        }
        if hunks.len() > 2 * MOST_PLACES {
            return Verdict::Other;
        }
        self.differences(hunks, Some(DifferenceKind::Roles))
    }

    fn left_of(&self, hunk: &Hunk) -> &[Token<'_>] {
        self.left.get(hunk.one.clone()).unwrap_or_default()
    }

    fn right_of(&self, hunk: &Hunk) -> &[Token<'_>] {
        self.right.get(hunk.two.clone()).unwrap_or_default()
    }

    fn revision(&self, hunks: &[Hunk]) -> Verdict {
        let left: usize = hunks
            .iter()
            .map(|hunk| self.left_of(hunk).iter().filter(|token| token.is_content()).count())
            .sum();
        let content = |row: &[Token<'_>]| row.iter().filter(|token| token.is_content()).count();
        let shared = content(self.left) - left;
        let longest = content(self.left).max(content(self.right));
        let kinds: Vec<DifferenceKind> = hunks.iter().map(|hunk| self.kind(hunk)).collect();
        let is_value = kinds.iter().any(|kind| !matches!(kind, DifferenceKind::Word | DifferenceKind::Name));
        let enough = if is_value { shared * 3 >= longest } else { shared * 2 >= longest };
        let replaced = |hunk: &&Hunk| !hunk.one.is_empty() && !hunk.two.is_empty();
        let pairs = || {
            hunks
                .iter()
                .zip(&kinds)
                .filter(|(_, kind)| matches!(kind, DifferenceKind::Word | DifferenceKind::Name))
        };
        let words = pairs().filter(|(hunk, _)| replaced(hunk)).count();
        let added = pairs().filter(|(hunk, _)| !replaced(hunk)).count();
        let short = hunks.iter().all(|hunk| {
            content(self.left_of(hunk)).max(content(self.right_of(hunk))) <= self.longest_value(hunk)
        });
        let of_subject = hunks.iter().zip(&kinds).any(|(hunk, kind)| self.is_subject(hunk, *kind));
        let some_value = is_value || words > 0;
        if hunks.len() > MOST_PLACES
            || !enough
            || !short
            || of_subject
            || words > 2
            || !some_value
            || added > 1
        {
            return Verdict::Other;
        }
        self.differences(hunks, None)
    }

    /// Scripts without spaces have about two signs to a word.
    fn longest_value(&self, hunk: &Hunk) -> usize {
        let unspaced =
            self.left_of(hunk).iter().chain(self.right_of(hunk)).any(|token| token.class == Class::Letter);
        if unspaced { 2 * LONGEST_VALUE } else { LONGEST_VALUE }
    }

    /// Whether a place stands before the verb, so that the texts speak of different things: her sister and her brother.
    fn is_subject(&self, hunk: &Hunk, kind: DifferenceKind) -> bool {
        let labels = |row: &[Token<'_>], at: usize| {
            at.checked_sub(1)
                .and_then(|before| row.get(before))
                .is_some_and(|before| before.class == Class::Word && before.is_content())
        };
        let weak = match kind {
            DifferenceKind::Word | DifferenceKind::Name => true,
            DifferenceKind::Number | DifferenceKind::Id => {
                labels(self.left, hunk.one.start) || kind == DifferenceKind::Id
            }
            _ => false,
        };
        if !weak || !self.is_english {
            return false;
        }
        let (Some(left), Some(right)) = (verb(self.left), verb(self.right)) else { return false };
        if hunk.one.end > left || hunk.two.end > right {
            return false;
        }
        let same_verb =
            self.left.get(left).zip(self.right.get(right)).is_some_and(|(left, right)| left.key == right.key);
        let one_place = self.left.get(left).is_some_and(|verb| {
            verb.has(lexicon::EXCLUSIVE) || (verb.after_be && verb.class == Class::Owner)
        });
        !(same_verb && one_place && kind == DifferenceKind::Name
            || self.is_definite(left) && kind == DifferenceKind::Name)
            || (kind == DifferenceKind::Word && !one_place)
    }

    /// "… is the lead": what only one can be.
    fn is_definite(&self, verb: usize) -> bool {
        let Some(after) = self.left.get(verb).filter(|token| token.after_be) else { return false };
        let before = self.texts.0.get(..after.start).unwrap_or_default().trim_end();
        before.ends_with(" the") || after.class == Class::Owner
    }

    fn kind(&self, hunk: &Hunk) -> DifferenceKind {
        kind(self.left_of(hunk), self.right_of(hunk))
    }

    fn differences(&self, hunks: &[Hunk], kind_of_all: Option<DifferenceKind>) -> Verdict {
        let mut list = Vec::with_capacity(hunks.len());
        for hunk in hunks {
            let (left, right) = (self.left_of(hunk), self.right_of(hunk));
            let pairwise = left.len() == right.len() && left.len() <= LONGEST_VALUE && kind_of_all.is_none();
            let letters = left.iter().chain(right).any(|token| token.class == Class::Letter);
            if pairwise && !letters && left.len() > 1 {
                for (at, (one, two)) in left.iter().zip(right).enumerate() {
                    let places = (
                        hunk.one.start + at..hunk.one.start + at + 1,
                        hunk.two.start + at..hunk.two.start + at + 1,
                    );
                    let kind = kind(std::slice::from_ref(one), std::slice::from_ref(two));
                    list.push(self.difference(&Hunk { one: places.0, two: places.1 }, kind));
                }
            } else {
                list.push(self.difference(hunk, kind_of_all.unwrap_or_else(|| kind(left, right))));
            }
        }
        Verdict::Revision(Differences { list })
    }

    fn difference(&self, hunk: &Hunk, kind: DifferenceKind) -> Difference {
        Difference {
            kind,
            earlier: words(self.texts.0, self.left, &hunk.one),
            newer: words(self.texts.1, self.right, &hunk.two),
        }
    }
}

/// The place of the first verb, as far as it is known: forms of "is" count, though they are no tokens.
fn verb(row: &[Token<'_>]) -> Option<usize> {
    row.iter()
        .position(|token| token.after_be || token.has(lexicon::VERB | lexicon::MODAL) || token.key == "be")
}

fn words(text: &str, row: &[Token<'_>], range: &std::ops::Range<usize>) -> Words {
    let tokens = row.get(range.clone()).unwrap_or_default();
    let (start, end) = match (tokens.first(), tokens.iter().map(|token| token.end).max()) {
        (Some(first), Some(end)) => (first.start, end.max(first.start)),
        // Nothing here: the place behind the word before.
        _ => {
            let place =
                range.start.checked_sub(1).and_then(|before| row.get(before)).map_or(0, |before| before.end);
            (place, place)
        }
    };
    Words { text: text.get(start..end).unwrap_or_default().into(), start, end }
}

/// What kind of words stand in a place.
fn kind(left: &[Token<'_>], right: &[Token<'_>]) -> DifferenceKind {
    use DifferenceKind as Kind;
    let negations = |row: &[Token<'_>]| row.iter().filter(|token| token.has(lexicon::NEGATION)).count();
    let run = |row: &[Token<'_>]| -> String {
        row.iter().filter(|token| token.class == Class::Letter).map(|token| token.text).collect()
    };
    if negations(left) != negations(right) || lexicon::negates(&run(left)) != lexicon::negates(&run(right)) {
        return Kind::Negation;
    }
    if let ([one], [two]) = (left, right)
        && let Some(kind) = kind_of_pair(one, two)
    {
        return kind;
    }
    let all = || left.iter().chain(right).filter(|token| token.is_content());
    let only =
        |classes: &[Class]| all().next().is_some() && all().all(|token| classes.contains(&token.class));
    if left.iter().chain(right).all(|token| matches!(token.class, Class::Separator)) {
        return Kind::Sign;
    }
    if only(&[Class::Emoji, Class::Sign]) {
        return if all().any(|token| token.class == Class::Emoji) { Kind::Emoji } else { Kind::Sign };
    }
    if left.is_empty() || right.is_empty() {
        return Kind::Word;
    }
    let is_when = |token: &Token<'_>| {
        token.class == Class::Date || token.has(lexicon::WEEKDAY | lexicon::MONTH | lexicon::DAY)
    };
    let is_time = |token: &Token<'_>| token.class == Class::Time || token.has(lexicon::TIME);
    let is_number = |token: &Token<'_>| {
        matches!(token.class, Class::Number | Class::Ordinal) || token.has(lexicon::NUMBER)
    };
    let both = |test: &dyn Fn(&Token<'_>) -> bool| left.iter().any(test) && right.iter().any(test);
    if both(&is_when) {
        Kind::Date
    } else if both(&is_time) {
        Kind::Time
    } else if only(&[Class::Unit]) {
        Kind::Unit
    } else if only(&[Class::Version])
        || only(&[Class::Version, Class::Number]) && both(&|token| token.class == Class::Version)
    {
        Kind::Version
    } else if both(&is_number) {
        Kind::Number
    } else if both(&|token| matches!(token.class, Class::Id)) {
        Kind::Id
    } else if left.iter().chain(right).any(|token| token.class == Class::Sign)
        && left.len() + right.len() == 2
    {
        Kind::Sign
    } else if both(&|token| token.is_name()) {
        Kind::Name
    } else {
        Kind::Word
    }
}

fn kind_of_pair(one: &Token<'_>, two: &Token<'_>) -> Option<DifferenceKind> {
    if one.class != Class::Word || two.class != Class::Word {
        return None;
    }
    if one.key == two.key {
        return Some(DifferenceKind::Case);
    }
    if lexicon::opposite(&one.key, &two.key) {
        return Some(DifferenceKind::Opposite);
    }
    let past = |word: &str| word.ends_with("ed") || lexicon::stem(word) != word && !word.ends_with('s');
    if lexicon::stem(&one.key) == lexicon::stem(&two.key)
        && (one.has(lexicon::VERB | lexicon::BE | lexicon::MODAL)
            || two.has(lexicon::VERB | lexicon::BE | lexicon::MODAL))
        && (past(&one.key) || past(&two.key))
    {
        return Some(DifferenceKind::Tense);
    }
    None
}
