//! Which memories of a scope. One filter for the API, the page, the command line and the library; no IO.

use serde::{Deserialize, Serialize};

use crate::{
    input::{self, InvalidInput, Problem},
    model::{Kind, MemoryRecord, words},
    scope::MemoryId,
};

words! {
    /// Whether a memory is what is so now.
    Standing, "standing" {
        /// Nobody put another one in its place.
        Current = "current",
        /// Another one took its place: it is kept, and no longer recalled.
        Superseded = "superseded",
        /// Either.
        Any = "any",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro derives what all words have")]
impl Default for Standing {
    fn default() -> Self {
        Self::Current
    }
}

impl Standing {
    /// Whether it is that of a memory which another one superseded, or did not.
    pub(crate) fn admits(self, is_superseded: bool) -> bool {
        match self {
            Self::Current => !is_superseded,
            Self::Superseded => is_superseded,
            Self::Any => true,
        }
    }
}

/// Which labels memories have. Upper and lower case are the same here; what is empty is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TagFilter {
    /// At least one of these.
    pub any: Vec<String>,
    /// All of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

impl TagFilter {
    /// Whether these labels are such: what the index tells where it has them.
    pub(crate) fn admits(&self, tags: &[String]) -> bool {
        let tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_lowercase()).collect();
        let has = |tag: &String| tags.contains(&tag.trim().to_lowercase());
        (self.any.is_empty() || self.any.iter().any(has))
            && self.all.iter().all(has)
            && !self.none.iter().any(has)
    }
}

/// Most ids that a filter may name.
pub const IDS_MAX: usize = 10_000;

/// Most characters of words to look for.
pub const WORDS_MAX_CHARS: usize = 200;

/// Which memories of a scope; everything that is `None` or empty is not asked for.
///
/// ```
/// use agent_memory::{Kind, MemoryFilter};
///
/// let filter = MemoryFilter { kind: Some(Kind::Semantic), words: "dark mode".into(), ..MemoryFilter::default() };
/// assert!(filter.checked().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryFilter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only those that come from this thread, compared exactly.
    pub source_thread: Option<String>,
    /// Only those written at or after this time, in Unix seconds.
    pub created_from: Option<f64>,
    /// Only those written at or before this time, in Unix seconds.
    pub created_to: Option<f64>,
    /// Only those of which is said when they were said, at or after this time, in Unix seconds.
    pub said_from: Option<f64>,
    /// Only those of which is said when they were said, at or before this time, in Unix seconds.
    pub said_to: Option<f64>,
    /// Only those with such labels.
    pub tags: TagFilter,
    /// Only those with all these words, or with words that begin so; at most 200 characters.
    pub words: String,
    /// Only current ones, unless something else is asked for.
    pub standing: Standing,
    /// Only these; at most 10,000.
    #[serde(skip)]
    pub ids: Option<Vec<MemoryId>>,
}

impl MemoryFilter {
    /// Memories of this kind; of every kind where none is given.
    #[must_use]
    pub fn of_kind(kind: Option<Kind>) -> Self {
        Self { kind, ..Self::default() }
    }

    /// All memories of a scope, superseded ones too.
    #[must_use]
    pub fn everything() -> Self {
        Self { standing: Standing::Any, ..Self::default() }
    }

    /// A checked filter.
    ///
    /// # Errors
    /// A thread id that is empty, too long or has a control character; a time that is no finite number; an end before
    /// its beginning; too many characters to look for.
    pub fn checked(mut self) -> Result<Self, InvalidInput> {
        self.words = self.words.trim().into();
        if let Some(ids) = self.ids.as_ref().filter(|ids| ids.len() > IDS_MAX) {
            let limit = IDS_MAX.min(ids.len());
            return Err(InvalidInput::new("ids", Problem::TooLong { limit, unit: "ids" }));
        }
        if let Some(thread) = &self.source_thread {
            input::name("source_thread", thread)?;
        }
        let times = [
            ("created_from", self.created_from),
            ("created_to", self.created_to),
            ("said_from", self.said_from),
            ("said_to", self.said_to),
        ];
        for (field, time) in times {
            if time.is_some_and(|time| !time.is_finite()) {
                return Err(InvalidInput::unfit(field, "a finite number of Unix seconds"));
            }
        }
        check_words("words", &self.words)?;
        let is_backwards =
            |from: Option<f64>, to: Option<f64>| from.zip(to).is_some_and(|(from, to)| from > to);
        if is_backwards(self.created_from, self.created_to) {
            return Err(InvalidInput::unfit("created_to", "at or after `created_from`"));
        }
        if is_backwards(self.said_from, self.said_to) {
            return Err(InvalidInput::unfit("said_to", "at or after `said_from`"));
        }
        for tags in [&self.tags.any, &self.tags.all, &self.tags.none] {
            input::tags(tags)?;
        }
        Ok(self)
    }

