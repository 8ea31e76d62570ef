//! What the page shows, as its URL says it: a link reproduces what was seen.

use agent_memory::{
    Kind, LookRequest, Scope, Text, ThreadId, Threshold,
    evaluation::Setting,
    input::InvalidInput,
    listing::{Listing, PAGE_USUAL, Start},
    model::WriteKind,
};

use serde::{Deserialize, Serialize};

pub use self::bench::{changed, setting_of, setting_word};
#[cfg(feature = "ssr")]
pub(crate) use self::query::decode;
use self::query::encode;
#[cfg(any(feature = "ssr", test))]
pub use self::{
    decided::{decided_of, decided_word},
    forgotten::{forgotten_of, forgotten_word},
};
pub use self::{
    done::{Deed, Done},
    table::Table,
};

mod bench;
#[cfg(any(feature = "ssr", test))]
mod decided;
mod done;
mod fields;
#[cfg(any(feature = "ssr", test))]
mod forgotten;
mod query;
mod table;

/// Most characters of a text that a URL repeats.
pub const QUERY_MAX_CHARS: usize = 500;

/// The page's place: whose memory, which thread, which query, which part of the table.
///
/// Names stand here as they were typed, normalised where they are valid; the server refuses the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// Whose memory.
    pub user: String,
    /// In which namespace.
    pub namespace: String,
    /// The open thread; `None` is the current one of user and namespace.
    pub thread: Option<String>,
    /// The recall threshold; `None` is the server's default.
    pub threshold: Option<Threshold>,
    /// What was asked or sent last.
    pub asked: Option<Asked>,
    /// Recall memories of this kind only.
    pub only: Option<Kind>,
    /// As what the turn form writes.
    pub write: WriteKind,
    /// The part of the memories table.
    pub table: Table,
    /// What is looked for among the threads; empty for all.
    pub find_threads: String,
    /// The memory that was dropped just now and may be brought back.
    pub dropped: Option<String>,
    /// The memory whose sheet is open.
    pub memory: Option<String>,
    /// What was changed just now and may be taken back.
    pub done: Option<Done>,
    /// Whether the pairs that wait for a decision are shown.
    pub review: bool,
    /// The decision that was made just now and may be undone: see [`mod@crate::api::review`].
    pub decided: Option<String>,
    /// Where a scan goes on that is made by one form after another.
    pub scanned: Option<String>,
    /// The setting on the bench, where that is open. Its threshold is [`Self::threshold`], and not told here.
    pub bench: Option<Setting>,
    /// A second setting that it is compared with.
    pub against: Option<Setting>,
    /// Where the search for documents that the index cannot read goes on; `None` looks at the first ones alone.
    pub unreadable: Option<String>,
    /// Whether forgetting the user is open: `own` in this namespace, `all` in every one, or the receipt of what was forgotten,
    /// see [`mod@crate::api::forget`].
    pub forget: Option<String>,
}

/// A text that was asked or sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The text, cut at [`QUERY_MAX_CHARS`].
    pub query: String,
    /// What became of it.
    pub became: Became,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Became {
    /// It was a question to the memory alone.
    Probe,
    /// A turn that wrote nothing to long-term memory.
    Skipped,
    /// The goal of the thread.
    Goal,
    /// A turn that wrote the memory with this id.
    New(String),
    /// A turn that was deduplicated onto the memory with this id.
    Onto(String),
}

impl Default for Address {
    fn default() -> Self {
        Self::new("", "")
    }
}

impl Address {
    /// The place of a user and a namespace, on their current thread.
    #[must_use]
    pub fn new(user: &str, namespace: &str) -> Self {
        let (user, namespace) = normal_names(user, namespace);
        Self {
            user,
            namespace,
            thread: None,
            threshold: None,
            asked: None,
            only: None,
            write: WriteKind::Episodic,
            table: Table::default(),
            find_threads: String::new(),
            dropped: None,
            memory: None,
            done: None,
            review: false,
            decided: None,
            scanned: None,
            bench: None,
            against: None,
            unreadable: None,
            forget: None,
        }
    }

