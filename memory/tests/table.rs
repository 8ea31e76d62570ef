//! The table of memories: sorted, filtered and paged, on a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Embedding, Error, Kind, Look, LookRequest, Memory, MemoryFilter, Scope, Text,
    embedder::Purpose,
    filter::WORDS_MAX_CHARS,
    listing::{Listing, Order, PAGE_MAX, SortBy, Start},
};
use serde_json::json;
use support::{PrivateRedis, scope, with_model::memory};

const QUERY: &str = "Which theme do I like in editors?";

/// A memory as another program would write it.
#[derive(Clone, Copy)]
struct Row<'a> {
    id: &'a str,
    text: &'a str,
    kind: &'a str,
    source: &'a str,
    hits: u32,
    created: u32,
    ttl_seconds: Option<u32>,
}

const ROW: Row<'_> =
    Row { id: "a", text: "text", kind: "semantic", source: "t1", hits: 0, created: 1, ttl_seconds: None };

/// Writes rows, each with a direction of its own.
fn write(redis: &PrivateRedis, scope: &Scope, rows: &[Row<'_>]) {
    for (number, row) in rows.iter().enumerate() {
        let key = format!("agent:mem:{}", row.id);
        let document = json!({
            "id": row.id, "user": scope.user(), "namespace": scope.namespace(), "kind": row.kind,
            "source_thread": row.source, "text": row.text, "embedding": axis(number).as_slice(),
            "created_ts": row.created, "hit_count": row.hits,
        });
        redis.command(&["JSON.SET", &key, "$", &document.to_string()]);
        if let Some(seconds) = row.ttl_seconds {
            redis.command(&["EXPIRE", &key, &seconds.to_string()]);
        }
    }
}

fn axis(number: usize) -> Embedding {
    let mut components = vec![0.0; 384];
    components[number] = 1.0;
    Embedding::new(components).unwrap()
}

async fn look(memory: &Memory, scope: &Scope, table: Listing, query: Option<&str>) -> Look {
    let request =
        LookRequest { table, query: query.map(|query| Text::new(query).unwrap()), ..LookRequest::default() };
    memory.look(scope, &request).await.unwrap()
}

fn ids(look: &Look) -> Vec<&str> {
    look.memories.iter().map(|memory| memory.id.as_str()).collect()
}

fn by(by: SortBy, is_descending: bool) -> Listing {
    Listing { order: Order { by, is_descending }, ..Listing::default() }
}

fn words(words: &str) -> MemoryFilter {
    MemoryFilter { words: words.into(), ..MemoryFilter::default() }
}

#[tokio::test]
async fn each_column_sorts_in_both_directions() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let rows = [
        Row {
            id: "a",
            text: "bread",
            kind: "semantic",
            source: "t2",
            hits: 7,
            created: 20,
            ttl_seconds: Some(900),
        },
        Row {
            id: "b",
            text: "Cheese",
            kind: "episodic",
            source: "t3",
            hits: 70,
            created: 30,
            ttl_seconds: None,
        },
        Row {
            id: "c",
            text: "Apples",
            kind: "procedural",
            source: "t1",
            hits: 8,
            created: 10,
            ttl_seconds: Some(90),
        },
    ];
    write(&redis, &scope("alice"), &rows);
    let query = memory.embed(&Text::new(QUERY).unwrap(), Purpose::Query).await.unwrap();
    let mut near: Vec<(f64, &str)> =
        rows.iter().enumerate().map(|(at, row)| (query.cosine_distance(&axis(at)), row.id)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let nearest: Vec<&str> = near.into_iter().map(|(_, id)| id).collect();
    let rows: [(SortBy, Option<&str>, &[&str]); 8] = [
        (SortBy::Created, None, &["c", "a", "b"]),
        (SortBy::Hits, None, &["a", "c", "b"]),
        (SortBy::Kind, None, &["b", "c", "a"]),
        (SortBy::Text, None, &["c", "a", "b"]),
        (SortBy::Source, None, &["c", "a", "b"]),
        (SortBy::Lifetime, None, &["c", "a", "b"]),
        (SortBy::Distance, None, &["c", "a", "b"]),
        (SortBy::Distance, Some(QUERY), &nearest),
    ];
    for (sort, query, expected) in rows {
        let rising = look(&memory, &scope("alice"), by(sort, false), query).await;
        assert_eq!(ids(&rising), expected, "{sort}");
        let falling = look(&memory, &scope("alice"), by(sort, true), query).await;
        assert_eq!(ids(&falling), expected.iter().rev().copied().collect::<Vec<_>>(), "{sort} descending");
    }
}

#[tokio::test]
async fn words_and_kind_narrow_the_table_and_the_count() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let text = |id, text| Row { id, text, ..ROW };
    let rows = [
        text("dark", "User dislikes the dark mode in editors, x@y.de"),
        Row { kind: "episodic", ..text("order", "Postmortem of the order-routing outage (v2)") },
        text("umlaut", "Übermut kommt vor dem Fall; Müller trinkt Öl und übt"),
        text("snake", "Uses snake_case and C++ at work"),
    ];
    write(&redis, &scope("alice"), &rows);
    let all = ["dark", "order", "snake", "umlaut"];
    let rows: [(&str, &[&str]); 31] = [
        ("", &all),
        ("   ", &all),
        ("dark", &["dark"]),
        ("edi", &["dark"]),
        ("DARK Mode", &["dark"]),
        ("mode dark", &["dark"]),
        ("dark outage", &[]),
        ("dark, mode!", &["dark"]),
        ("order-routing", &["order"]),
        ("order routing", &["order"]),
        ("(v2)", &["order"]),
        // Words of which Redis Search keeps no record, and single letters.
        ("the dark mode in editors", &["dark"]),
        ("postmortem of the order", &["order"]),
        ("the", &["dark", "order"]),
        ("x", &["dark"]),
        ("c++", &["snake"]),
        ("c#", &[]),
        ("2", &[]),
        ("dark x", &["dark"]),
        // Whatever looks like the language of queries is words.
        ("@user:{bob}", &[]),
        ("dark | outage", &[]),
        ("-dark", &["dark"]),
        ("dark*", &["dark"]),
        ("=>[KNN 5 @embedding $vector]", &[]),
        ("$word0 \\ \" ' %%", &[]),
        // Beyond ASCII.
        ("müll", &["umlaut"]),
        ("übermut", &["umlaut"]),
        ("Übermut öl übt", &["umlaut"]),
        ("snake_ca", &["snake"]),
        ("mull", &["umlaut"]),
        ("ÖL", &["umlaut"]),
    ];
    for (find, expected) in rows {
        let table = Listing { filter: words(find), ..by(SortBy::Text, true) };
        let seen = look(&memory, &scope("alice"), table, None).await;
        let mut found = ids(&seen);
        found.sort_unstable();
        assert_eq!(found, expected, "{find:?}");
        assert_eq!((seen.match_count, seen.memory_count), (expected.len() as u64, 4), "{find:?}");
    }
    for (kind, find, expected) in [
        (Kind::Episodic, "", vec!["order"]),
        (Kind::Semantic, "order", vec![]),
        (Kind::Semantic, "dark", vec!["dark"]),
    ] {
        for (sort, query) in
            [(SortBy::Created, None), (SortBy::Lifetime, None), (SortBy::Distance, Some(QUERY))]
        {
            let table =
                Listing { filter: MemoryFilter { kind: Some(kind), ..words(find) }, ..by(sort, false) };
            let seen = look(&memory, &scope("alice"), table, query).await;
            assert_eq!(ids(&seen), expected, "{kind} {find:?} {sort}");
            assert_eq!((seen.match_count, seen.memory_count), (expected.len() as u64, 4));
        }
    }
}

