//! What the page shows, as its URL says it: a link reproduces what was seen.

use agent_memory::{Scope, Threshold};

use self::query::{decode, encode};

mod query;

/// Most characters of a sent text that a URL repeats.
pub const QUERY_MAX_CHARS: usize = 500;

/// The page's place: whose memory, which thread, which threshold.
///
/// Names stand here as they were typed, normalised where they are valid; the server refuses the others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Address {
    /// Whose memory.
    pub user: String,
    /// In which namespace.
    pub namespace: String,
    /// The open thread; `None` is the current one of user and namespace.
    pub thread: Option<String>,
    /// The recall threshold; `None` is the server's default.
    pub threshold: Option<Threshold>,
    /// The turn that was sent without JavaScript to come here.
    pub sent: Option<Sent>,
}

/// A turn that was sent by a form post: what the page needs to show its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The text, cut at [`QUERY_MAX_CHARS`].
    pub query: String,
    /// What became of it.
    pub wrote: Wrote,
}

/// What a sent turn did to long-term memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrote {
    /// It wrote none.
    Nothing,
    /// It wrote the memory with this id.
    New(String),
    /// It was deduplicated onto the memory with this id.
    Onto(String),
}

impl Address {
    /// The place of a user and a namespace, on their current thread.
    #[must_use]
    pub fn new(user: &str, namespace: &str) -> Self {
        let (user, namespace) = normal_names(user, namespace);
        Self { user, namespace, ..Self::default() }
    }

    /// Reads the query part of a URL, without its `?`. Unknown fields are ignored.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut fields = Fields::default();
        for (name, value) in decode(query) {
            fields.set(&name, value);
        }
        fields.into_address()
    }

    /// The URL of this place.
    #[must_use]
    pub fn href(&self) -> String {
        let threshold = self.threshold.map(|threshold| threshold.to_string());
        let mut pairs = vec![("user", self.user.as_str()), ("namespace", self.namespace.as_str())];
        pairs.extend(self.thread.as_deref().map(|thread| ("thread", thread)));
        pairs.extend(threshold.as_deref().map(|threshold| ("threshold", threshold)));
        if let Some(sent) = &self.sent {
            pairs.push(("q", &sent.query));
            match &sent.wrote {
                Wrote::Nothing => {}
                Wrote::New(id) => pairs.push(("wrote", id)),
                Wrote::Onto(id) => pairs.push(("onto", id)),
            }
        }
        format!("/?{}", encode(&pairs))
    }

    /// Whether this place and the other one show the same user's memory in the same namespace.
    #[must_use]
    pub fn has_scope_of(&self, other: &Self) -> bool {
        self.user == other.user && self.namespace == other.namespace
    }

    /// Whether this place shows the memory of `scope`.
    #[must_use]
    pub fn shows(&self, scope: &Scope) -> bool {
        scope.owns(&self.user, &self.namespace)
    }

    /// The same place without what was sent to come here.
    #[must_use]
    pub fn settled(self) -> Self {
        Self { sent: None, ..self }
    }

    /// The same place on another thread.
    #[must_use]
    pub fn on(self, thread: Option<String>) -> Self {
        Self { thread, ..self }.settled()
    }

    /// The same place with another threshold.
    #[must_use]
    pub fn at(self, threshold: Option<Threshold>) -> Self {
        Self { threshold, ..self }
    }
}

/// Valid names as the server will read them; others unchanged, for the server to refuse.
fn normal_names(user: &str, namespace: &str) -> (String, String) {
    match Scope::new(user, namespace) {
        Ok(scope) => (scope.user().into(), scope.namespace().into()),
        Err(_) => (user.into(), namespace.into()),
    }
}

/// The fields of a query that matter here.
#[derive(Default)]
struct Fields {
    user: String,
    namespace: String,
    thread: String,
    thread_user: Option<String>,
    thread_namespace: Option<String>,
    threshold: String,
    query: String,
    wrote: Option<Wrote>,
}

impl Fields {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "user" => self.user = value,
            "namespace" => self.namespace = value,
            "thread" => self.thread = value,
            "thread_user" => self.thread_user = Some(value),
            "thread_namespace" => self.thread_namespace = Some(value),
            "threshold" => self.threshold = value,
            "q" => self.query = value,
            "wrote" => self.wrote = Some(Wrote::New(value)),
            "onto" => self.wrote = Some(Wrote::Onto(value)),
            _ => {}
        }
    }

    fn into_address(self) -> Address {
        let mut address = Address::new(&self.user, &self.namespace);
        // The turn form also opens another user's memory; the thread in it is then somebody else's.
        let stays = self.thread_user.is_none_or(|user| user == address.user)
            && self.thread_namespace.is_none_or(|namespace| namespace == address.namespace);
        address.thread = Some(self.thread).filter(|thread| stays && !thread.is_empty());
        address.threshold = self.threshold.trim().parse().ok().and_then(Threshold::new);
        address.sent = Some(self.query)
            .filter(|query| !query.is_empty())
            .map(|query| Sent { query, wrote: self.wrote.unwrap_or(Wrote::Nothing) });
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_from_its_url() {
        let addresses = [
            Address::new("", ""),
            Address::new("acme/bob", "a b&c=d").on(Some("0123456789ab".into())),
            Address::new("100%41", "日本").at(Threshold::new(0.3)),
            Address {
                sent: Some(Sent { query: "What? 50% + 1\n#2".into(), wrote: Wrote::New("ab".into()) }),
                ..Address::new("alice", "work")
            },
            Address {
                sent: Some(Sent { query: "x".into(), wrote: Wrote::Onto("ab".into()) }),
                ..Address::new("alice", "work")
            },
        ];
        for address in addresses {
            let href = address.href();
            assert_eq!(Address::from_query(href.trim_start_matches("/?")), address, "{href}");
        }
    }

    #[test]
    fn missing_names_are_default_and_nonsense_is_ignored() {
        let address = Address::from_query("threshold=near&thread=&user=&colour=red&__err=abc");
        assert_eq!(address, Address::new("default", "default"));
    }

    #[test]
    fn a_thread_is_left_behind_when_another_user_is_opened() {
        let same = Address::from_query("user=a&namespace=n&thread=t&thread_user=a&thread_namespace=n");
        assert_eq!(same.thread.as_deref(), Some("t"));
        let other = Address::from_query("user=b&namespace=n&thread=t&thread_user=a&thread_namespace=n");
        assert_eq!(other.thread, None);
    }
}
