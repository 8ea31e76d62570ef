//! Texts as HTML, in the two elements where browsers read references but no elements, and where tachys does not do it.

/// A text as the inner HTML of a `<title>`. As a child it would be followed by a marker, which there is text too.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A text as the child of a `<textarea>`.
///
/// The server has to escape it: tachys takes the content of this element for raw text, as that of a script is. Unescaped,
/// notes of others would be markup. In the browser the child becomes a text node, which is the text itself; where the
/// page is taken over, the child is not looked at.
#[must_use]
pub fn field_content(text: String) -> String {
    if cfg!(feature = "ssr") { in_document(&text) } else { text }
}

/// Browsers drop a line feed at the beginning of a `<textarea>`, so one is given to them.
fn in_document(text: &str) -> String {
    format!("\n{}", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element_or_is_decoded_in_it() {
        let rows = [
            ("plain", "plain"),
            ("</textarea><b>", "&lt;/textarea>&lt;b>"),
            ("</title>", "&lt;/title>"),
            ("&lt;", "&amp;lt;"),
        ];
        for (text, expected) in rows {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn a_line_feed_at_the_beginning_is_kept() {
        assert_eq!(in_document("\nsecond line"), "\n\nsecond line");
        assert_eq!(in_document(""), "\n");
    }
}
