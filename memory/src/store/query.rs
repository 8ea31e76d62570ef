//! The one builder of searches: constant text, with every value as a parameter and never as part of the query.

use std::borrow::Cow;

use redis::Cmd;

use super::{frequencies::Counts, policy::Policy, scripts};
use crate::{
    Embedding,
    filter::{MemoryFilter, Standing, TagFilter, words_of},
    keys::Keys,
    listing::MemoryCursor,
    ranking::is_unspaced,
    scope::Scope,
};

/// What is read of each memory, with the links between versions last. Redis Search prints numbers with 12 digits, so `created_ts`
/// is exact to 10 ms here; the order is that of the exact value. What stands behind a path is read from the document, some
/// 1 µs each.
pub(super) const LINKED_FIELDS: &[&str] = &[
    "user",
    "namespace",
    "kind",
    "source_thread",
    "text",
    "hit_count",
    "distance",
    "created_ts",
    "$.superseded_by",
    "AS",
    "superseded_by",
    "$.tags",
    "AS",
    "tags",
    "$.revises",
    "AS",
    "revises",
    "$.chain",
    "AS",
    "chain",
    "$.turn",
    "AS",
    "turn",
    "$.thread_began",
    "AS",
    "thread_began",
];

/// The same without these links, for lists.
pub(super) const MEMORY_FIELDS: &[&str] = LINKED_FIELDS.split_at(14).0;

/// What tells whose a memory is.
pub(super) const NAME_FIELDS: &[&str] = &["user", "namespace"];

/// The same, and what else the index cannot tell exactly.
pub(super) const OWNER_FIELDS: &[&str] =
    &["user", "namespace", "kind", "source_thread", "$.superseded_by", "AS", "superseded_by"];

/// The same, and how near it is.
pub(super) const NEAR_FIELDS: &[&str] =
    &["user", "namespace", "kind", "source_thread", "$.superseded_by", "AS", "superseded_by", "distance"];

/// The same, and what it says.
pub(super) const TEXT_FIELDS: &[&str] =
    &["user", "namespace", "kind", "source_thread", "$.superseded_by", "AS", "superseded_by", "text"];

/// Fields of a session that a list of threads shows. Not the turns: 20 of them may be a megabyte.
const THREAD_FIELDS: [&str; 7] =
    ["user", "namespace", "goal", "last_said", "last_said_turn", "turn_count", "last_active_ts"];

/// What an index may lack, from the documents themselves.
const LINKS: &[&str] = &["$.superseded_by", "AS", "superseded_by", "$.tags", "AS", "tags"];

/// Only memories in whose place nobody put another one. An index that lacks the field finds all, and the gate drops the rest.
const CURRENT: &str = " -@superseded_ts:[-inf +inf]";

/// What to measure distances to.
#[derive(Clone, Copy)]
pub(super) struct Near<'a> {
    /// The vector.
    pub(super) to: &'a Embedding,
    /// So many of the nearest.
    pub(super) k: usize,
    /// How Redis looks for them.
    pub(super) policy: Policy,
}

/// What the versions of one thing have in common.
#[derive(Clone, Copy)]
pub(super) struct Lineage<'a> {
    /// The first of them.
    pub(super) chain: &'a str,
    /// One of them, which may have superseded others.
    pub(super) id: &'a str,
}

/// Turns of a thread that follow one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turns<'a> {
    pub(super) thread: &'a str,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// What the rows of a search tell beyond their fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    /// What is left of their lives.
    Lives,
    /// That, and the exact times of writing, which takes Redis some 5 µs a row.
    LivesAndTimes,
}

