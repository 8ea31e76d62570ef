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
        let encoding = self
            .0
            .encode_fast(text, true)
            .map_err(|source| failure("a text cannot be split into word pieces".to_owned(), Some(source)))?;
        Ok(encoding.get_ids().to_vec())
    }
}
