//! What there is to know of a sentence-embedding model besides its weights.

use std::fmt;

use super::{MODEL, Purpose};
use crate::embedding::DIMENSIONS;

/// How the vectors of a text's word pieces become one, what is put before a text, and how much of it is read.
///
/// The default is all-MiniLM-L6-v2, as its repository says: `1_Pooling/config.json`, `modules.json` and
/// `sentence_bert_config.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSettings {
    /// The name for people.
    pub name: String,
    /// Numbers of a vector.
    pub dimensions: usize,
    /// Word pieces of a text that the model looks at, first and last mark included.
    pub max_word_pieces: usize,
    /// How the vectors of word pieces become one.
    pub pooling: Pooling,
    /// Whether vectors are scaled to length 1.
    pub is_normalized: bool,
    /// What stands before a text that asks.
    pub query_prefix: String,
    /// What stands before a text that is remembered.
    pub passage_prefix: String,
    /// Whether texts are turned into small letters first.
    pub is_lowercased: bool,
    /// Number of the word piece that fills rows up.
    pub padding: u32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            name: MODEL.into(),
            dimensions: DIMENSIONS,
            // `tokenizer.json` says 128, which gives other vectors for longer texts.
            max_word_pieces: 256,
            pooling: Pooling::Mean,
            is_normalized: true,
            query_prefix: String::new(),
            passage_prefix: String::new(),
            is_lowercased: false,
            padding: 0,
        }
    }
}

impl ModelSettings {
    /// What stands before a text.
    #[must_use]
    pub fn prefix(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::Query => &self.query_prefix,
            Purpose::Passage => &self.passage_prefix,
        }
    }

    /// Whether the vector of a text depends on what it is for.
    #[must_use]
    pub fn tells_purposes_apart(&self) -> bool {
        self.query_prefix != self.passage_prefix
    }

    /// All that bears on a vector but the name: two folders that differ in it hold different models.
    #[cfg(feature = "onnx")]
    pub(super) fn told(&self) -> String {
        format!(
            "{} {} {} {} {:?} {:?} {}",
            self.dimensions,
            self.max_word_pieces,
            self.pooling,
            self.is_normalized,
            self.query_prefix,
            self.passage_prefix,
            self.is_lowercased
        )
    }
}

/// How the vectors of a text's word pieces become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// That of the first one, the mark at the beginning.
    Cls,
    /// Their mean.
    Mean,
    /// Their sum over the square root of their number.
    MeanSqrtLen,
    /// The largest number in each place.
    Max,
    /// That of the last one.
    LastToken,
}

impl fmt::Display for Pooling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cls => "cls",
            Self::Mean => "mean",
            Self::MeanSqrtLen => "mean_sqrt_len_tokens",
            Self::Max => "max",
            Self::LastToken => "lasttoken",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_prefix() {
        let known = ModelSettings::default();
        assert!(!known.tells_purposes_apart());
        let asking = ModelSettings { query_prefix: "query: ".into(), ..known };
        assert!(asking.tells_purposes_apart());
        assert_eq!((asking.prefix(Purpose::Query), asking.prefix(Purpose::Passage)), ("query: ", ""));
    }
}
