//! A look at one scope: everything that a dashboard shows, read in one go.

use serde::{Deserialize, Serialize};

use crate::{
    input::{InvalidInput, Problem},
    model::{Event, Kind, MemoryRecord, SessionState, WriteKind, words},
    scope::{MemoryId, ThreadId},
    turn::{IndexState, Step, Timings},
};

/// Most memories on one page of the table; what `/state` of the contract shows at most.
pub const MEMORIES_MAX: usize = 200;

/// Most rows to pass over: Redis Search refuses more than a million.
pub const OFFSET_MAX: usize = 999_000;

/// Memories on one page of the table where nothing else is asked for.
pub const PAGE_MEMORIES: usize = 25;

/// Events in a look.
pub const EVENTS: usize = 20;

/// Threads in a look where nothing else is asked for.
pub const THREADS: usize = 20;

/// Characters of the last turn that stand for a thread in a list.
pub const LAST_SAID_CHARS: usize = 120;

words! {
    /// By what the memories table is sorted.
    SortBy, "sort" {
        /// When they were written.
        Created = "created",
        /// How often a near-identical text came.
        Hits = "hits",
        /// Episodic or semantic.
        Kind = "kind",
        /// What they say.
        Text = "text",
        /// The thread that they come from.
        Source = "source",
        /// How long they still live; those that stay live longest.
        Lifetime = "ttl",
        /// How near they are to the query; by time of writing where there is none.
        Distance = "distance",
    }
}

/// Which part of the memories table, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableQuery {
    /// By what it is sorted.
    pub sort: SortBy,
    /// Largest, newest or last first.
    pub is_descending: bool,
    /// Only memories of this kind.
    pub kind: Option<Kind>,
    /// Only memories with all these words, or with words that begin so; empty for all.
    pub find: String,
    /// Rows to pass over.
    pub offset: usize,
    /// Most rows, 0 to [`MEMORIES_MAX`].
    pub limit: usize,
}

impl Default for TableQuery {
    fn default() -> Self {
        Self {
            sort: SortBy::Created,
            is_descending: true,
            kind: None,
            find: String::new(),
            offset: 0,
            limit: PAGE_MEMORIES,
        }
    }
}

/// What to look at, within one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookRequest {
    /// The thread; `None` is the one that was last active.
    pub thread_id: Option<ThreadId>,
    /// A text to be compared with the memories; nothing is written for it. `None` compares nothing.
    pub query: Option<String>,
    /// Compare it with memories of this kind only.
    pub recall_kind: Option<Kind>,
    /// As what the text would be written, for the preview.
    pub write: WriteKind,
    /// The memories table.
    pub table: TableQuery,
    /// Only threads in whose id, goal or last turn these words begin; empty for all.
    pub find_threads: String,
    /// Most threads.
    pub thread_limit: usize,
}

impl Default for LookRequest {
    fn default() -> Self {
        Self {
            thread_id: None,
            query: None,
            recall_kind: None,
            write: WriteKind::Episodic,
            table: TableQuery::default(),
            find_threads: String::new(),
            thread_limit: THREADS,
        }
    }
}

/// Everything that the dashboard shows of one scope and thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When it was read, in Unix seconds by the server's clock.
    pub at: f64,
    /// The index.
    pub index: IndexState,
    /// Version of Redis, such as `7.4.1`.
    pub redis_version: String,
    /// The thread: the one asked for, or the current one of the scope; `None` where there is none.
    pub thread_id: Option<ThreadId>,
    /// Its working memory; `None` where it expired or never was.
    pub session: Option<SessionState>,
    /// Events of the thread, newest first, at most [`EVENTS`].
    pub events: Vec<Event>,
    /// Threads of the scope, last active first.
    pub threads: Vec<ThreadSummary>,
    /// Threads that match in all.
    pub thread_count: u64,
    /// The page of the memories table. With a query, each with its distance.
    pub memories: Vec<MemoryRecord>,
    /// Memories that match the filters of the table. Like [`Self::memory_count`] it is exact, unless a scope that
    /// differs in case alone has memories and none of them is on the page or among the newest 50.
    pub match_count: u64,
    /// Memories of the scope in all.
    pub memory_count: u64,
    /// What the query would recall; `None` without a query.
    pub probe: Option<ProbeOutcome>,
}

