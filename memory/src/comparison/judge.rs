//! From the places where two texts differ to one of three: same, revision, other.

use super::align::{self, Hunk};
use super::lexicon;
use super::token::{Class, Letters, Token};
use super::{Difference, DifferenceKind, Differences, Verdict, Words, order, read, scan};

/// More places than this are two texts, not one with another value.
const MOST_PLACES: usize = 4;
/// More words than this in the place of one are another statement.
const LONGEST_VALUE: usize = 3;

/// The verdict on two texts that are not equal.
pub(super) fn judge(one: &str, two: &str) -> Verdict {
    let is_code = scan::is_code(one) || scan::is_code(two);
    let (first, second) = (read::parts(one, is_code), read::parts(two, is_code));
    // One of them must be held together by English words; the other may be too short for any.
    let is_english = first.is_english && second.is_english && first.english.max(second.english) > 0;
    let (left, right) = if is_english {
        (read::in_english(first), read::in_english(second))
    } else {
        (read::exactly(&first), read::exactly(&second))
    };
    Judge {
        texts: (one, two),
        left: &left.tokens,
        right: &right.tokens,
        passed: (&left.passed, &right.passed),
        is_english,
    }
    .verdict()
}

struct Judge<'a> {
    texts: (&'a str, &'a str),
    left: &'a [Token<'a>],
    right: &'a [Token<'a>],
    passed: (&'a [String], &'a [String]),
    is_english: bool,
}

impl Judge<'_> {
    fn verdict(&self) -> Verdict {
        if self.left.is_empty() || self.right.is_empty() {
            return Verdict::Other;
        }
        let Some(hunks) = align::hunks(self.left, self.right) else { return Verdict::Other };
        if hunks.is_empty() {
            return if self.agrees() { Verdict::Same } else { Verdict::Other };
        }
        if self.same_words(&hunks) {
            return self.reordered(&hunks);
        }
        self.revision(&hunks)
    }

    /// What was passed over may be left out, but one such word in the place of another says something: "he" and "she".
    fn agrees(&self) -> bool {
        let within = |few: &[String], many: &[String]| few.iter().all(|word| many.contains(word));
        within(self.passed.0, self.passed.1) || within(self.passed.1, self.passed.0)
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
        if self.is_english && self.agrees() && order::is_harmless(self.left, self.right) {
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
        let changed: usize = hunks.iter().map(|hunk| content(self.left_of(hunk))).sum();
        let shared = content(self.left) - changed;
        let longest = content(self.left).max(content(self.right));
        let kinds: Vec<DifferenceKind> = hunks.iter().map(|hunk| self.kind(hunk)).collect();
        let has_value = kinds.iter().any(|kind| !is_weak(*kind));
        let enough = if has_value { shared * 3 >= longest } else { shared * 2 >= longest };
        let weak = || hunks.iter().zip(&kinds).filter(|(_, kind)| is_weak(**kind)).map(|(hunk, _)| hunk);
        let replaced = || weak().filter(|hunk| !hunk.one.is_empty() && !hunk.two.is_empty());
        let words: usize =
            replaced().map(|hunk| content(self.left_of(hunk)).max(content(self.right_of(hunk)))).sum();
        let added = weak().count() - replaced().count();
        let statement = words > 1 && replaced().any(|hunk| self.has_verb(hunk));
        let is_revision = hunks.len() <= MOST_PLACES
            && enough
            && hunks.iter().zip(&kinds).all(|(hunk, kind)| self.is_short(hunk, *kind))
            && !hunks.iter().zip(&kinds).any(|(hunk, kind)| self.is_subject(hunk, *kind))
            && words <= self.most_words(hunks)
            && !statement
            && if has_value { added <= 1 } else { added == 0 && replaced().count() > 0 };
        if is_revision { self.differences(hunks, None) } else { Verdict::Other }
    }

    /// Whether the verb of one text stands in this place: with another word it makes another statement.
    fn has_verb(&self, hunk: &Hunk) -> bool {
        self.is_english
            && (verb(self.left).is_some_and(|at| hunk.one.contains(&at))
                || verb(self.right).is_some_and(|at| hunk.two.contains(&at)))
    }

    /// Whether no more than a value stands in this place.
    fn is_short(&self, hunk: &Hunk, kind: DifferenceKind) -> bool {
        let (left, right) = (self.left_of(hunk), self.right_of(hunk));
        let joined =
            |row: &[Token<'_>]| row.iter().any(|token| token.has(lexicon::PREPOSITION | lexicon::JOINING));
        let replaced = !left.is_empty() && !right.is_empty();
        let limit = match kind {
            _ if self.is_unspaced(hunk) => 2 * LONGEST_VALUE,
            DifferenceKind::Word | DifferenceKind::Name => LONGEST_VALUE - 1,
            DifferenceKind::Negation if replaced => LONGEST_VALUE - 1,
            _ => LONGEST_VALUE,
        };
        let phrase =
            is_weak(kind) && replaced && left.len() != right.len() && (joined(left) || joined(right));
        content(left).max(content(right)) <= limit && !phrase
    }

    fn is_unspaced(&self, hunk: &Hunk) -> bool {
        self.left_of(hunk).iter().chain(self.right_of(hunk)).any(|token| token.class == Class::Letter)
    }

    /// How many words may be others: in scripts without spaces a word has about two signs.
    fn most_words(&self, hunks: &[Hunk]) -> usize {
        if hunks.iter().any(|hunk| self.is_unspaced(hunk)) { 2 * LONGEST_VALUE } else { 2 }
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
        // "Priya leads the team" is corrected by "Goran leads the team": there is one lead.
        let same_verb =
            self.left.get(left).zip(self.right.get(right)).is_some_and(|(left, right)| left.key == right.key);
        let one_of_a_kind =
            self.left.get(left).is_some_and(|verb| verb.has(lexicon::EXCLUSIVE)) || self.is_definite(left);
        !(kind == DifferenceKind::Name && same_verb && one_of_a_kind)
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

fn is_weak(kind: DifferenceKind) -> bool {
    matches!(kind, DifferenceKind::Word | DifferenceKind::Name)
}

fn content(row: &[Token<'_>]) -> usize {
    row.iter().filter(|token| token.is_content()).count()
}

/// The place of the first verb, as far as it is known: behind a form of "is", which is no token, or one with an ending.
fn verb(row: &[Token<'_>]) -> Option<usize> {
    let is_verb = |at: usize, token: &Token<'_>| {
        let before = at.checked_sub(1).and_then(|before| row.get(before));
        let of_user = before.is_some_and(|before| before.class == Class::User);
        let has_ending = token.key.ends_with("ed") && token.key.len() > 4
            || token.has(lexicon::VERB)
                && lexicon::stem(&token.key) != token.key
                && !token.key.ends_with(['e', 'y'])
            || lexicon::without_s(&token.key).is_some_and(|base| lexicon::has(&base, lexicon::VERB));
        token.after_be
            || token.has(lexicon::MODAL)
            || matches!(token.key.as_str(), "be" | "isnamed")
            || of_user
            || at > 0 && token.class == Class::Word && has_ending
    };
    row.iter().enumerate().find(|(at, token)| is_verb(*at, token)).map(|(at, _)| at)
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
    } else if both(&|token| token.is_name())
        || both(&|token| token.is_initial && token.letters == Letters::Title && token.is_content())
    {
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
