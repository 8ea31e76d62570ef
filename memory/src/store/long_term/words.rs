//! Words that the index cannot look for: one letter, `not`, `C++`, 柏林 inside a sentence, `cafe` for `café`. There the memories
//! themselves are read.

use std::collections::HashSet;

use super::LongTermMemory;
use crate::{
    Result,
    filter::{MemoryFilter, words_of},
    ranking::is_unspaced,
    scope::{MemoryId, Scope},
    store::{query::is_indexed, rows},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Scopes up to this size are read whatever is looked for, in some 10 ms: accents and signs count there as they should.
const READ_ANYWAY: u64 = 1000;

impl LongTermMemory {
    /// The same filter, with the ids of the memories that have the words where the index cannot look for these. One round trip more
    /// where words are asked for, and one for each 500 memories that are read: in a scope of 100,000 that takes a second or two.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] or [`crate::Error::Refused`] where Redis cannot answer.
    pub(crate) async fn resolved(&self, scope: &Scope, filter: &MemoryFilter) -> Result<MemoryFilter> {
        let needles = needles(&filter.words);
        if needles.is_empty() {
            return Ok(filter.clone());
        }
        let without_words = MemoryFilter { words: String::new(), ..filter.clone() };
        if needles.iter().all(|needle| is_plain(needle)) {
            let among = self.store.run("count memories", self.count_request(scope, &without_words)).await?;
            if among > READ_ANYWAY {
                return Ok(filter.clone());
            }
        }
        let prefix = &self.store.keys().memory_prefix;
        let command = self.query(scope, &without_words).read_command();
        let having = |rows| {
            let texts = rows::own_texts(rows, scope, &without_words).into_iter();
            let having = texts.filter(|(_, text, _)| has_all(text, &needles));
            having
                .filter_map(|(key, _, created_ts)| {
                    Some((created_ts, MemoryId::read(key.strip_prefix(prefix)?)))
                })
                .collect()
        };
        let mut found: Vec<(f64, MemoryId)> = self.through_cursor("find words", command, having).await?;
        // The newest first: of very many a search looks at these.
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let mut ids: Vec<MemoryId> = found.into_iter().map(|(_, id)| id).collect();
        if let Some(asked) = &filter.ids {
            let asked: HashSet<&MemoryId> = asked.iter().collect();
            ids.retain(|id| asked.contains(id));
        }
        Ok(MemoryFilter { ids: Some(ids), ..without_words })
    }

    /// The same for a recall, which leaves words to the index where that knows them all: there it ranks all that have them.
    ///
    /// # Errors
    /// As [`Self::resolved`].
    pub(crate) async fn resolved_to_recall(
        &self,
        scope: &Scope,
        filter: &MemoryFilter,
    ) -> Result<MemoryFilter> {
        match needles(&filter.words).iter().all(|needle| is_plain(needle)) {
            true => Ok(filter.clone()),
            false => self.resolved(scope, filter).await,
        }
    }
}

/// What is looked for, between spaces, as it is compared.
fn needles(words: &str) -> Vec<String> {
    let needles = words.split_whitespace().map(|word| match word.trim_end_matches('*') {
        "" => folded(word),
        // Whoever thinks of patterns means the beginning of a word, which is what is looked for anyway.
        beginning => folded(beginning),
    });
    needles.filter(|needle| !needle.is_empty()).collect()
}

/// Whether Redis Search finds it as it stands, accents apart.
fn is_plain(needle: &str) -> bool {
    let words = words_of(needle);
    let signs = needle
        .chars()
        .any(|sign| !sign.is_ascii() || !(sign.is_alphanumeric() || "-_'\",;:!?()".contains(sign)));
    !signs && !words.is_empty() && words.iter().all(|word| is_indexed(word))
}

/// A text without the difference of capitals, accents, ligatures and widths.
fn folded(text: &str) -> String {
    let plain = text.nfkd().filter(|sign| !is_accent(*sign)).flat_map(char::to_lowercase);
    plain.collect::<String>().replace('ß', "ss")
}

/// A mark above or below a letter. Signs of vowels in other scripts are letters of their own.
fn is_accent(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}') && is_combining_mark(sign)
}

fn has_all(text: &str, needles: &[String]) -> bool {
    let text = folded(text);
    needles.iter().all(|needle| has(&text, needle))
}

/// Whether a word of the text begins so. What is written without spaces may stand anywhere, and a word of several parts in parts.
fn has(text: &str, needle: &str) -> bool {
    stands(text, needle) || {
        let words = words_of(needle);
        let is_loose = needle.chars().all(|sign| sign.is_alphanumeric() || "-_/'’\",;:!?()".contains(sign));
        is_loose && !words.is_empty() && words.iter().all(|word| stands(text, word))
    }
}

fn stands(text: &str, needle: &str) -> bool {
    let begins_anywhere =
        needle.chars().next().is_none_or(|first| is_unspaced(first) || !first.is_alphanumeric());
    text.match_indices(needle).any(|(at, _)| {
        begins_anywhere
            || text[..at]
                .chars()
                .next_back()
                .is_none_or(|before| !before.is_alphanumeric() || is_unspaced(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_there_is_found() {
        let rows = [
            ("我的妹妹住在柏林，她喜欢喝咖啡。", "柏林", true),
            ("我的妹妹住在柏林，她喜欢喝咖啡。", "巴黎", false),
            ("姉はベルリンに住んでいます。", "ベルリン", true),
            ("พี่สาวของฉันอยู่ที่เบอร์ลิน", "เบอร์ลิน", true),
            ("Die Straße ist lang", "straße", true),
            ("Die Straße ist lang", "STRASSE", true),
            ("Le café préféré est fermé", "cafe prefere", true),
            ("a cafe", "café", true),
            ("I prefer C++ over Fortran", "C++", true),
            ("I prefer C over Fortran", "C++", false),
            ("Python 3.10 is out", "3.10", true),
            ("Page 3, line 10", "3.10", false),
            ("To be or not to be", "not to be", true),
            ("Either way", "not", false),
            ("Plan B", "b", true),
            ("A bulb", "ulb", false),
            ("order routing", "order-routing", true),
            ("İstanbul", "istanbul", true),
            ("ＡＢＣ", "abc", true),
            ("Всё ясно", "ВСЕ", true),
            ("iPhoneを買った", "を買", true),
            ("買ったiPhone", "iphone", true),
            ("rated 5 * of 5", "*", true),
            ("dark mode", "-dar*", true),
        ];
        for (text, words, expected) in rows {
            assert_eq!(has_all(text, &needles(words)), expected, "{words} in {text}");
        }
    }

    #[test]
    fn plain_words_are_left_to_the_index() {
        for (words, expected) in [
            ("dark", true),
            ("order-routing", true),
            ("it's", false),
            ("not", false),
            ("x", false),
            ("C++", false),
            ("3.10", false),
            ("café", false),
            ("?", false),
        ] {
            assert_eq!(is_plain(words), expected, "{words}");
        }
    }
}