#[tokio::test]
async fn pages_have_no_gaps_or_doubles_in_any_order() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let names: Vec<String> = (0..60).map(|number| format!("{number:02}")).collect();
    let rows: Vec<Row<'_>> = names
        .iter()
        .zip(0_u32..)
        // Many rows are equal in hits, kind, source and lifetime.
        .map(|(id, number)| Row {
            id,
            kind: if number % 2 == 0 { "semantic" } else { "episodic" },
            hits: number % 3,
            created: number / 2,
            ttl_seconds: (number % 2 == 1).then_some(1000 + number / 4),
            ..ROW
        })
        .collect();
    write(&redis, &scope("alice"), &rows);
    for &sort in SortBy::ALL {
        for (is_descending, query) in [(true, None), (false, None), (true, Some(QUERY)), (false, Some(QUERY))]
        {
            let mut seen = Vec::new();
            for offset in (0..70).step_by(7) {
                let table = Listing { start: Start::Offset(offset), limit: 7, ..by(sort, is_descending) };
                let page = look(&memory, &scope("alice"), table, query).await;
                assert_eq!((page.match_count, page.memory_count), (60, 60));
                seen.extend(page.memories.into_iter().map(|memory| memory.id.to_string()));
            }
            seen.sort_unstable();
            assert_eq!(seen, names, "{sort} {is_descending} {query:?}");
        }
    }
}

