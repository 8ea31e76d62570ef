//! Commands as lines that `redis-cli` takes.

use redis::{Arg, Cmd};

use super::scripts;

/// The command as `redis-cli` reads it: words as they are, everything else in double quotes with its escapes.
pub(super) fn line(command: &Cmd) -> String {
    let word = |argument| match argument {
        Arg::Simple(bytes) => bytes,
        // The cursor of a SCAN, which begins at 0.
        _ => b"0".as_slice(),
    };
    let mut words: Vec<&[u8]> = command.args_iter().map(word).collect();
    // What a person wants to copy is the search itself, whose arguments stand behind the one of the script that runs it.
    if scripts::is_call(&scripts::SEARCH, &words) {
        words.splice(..4, [b"FT.SEARCH".as_slice()]);
    }
    let mut line = String::new();
    for bytes in words {
        if !line.is_empty() {
            line.push(' ');
        }
        push_word(&mut line, bytes);
    }
    line
}

fn push_word(line: &mut String, bytes: &[u8]) {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:/@$*+~=,%".contains(byte);
    if !bytes.is_empty() && bytes.iter().all(is_plain) {
        line.extend(bytes.iter().copied().map(char::from));
        return;
    }
    line.push('"');
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|symbol| push_quoted(line, symbol));
        chunk.invalid().iter().for_each(|&byte| push_byte(line, byte));
    }
    line.push('"');
}

fn push_quoted(line: &mut String, symbol: char) {
    match symbol {
        '"' | '\\' => line.extend(['\\', symbol]),
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => push_byte(line, symbol as u8),
        _ => line.push(symbol),
    }
}

fn push_byte(line: &mut String, byte: u8) {
    line.push_str(&format!("\\x{byte:02x}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_a_script_runs_stands_as_the_search_itself() {
        let mut command = scripts::call(&scripts::SEARCH, &[]);
        command.arg("lives").arg("idx").arg("*");
        assert_eq!(line(&command), "FT.SEARCH idx *");
    }

    #[test]
    fn words_stand_as_they_are_and_the_rest_in_quotes() {
        let rows: [(&[u8], &str); 8] = [
            (b"agent:mem:0a1b", "agent:mem:0a1b"),
            (b"$.hit_count", "$.hit_count"),
            (b"", "\"\""),
            (b"two words", "\"two words\""),
            (b"a\"b\\c\n", "\"a\\\"b\\\\c\\n\""),
            ("größer".as_bytes(), "\"größer\""),
            (b"\x00\x3f\xff", "\"\\x00?\\xff\""),
            (b"'", "\"'\""),
        ];
        for (bytes, expected) in rows {
            let mut command = redis::cmd("ECHO");
            command.arg(bytes);
            assert_eq!(line(&command), format!("ECHO {expected}"));
        }
    }
}