    /// Reads the query part of a URL, with or without its `?`. Unknown fields are ignored.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        fields::address(query.trim_start_matches(['/', '?']))
    }

    /// The URL of this place. What is as it would be anyway is not in it.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/?{}", self.query())
    }

    /// The query part of the URL, without its `?`.
    #[must_use]
    pub fn query(&self) -> String {
        let threshold = self.threshold.map(|threshold| threshold.to_string());
        let mut pairs = vec![("user", self.user.as_str()), ("namespace", self.namespace.as_str())];
        let became = self.asked.as_ref().map(|asked| asked.became.word());
        let done = self.done.as_ref().map(ToString::to_string);
        let bench = self.bench.map(|setting| setting_word(&setting, false));
        let against = self.against.map(|setting| setting_word(&setting, true));
        let optional = [
            ("thread", self.thread.as_deref()),
            ("threshold", threshold.as_deref()),
            ("q", self.asked.as_ref().map(|asked| asked.query.as_str())),
            ("became", became.as_deref().filter(|word| !word.is_empty())),
            ("only", self.only.map(Kind::as_str)),
            ("kind", Some(self.write.as_str()).filter(|_| self.write != WriteKind::Episodic)),
            ("threads", Some(self.find_threads.as_str()).filter(|find| !find.is_empty())),
            ("dropped", self.dropped.as_deref()),
            ("memory", self.memory.as_deref()),
            ("done", done.as_deref()),
            ("review", self.review.then_some("1")),
            ("decided", self.decided.as_deref()),
            ("scanned", self.scanned.as_deref()),
            ("bench", bench.as_deref()),
            ("against", against.as_deref()),
            ("unreadable", self.unreadable.as_deref()),
            ("forget", self.forget.as_deref()),
        ];
        pairs.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let table = self.table.pairs();
        pairs.extend(table.iter().map(|(name, value)| (*name, value.as_str())));
        encode(&pairs)
    }

    /// What has to be read to show this place, as a query: the rest of the address is the browser's business.
    #[must_use]
    pub fn to_read(&self) -> String {
        // Two settings are compared on the server, by the threshold too.
        let threshold = self.threshold.filter(|_| self.bench.is_some() && self.against.is_some());
        let (dropped, done, decided, scanned, forget) = (None, None, None, None, None);
        Self { threshold, dropped, done, decided, scanned, forget, ..self.clone() }.query()
    }

    /// What to ask the memory to show this place.
    ///
    /// # Errors
    /// A bad thread id.
    pub fn look_request(&self) -> Result<LookRequest, InvalidInput> {
        Ok(LookRequest {
            thread_id: self.thread.as_deref().map(ThreadId::new).transpose()?,
            query: self.query_text()?,
            recall_kind: self.only,
            write: self.write,
            table: Listing {
                filter: self.table.filter.clone(),
                order: self.table.order,
                start: Start::Offset((self.table.page - 1).saturating_mul(PAGE_USUAL)),
                limit: PAGE_USUAL,
            },
            find_threads: self.find_threads.clone(),
            ..LookRequest::default()
        })
    }

    /// What was asked; `None` where it says nothing.
    pub(crate) fn query_text(&self) -> Result<Option<Text>, InvalidInput> {
        let asked = self.asked.as_ref().map(|asked| asked.query.trim()).filter(|query| !query.is_empty());
        asked.map(|query| Text::named("query", query)).transpose()
    }

    /// Whose memory it is.
    ///
    /// # Errors
    /// A name that is too long or has a control character.
    pub fn scope(&self) -> Result<Scope, InvalidInput> {
        Scope::new(&self.user, &self.namespace)
    }

    /// Whether this place and the other one show the same user's memory in the same namespace.
    #[must_use]
    pub fn has_scope_of(&self, other: &Self) -> bool {
        self.user == other.user && self.namespace == other.namespace
    }

    /// Whose memory it is, in words: `ada in default`.
    #[must_use]
    pub fn whose(&self) -> String {
        format!("{} in {}", self.user, self.namespace)
    }

    /// Another user's memory, or another namespace, at the same threshold.
    #[must_use]
    pub fn opened(&self, user: &str, namespace: &str) -> Self {
        Self { threshold: self.threshold, only: self.only, write: self.write, ..Self::new(user, namespace) }
    }

    /// The same place on another thread, where nothing was asked yet.
    #[must_use]
    pub fn on(&self, thread: Option<String>) -> Self {
        let find_threads = String::new();
        Self { thread, asked: None, dropped: None, memory: None, done: None, find_threads, ..self.clone() }
    }

    /// The same place on this thread, with what was asked there.
    #[must_use]
    pub fn after(&self, thread: Option<String>, query: &str, became: Became) -> Self {
        let query = crate::view::text::cut(query, QUERY_MAX_CHARS);
        Self { thread, asked: Some(Asked { query, became }), dropped: None, done: None, ..self.clone() }
    }

    /// The same place with the sheet of a memory open, or none.
    #[must_use]
    pub fn with_memory(&self, memory: Option<String>) -> Self {
        Self { memory, dropped: None, done: None, forget: None, ..self.clone() }
    }

    /// The same place with forgetting its user open, `own` or `all`; or closed.
    #[must_use]
    pub fn with_forget(&self, forget: Option<String>) -> Self {
        Self { forget, memory: None, dropped: None, done: None, ..self.clone() }
    }

    /// The same place with another part of the table.
    #[must_use]
    pub fn with_table(&self, table: Table) -> Self {
        Self { table, ..self.clone() }
    }
}

