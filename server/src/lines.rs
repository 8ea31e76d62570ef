//! Lines out of pieces of a stream, each with a limit.

/// Longest line: a text of 64 KiB in which every character is escaped, its vector, and room for fields of others.
pub(crate) const LINE_MAX_BYTES: usize = 1024 * 1024;

/// What is wrong with a line as such.
pub(crate) const TOO_LONG: &str = "the line is longer than 1 MiB";
pub(crate) const NOT_TEXT: &str = "the line is no UTF-8";

/// Cuts a stream of bytes into lines, holding no more than one of them.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    started: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    /// The lines that end within this piece.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Vec<Result<String, &'static str>> {
        let mut lines = Vec::new();
        let mut parts = piece.split(|&byte| byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.grow(part);
            if parts.peek().is_some() {
                lines.push(self.take());
            }
        }
        lines
    }

    /// The last line, where it does not end with a line break.
    pub(crate) fn finish(mut self) -> Option<Result<String, &'static str>> {
        (self.is_too_long || !self.started.is_empty()).then(|| self.take())
    }

    fn grow(&mut self, part: &[u8]) {
        if self.is_too_long || self.started.len() + part.len() > LINE_MAX_BYTES {
            self.is_too_long = true;
            self.started.clear();
        } else {
            self.started.extend_from_slice(part);
        }
    }

    fn take(&mut self) -> Result<String, &'static str> {
        let line = std::mem::take(&mut self.started);
        if std::mem::take(&mut self.is_too_long) {
            return Err(TOO_LONG);
        }
        String::from_utf8(line).map_err(|_| NOT_TEXT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_the_stream_is_cut() {
        let text = "one\n\ntwo é\r\nthree".as_bytes();
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut found: Vec<_> = text.chunks(size).flat_map(|piece| lines.push(piece)).collect();
            found.extend(lines.finish());
            let expected = ["one", "", "two é\r", "three"].map(|line| Ok(line.to_string()));
            assert_eq!(found, expected, "{size}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_or_no_text_does_not_spoil_the_next() {
        let mut lines = Lines::default();
        let long = vec![b'x'; LINE_MAX_BYTES / 2 + 1];
        assert_eq!(lines.push(&long), []);
        assert_eq!(lines.push(&long), []);
        assert_eq!(
            lines.push(b"x\nnext\n\xff\nlast\n"),
            [Err(TOO_LONG), Ok("next".into()), Err(NOT_TEXT), Ok("last".into())]
        );
        assert_eq!(lines.finish(), None);
    }
}