#[tokio::test]
async fn scopes_that_differ_in_case_alone_share_neither_rows_nor_counts() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scopes = [scope("alice"), scope("Alice"), Scope::new("alice", "Test").unwrap(), scope("alicea")];
    let names: Vec<Vec<String>> =
        (0..4).map(|of| (0..15).map(|number| format!("{of}-{number:02}")).collect()).collect();
    for (scope, names) in scopes.iter().zip(&names) {
        let rows: Vec<Row<'_>> =
            names.iter().zip(0..).map(|(id, number)| Row { id, created: number / 3, ..ROW }).collect();
        write(&redis, scope, &rows);
    }
    for (scope, names) in scopes.iter().zip(&names) {
        for &sort in SortBy::ALL {
            for query in [None, Some(QUERY)] {
                let mut seen = Vec::new();
                for offset in (0..20).step_by(4) {
                    let table = Listing {
                        filter: words("text"),
                        start: Start::Offset(offset),
                        limit: 4,
                        ..by(sort, true)
                    };
                    let page = look(&memory, scope, table, query).await;
                    assert_eq!((page.match_count, page.memory_count), (15, 15), "{scope:?} {sort} {offset}");
                    seen.extend(page.memories.into_iter().map(|memory| memory.id.to_string()));
                }
                seen.sort_unstable();
                assert_eq!(&seen, names, "{scope:?} {sort} {query:?}");
            }
        }
    }
    // Nothing at all of theirs, where only theirs matches.
    let nobody = look(&memory, &scope("ALICE"), Listing::default(), Some(QUERY)).await;
    assert_eq!((nobody.memories.len(), nobody.match_count, nobody.memory_count), (0, 0, 0));
    assert!(nobody.probe.unwrap().candidates.is_empty());
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_and_the_counts_stay() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    write(&redis, &scope("alice"), &[ROW]);
    for &sort in SortBy::ALL {
        for (offset, limit) in [(1, 25), (1_000, 200), (0, 0)] {
            let table = Listing { start: Start::Offset(offset), limit, ..by(sort, false) };
            let page = look(&memory, &scope("alice"), table, Some(QUERY)).await;
            assert_eq!(
                (page.memories.len(), page.match_count, page.memory_count),
                (0, 1, 1),
                "{sort} {offset}"
            );
        }
    }
}

#[tokio::test]
async fn too_large_a_page_too_far_a_page_and_too_long_a_search_are_refused() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let too_long = "x".repeat(WORDS_MAX_CHARS + 1);
    let table = |table| LookRequest { table, ..LookRequest::default() };
    let rows = [
        ("limit", table(Listing { limit: PAGE_MAX + 1, ..Listing::default() })),
        ("offset", table(Listing { start: Start::Offset(usize::MAX), ..Listing::default() })),
        ("words", table(Listing { filter: words(&too_long), ..Listing::default() })),
        ("find_threads", LookRequest { find_threads: too_long, ..LookRequest::default() }),
    ];
    for (field, request) in rows {
        let refused = memory.look(&scope("alice"), &request).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(wrong)) if wrong.field == field),
            "{field}: {refused:?}"
        );
    }
    let largest =
        Listing { limit: PAGE_MAX, filter: words(&"x".repeat(WORDS_MAX_CHARS)), ..Listing::default() };
    assert!(memory.look(&scope("alice"), &table(largest)).await.is_ok());
}
