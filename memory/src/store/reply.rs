//! Reading what Redis answers: values and errors.

use std::collections::HashMap;

use redis::{ErrorKind, RedisError, ServerErrorKind, Value};

use crate::Error;

/// Maps an error of the client to what our caller can do about it.
pub(super) fn failed(attempt: &'static str, error: RedisError) -> Error {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, TryAgain};
    let is_passing = matches!(
        error.kind(),
        ErrorKind::Io | ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | TryAgain)
    ) || error.is_timeout()
        || error.is_connection_dropped();
    if is_passing {
        Error::Unavailable { attempt, source: Box::new(error) }
    } else {
        Error::Refused { attempt, reason: said(&error) }
    }
}

/// One of our scripts answered something that it never does: another version of us runs on the same Redis.
pub(super) fn nonsense(attempt: &'static str) -> Error {
    Error::Refused { attempt, reason: "its script gave an answer that this version does not know".into() }
}

/// What Redis said: the client takes the first word of an error for a code and prints it in quotes.
fn said(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        _ => error.to_string(),
    }
}

/// Whether Redis was started just now and still reads its data.
pub(super) fn says_it_is_loading(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::BusyLoading)
}

/// Whether Redis does not know a script (any more).
pub(super) fn says_script_is_missing(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// Whether an index is gone. Redis Stack says `agentmem:idx: no such index`, Redis 8 `No such index agentmem:idx`.
pub(super) fn says_index_is_missing(error: &RedisError) -> bool {
    let text = said(error).to_lowercase();
    text.contains("no such index") || text.contains("unknown index name") || text.contains("index not found")
}

/// Whether FT.CREATE found an index of that name.
pub(super) fn says_index_exists(error: &RedisError) -> bool {
    said(error).to_lowercase().contains("index already exists")
}

/// Whether an index has a field already that was to be added.
pub(super) fn says_is_duplicate(error: &RedisError) -> bool {
    said(error).to_lowercase().contains("duplicate field")
}

/// Text of a value: strings, integers and floats; lossy where it is no UTF-8.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::SimpleString(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Double(number) => Some(number.to_string()),
        Value::Okay => Some("OK".into()),
        _ => None,
    }
}

/// The same without copying strings.
fn into_text(value: Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => Some(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ),
        value => text(&value),
    }
}

/// Elements of an array; of anything else, none.
pub(super) fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements,
        _ => Vec::new(),
    }
}

/// A whole number; 0 for anything else.
pub(super) fn integer(value: &Value) -> i64 {
    text(value).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// `[name, value, name, value …]` as a map of texts; what is no text is left out.
pub(super) fn fields(value: Value) -> HashMap<String, String> {
    let elements = elements(value);
    let mut fields = HashMap::with_capacity(elements.len() / 2);
    let mut flat = elements.into_iter();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        if let (Some(name), Some(value)) = (into_text(name), into_text(value)) {
            fields.insert(name, value);
        }
    }
    fields
}

/// Seconds left, from the milliseconds of PTTL; see [`super::codec::ttl_seconds`].
pub(super) fn ttl_seconds(pttl: &Value) -> Option<u64> {
    super::codec::ttl_seconds(&text(pttl)?)
}

/// Rows of an FT.SEARCH reply: `[total, key, fields, key, fields …]`. A row that expired meanwhile has no fields.
#[derive(Default)]
pub(super) struct Found {
    /// Matches in all, beyond the page too.
    pub total: u64,
    /// Key and fields of each row.
    pub rows: Vec<(String, HashMap<String, String>)>,
}

/// Reads an FT.SEARCH reply.
pub(super) fn found(value: Value) -> Found {
    let mut flat = elements(value).into_iter();
    let total = flat.next().map_or(0, |total| integer(&total));
    let mut rows = Vec::new();
    while let (Some(key), Some(row)) = (flat.next(), flat.next()) {
        if let Some(key) = into_text(key) {
            rows.push((key, fields(row)));
        }
    }
    Found { total: u64::try_from(total).unwrap_or_default(), rows }
}

/// Matches in all of an FT.SEARCH reply.
pub(super) fn total(value: &Value) -> u64 {
    let total = match value {
        Value::Array(elements) => elements.first().map_or(0, integer),
        _ => 0,
    };
    u64::try_from(total).unwrap_or_default()
}

/// Milliseconds between two replies of TIME, each `[seconds, microseconds]`.
pub(super) fn milliseconds_between(from: &Value, to: &Value) -> f64 {
    let microseconds = |time: &Value| match time {
        Value::Array(parts) if parts.len() == 2 => integer(&parts[0]) * 1_000_000 + integer(&parts[1]),
        _ => 0,
    };
    #[expect(clippy::cast_precision_loss, reason = "a difference of seconds fits f64 exactly")]
    let difference = (microseconds(to) - microseconds(from)) as f64;
    (difference / 1000.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    #[test]
    fn a_search_reply_is_read_row_by_row_and_an_expired_row_has_no_fields() {
        let row = Value::Array(vec![bulk("user"), bulk("alice"), bulk("distance"), Value::Nil]);
        let reply =
            Value::Array(vec![Value::Int(7), bulk("agent:mem:1"), row, bulk("agent:mem:2"), Value::Nil]);
        let found = found(reply);
        assert_eq!(found.total, 7);
        assert_eq!(found.rows[0].0, "agent:mem:1");
        assert_eq!(found.rows[0].1, HashMap::from([("user".into(), "alice".into())]));
        assert!(found.rows[1].1.is_empty());
    }

    #[test]
    fn a_ttl_is_rounded_up_and_missing_without_one() {
        let rows = [(-2, None), (-1, None), (0, None), (1, Some(1)), (1000, Some(1)), (1001, Some(2))];
        for (pttl, expected) in rows {
            assert_eq!(ttl_seconds(&Value::Int(pttl)), expected, "{pttl}");
        }
    }

    #[test]
    fn times_are_compared_over_the_turn_of_a_second() {
        let time = |seconds: &str, microseconds: &str| Value::Array(vec![bulk(seconds), bulk(microseconds)]);
        assert_eq!(milliseconds_between(&time("9", "999900"), &time("10", "000100")), 0.2);
        assert_eq!(milliseconds_between(&Value::Nil, &Value::Nil), 0.0);
    }
}
