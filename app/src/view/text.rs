//! Texts and counts.

/// The first `max_chars` characters of a text.
#[must_use]
pub fn cut(text: &str, max_chars: usize) -> String {
    text.chars().take(max_chars).collect()
}

/// The beginning of a long text with an ellipsis; `None` where the text is short enough to be shown whole.
#[must_use]
pub fn excerpt(text: &str, max_chars: usize) -> Option<String> {
    let (end, _) = text.char_indices().nth(max_chars)?;
    Some(format!("{}…", text[..end].trim_end()))
}

/// `1 memory`, `8 memories`.
#[must_use]
pub fn memories(count: u64) -> String {
    counted(count, "memory", "memories")
}

/// A count with its noun, one or many: `1 thread`, `2 threads`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_texts_have_an_excerpt() {
        assert_eq!(excerpt("short", 5), None);
        assert_eq!(excerpt("two words", 4).as_deref(), Some("two…"));
        assert_eq!(excerpt("日本語日本語", 3).as_deref(), Some("日本語…"));
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(memories(1), "1 memory");
        assert_eq!(memories(0), "0 memories");
    }
}
