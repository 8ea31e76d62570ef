//! What somebody judged.

use serde::{Deserialize, Serialize};

use crate::{
    input::{InvalidInput, Problem},
    model::words,
    scope::MemoryId,
    text::Text,
};

/// Most saved queries of a scope.
pub const QUERIES_MAX: usize = 500;

/// Most judged rows of a saved query.
pub const JUDGEMENTS_MAX: usize = 200;

/// Longest saved query, in bytes.
pub const QUERY_MAX_BYTES: usize = 4096;

words! {
    /// What somebody thinks of a memory as an answer to a query.
    Judgement, "verdict" {
        /// It should be recalled.
        Good = "good",
        /// It should not.
        Bad = "bad",
    }
}

/// A query, and which memories are good and which are bad for it; the others are unjudged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedQuery {
    /// What is asked, at most [`QUERY_MAX_BYTES`] bytes where it is saved.
    pub query: Text,
    /// What should be recalled.
    #[serde(default)]
    pub good: Vec<MemoryId>,
    /// What should not.
    #[serde(default)]
    pub bad: Vec<MemoryId>,
}

impl JudgedQuery {
    /// A checked query, in which no memory is told twice.
    ///
    /// # Errors
    /// A text of more than [`QUERY_MAX_BYTES`] bytes, more than [`JUDGEMENTS_MAX`] memories, or one that is good and bad at once.
    pub fn checked(mut self) -> Result<Self, InvalidInput> {
        check_query(&self.query)?;
        for ids in [&mut self.good, &mut self.bad] {
            ids.sort();
            ids.dedup();
        }
        if self.good.len() + self.bad.len() > JUDGEMENTS_MAX {
            let problem = Problem::TooLong { limit: JUDGEMENTS_MAX, unit: "judged memories" };
            return Err(InvalidInput::new("good", problem));
        }
        match self.good.iter().any(|id| self.bad.binary_search(id).is_ok()) {
            true => Err(InvalidInput::unfit("bad", "others than those in `good`")),
            false => Ok(self),
        }
    }

    /// What was said of a memory.
    #[must_use]
    pub fn judgement(&self, id: &MemoryId) -> Option<Judgement> {
        match (self.good.contains(id), self.bad.contains(id)) {
            (true, _) => Some(Judgement::Good),
            (false, true) => Some(Judgement::Bad),
            (false, false) => None,
        }
    }
}

/// Checks the length of a query that is to be saved.
pub(crate) fn check_query(query: &Text) -> Result<(), InvalidInput> {
    match query.as_str().len() > QUERY_MAX_BYTES {
        true => Err(InvalidInput::new("query", Problem::TooLong { limit: QUERY_MAX_BYTES, unit: "bytes" })),
        false => Ok(()),
    }
}

/// A judged query as it is kept for a scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedQuery {
    /// Its id, made of its text: 12 lowercase hex characters.
    pub id: String,
    /// When it was judged last, in Unix seconds.
    pub judged_ts: f64,
    /// The query and its judgements.
    #[serde(flatten)]
    pub judged: JudgedQuery,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(good: &[&str], bad: &[&str]) -> JudgedQuery {
        let ids = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
        JudgedQuery { query: Text::new("q").unwrap(), good: ids(good), bad: ids(bad) }
    }

    #[test]
    fn a_memory_is_told_once_and_is_good_or_bad() {
        let checked = query(&["b", "a", "b"], &["c"]).checked().unwrap();
        assert_eq!(checked, query(&["a", "b"], &["c"]));
        assert_eq!(checked.judgement(&"c".parse().unwrap()), Some(Judgement::Bad));
        assert_eq!(checked.judgement(&"d".parse().unwrap()), None);
        assert_eq!(query(&["a"], &["a"]).checked().unwrap_err().field, "bad");
    }

    #[test]
    fn what_is_saved_is_bounded() {
        let many: Vec<String> = (0..=JUDGEMENTS_MAX).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(query(&many[1..], &[]).checked().is_ok());
        assert_eq!(query(&many, &[]).checked().unwrap_err().field, "good");
        let long = Text::new("x".repeat(QUERY_MAX_BYTES + 1)).unwrap();
        assert_eq!(JudgedQuery { query: long, ..query(&[], &[]) }.checked().unwrap_err().field, "query");
    }
}
