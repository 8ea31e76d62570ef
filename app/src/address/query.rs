//! Form encoding of URL queries.
//!
//! By hand, since both sides need it and the browser's own would be one call per field.

/// Field names and values as a query.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        push_escaped(&mut query, value);
    }
    query
}

/// The fields of a query, in order. A broken escape stays as it is; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn decode(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (unescape(name), unescape(value))
    })
}

fn push_escaped(query: &mut String, value: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                query.push(char::from(byte));
            }
            _ => query.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]),
        }
    }
}

fn unescape(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_survives() {
        let text = "a b+c&d=e%41/ü日\u{0}\n#?";
        let query = encode(&[("x", text), ("y", "")]);
        assert!(query.is_ascii());
        let pairs: Vec<_> = decode(&query).collect();
        assert_eq!(pairs, [("x".into(), text.into()), ("y".into(), String::new())]);
    }

    #[test]
    fn what_browsers_and_people_write_is_read() {
        let rows = [("a=1+2", "1 2"), ("a=%zz", "%zz"), ("a=%4", "%4"), ("a", ""), ("a=%FF", "\u{fffd}")];
        for (query, expected) in rows {
            assert_eq!(decode(query).next(), Some(("a".into(), expected.into())), "{query}");
        }
        assert_eq!(decode("").count(), 0);
    }
}
