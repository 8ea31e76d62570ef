//! Do two texts that lie close to each other say the same?
//!
//! The model puts "The user likes cilantro." and "The user does not like cilantro." next to each other, so a distance alone
//! must never decide that a text is known already. [`compare`] reads both texts as words and says what differs. It knows no
//! Redis and no model, so the browser has it too.
//!
//! The one rule above all others: **in doubt it is not the same**. A duplicate costs a row, a lost correction costs the truth.

mod align;
mod judge;
mod lexicon;
mod order;
#[cfg(test)]
mod properties;
mod read;
mod scan;
mod token;

use serde::{Deserialize, Serialize};

/// Whether the model has read both texts whole: then their distance says something about all of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Nothing was cut off and every word piece is known to the model.
    Whole,
    /// A part was cut off or unknown: the texts are the same only if they are equal up to white space.
    Partial,
}

/// What [`compare`] says of two texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No difference of content: other pronouns, word forms, punctuation or politeness at most.
    Same,
    /// The same subject with another value.
    Revision(Differences),
    /// Close in vector, different in content.
    Other,
}

/// Where an earlier and a newer text differ, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Differences {
    /// One entry per place; never empty in a [`Verdict::Revision`].
    pub list: Vec<Difference>,
}

/// One place where two texts differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What the words are.
    pub kind: DifferenceKind,
    /// The words of the earlier text.
    pub earlier: Words,
    /// The words of the newer text.
    pub newer: Words,
}

/// Words of a text and where they stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The words as written; empty where the other text says more.
    pub text: String,
    /// Their first byte. Lies on a character's boundary.
    pub start: usize,
    /// The byte behind them. Lies on a character's boundary.
    pub end: usize,
}

/// What kind of words differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// Another number.
    Number,
    /// Another date, weekday, month or day.
    Date,
    /// Another time of day.
    Time,
    /// Another unit.
    Unit,
    /// Another version.
    Version,
    /// Another name: a word with a capital letter inside a sentence.
    Name,
    /// An address, path, hash, token or piece of code.
    Id,
    /// One of the two says no.
    Negation,
    /// A word and its opposite.
    Opposite,
    /// The same words in other places: who does it to whom, from where to where.
    Roles,
    /// The same verb in another time.
    Tense,
    /// A word replaced, added or left out.
    Word,
    /// A sign such as `+`, `?` or a comma that carries meaning.
    Sign,
    /// Capital or small letters where they carry meaning.
    Case,
    /// Another emoji.
    Emoji,
}

impl DifferenceKind {
    /// The word that stands for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::Unit => "unit",
            Self::Version => "version",
            Self::Name => "name",
            Self::Id => "id",
            Self::Negation => "negation",
            Self::Opposite => "opposite",
            Self::Roles => "roles",
            Self::Tense => "tense",
            Self::Word => "word",
            Self::Sign => "sign",
            Self::Case => "case",
            Self::Emoji => "emoji",
        }
    }
}

/// Compares an earlier text with a newer one. Swapping the two never changes the class, only which words are whose.
///
/// Meant for texts whose vectors lie close together: it judges what differs, not whether two unlike texts belong together.
/// The cost grows with the length of the texts; the comparison of their middles is bounded.
pub fn compare(earlier: &str, newer: &str, reading: Reading) -> Verdict {
    if earlier.split_whitespace().eq(newer.split_whitespace()) {
        return Verdict::Same;
    }
    // Always in one order, so that no tie in the alignment can make the class depend on which text is the newer.
    let verdict =
        if earlier <= newer { judge::judge(earlier, newer) } else { turned(judge::judge(newer, earlier)) };
    match (verdict, reading) {
        (Verdict::Same, Reading::Partial) => Verdict::Other,
        (verdict, _) => verdict,
    }
}

fn turned(verdict: Verdict) -> Verdict {
    let Verdict::Revision(mut differences) = verdict else { return verdict };
    for difference in &mut differences.list {
        std::mem::swap(&mut difference.earlier, &mut difference.newer);
    }
    Verdict::Revision(differences)
}