    /// Whether it asks for nothing in particular beyond a standing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let words = if self.words.trim().is_empty() { self.words.clone() } else { String::new() };
        *self == Self { standing: self.standing, words, ..Self::default() }
    }

    /// What the index cannot tell for sure: Redis Search folds the case of tags, and an index that another program made
    /// anew knows no standing.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "the stores filter"))]
    pub(crate) fn accepts(&self, memory: &MemoryRecord) -> bool {
        self.standing.admits(memory.superseded_by.is_some())
            && (memory.tags.is_empty() || self.tags.admits(&memory.tags))
            && self.accepts_names(&memory.kind, &memory.source_thread)
    }

    /// The same for what tells its kind and thread alone.
    pub(crate) fn accepts_names(&self, kind: &str, source_thread: &str) -> bool {
        self.kind.is_none_or(|asked| asked.as_str() == kind)
            && self.source_thread.as_ref().is_none_or(|thread| thread == source_thread)
    }
}

/// Checks the length of words to look for.
pub(crate) fn check_words(field: &'static str, words: &str) -> Result<(), InvalidInput> {
    if words.chars().count() > WORDS_MAX_CHARS {
        let problem = Problem::TooLong { limit: WORDS_MAX_CHARS, unit: "characters" };
        return Err(InvalidInput::new(field, problem));
    }
    Ok(())
}

/// The words of a text as Redis Search splits it: runs of letters and digits, in lower case.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    text.split(parts_words).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Beyond ASCII only spaces and punctuation: accents of their own and signs of vowels are part of a word.
fn parts_words(symbol: char) -> bool {
    match symbol {
        '_' => false,
        '\u{2010}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => true,
        _ if symbol.is_ascii() => !symbol.is_ascii_alphanumeric(),
        _ => symbol.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_redis_search_splits_a_text() {
        let rows: [(&str, &[&str]); 7] = [
            ("", &[]),
            ("  Dark, MODE! ", &["dark", "mode"]),
            ("order-routing", &["order", "routing"]),
            ("a*|@user:{x}", &["a", "user", "x"]),
            ("Übermut 日本", &["übermut", "日本"]),
            ("“smart” quotes…", &["smart", "quotes"]),
            // An accent of its own, and a Hindi word with signs between its letters.
            ("U\u{308}bermut हिन्दी", &["u\u{308}bermut", "हिन्दी"]),
        ];
        for (text, expected) in rows {
            assert_eq!(words_of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_filter_that_makes_no_sense_names_the_field() {
        let filter = MemoryFilter::default;
        let rows = [
            (MemoryFilter { created_from: Some(f64::NAN), ..filter() }, "created_from"),
            (MemoryFilter { created_from: Some(2.0), created_to: Some(1.0), ..filter() }, "created_to"),
            (MemoryFilter { source_thread: Some(String::new()), ..filter() }, "source_thread"),
            (MemoryFilter { said_from: Some(2.0), said_to: Some(1.0), ..filter() }, "said_to"),
            (
                MemoryFilter {
                    tags: TagFilter { none: vec!["\n".into()], ..TagFilter::default() },
                    ..filter()
                },
                "tags",
            ),
            (MemoryFilter { words: "x".repeat(WORDS_MAX_CHARS + 1), ..filter() }, "words"),
        ];
        for (filter, field) in rows {
            assert_eq!(filter.checked().unwrap_err().field, field);
        }
        assert!(filter().checked().is_ok_and(|filter| filter.is_empty()));
    }

    #[test]
    fn kinds_and_threads_are_compared_exactly() {
        let memory =
            MemoryRecord { kind: "semantic".into(), source_thread: "T1".into(), ..MemoryRecord::default() };
        let from =
            |thread: &str| MemoryFilter { source_thread: Some(thread.into()), ..MemoryFilter::default() };
        assert!(from("T1").accepts(&memory) && !from("t1").accepts(&memory));
        assert!(!MemoryFilter::of_kind(Some(Kind::Episodic)).accepts(&memory));
    }
}