/// One thread in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThreadSummary {
    /// The thread's id.
    pub thread_id: String,
    /// What it is after; empty for none.
    pub goal: String,
    /// The beginning of its last turn; empty where nobody wrote it.
    pub last_said: String,
    /// Turns over its whole life.
    pub turn_count: u64,
    /// Last write, in Unix seconds.
    pub last_active_ts: f64,
}

/// What would be recalled for a text; nothing was written for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeOutcome {
    /// The nearest memories of the scope, nearest first, at most 50.
    pub candidates: Vec<MemoryRecord>,
    /// What would become of the text as a turn.
    pub preview: Preview,
    /// How long it took; nothing was written.
    pub timings: Timings,
    /// What was asked of Redis.
    pub steps: Vec<Step>,
}

/// What would become of a text that is sent as a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preview {
    /// Nothing would be written.
    Skipped,
    /// A new memory.
    New {
        /// Its kind.
        kind: Kind,
        /// Its lifetime; `None` stays.
        ttl_seconds: Option<u64>,
    },
    /// A hit on a memory that says nearly the same.
    Duplicate {
        /// The memory.
        onto: MemoryId,
        /// What it says.
        text: String,
        /// How near it is.
        distance: f64,
        /// Its lifetime after the hit; `None` stays.
        ttl_seconds: Option<u64>,
    },
}

impl TableQuery {
    /// The words of [`Self::find`] as Redis Search splits a text: runs of letters and digits, in lower case.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words_of(&self.find)
    }

    /// Checks what a person may have typed.
    ///
    /// # Errors
    /// A page that is too large or too far, or too long a text to look for.
    pub fn check(&self) -> Result<(), InvalidInput> {
        for (field, rows, limit) in [("limit", self.limit, MEMORIES_MAX), ("offset", self.offset, OFFSET_MAX)]
        {
            if rows > limit {
                return Err(InvalidInput::new(field, Problem::TooLong { limit, unit: "rows" }));
            }
        }
        check_find("find", &self.find)
    }
}

/// Most characters to look for.
pub const FIND_MAX_CHARS: usize = 200;

/// Checks the length of a text to look for.
pub(crate) fn check_find(field: &'static str, find: &str) -> Result<(), InvalidInput> {
    if find.chars().count() > FIND_MAX_CHARS {
        let problem = Problem::TooLong { limit: FIND_MAX_CHARS, unit: "characters" };
        return Err(InvalidInput::new(field, problem));
    }
    Ok(())
}

/// Runs of letters and digits, in lower case.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    text.split(parts_words).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Beyond ASCII only spaces and punctuation: accents of their own and signs of vowels are part of a word.
fn parts_words(symbol: char) -> bool {
    match symbol {
        '_' => false,
        '\u{2010}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => true,
        _ if symbol.is_ascii() => !symbol.is_ascii_alphanumeric(),
        _ => symbol.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_redis_search_splits_a_text() {
        let query = |find: &str| TableQuery { find: find.into(), ..TableQuery::default() };
        let rows: [(&str, &[&str]); 7] = [
            ("", &[]),
            ("  Dark, MODE! ", &["dark", "mode"]),
            ("order-routing", &["order", "routing"]),
            ("a*|@user:{x}", &["a", "user", "x"]),
            ("Übermut 日本", &["übermut", "日本"]),
            ("“smart” quotes…", &["smart", "quotes"]),
            // An accent of its own, and a Hindi word with signs between its letters.
            ("U\u{308}bermut हिन्दी", &["u\u{308}bermut", "हिन्दी"]),
        ];
        for (find, expected) in rows {
            assert_eq!(query(find).words(), expected, "{find:?}");
        }
    }

    #[test]
    fn a_page_and_a_text_to_look_for_have_limits() {
        let too_many = TableQuery { limit: MEMORIES_MAX + 1, ..TableQuery::default() };
        assert_eq!(too_many.check().unwrap_err().to_string(), "limit is longer than 200 rows");
        let too_long = TableQuery { find: "x".repeat(FIND_MAX_CHARS + 1), ..TableQuery::default() };
        assert_eq!(too_long.check().unwrap_err().field, "find");
        assert_eq!(TableQuery::default().check(), Ok(()));
    }
}
