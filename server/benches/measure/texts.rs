//! What is said: texts of a known number of tokens that were never said before.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{setup::Executable, vectors::Random};

/// Tokens of a short turn.
pub(crate) const TURN_TOKENS: usize = 20;

/// Makes texts out of words of the model's vocabulary. A word that stands in it is one token, and each text has one more at
/// either end.
pub(crate) struct Texts {
    words: Vec<String>,
    next: AtomicU64,
}

impl Texts {
    /// From the tokenizer of an executable's model.
    pub(crate) fn of(executable: &Executable) -> Self {
        let file = executable.path("AGENT_MEMORY_MODEL_DIR").join("tokenizer.json");
        let json = std::fs::read_to_string(file).expect("the model has a tokenizer");
        let tokenizer: serde_json::Value = serde_json::from_str(&json).unwrap();
        let vocabulary: HashMap<String, i64> = serde_json::from_value(tokenizer["model"]["vocab"].clone())
            .expect("the tokenizer has a vocabulary");
        // Frequent words come first there.
        let is_common = |word: &str, id: i64| {
            (1996..8000).contains(&id) && word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase())
        };
        let mut words: Vec<String> =
            vocabulary.into_iter().filter(|(word, id)| is_common(word, *id)).map(|(word, _)| word).collect();
        words.sort();
        Self { words, next: AtomicU64::new(7) }
    }

    /// A text of this many tokens.
    pub(crate) fn fresh(&self, tokens: usize) -> String {
        let mut random = Random(self.next.fetch_add(1 << 32, Ordering::Relaxed));
        let mut word = || self.words[random.bits() as usize % self.words.len()].as_str();
        let words: Vec<&str> = (2..tokens).map(|_| word()).collect();
        words.join(" ")
    }
}

/// The same text, written differently: further spaces between its words are no tokens, so it has the same vector, but whoever
/// keeps vectors by text does not know it yet.
pub(crate) fn rewritten(text: &str, number: usize) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            let bit = at - 1;
            let is_wide = bit < usize::BITS as usize && (number >> bit) & 1 == 1;
            written.push_str(if is_wide { "  " } else { " " });
        }
        written.push_str(word);
    }
    written
}
