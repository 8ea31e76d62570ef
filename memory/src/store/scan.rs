//! Walking the keys below a prefix, portion by portion, without ever holding all of them.
//!
//! SCAN: <https://redis.io/docs/latest/commands/scan/>.

use redis::Value;

use super::{Store, reply, request::Request};
use crate::Result;

/// Keys that Redis looks at for one portion, its own and others.
const PORTION: usize = 1000;

/// A walk over the keys that begin with a prefix. What is there from its beginning to its end is found; what comes or goes
/// meanwhile may be; and a key may be found twice where Redis grows or shrinks its table.
pub(super) struct KeyScan<'a> {
    store: &'a Store,
    pattern: String,
    cursor: Option<String>,
}

impl<'a> KeyScan<'a> {
    pub(super) fn of(store: &'a Store, prefix: &str) -> Self {
        Self { store, pattern: format!("{}*", escape_glob(prefix)), cursor: Some("0".into()) }
    }

    /// The same from a cursor on that an earlier walk told.
    pub(super) fn from(store: &'a Store, prefix: &str, cursor: &str) -> Self {
        Self { cursor: Some(cursor.into()), ..Self::of(store, prefix) }
    }

    /// Where it goes on; `None` at the end.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The next portion, which may be empty; `None` at the end.
    pub(super) async fn next(&mut self, attempt: &'static str) -> Result<Option<Vec<String>>> {
        let Some(cursor) = self.cursor.take() else { return Ok(None) };
        let mut command = redis::cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(&self.pattern).arg("COUNT").arg(PORTION);
        let portion = Request::one(command, |answer| {
            let mut answer = reply::elements(answer);
            let keys = reply::elements(answer.pop().unwrap_or(Value::Nil));
            let next = answer.first().and_then(reply::text).filter(|cursor| cursor != "0");
            Ok((keys.iter().filter_map(reply::text).collect(), next))
        });
        let (keys, next) = self.store.run(attempt, portion).await?;
        self.cursor = next;
        Ok(Some(keys))
    }
}

/// Escapes what SCAN's glob patterns would read as a wildcard.
pub(super) fn escape_glob(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        if matches!(symbol, '*' | '?' | '[' | ']' | '^' | '\\') {
            escaped.push('\\');
        }
        escaped.push(symbol);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape_glob;

    #[test]
    fn a_prefix_with_wildcards_matches_itself_alone() {
        assert_eq!(escape_glob("app[1]*:mem?"), "app\\[1\\]\\*:mem\\?");
    }
}
