//! The queries: FT.SEARCH with the scope as parameters, never as text inside the query.

use redis::Cmd;

use crate::{Embedding, model::Kind, scope::Scope};

/// What is read of each memory. Redis Search prints numbers with 12 digits, so `created_ts` is exact to 10 ms here; the
/// order is that of the exact value.
pub(super) const MEMORY_FIELDS: &[&str] =
    &["user", "namespace", "kind", "source_thread", "text", "hit_count", "distance", "created_ts"];

/// What tells whose a memory is.
pub(super) const OWNER_FIELDS: &[&str] = &["user", "namespace"];

/// The same, and what a memory says.
pub(super) const TEXT_FIELDS: &[&str] = &["user", "namespace", "text"];

/// Fields of a session that a list of threads shows. Not the turns: 20 of them may be a megabyte.
const THREAD_FIELDS: [&str; 7] =
    ["user", "namespace", "goal", "last_said", "last_said_turn", "turn_count", "last_active_ts"];

/// A search over the memories of one scope.
#[derive(Clone, Copy)]
pub(super) struct MemorySearch<'a> {
    pub(super) index: &'a str,
    pub(super) scope: &'a Scope,
    /// Only memories of this kind.
    pub(super) kind: Option<Kind>,
    /// Only memories with words that begin with each of these.
    pub(super) words: &'a [String],
    /// The `usize` nearest to a vector; without one, all.
    pub(super) near: Option<(&'a Embedding, usize)>,
    /// Only the memories under these keys; empty for all.
    pub(super) keys: &'a [String],
    /// Field, and whether the largest comes first.
    pub(super) sort_by: Option<(&'static str, bool)>,
    /// Fields to read; empty for keys alone.
    pub(super) fields: &'a [&'a str],
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl<'a> MemorySearch<'a> {
    /// All memories of a scope, as Redis finds them; no row of them yet.
    pub(super) fn new(index: &'a str, scope: &'a Scope) -> Self {
        let (words, keys, fields) = (&[], &[], MEMORY_FIELDS);
        Self { index, scope, kind: None, words, near: None, keys, sort_by: None, fields, offset: 0, limit: 0 }
    }

    /// The `k` nearest memories to a vector, nearest first.
    pub(super) fn nearest(self, to: &'a Embedding, k: usize) -> Self {
        Self { near: Some((to, k)), sort_by: Some(("distance", false)), limit: k, ..self }
    }

    /// The command.
    pub(super) fn command(&self) -> Cmd {
        let mut parameters = Parameters::of(self.scope);
        let mut query = parameters.filter(self.kind, self.words);
        if let Some((vector, k)) = self.near {
            query = format!("{query}=>[KNN $k @embedding $vector AS distance]");
            parameters.add("k", k.to_string());
            parameters.add("vector", vector.to_le_bytes());
        }
        let mut command = redis::cmd("FT.SEARCH");
        command.arg(self.index).arg(query);
        if self.fields.is_empty() {
            command.arg("NOCONTENT");
        }
        if !self.keys.is_empty() {
            command.arg("INKEYS").arg(self.keys.len()).arg(self.keys);
        }
        parameters.push_onto(&mut command);
        if let Some((field, is_descending)) = self.sort_by {
            command.arg("SORTBY").arg(field).arg(if is_descending { "DESC" } else { "ASC" });
        }
        if !self.fields.is_empty() {
            command.arg("RETURN").arg(self.fields.len()).arg(self.fields);
        }
        command.arg("LIMIT").arg(self.offset).arg(self.limit).arg(&["DIALECT", "2"]);
        command
    }

    /// The command that counts what matches by its exact user and namespace: tags fold upper and lower case.
    pub(super) fn count_command(&self) -> Cmd {
        const CASES_MAX: usize = 10_000;
        let mut parameters = Parameters::of(self.scope);
        let query = parameters.filter(self.kind, self.words);
        let mut command = redis::cmd("FT.AGGREGATE");
        command.arg(self.index).arg(query);
        command.arg(&["LOAD", "2", "@user", "@namespace", "GROUPBY", "2", "@user", "@namespace"]);
        command.arg(&["REDUCE", "COUNT", "0", "AS", "count", "LIMIT", "0"]).arg(CASES_MAX);
        parameters.push_onto(&mut command);
        command.arg(&["DIALECT", "2"]);
        command
    }
}

/// A page of the threads of a scope, last active first. A session that tells no namespace belongs to its user alone.
pub(super) fn threads(index: &str, scope: &Scope, words: &[String], offset: usize, limit: usize) -> Cmd {
    let mut parameters = Parameters::of(scope);
    let mut query = String::from("@user:{$user} (@namespace:{$namespace} | ismissing(@namespace))");
    if let Some(terms) = parameters.terms(words) {
        query = format!("{query} @goal|thread_id|last_said:({terms})");
    }
    let mut command = redis::cmd("FT.SEARCH");
    command.arg(index).arg(query);
    parameters.push_onto(&mut command);
    command.arg(&["SORTBY", "last_active_ts", "DESC"]);
    command.arg("RETURN").arg(THREAD_FIELDS.len()).arg(&THREAD_FIELDS);
    command.arg("LIMIT").arg(offset).arg(limit).arg(&["DIALECT", "2"]);
    command
}

/// Words of which Redis Search keeps no record: <https://redis.io/docs/latest/develop/ai/search-and-query/advanced-concepts/stopwords/>.
const STOP_WORDS: [&str; 33] = [
    "a", "is", "the", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "it",
    "no", "not", "of", "on", "or", "such", "that", "their", "then", "there", "these", "they", "this", "to",
    "was", "will", "with",
];

/// Whether a word can be looked for: Redis Search refuses prefixes of one byte, and what it keeps no record of would
/// hide every memory.
fn is_indexed(word: &str) -> bool {
    word.len() > 1 && !STOP_WORDS.contains(&word)
}

/// Names and values that a query refers to by `$name`.
struct Parameters(Vec<(String, Vec<u8>)>);

impl Parameters {
    fn of(scope: &Scope) -> Self {
        let mut parameters = Self(Vec::new());
        parameters.add("user", scope.user());
        parameters.add("namespace", scope.namespace());
        parameters
    }

    fn add(&mut self, name: impl Into<String>, value: impl AsRef<[u8]>) {
        self.0.push((name.into(), value.as_ref().to_vec()));
    }

    /// The filter of the scope, and of what else is asked for.
    fn filter(&mut self, kind: Option<Kind>, words: &[String]) -> String {
        let mut filter = String::from("(@user:{$user} @namespace:{$namespace}");
        if let Some(kind) = kind {
            filter.push_str(" @kind:{$kind}");
            self.add("kind", kind.as_str());
        }
        if let Some(terms) = self.terms(words) {
            filter = format!("{filter} @text:({terms})");
        }
        filter + ")"
    }

    /// Words as prefixes; `None` where none can be looked for.
    fn terms(&mut self, words: &[String]) -> Option<String> {
        let known = words.iter().filter(|word| is_indexed(word)).enumerate();
        let terms: Vec<String> = known.map(|(at, word)| self.term(at, word)).collect();
        (!terms.is_empty()).then(|| terms.join(" "))
    }

    /// One word as a prefix. Redis Search keeps `Übung` with its capital, since it is no letter of ASCII, and makes the
    /// letters of every prefix small: a long word is looked for with any first letter, a short one as a whole too.
    fn term(&mut self, at: usize, word: &str) -> String {
        const LONG: usize = 5;
        self.add(format!("word{at}"), word);
        let mut letters = word.chars();
        let first = letters.next().filter(|first| !first.is_ascii() && !first.to_uppercase().eq([*first]));
        let (Some(first), rest) = (first, letters.as_str()) else { return format!("$word{at}*") };
        if rest.chars().count() >= LONG {
            self.add(format!("like{at}"), format!("?{rest}*"));
            return format!("w'$like{at}'");
        }
        self.add(format!("capital{at}"), first.to_uppercase().chain(rest.chars()).collect::<String>());
        format!("($word{at}*|$capital{at})")
    }

    fn push_onto(self, command: &mut Cmd) {
        command.arg("PARAMS").arg(2 * self.0.len());
        for (name, value) in self.0 {
            command.arg(name).arg(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Cmd) -> Vec<String> {
        command
            .args_iter()
            .map(|arg| match arg {
                redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                _ => "cursor".into(),
            })
            .collect()
    }

    #[test]
    fn nothing_that_a_user_gave_is_part_of_the_query() {
        let scope = Scope::new("a} | @user:{*", "x\\").unwrap();
        let find = ["dark".to_string(), "x".to_string(), "mode".to_string()];
        let search =
            MemorySearch { kind: Some(Kind::Semantic), words: &find, ..MemorySearch::new("idx", &scope) };
        let words = words(&search.command());
        assert_eq!(words[2], "(@user:{$user} @namespace:{$namespace} @kind:{$kind} @text:($word0* $word1*))");
        let parameters = ["PARAMS", "10", "user", "a} | @user:{*", "namespace", "x\\", "kind", "semantic"];
        assert_eq!(words[3..11], parameters);
        assert_eq!(words[11..15], ["word0", "dark", "word1", "mode"]);
    }

    #[test]
    fn a_vector_search_sorts_by_distance_and_asks_for_k() {
        let vector = Embedding::new(vec![1.0; 384]).unwrap();
        let scope = Scope::default();
        let words = words(&MemorySearch::new("idx", &scope).nearest(&vector, 50).command());
        assert_eq!(
            words[2],
            "(@user:{$user} @namespace:{$namespace})=>[KNN $k @embedding $vector AS distance]"
        );
        assert!(words.windows(3).any(|part| part == ["SORTBY", "distance", "ASC"]));
        assert!(words.ends_with(&["LIMIT".into(), "0".into(), "50".into(), "DIALECT".into(), "2".into()]));
    }

    #[test]
    fn keys_alone_are_read_without_content() {
        let scope = Scope::default();
        let keys = ["a".to_string()];
        let search = MemorySearch { keys: &keys, fields: &[], ..MemorySearch::new("idx", &scope) };
        let words = words(&search.command());
        assert_eq!(words[3..7], ["NOCONTENT", "INKEYS", "1", "a"]);
        assert!(!words.contains(&"RETURN".to_string()));
    }
}
