//! Text to word piece numbers.

use std::path::Path;

use tokenizers::{Tokenizer, TruncationParams};

use crate::{
    Result,
    embedder::files::{WAY_OUT, failure},
};

/// Word pieces of a text that the model looks at, first and last mark included. What `sentence_bert_config.json` of the
/// model's repository says; `tokenizer.json` says 128, which gives other vectors for longer texts.
const MAX_WORD_PIECES: usize = 256;

/// The model's tokenizer.
pub(super) struct WordPieces(Tokenizer);

impl WordPieces {
    /// Reads `tokenizer.json`.
    pub(super) fn load(file: &Path) -> Result<Self> {
        let failed = |source| {
            failure(format!("tokenizer `{}` cannot be read: {WAY_OUT}", file.display()), Some(source))
        };
        let mut tokenizer = Tokenizer::from_file(file).map_err(failed)?;
        let truncation = TruncationParams { max_length: MAX_WORD_PIECES, ..Default::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(failed)?;
        // The file asks for padding to 128, which makes a short text as slow as a long one.
        tokenizer.with_padding(None);
        Ok(Self(tokenizer))
    }

    /// The numbers of a text, 2 to 256 of them.
    pub(super) fn ids(&self, text: &str) -> Result<Vec<u32>> {
        if let Some(start) = start_of_long_text(text) {
            let ids = self.encode(start)?;
            // Full already: what follows would be cut off.
            if ids.len() == MAX_WORD_PIECES {
                return Ok(ids);
            }
        }
        self.encode(text)
    }

    /// Whether the model sees all of a text: nothing is cut off, and every word piece is known.
    pub(super) fn read_whole(&self, text: &str) -> bool {
        text.len() <= ENOUGH_BYTES
            && self.ids(text).is_ok_and(|ids| ids.len() < MAX_WORD_PIECES && !ids.contains(&UNKNOWN))
    }

    /// The share of a text's word pieces that are known; 1 for one without any.
    pub(super) fn known_share(&self, text: &str) -> f64 {
        let start = &text[..text.floor_char_boundary(ENOUGH_BYTES)];
        let Ok(ids) = self.ids(start) else { return 0.0 };
        // Without the marks at both ends.
        let pieces = ids.get(1..ids.len().saturating_sub(1)).unwrap_or_default();
        let known = pieces.iter().filter(|id| **id != UNKNOWN).count();
        if pieces.is_empty() { 1.0 } else { known as f64 / pieces.len() as f64 }
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self
            .0
            .encode_fast(text, true)
            .map_err(|source| failure("a text cannot be split into word pieces".to_owned(), Some(source)))?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// `[UNK]` in the model's vocabulary.
const UNKNOWN: u32 = 100;

/// Bytes of a text that are nearly always enough for 256 word pieces.
pub(super) const ENOUGH_BYTES: usize = 4096;

/// The whole words among the first 4096 bytes of a longer text. They are nearly always enough for 256 word pieces, which
/// never reach over a white space, and the tokenizer takes 22 ms and 5 MiB for 64 KiB of text.
fn start_of_long_text(text: &str) -> Option<&str> {
    if text.len() <= ENOUGH_BYTES {
        return None;
    }
    let (start, _) = text[..text.floor_char_boundary(ENOUGH_BYTES)].rsplit_once(char::is_whitespace)?;
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::start_of_long_text;

    #[test]
    fn a_long_text_is_cut_between_words_only() {
        assert_eq!(start_of_long_text(&"word ".repeat(819)), None);
        assert_eq!(start_of_long_text(&"word ".repeat(13_000)), Some("word ".repeat(819).trim_end()));
        let words_without_space = "日".repeat(2000);
        assert_eq!(start_of_long_text(&words_without_space), None);
        let last_is_cut = format!("a {words_without_space}");
        assert_eq!(start_of_long_text(&last_is_cut), Some("a"));
    }
}