/// A search over the memories of one scope.
#[derive(Clone, Copy)]
pub(super) struct MemoryQuery<'a> {
    pub(super) index: &'a str,
    pub(super) names: &'a Keys,
    pub(super) scope: &'a Scope,
    pub(super) filter: &'a MemoryFilter,
    /// The nearest to a vector; without one, all.
    pub(super) near: Option<Near<'a>>,
    /// Only the memories under these keys; empty for all.
    pub(super) keys: &'a [String],
    /// Only versions of this one.
    pub(super) versions_of: Option<Lineage<'a>>,
    /// Only what was said in one of these; empty for all.
    pub(super) turns: &'a [Turns<'a>],
    /// Field, and whether the largest comes first.
    pub(super) sort_by: Option<(&'static str, bool)>,
    /// Only what comes behind this place, newest first.
    pub(super) cursor: Option<MemoryCursor>,
    /// Fields to read; empty for keys alone.
    pub(super) fields: &'a [&'a str],
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl<'a> MemoryQuery<'a> {
    /// All memories that the filter accepts, as Redis finds them; no row of them yet.
    pub(super) fn new(
        (index, names): (&'a str, &'a Keys),
        scope: &'a Scope,
        filter: &'a MemoryFilter,
    ) -> Self {
        Self {
            index,
            names,
            scope,
            filter,
            near: None,
            keys: &[],
            versions_of: None,
            turns: &[],
            sort_by: None,
            cursor: None,
            fields: MEMORY_FIELDS,
            offset: 0,
            limit: 0,
        }
    }

    /// The nearest memories to a vector, nearest first.
    pub(super) fn nearest(self, near: Near<'a>) -> Self {
        Self { near: Some(near), sort_by: Some(("distance", false)), limit: near.k, ..self }
    }

    /// The same, `depth` rows from the first on.
    pub(super) fn first(self, depth: usize) -> Self {
        let near = self.near.map(|near| Near { k: near.k.max(depth), ..near });
        Self { near, offset: 0, limit: depth, ..self }
    }

    /// The search.
    pub(super) fn command(&self) -> Cmd {
        self.onto(redis::cmd("FT.SEARCH"))
    }

    /// The same search, whose rows tell more that no index has: `pttl`, and the exact `created` where that is asked for.
    pub(super) fn command_telling(&self, telling: Telling) -> Cmd {
        let mut command = scripts::call(&scripts::SEARCH, &[]);
        command.arg(match telling {
            Telling::Lives => "lives",
            Telling::LivesAndTimes => "lives and times",
        });
        self.onto(command)
    }

    /// The only keys that may be found; `None` for all.
    fn among(&self) -> Option<Cow<'a, [String]>> {
        /// Few enough for a script to hand on.
        const AMONG: usize = 5000;
        let Some(ids) = &self.filter.ids else {
            return (!self.keys.is_empty()).then_some(Cow::Borrowed(self.keys));
        };
        let keys = ids.iter().take(AMONG).map(|id| self.names.memory(id));
        let mut keys: Vec<String> = match self.keys {
            [] => keys.collect(),
            asked => keys.filter(|key| asked.contains(key)).collect(),
        };
        // No key has this name, and no list may be empty.
        if keys.is_empty() {
            keys.push(String::new());
        }
        Some(Cow::Owned(keys))
    }

    fn onto(&self, mut command: Cmd) -> Cmd {
        let mut parameters = Parameters::of(self.scope);
        let mut query = parameters.filtered(self.filter, self.cursor);
        if let Some(Lineage { chain, id }) = self.versions_of {
            query.push_str(" (@chain:{$chain} | @superseded_by:{$of})");
            parameters.add("chain", chain);
            parameters.add("of", id);
        }
        let said = self.turns.iter().enumerate().map(|(at, turns)| {
            parameters.add(format!("in{at}"), turns.thread);
            format!("(@source_thread:{{$in{at}}} @turn:[{} {}])", turns.from, turns.to)
        });
        let said: Vec<String> = said.collect();
        if !said.is_empty() {
            query = format!("{query} ({})", said.join(" | "));
        }
        if let Some(near) = self.near {
            query = format!("{query}=>[KNN $k @embedding $vector{} AS distance]", near.policy.clause());
            parameters.add("k", near.k.to_string());
            parameters.add("vector", near.to.to_le_bytes());
        }
        command.arg(self.index).arg(query);
        if self.fields.is_empty() {
            command.arg("NOCONTENT");
        }
        if let Some(keys) = self.among() {
            command.arg("INKEYS").arg(keys.len()).arg(keys.as_ref());
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

    /// How many match by their exact user and namespace, kind and thread: tags fold upper and lower case.
    pub(super) fn count_command(&self) -> Cmd {
        const CASES_MAX: usize = 10_000;
        let folded =
            [("kind", self.filter.kind.is_some()), ("source_thread", self.filter.source_thread.is_some())];
        let folded = folded.iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| *name);
        let groups: Vec<String> =
            ["user", "namespace"].into_iter().chain(folded).map(|name| format!("@{name}")).collect();
        let mut command = self.aggregate(&["@user", "@namespace", "@kind", "@source_thread"]);
        command.arg("GROUPBY").arg(groups.len()).arg(groups);
        command.arg(&["REDUCE", "COUNT", "0", "AS", "count", "LIMIT", "0"]).arg(CASES_MAX);
        command
    }

    /// All that match, key and owner alone, through a cursor of Redis Search.
    pub(super) fn collect_command(&self) -> Cmd {
        let own = ["@__key", "@user", "@namespace", "@kind", "@source_thread"];
        let mut command = self.aggregate(&[&own[..], LINKS].concat());
        command.arg(&["WITHCURSOR", "COUNT", "1000", "MAXIDLE", "20000"]);
        command
    }

    /// The same with what they say.
    pub(super) fn read_command(&self) -> Cmd {
        let own = ["@__key", "@user", "@namespace", "@kind", "@source_thread", "@text", "@created_ts"];
        let mut command = self.aggregate(&[&own[..], LINKS].concat());
        command.arg(&["WITHCURSOR", "COUNT", "500", "MAXIDLE", "20000"]);
        command
    }

    /// What may be recalled by distance and words: see `hybrid.lua`. `counts` are the nearest, the texts, the seeds and the
    /// neighbours on either side, `known` what is known of the words among the terms. Stop words are never part of it: some versions of Redis Search end over a union that begins
    /// with two of them.
    pub(super) fn hybrid_command(
        &self,
        terms: &[String],
        known: &Counts,
        to: &Embedding,
        policy: Policy,
        counts: [usize; 4],
    ) -> Cmd {
        let mut parameters = Parameters::of(self.scope);
        let filter = parameters.filtered(self.filter, None);
        let (pieces, words): (Vec<&String>, Vec<&String>) = terms.iter().partition(|term| is_piece(term));
        let pieces = spread(&pieces, PIECES_MAX).into_iter().enumerate().map(|(at, piece)| {
            parameters.add(format!("piece{at}"), format!("*{piece}*"));
            format!("w'$piece{at}'")
        });
        let pieces = pieces.collect::<Vec<_>>().join("|");
        let words: Vec<String> =
            words.iter().enumerate().map(|(at, word)| parameters.word(at, word)).collect();
        let mut command = scripts::call(&scripts::HYBRID, &[]);
        command.arg(self.index).arg(filter);
        command.arg(format!("=>[KNN $k @embedding $vector{} AS distance]", policy.clause()));
        command.arg(to.to_le_bytes()).arg(&counts).arg(pieces);
        command.arg(known.total.map(|total| total.to_string()).unwrap_or_default()).arg(words.len());
        for (word, share) in words.iter().zip(&known.shares) {
            command.arg(word).arg(share.map(|share| share.to_string()).unwrap_or_default());
        }

        for (name, value) in parameters.0 {
            command.arg(name).arg(value);
        }
        command
    }

    fn aggregate(&self, loaded: &[&str]) -> Cmd {
        let mut parameters = Parameters::of(self.scope);
        let query = parameters.filtered(self.filter, None);
        let mut command = redis::cmd("FT.AGGREGATE");
        command.arg(self.index).arg(query).arg("LOAD").arg(loaded.len()).arg(loaded);
        parameters.push_onto(&mut command);
        command.arg(&["DIALECT", "2"]);
        command
    }
}

