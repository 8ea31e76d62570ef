//! Words in another order that say the same: a list, a time moved to the front, "blue is my favourite" turned round.

use super::lexicon;
use super::token::{Class, Token};

/// More tokens are not tried in another order.
const LONGEST: usize = 96;

/// Whether two rows of the same tokens in another order say the same.
pub(super) fn is_harmless(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    one.len() == two.len()
        && one.len() <= LONGEST
        && (list(one, two) || moved(one, two) || moved(two, one) || neighbours(one, two) || turned(one, two))
}

fn equal(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.equals(two))
}

fn is_separator(token: &Token<'_>) -> bool {
    token.class == Class::Separator
}

/// One list at the end of the text, its items in another order: only plain things, no names, numbers, verbs or conditions.
fn list(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    if one.iter().any(|token| token.has(lexicon::ORDERING) || token.key == "or" || token.class == Class::Sign)
    {
        return false;
    }
    let head = one.iter().zip(two).take_while(|(one, two)| one.equals(two)).count();
    let (Some(before), Some(rest_one), Some(rest_two)) = (one.get(..head), one.get(head..), two.get(head..))
    else {
        return false;
    };
    // The last word that both begin with must govern the list, or it may be an adjective of the first item alone.
    let governs = before.last().is_some_and(|last| last.has(lexicon::LISTING) || is_separator(last));
    if !governs || before.iter().filter(|token| is_separator(token)).count() > 2 {
        return false;
    }
    let items = |row: &[Token<'_>]| row.split(is_separator).count();
    if items(rest_one) < 2 || items(rest_one) != items(rest_two) || !rest_one.iter().all(is_plain_item) {
        return false;
    }
    let mut left: Vec<&[Token<'_>]> = rest_two.split(is_separator).collect();
    rest_one.split(is_separator).all(|item| {
        let found =
            (1..=3).contains(&item.len()).then(|| left.iter().position(|other| equal(item, other))).flatten();
        found.map(|at| left.swap_remove(at)).is_some()
    })
}

fn is_plain_item(token: &Token<'_>) -> bool {
    is_separator(token)
        || (matches!(token.class, Class::Word)
            && !token.is_name()
            && !token.after_be
            && !token.has(lexicon::FUNCTION | lexicon::VERB | lexicon::NUMBER))
}

/// The end of one text, which begins with a preposition or says when, stands at the beginning of the other.
fn moved(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    if one
        .iter()
        .any(|token| is_separator(token) || token.has(lexicon::NEGATION) || token.class == Class::Sign)
    {
        return false;
    }
    let Some(first) = two.first() else { return false };
    (1..one.len()).any(|at| {
        let (front, back) = one.split_at(at);
        back.first()
            .is_some_and(|begin| begin.equals(first) && (begin.has(lexicon::PREPOSITION) || says_when(begin)))
            && front.first().is_some_and(|begin| !begin.has(lexicon::PREPOSITION))
            && two
                .split_at_checked(back.len())
                .is_some_and(|(head, tail)| equal(head, back) && equal(tail, front))
    })
}

fn says_when(token: &Token<'_>) -> bool {
    token.has(lexicon::WEEKDAY | lexicon::DAY)
        || token.class == Class::Date
        || matches!(
            token.key.as_str(),
            "earlier"
                | "daily"
                | "weekly"
                | "monthly"
                | "yearly"
                | "yesterday"
                | "today"
                | "tomorrow"
                | "every"
                | "usually"
                | "often"
        )
}

/// The last two phrases that begin with prepositions change places: "from A to B" and "to B from A".
fn neighbours(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    if one.iter().any(|token| is_separator(token) || token.has(lexicon::NEGATION)) {
        return false;
    }
    let starts: Vec<usize> = (1..one.len())
        .filter(|at| one.get(*at).is_some_and(|token| token.has(lexicon::PREPOSITION)))
        .collect();
    let [.., first, second] = starts.as_slice() else { return false };
    if starts.len() != 2 {
        return false;
    }
    let (Some(head), Some(left), Some(right)) =
        (one.get(..*first), one.get(*first..*second), one.get(*second..))
    else {
        return false;
    };
    let Some((other_head, rest)) = two.split_at_checked(*first) else { return false };
    let Some((other_right, other_left)) = rest.split_at_checked(right.len()) else { return false };
    left.len() > 1
        && right.len() > 1
        && equal(head, other_head)
        && equal(right, other_right)
        && equal(left, other_left)
        && matches!((left.first(), right.first()), (Some(left), Some(right)) if left.key != right.key)
}

/// "My favourite colour is blue" and "Blue is my favourite colour": what is the user's, and one "is" between two sides.
fn turned(one: &[Token<'_>], two: &[Token<'_>]) -> bool {
    let sides = |row: &[Token<'_>]| {
        let mut places = row.iter().enumerate().filter(|(_, token)| token.after_be).map(|(at, _)| at);
        places.next().filter(|_| places.next().is_none())
    };
    let (Some(left), Some(right)) = (sides(one), sides(two)) else { return false };
    let plain = |token: &Token<'_>| {
        !is_separator(token)
            && token.class != Class::Sign
            && !token.has(lexicon::NEGATION | lexicon::PREPOSITION)
    };
    let (Some((subject, value)), Some((other_value, other_subject))) =
        (one.split_at_checked(left), two.split_at_checked(right))
    else {
        return false;
    };
    let owned = |side: &[Token<'_>]| side.first().is_some_and(|first| first.class == Class::Owner);
    (owned(subject) || owned(value))
        && one.iter().all(plain)
        && equal(subject, other_subject)
        && equal(value, other_value)
}
