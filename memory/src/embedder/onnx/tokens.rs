//! Text to word piece numbers.

use std::path::Path;

use tokenizers::{Tokenizer, TruncationParams};

use crate::{
    Result,
    embedder::{
        files::{WAY_OUT, failure},
        settings::ModelSettings,
    },
};

/// The model's tokenizer.
pub(super) struct WordPieces {
    tokenizer: Tokenizer,
    /// Word pieces of a text at most, marks included.
    most: usize,
    /// What stands for a piece that is not in the vocabulary.
    unknown: Option<u32>,
    padding: u32,
    is_lowercased: bool,
}

impl WordPieces {
    /// Reads `tokenizer.json`. Its own truncation and padding do not count: for all-MiniLM-L6-v2 it asks for 128 word pieces, no
    /// less and no more, which makes a short text as slow as a long one.
    pub(super) fn load(file: &Path, settings: &ModelSettings) -> Result<Self> {
        let failed = |source| {
            failure(format!("tokenizer `{}` cannot be read: {WAY_OUT}", file.display()), Some(source))
        };
        let mut tokenizer = Tokenizer::from_file(file).map_err(failed)?;
        let most = settings.max_word_pieces;
        let truncation = TruncationParams { max_length: most, ..Default::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(failed)?;
        tokenizer.with_padding(None);
        let unknown = ["[UNK]", "<unk>"].iter().find_map(|mark| tokenizer.token_to_id(mark));
        let (padding, is_lowercased) = (settings.padding, settings.is_lowercased);
        Ok(Self { tokenizer, most, unknown, padding, is_lowercased })
    }

    /// The numbers of a text, as many as the model reads at most and never none.
    pub(super) fn ids(&self, text: &str) -> Result<Vec<u32>> {
        if self.is_lowercased {
            return self.cut(&text.to_lowercase());
        }
        self.cut(text)
    }

    /// Whether the model sees all of a text: nothing is cut off, and every word piece is known.
    pub(super) fn read_whole(&self, text: &str) -> bool {
        let is_known = |id: &u32| Some(*id) != self.unknown;
        text.len() <= enough_bytes(self.most)
            && self.ids(text).is_ok_and(|ids| ids.len() < self.most && ids.iter().all(is_known))
    }

    /// How many characters of a text are seen, from its beginning; `None` where all are. A letter that grows by being made small may put
    /// it off by one.
    pub(super) fn truncates_after(&self, text: &str) -> Option<usize> {
        // A word piece has one byte at least.
        if text.len() < self.most {
            return None;
        }
        let text = text.trim_end();
        let start = start_of_long_text(text, enough_bytes(self.most)).unwrap_or(text);
        let encoding = self.tokenizer.encode_char_offsets(start, true).ok()?;
        let end = encoding.get_offsets().iter().map(|(_, end)| *end).max()?;
        (encoding.len() == self.most && end < text.chars().count()).then_some(end)
    }

    fn cut(&self, text: &str) -> Result<Vec<u32>> {
        if let Some(start) = start_of_long_text(text, enough_bytes(self.most)) {
            let ids = self.encode(start)?;
            // Full already: what follows would be cut off.
            if ids.len() == self.most {
                return Ok(ids);
            }
        }
        let ids = self.encode(text)?;
        // A tokenizer without marks finds nothing in an empty text.
        Ok(if ids.is_empty() { vec![self.padding] } else { ids })
    }

    /// The share of a text's word pieces that are known; 1 for one without any.
    pub(super) fn known_share(&self, text: &str) -> f64 {
        let start = &text[..text.floor_char_boundary(enough_bytes(self.most))];
        let Ok(ids) = self.ids(start) else { return 0.0 };
        // Without the marks at both ends.
        let pieces = ids.get(1..ids.len().saturating_sub(1)).unwrap_or_default();
        let known = pieces.iter().filter(|id| Some(**id) != self.unknown).count();
        if pieces.is_empty() { 1.0 } else { known as f64 / pieces.len() as f64 }
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self
            .tokenizer
            .encode_fast(text, true)
            .map_err(|source| failure("a text cannot be split into word pieces".to_owned(), Some(source)))?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// Bytes of a text that are nearly always enough for so many word pieces: 4096 for 256.
pub(super) fn enough_bytes(word_pieces: usize) -> usize {
    word_pieces.saturating_mul(16)
}

/// The whole words among the first bytes of a text that is longer. Word pieces never reach over a white space, and the tokenizer
/// takes 22 ms and 5 MiB for 64 KiB of text.
fn start_of_long_text(text: &str, enough: usize) -> Option<&str> {
    if text.len() <= enough {
        return None;
    }
    let (start, _) = text[..text.floor_char_boundary(enough)].rsplit_once(char::is_whitespace)?;
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_of_long_text(text: &str) -> Option<&str> {
        super::start_of_long_text(text, enough_bytes(256))
    }

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