/// The words of a search for near-identical memories of one kind, which `write.lua` runs by itself.
pub(super) fn duplicate_query(policy: Policy) -> String {
    let clause = policy.clause();
    format!(
        "(@user:{{$user}} @namespace:{{$namespace}} @kind:{{$kind}}{CURRENT})=>[KNN $k @embedding $vector{clause} AS distance]"
    )
}

/// Which threads of a scope.
const THREADS: &str = "@user:{$user} (@namespace:{$namespace} | ismissing(@namespace))";

/// A page of the threads of a scope, last active first. A session that tells no namespace belongs to its user alone.
pub(super) fn threads(index: &str, scope: &Scope, words: &[String], offset: usize, limit: usize) -> Cmd {
    let mut parameters = Parameters::of(scope);
    let mut query = String::from(THREADS);
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

/// The words of a search for the scope's current thread, which `write.lua` runs by itself.
pub(super) fn current_thread_query() -> &'static str {
    THREADS
}

/// Words of which Redis Search keeps no record: <https://redis.io/docs/latest/develop/ai/search-and-query/advanced-concepts/stopwords/>.
const STOP_WORDS: [&str; 33] = [
    "a", "is", "the", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "it",
    "no", "not", "of", "on", "or", "such", "that", "their", "then", "there", "these", "they", "this", "to",
    "was", "will", "with",
];