impl Became {
    /// In the URL; empty for a probe.
    fn word(&self) -> String {
        match self {
            Self::Probe => String::new(),
            Self::Skipped => "skipped".into(),
            Self::Goal => "goal".into(),
            Self::New(id) => format!("new-{id}"),
            Self::Onto(id) => format!("onto-{id}"),
        }
    }

    fn from_word(word: &str) -> Self {
        match word.split_once('-') {
            Some(("new", id)) => Self::New(id.into()),
            Some(("onto", id)) => Self::Onto(id.into()),
            _ if word == "skipped" => Self::Skipped,
            _ if word == "goal" => Self::Goal,
            _ => Self::Probe,
        }
    }
}

/// Valid names as the server will read them; others unchanged, for the server to refuse.
fn normal_names(user: &str, namespace: &str) -> (String, String) {
    match Scope::new(user, namespace) {
        Ok(scope) => (scope.user().into(), scope.namespace().into()),
        Err(_) => (user.into(), namespace.into()),
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::{
        MemoryFilter,
        filter::Standing,
        listing::{Order, SortBy},
    };

    use super::*;

    #[test]
    fn an_address_reads_back_from_its_url() {
        let alice = Address::new("alice", "work");
        let filter = MemoryFilter {
            kind: Some(Kind::Semantic),
            words: "a&b".into(),
            source_thread: Some("t 1".into()),
            created_from: Some(1_763_797_823.5),
            created_to: Some(2e9),
            standing: Standing::Superseded,
            ..MemoryFilter::default()
        };
        let table = Table { order: Order { by: SortBy::Text, is_descending: true }, filter, page: 7 };
        let asked = |became| alice.after(Some("0123456789ab".into()), "What? 50% + 1\n#2", became);
        let addresses = [
            Address::default(),
            Address::new("acme/bob", "a b&c=d").on(Some("0123456789ab".into())),
            Address { threshold: Threshold::new(0.3).ok(), ..Address::new("100%41", "日本") },
            asked(Became::Probe),
            asked(Became::Skipped),
            asked(Became::Goal),
            asked(Became::New("ab".into())),
            asked(Became::Onto("a-b".into())),
            alice.with_table(table),
            Address {
                only: Some(Kind::Episodic),
                write: WriteKind::Skip,
                find_threads: "ship it".into(),
                dropped: Some("cd".into()),
                ..alice.clone()
            },
            Address {
                done: Some(Done { deed: Deed::Pin, count: 57, undo: "a-b".into() }),
                ..alice.with_memory(Some("e f".into()))
            },
            Address {
                bench: Some(Setting { k: 7, ..Setting::default() }),
                against: Some(Setting { threshold: Threshold::new(0.4).unwrap(), ..Setting::default() }),
                ..alice.clone()
            },
            Address {
                review: true,
                decided: Some("keep_both a b".into()),
                scanned: Some("ef".into()),
                unreadable: Some("17".into()),
                forget: Some("all".into()),
                ..alice.clone()
            },
        ];
        for address in addresses {
            assert_eq!(Address::from_query(&address.href()), address, "{}", address.href());
        }
    }

    #[test]
    fn missing_names_are_default_and_nonsense_is_ignored() {
        let nonsense = "threshold=near&thread=&user=&colour=red&sort=up&page=0&kind=odd&only=skip&show=all";
        assert_eq!(Address::from_query(nonsense), Address::new("default", "default"));
        assert_eq!(Address::default().href(), "/?user=default&namespace=default");
    }

    #[test]
    fn what_is_read_does_not_depend_on_the_threshold() {
        let here = Address::from_query("user=a&q=x&sort=hits");
        let there =
            Address { threshold: Threshold::new(0.3).ok(), dropped: Some("m".into()), ..here.clone() };
        assert_eq!(there.to_read(), here.to_read());
        assert_ne!(here.to_read(), Address::from_query("user=a&q=y&sort=hits").to_read());
    }

    #[test]
    fn what_waits_is_read_where_it_is_shown_whatever_was_decided_last() {
        let closed = Address::from_query("user=a");
        let open = Address::from_query("user=a&review=1&decided=keep_both+a+b&scanned=c");
        assert!(open.to_read().ends_with("&review=1"), "{}", open.to_read());
        assert!(!closed.to_read().contains("review"));
        assert!(!Address::from_query("review=1&review=").review);
    }

    #[test]
    fn pages_of_the_table_follow_each_other() {
        let request = |query: &str| Address::from_query(query).look_request().unwrap().table;
        assert_eq!((request("").offset(), request("").limit), (0, PAGE_USUAL));
        assert_eq!(request("page=3").offset(), 2 * PAGE_USUAL);
        assert_eq!(request("page=99999999999999999999").offset(), 0);
    }
}
