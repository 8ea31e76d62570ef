//! What the comparison works on: the content of a text, word by word.

use std::borrow::Cow;

use super::lexicon::{self, Flags};

/// What a token is, by its looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Word,
    /// One sign of a script that writes no spaces between words.
    Letter,
    Number,
    Ordinal,
    Date,
    Time,
    Unit,
    Version,
    Id,
    Sign,
    Emoji,
    /// Between the items of a list, or between two sentences.
    Separator,
    /// The user, as a person or as the owner of something.
    User,
    Owner,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Without a capital letter, also in scripts that have none.
    Small,
    /// With a capital letter at its beginning alone.
    Title,
    /// In capital letters, at least two.
    Capital,
    /// In another way, such as `GitHub`.
    Mixed,
}

impl Letters {
    pub(super) fn of(word: &str) -> Letters {
        let mut letters = word.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        let (mut capital, mut small, mut count) = (0, 0, 0);
        for letter in letters {
            count += 1;
            capital += usize::from(letter.is_uppercase());
            small += usize::from(letter.is_lowercase());
        }
        match (first, capital, small) {
            (false, 0, _) => Letters::Small,
            (true, 0, _) => Letters::Title,
            (true, _, 0) if count > 0 => Letters::Capital,
            _ => Letters::Mixed,
        }
    }
}

/// One piece of content. Two texts of equal tokens say the same.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// What it is compared by, in small letters.
    pub(super) key: Cow<'a, str>,
    /// As written.
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: Class,
    pub(super) letters: Letters,
    pub(super) flags: Flags,
    /// It begins a sentence, so its capital letter says nothing.
    pub(super) is_initial: bool,
    /// Its text has no capital letters at all, so that a small one says nothing.
    pub(super) is_flat: bool,
    /// Its key is that of its equals, so what is written does not matter.
    pub(super) is_canon: bool,
    /// A form of "is" stands before it, which is not a token itself.
    pub(super) after_be: bool,
}

impl Token<'_> {
    /// Whether both say the same.
    pub(super) fn equals(&self, other: &Token<'_>) -> bool {
        self.class == other.class
            && self.key == other.key
            && (self.text == other.text || self.same_letters(other))
    }

    /// Whether the letters differ at most where a capital carries no meaning.
    fn same_letters(&self, other: &Token<'_>) -> bool {
        let (one, two) = (self.letters, other.letters);
        if one == two {
            return self.is_canon || other.is_canon;
        }
        let begins = |token: &Token<'_>, letters: Letters| token.is_initial && letters == Letters::Title;
        let initial =
            (begins(self, one) && two == Letters::Small) || (begins(other, two) && one == Letters::Small);
        if self.has(lexicon::CASED) {
            return initial && self.has(lexicon::PRONOUN);
        }
        initial || self.is_flat || other.is_flat || self.has(lexicon::FUNCTION | lexicon::ACRONYM)
    }

    /// Whether it is a word that has content of its own.
    pub(super) fn is_content(&self) -> bool {
        !matches!(self.class, Class::Separator)
            && (self.flags & lexicon::FUNCTION == 0 || self.class != Class::Word)
    }

    /// Whether it looks like a name: a capital letter inside a sentence.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.class, Class::Word) && !self.is_initial && self.letters != Letters::Small
    }

    pub(super) fn has(&self, flags: Flags) -> bool {
        self.flags & flags != 0
    }
}