/// Pieces of words that are looked for at most: Redis compares each with all words that it knows.
const PIECES_MAX: usize = 8;

/// Whether it is a piece of what is written without spaces, which Redis Search keeps as one word.
pub(super) fn is_piece(term: &str) -> bool {
    term.chars().any(is_unspaced)
}

/// So many of these, spread over all of them.
fn spread<'a>(all: &[&'a String], most: usize) -> Vec<&'a String> {
    let count = all.len().min(most);
    (0..count).map(|at| all[at * all.len() / count]).collect()
}

/// The word with a capital, where Redis Search does not make that small: it does for letters of ASCII alone.
fn capitalised(word: &str) -> Option<String> {
    let mut letters = word.chars();
    let first = letters.next().filter(|first| !first.is_ascii() && !first.to_uppercase().eq([*first]))?;
    Some(first.to_uppercase().chain(letters).collect())
}

/// Whether a word can be looked for: Redis Search refuses prefixes of one byte, and what it keeps no record of would
/// hide every memory.
pub(super) fn is_indexed(word: &str) -> bool {
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

    /// The filter of the scope, of what else is asked for, and of the place where a listing goes on.
    fn filtered(&mut self, filter: &MemoryFilter, cursor: Option<MemoryCursor>) -> String {
        let mut query = String::from("(@user:{$user} @namespace:{$namespace}");
        if let Some(kind) = filter.kind {
            query.push_str(" @kind:{$kind}");
            self.add("kind", kind.as_str());
        }
        if let Some(thread) = &filter.source_thread {
            query.push_str(" @source_thread:{$thread}");
            self.add("thread", thread);
        }
        if let Some(from) = filter.created_from {
            query.push_str(" @created_ts:[$from +inf]");
            self.add("from", from.to_string());
        }
        if let Some(to) = filter.created_to {
            query.push_str(" @created_ts:[-inf $to]");
            self.add("to", to.to_string());
        }
        if let Some(from) = filter.said_from {
            query.push_str(" @said_at:[$said_from +inf]");
            self.add("said_from", from.to_string());
        }
        if let Some(to) = filter.said_to {
            query.push_str(" @said_at:[-inf $said_to]");
            self.add("said_to", to.to_string());
        }
        query.push_str(&self.tagged(&filter.tags));
        query.push_str(match filter.standing {
            Standing::Current => CURRENT,
            Standing::Superseded => " @superseded_ts:[-inf +inf]",
            Standing::Any => "",
        });
        if let Some(terms) = self.terms(&words_of(&filter.words)) {
            query = format!("{query} @text:({terms})");
        }
        // Rows without a time come last, and no range of times has them.
        match cursor.map(|cursor| cursor.created_ts) {
            None => {}
            Some(None) => query.push_str(" -@created_ts:[-inf +inf]"),
            Some(Some(ts)) => {
                query.push_str(" (@created_ts:[-inf $cursor] | -@created_ts:[-inf +inf])");
                self.add("cursor", ts.to_string());
            }
        }
        query + ")"
    }

    /// What is asked of the labels.
    fn tagged(&mut self, tags: &TagFilter) -> String {
        let mut named = 0;
        let mut one_of = |tags: &[String]| {
            let names = tags.iter().map(|tag| {
                named += 1;
                self.add(format!("tag{named}"), tag);
                format!("$tag{named}")
            });
            format!("@tags:{{{}}}", names.collect::<Vec<_>>().join("|"))
        };
        let mut query = String::new();
        if !tags.any.is_empty() {
            query = format!(" {}", one_of(&tags.any));
        }
        for tag in &tags.all {
            query = format!("{query} {}", one_of(std::slice::from_ref(tag)));
        }
        if !tags.none.is_empty() {
            query = format!("{query} -{}", one_of(&tags.none));
        }
        query
    }

    /// Words as prefixes; `None` where none can be looked for.
    fn terms(&mut self, words: &[String]) -> Option<String> {
        let known = words.iter().filter(|word| is_indexed(word)).enumerate();
        let terms: Vec<String> = known.map(|(at, word)| self.term(at, word)).collect();
        (!terms.is_empty()).then(|| terms.join(" "))
    }

    /// One word as it stands, in all its forms.
    fn word(&mut self, at: usize, word: &str) -> String {
        self.add(format!("term{at}"), word);
        let Some(capital) = capitalised(word) else { return format!("$term{at}") };
        self.add(format!("capital{at}"), capital);
        format!("($term{at}|$capital{at})")
    }

    /// One word as a prefix. Redis Search keeps `Übung` with its capital, since it is no letter of ASCII, and makes the
    /// letters of every prefix small: a long word is looked for with any first letter, a short one as a whole too.
    fn term(&mut self, at: usize, word: &str) -> String {
        const LONG: usize = 5;
        self.add(format!("word{at}"), word);
        let Some(capital) = capitalised(word) else { return format!("$word{at}*") };
        let rest: String = word.chars().skip(1).collect();
        if rest.chars().count() >= LONG {
            self.add(format!("like{at}"), format!("?{rest}*"));
            return format!("w'$like{at}'");
        }
        self.add(format!("capital{at}"), capital);
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
    use crate::{model::Kind, scope::MemoryId};

    fn words(command: &Cmd) -> Vec<String> {
        let word = |arg| match arg {
            redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => "cursor".into(),
        };
        command.args_iter().map(word).collect()
    }

    #[test]
    fn no_word_that_the_engine_keeps_no_record_of_is_looked_for() {
        assert!(STOP_WORDS.iter().all(|word| crate::ranking::terms_of(word).is_empty()));
        assert_eq!(MEMORY_FIELDS.last(), Some(&"tags"));
    }

    #[test]
    fn nothing_that_a_user_gave_is_part_of_the_query() {
        let names = Keys::default();
        let scope = Scope::new("a} | @user:{*", "x\\").unwrap();
        let filter = MemoryFilter {
            kind: Some(Kind::Semantic),
            source_thread: Some("*} -@kind:{a".into()),
            created_from: Some(1.5),
            created_to: Some(2.0),
            words: "dark x mode".into(),
            tags: TagFilter {
                any: vec!["a}".into(), "b".into()],
                all: vec!["c".into()],
                none: vec!["d|e".into()],
            },
            ..MemoryFilter::default()
        };
        let words = words(&MemoryQuery::new(("idx", &names), &scope, &filter).command());
        assert_eq!(
            words[2],
            "(@user:{$user} @namespace:{$namespace} @kind:{$kind} @source_thread:{$thread} \
             @created_ts:[$from +inf] @created_ts:[-inf $to] @tags:{$tag1|$tag2} @tags:{$tag3} -@tags:{$tag4} -@superseded_ts:[-inf +inf] @text:($word0* $word1*))"
        );
        let parameters = ["PARAMS", "24", "user", "a} | @user:{*", "namespace", "x\\", "kind", "semantic"];
        assert_eq!(words[3..11], parameters);
        assert_eq!(words[11..15], ["thread", "*} -@kind:{a", "from", "1.5"]);
        assert_eq!(words[17..21], ["tag1", "a}", "tag2", "b"]);
        assert_eq!(words[25..29], ["word0", "dark", "word1", "mode"]);
    }

    #[test]
    fn a_vector_search_sorts_by_distance_and_asks_for_k() {
        let vector = Embedding::new(vec![1.0; 384]).unwrap();
        let (names, scope, filter) = (Keys::default(), Scope::default(), MemoryFilter::default());
        let query = |policy| {
            let near = Near { to: &vector, k: 50, policy };
            words(&MemoryQuery::new(("idx", &names), &scope, &filter).nearest(near).command())
        };
        let usual = query(Policy::Engine);
        assert_eq!(
            usual[2],
            "(@user:{$user} @namespace:{$namespace} -@superseded_ts:[-inf +inf])=>[KNN $k @embedding $vector AS distance]"
        );
        assert!(usual.windows(3).any(|part| part == ["SORTBY", "distance", "ASC"]));
        assert!(usual.ends_with(&["LIMIT".into(), "0".into(), "50".into(), "DIALECT".into(), "2".into()]));
        assert!(query(Policy::Batches)[2].contains("$vector HYBRID_POLICY BATCHES "));
    }

    #[test]
    fn keys_alone_are_read_without_content() {
        let (names, scope, filter) = (Keys::default(), Scope::default(), MemoryFilter::default());
        let keys = ["a".to_string()];
        let query =
            MemoryQuery { keys: &keys, fields: &[], ..MemoryQuery::new(("idx", &names), &scope, &filter) };
        let words = words(&query.command());
        assert_eq!(words[3..7], ["NOCONTENT", "INKEYS", "1", "a"]);
        assert!(!words.contains(&"RETURN".to_string()));
    }

    #[test]
    fn only_the_ids_of_a_filter_are_found() {
        let (names, scope) = (Keys::default(), Scope::default());
        let keys = ["agent:mem:b".to_string(), "agent:mem:c".into()];
        let among = |ids: &[&str], keys: &[String]| {
            let ids = Some(ids.iter().map(|id| MemoryId::read(*id)).collect());
            let filter = MemoryFilter { ids, ..MemoryFilter::default() };
            let query =
                MemoryQuery { keys, fields: &[], ..MemoryQuery::new(("idx", &names), &scope, &filter) };
            let words = words(&query.command());
            words[4..words.iter().position(|word| word == "PARAMS").unwrap()].join(" ")
        };
        assert_eq!(among(&["a", "b"], &[]), "INKEYS 2 agent:mem:a agent:mem:b");
        assert_eq!(among(&["a", "b"], &keys), "INKEYS 1 agent:mem:b");
        assert_eq!(among(&[], &[]), "INKEYS 1 ");
    }

    #[test]
    fn a_deeper_search_begins_at_the_first_row() {
        let vector = Embedding::new(vec![1.0; 384]).unwrap();
        let (names, scope, filter) = (Keys::default(), Scope::default(), MemoryFilter::default());
        let near = Near { to: &vector, k: 5, policy: Policy::Engine };
        let query =
            MemoryQuery { offset: 3, ..MemoryQuery::new(("idx", &names), &scope, &filter).nearest(near) };
        let deeper = query.first(20);
        assert_eq!((deeper.offset, deeper.limit, deeper.near.map(|near| near.k)), (0, 20, Some(20)));
    }
}
