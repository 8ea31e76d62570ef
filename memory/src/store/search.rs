//! The queries: FT.SEARCH with the scope as parameters, never as text inside the query.

use redis::Cmd;

use crate::{Embedding, model::Kind, scope::Scope};

/// What is read of each memory. Redis Search prints numbers with 12 digits, so `created_ts` is exact to 10 ms here; the
/// order is that of the exact value.
const MEMORY_FIELDS: [&str; 8] =
    ["user", "namespace", "kind", "source_thread", "text", "hit_count", "distance", "created_ts"];

/// The filter of a scope, and of a kind where one is given.
fn filter(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(_) => "(@user:{$user} @namespace:{$namespace} @kind:{$kind})",
        None => "(@user:{$user} @namespace:{$namespace})",
    }
}

/// Starts a search over the memories of a scope. `more` are parameters beyond those of the filter.
fn search(index: &str, query: &str, scope: &Scope, kind: Option<Kind>, more: &[(&str, &[u8])]) -> Cmd {
    let mut command = redis::cmd("FT.SEARCH");
    let count = 2 * (2 + usize::from(kind.is_some()) + more.len());
    command.arg(index).arg(query).arg("PARAMS").arg(count);
    command.arg("user").arg(scope.user()).arg("namespace").arg(scope.namespace());
    if let Some(kind) = kind {
        command.arg("kind").arg(kind.as_str());
    }
    for (name, value) in more {
        command.arg(name).arg(value);
    }
    command
}

/// The `k` nearest memories of a scope, nearest first.
pub(super) fn nearest(index: &str, scope: &Scope, kind: Option<Kind>, k: usize, to: &Embedding) -> Cmd {
    let query = format!("{}=>[KNN $k @embedding $vector AS distance]", filter(kind));
    let vector = to.to_le_bytes();
    let k_text = k.to_string();
    let mut command =
        search(index, &query, scope, kind, &[("k", k_text.as_bytes()), ("vector", vector.as_slice())]);
    command.arg(&["SORTBY", "distance"]).arg("RETURN").arg(MEMORY_FIELDS.len()).arg(&MEMORY_FIELDS);
    command.arg("LIMIT").arg(0).arg(k).arg(&["DIALECT", "2"]);
    command
}

/// A page of the memories of a scope, newest first.
pub(super) fn newest(index: &str, scope: &Scope, kind: Option<Kind>, offset: usize, limit: usize) -> Cmd {
    let mut command = search(index, filter(kind), scope, kind, &[]);
    command.arg(&["SORTBY", "created_ts", "DESC"]);
    command.arg("RETURN").arg(MEMORY_FIELDS.len()).arg(&MEMORY_FIELDS);
    command.arg("LIMIT").arg(offset).arg(limit).arg(&["DIALECT", "2"]);
    command
}

/// A page of the threads of a scope, last active first. A session that tells no namespace belongs to its user alone.
pub(super) fn threads(index: &str, scope: &Scope, offset: usize, limit: usize) -> Cmd {
    const QUERY: &str = "@user:{$user} (@namespace:{$namespace} | ismissing(@namespace))";
    let mut command = search(index, QUERY, scope, None, &[]);
    command.arg(&["SORTBY", "last_active_ts", "DESC"]);
    command.arg("LIMIT").arg(offset).arg(limit).arg(&["DIALECT", "2"]);
    command
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
    fn the_scope_is_a_parameter_and_never_part_of_the_query() {
        let scope = Scope::new("a} | @user:{*", "x\\").unwrap();
        let words = words(&newest("idx", &scope, Some(Kind::Semantic), 0, 10));
        assert_eq!(words[2], "(@user:{$user} @namespace:{$namespace} @kind:{$kind})");
        let parameters = ["PARAMS", "6", "user", "a} | @user:{*", "namespace", "x\\", "kind", "semantic"];
        assert_eq!(words[3..11], parameters);
    }

    #[test]
    fn a_vector_search_sorts_by_distance_and_asks_for_k() {
        let vector = Embedding::new(vec![1.0; 384]).unwrap();
        let words = words(&nearest("idx", &Scope::default(), None, 50, &vector));
        assert_eq!(
            words[2],
            "(@user:{$user} @namespace:{$namespace})=>[KNN $k @embedding $vector AS distance]"
        );
        assert!(words.windows(2).any(|pair| pair == ["SORTBY", "distance"]));
        assert!(words.ends_with(&["LIMIT".into(), "0".into(), "50".into(), "DIALECT".into(), "2".into()]));
    }
}
