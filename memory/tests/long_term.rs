//! Long-term memory on a real Redis, with vectors of known distances.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Lifetime, Listing, LongTermMemory, MemoryFilter, Scope,
    keys::Keys,
    listing::Start,
    model::Kind,
    scope::MemoryId,
    settings::{DedupRule, Settings},
    store::{NewMemory, RecallOptions, Store},
    threshold::Threshold,
};
use support::{PrivateRedis, at_distance, memory, scope, settings, texts};

fn everything() -> RecallOptions {
    RecallOptions { k: 50, ..RecallOptions::default() }
}

async fn memories(redis: &PrivateRedis) -> LongTermMemory {
    LongTermMemory::new(redis.store().await, &settings())
}

fn id(number: u64) -> MemoryId {
    MemoryId::from_random_bits(number)
}

fn page(offset: usize, limit: usize) -> Listing {
    Listing { start: Start::Offset(offset), limit, ..Listing::default() }
}

#[tokio::test]
async fn a_memory_is_recalled_as_it_was_written() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let (alice, vector) = (scope("alice"), at_distance(0.0));
    let written = memories.remember(&alice, memory(&id(1), "likes tea", &vector)).await.unwrap();
    assert_eq!((written.memory_id, written.deduplicated_at), (id(1), None));

    let recalled = memories.recall(&alice, &at_distance(0.3), &everything()).await.unwrap();
    let [record] = recalled.as_slice() else { panic!("{recalled:?}") };
    assert_eq!((record.id.as_str(), record.text.as_str()), ("000000000001", "likes tea"));
    assert_eq!((record.user.as_str(), record.namespace.as_str()), ("alice", "test"));
    assert_eq!((record.kind.as_str(), record.source_thread.as_str()), ("episodic", "t1"));
    assert_eq!(record.hit_count, 0);
    assert!((record.created_ts - 1_763_797_823.123_456).abs() < 0.01);
    assert!((record.distance.unwrap() - 0.3).abs() < 1e-6);
    assert_eq!(record.ttl_seconds, Some(604_800));
}

#[tokio::test]
async fn the_document_has_exactly_the_fields_that_others_read() {
    let redis = PrivateRedis::start();
    let vector = at_distance(0.25);
    memories(&redis).await.remember(&scope("alice"), memory(&id(1), "a \"b\"", &vector)).await.unwrap();
    let json = redis.text(&["JSON.GET", "agent:mem:000000000001", "$"]);
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    let embedding: Vec<f64> = vector.as_slice().iter().map(|&component| f64::from(component)).collect();
    let stored = document[0]["embedding"].as_array().unwrap();
    assert_eq!(stored.len(), 384);
    for (stored, expected) in stored.iter().zip(embedding) {
        assert!((stored.as_f64().unwrap() - expected).abs() < 1e-7);
    }
    let mut rest = document[0].clone();
    rest.as_object_mut().unwrap().remove("embedding");
    let expected = serde_json::json!({
        "id": "000000000001", "user": "alice", "namespace": "test", "kind": "episodic", "source_thread": "t1",
        "text": "a \"b\"", "created_ts": 1_763_797_823.123_456, "hit_count": 0,
    });
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn recall_is_nearest_first_within_threshold_k_and_kind() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    for (number, distance) in [(1, 0.9), (2, 0.0), (3, 0.5), (4, 0.25)] {
        let (id, vector, text) = (id(number), at_distance(distance), format!("at {distance}"));
        let kind = if number == 3 { Kind::Semantic } else { Kind::Episodic };
        let new = NewMemory { kind, ..memory(&id, &text, &vector) };
        memories.remember(&alice, new).await.unwrap();
    }
    let all = |threshold| RecallOptions { threshold: Threshold::new(threshold).unwrap(), ..everything() };
    let rows = [
        (all(2.0), vec!["at 0", "at 0.25", "at 0.5", "at 0.9"]),
        (all(0.55), vec!["at 0", "at 0.25", "at 0.5"]),
        (all(0.1), vec!["at 0"]),
        (RecallOptions { k: 2, ..all(2.0) }, vec!["at 0", "at 0.25"]),
        (RecallOptions { filter: MemoryFilter::of_kind(Some(Kind::Semantic)), ..all(2.0) }, vec!["at 0.5"]),
        (RecallOptions { k: 0, ..all(2.0) }, vec![]),
    ];
    for (options, expected) in rows {
        let recalled = memories.recall(&alice, &at_distance(0.0), &options).await.unwrap();
        assert_eq!(texts(&recalled), expected, "{options:?}");
    }
}

#[tokio::test]
async fn a_near_identical_text_of_the_same_kind_counts_a_hit_and_lives_on() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    memories.remember(&alice, memory(&id(1), "The user likes tea.", &at_distance(0.0))).await.unwrap();
    redis.command(&["EXPIRE", "agent:mem:000000000001", "100"]);

    let again = memories.remember(&alice, memory(&id(2), "I like tea.", &at_distance(0.15))).await.unwrap();
    assert_eq!(again.memory_id, id(1));
    assert!((again.deduplicated_at.unwrap() - 0.15).abs() < 1e-6);
    assert_eq!(redis.text(&["JSON.GET", "agent:mem:000000000001", "$.hit_count"]), "[1]");
    assert!(redis.text(&["TTL", "agent:mem:000000000001"]).parse::<i64>().unwrap() > 600_000);

    let far = memories.remember(&alice, memory(&id(3), "I like tea.", &at_distance(0.25))).await.unwrap();
    assert_eq!(far.deduplicated_at, None);
    let (fourth, same) = (id(4), at_distance(0.0));
    let other_kind = NewMemory { kind: Kind::Semantic, ..memory(&fourth, "fourth", &same) };
    assert_eq!(memories.remember(&alice, other_kind).await.unwrap().memory_id, id(4));
    assert_eq!(memories.list(&alice, &page(0, 10)).await.unwrap().total, 3);
}

#[tokio::test]
async fn with_the_rule_of_the_demos_the_distance_alone_decides() {
    let redis = PrivateRedis::start();
    let settings = Settings { dedup_rule: DedupRule::Distance, ..settings() };
    let memories = LongTermMemory::new(redis.store().await, &settings);
    let alice = scope("alice");
    memories.remember(&alice, memory(&id(1), "The dose is 5 mg.", &at_distance(0.0))).await.unwrap();
    let again =
        memories.remember(&alice, memory(&id(2), "The dose is 10 mg.", &at_distance(0.1))).await.unwrap();
    assert_eq!((again.memory_id, again.revises), (id(1), None));
}

#[tokio::test]
async fn a_hit_never_shortens_a_life() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let (alice, vector) = (scope("alice"), at_distance(0.0));
    memories.remember(&alice, memory(&id(1), "a", &vector)).await.unwrap();
    redis.command(&["PERSIST", "agent:mem:000000000001"]);
    memories.remember(&alice, memory(&id(2), "a", &vector)).await.unwrap();
    assert_eq!(redis.text(&["TTL", "agent:mem:000000000001"]), "-1");

    redis.command(&["EXPIRE", "agent:mem:000000000001", "1000000"]);
    memories.remember(&alice, memory(&id(3), "a", &vector)).await.unwrap();
    assert!(redis.text(&["TTL", "agent:mem:000000000001"]).parse::<i64>().unwrap() > 900_000);

    memories
        .remember(&alice, NewMemory { lifetime: Lifetime::Stays, ..memory(&id(4), "a", &vector) })
        .await
        .unwrap();
    assert_eq!(redis.text(&["TTL", "agent:mem:000000000001"]), "-1");
}

#[tokio::test]
async fn the_lifetime_is_that_of_the_kind_unless_given() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let rows = [
        (1, Kind::Episodic, None, 604_800),
        (2, Kind::Semantic, None, -1),
        (3, Kind::Episodic, Some(0), -1),
        (4, Kind::Semantic, Some(60), 60),
    ];
    for (number, kind, ttl_seconds, expected) in rows {
        let user = scope(&format!("user {number}"));
        let (id, vector) = (id(number), at_distance(0.0));
        let lifetime = Lifetime::from_ttl(ttl_seconds).unwrap();
        let new = NewMemory { kind, lifetime, ..memory(&id, "a", &vector) };
        memories.remember(&user, new).await.unwrap();
        let ttl: i64 = redis.text(&["TTL", &format!("agent:mem:{id}")]).parse().unwrap();
        assert_eq!(ttl, expected, "{kind:?} {ttl_seconds:?}");
    }
}

#[tokio::test]
async fn sixty_four_parallel_identical_writes_leave_one_memory_with_63_hits() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let memories = memories.clone();
            tokio::spawn(async move {
                let (id, vector) = (id(number), at_distance(0.0));
                memories.remember(&scope("alice"), memory(&id, "same", &vector)).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let all = memories.list(&scope("alice"), &page(0, 10)).await.unwrap();
    assert_eq!((all.total, all.memories[0].hit_count), (1, 63));
}

/// Names that could break out of a query, or that tags cannot tell apart.
const AWKWARD: [&str; 20] = [
    "alice",
    "Alice",
    "acme/bob",
    "acme?bob",
    "a`b",
    "a b",
    "a  b",
    "a,b",
    "a|b",
    "a{b}",
    "*",
    "a*",
    "-a",
    "@user:{*}",
    "} | @user:{*",
    "$user",
    "a\\b",
    "\"a\"",
    "日本",
    "é",
];

#[tokio::test]
async fn no_user_or_namespace_sees_counts_or_deletes_anothers_memories() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let scopes: Vec<Scope> = AWKWARD
        .iter()
        .flat_map(|name| [Scope::new(name, "test").unwrap(), Scope::new("someone", name).unwrap()])
        .collect();
    let vector = at_distance(0.0);
    for (number, scope) in scopes.iter().enumerate() {
        // The same text and vector for everybody: recall and deduplication must keep them apart.
        let text = format!("of {scope:?}");
        let written = memories.remember(scope, memory(&id(number as u64), &text, &vector)).await.unwrap();
        assert_eq!(written.deduplicated_at, None, "{scope:?}");
    }
    for (number, scope) in scopes.iter().enumerate() {
        let mine = format!("of {scope:?}");
        let recalled =
            memories.recall(scope, &vector, &RecallOptions { k: 5, ..everything() }).await.unwrap();
        assert_eq!(texts(&recalled), [mine.as_str()], "{scope:?}");
        assert_eq!(texts(&memories.list(scope, &page(0, 50)).await.unwrap().memories), [mine.as_str()]);
        let others = id(((number + 1) % scopes.len()) as u64);
        assert!(!memories.forget(scope, &others).await.unwrap(), "{scope:?}");
    }
    for (deleted, scope) in scopes.iter().enumerate() {
        assert_eq!(memories.clear(scope).await.unwrap(), 1, "{scope:?}");
        let left: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "agent:mem:*"])).unwrap();
        assert_eq!(left.len(), scopes.len() - deleted - 1);
    }
}

#[tokio::test]
async fn scopes_that_differ_in_case_alone_do_not_crowd_each_other_out() {
    let redis = PrivateRedis::start();
    let settings = Settings { dedup_threshold: Threshold::new(0.0).unwrap(), ..settings() };
    let memories = LongTermMemory::new(redis.store().await, &settings);
    for number in 0..60_u8 {
        let (vector, text) = (at_distance(f32::from(number) / 1000.0 + 0.001), format!("{number}"));
        memories.remember(&scope("ALICE"), memory(&id(u64::from(number)), &text, &vector)).await.unwrap();
    }
    memories.remember(&scope("alice"), memory(&id(99), "mine", &at_distance(0.5))).await.unwrap();
    let recalled = memories
        .recall(&scope("alice"), &at_distance(0.0), &RecallOptions { k: 5, ..everything() })
        .await
        .unwrap();
    assert_eq!(texts(&recalled), ["mine"]);
    // The duplicate is the 62nd nearest to Redis.
    let again =
        memories.remember(&scope("alice"), memory(&id(100), "mine", &at_distance(0.5))).await.unwrap();
    assert_eq!(again.memory_id, id(99));
    assert_eq!(memories.clear(&scope("alice")).await.unwrap(), 1);
    assert_eq!(memories.list(&scope("ALICE"), &page(0, 5)).await.unwrap().memories.len(), 5);
}

#[tokio::test]
async fn a_listing_is_newest_first_in_pages_without_gaps_or_doubles() {
    let redis = PrivateRedis::start();
    let settings = Settings { dedup_threshold: Threshold::new(0.0).unwrap(), ..settings() };
    let memories = LongTermMemory::new(redis.store().await, &settings);
    for number in 0..25_u8 {
        let (id, vector, text) =
            (id(u64::from(number)), at_distance(f32::from(number) / 100.0), format!("{number}"));
        let new = NewMemory { created_ts: f64::from(number), ..memory(&id, &text, &vector) };
        memories.remember(&scope("alice"), new).await.unwrap();
    }
    let (mut seen, mut next) = (Vec::new(), Some(Start::Offset(0)));
    while let Some(start) = next {
        let listing = Listing { start, ..page(0, 10) };
        let listed = memories.list(&scope("alice"), &listing).await.unwrap();
        assert_eq!(listed.total, 25);
        seen.extend(listed.memories.into_iter().map(|memory| memory.text));
        next = listed.next.map(Start::Cursor);
    }
    let expected: Vec<String> = (0..25).rev().map(|number| number.to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_count_is_exact_among_names_that_differ_in_case() {
    let redis = PrivateRedis::start();
    let settings = Settings { dedup_threshold: Threshold::new(0.0).unwrap(), ..settings() };
    let memories = LongTermMemory::new(redis.store().await, &settings);
    let vector = |number: u64| at_distance(0.5 * f32::from(u8::try_from(number % 3).unwrap()));
    for (user, ids) in [("alice", 1..3), ("Alice", 11..14)] {
        for number in ids {
            memories.remember(&scope(user), memory(&id(number), "a", &vector(number))).await.unwrap();
        }
    }
    for (user, kind, expected) in [
        ("alice", None, 2),
        ("Alice", None, 3),
        ("ALICE", None, 0),
        ("alice", Some(Kind::Semantic), 0),
        ("Alice", Some(Kind::Episodic), 3),
    ] {
        let listing = Listing { filter: MemoryFilter::of_kind(kind), ..page(0, 1) };
        let listed = memories.list(&scope(user), &listing).await.unwrap();
        assert_eq!(listed.total, expected, "{user} {kind:?}");
    }
}

#[tokio::test]
async fn the_nearest_of_a_large_scope_are_found_and_in_order() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    // Enough of them that the search goes through the graph, in an order that is not that of their distances.
    for number in 0..1500_u32 {
        let at = 0.0001 * f64::from((number * 7) % 1500);
        #[expect(clippy::cast_possible_truncation, reason = "a distance")]
        let embedding = serde_json::json!(at_distance(at as f32).as_slice());
        let document = serde_json::json!({
            "embedding": embedding, "text": format!("{at:.4}"), "kind": "semantic", "user": "alice", "namespace": "test",
            "created_ts": 1,
        });
        redis.command(&["JSON.SET", &format!("agent:mem:{number}"), "$", &document.to_string()]);
    }
    let recall = async || {
        let options = RecallOptions { threshold: Threshold::new(2.0).unwrap(), ..RecallOptions::default() };
        memories.recall(&scope("alice"), &at_distance(0.0), &options).await.unwrap()
    };
    let nearest = ["0.0000", "0.0001", "0.0002", "0.0003", "0.0004"];
    assert_eq!(texts(&recall().await), nearest);
    // The first recall had the size of the scope asked for, so later ones are carried out the other way.
    for _ in 0..20 {
        assert_eq!(texts(&recall().await), nearest);
    }
}

#[tokio::test]
async fn forgetting_deletes_one_memory_of_the_scope() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    memories.remember(&scope("alice"), memory(&id(1), "a", &at_distance(0.0))).await.unwrap();
    assert!(!memories.forget(&scope("bob"), &id(1)).await.unwrap());
    assert!(memories.forget(&scope("alice"), &id(1)).await.unwrap());
    assert!(!memories.forget(&scope("alice"), &id(1)).await.unwrap());
}

#[tokio::test]
async fn clearing_everything_leaves_other_keys_alone() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    for (number, user) in [(1, "alice"), (2, "bob")] {
        memories.remember(&scope(user), memory(&id(number), "a", &at_distance(0.0))).await.unwrap();
    }
    redis.command(&["SET", "agent:memory", "somebody's"]);
    assert_eq!(memories.clear_of_everybody().await.unwrap(), 2);
    assert_eq!(redis.text(&["GET", "agent:memory"]), "somebody's");
}

#[tokio::test]
async fn an_index_that_somebody_dropped_is_made_again_and_finds_what_was_there() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    memories.remember(&alice, memory(&id(1), "before", &at_distance(0.0))).await.unwrap();
    redis.command(&["FT.DROPINDEX", "agentmem:idx"]);
    let recalled = memories.recall(&alice, &at_distance(0.0), &everything()).await.unwrap();
    assert_eq!(texts(&recalled), ["before"]);

    redis.command(&["FT.DROPINDEX", "agentmem:idx"]);
    let again = memories.remember(&alice, memory(&id(2), "before", &at_distance(0.0))).await.unwrap();
    assert_eq!(again.memory_id, id(1));
}

#[tokio::test]
async fn memories_of_other_programs_are_read_and_counted() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let embedding = serde_json::json!(at_distance(0.0).as_slice());
    let document = serde_json::json!({
        "embedding": embedding, "text": "by another", "kind": "procedural", "user": "alice", "namespace": "test",
        "created_ts": 1_763_797_823, "extra": { "kept": true },
    });
    redis.command(&["JSON.SET", "agent:mem:not-hex", "$", &document.to_string()]);
    let listed = memories.list(&scope("alice"), &page(0, 5)).await.unwrap().memories;
    assert_eq!((listed[0].id.as_str(), listed[0].kind.as_str()), ("not-hex", "procedural"));
    assert_eq!(
        (listed[0].hit_count, listed[0].created_ts, listed[0].ttl_seconds),
        (0, 1_763_797_823.0, None)
    );

    redis.command(&["JSON.SET", "agent:mem:not-hex", "$.kind", "\"episodic\""]);
    let hit =
        memories.remember(&scope("alice"), memory(&id(2), "by another", &at_distance(0.0))).await.unwrap();
    assert_eq!(hit.memory_id.as_str(), "not-hex");
    assert_eq!(redis.text(&["JSON.GET", "agent:mem:not-hex", "$.hit_count"]), "[1]");
    assert_eq!(redis.text(&["JSON.GET", "agent:mem:not-hex", "$.extra.kept"]), "[true]");
}

#[tokio::test]
async fn a_stored_vector_without_direction_hides_nothing() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let document = serde_json::json!({
        "embedding": vec![0.0; 384], "text": "zero", "kind": "episodic", "user": "alice", "namespace": "test",
    });
    redis.command(&["JSON.SET", "agent:mem:zero", "$", &document.to_string()]);
    memories.remember(&scope("alice"), memory(&id(1), "a", &at_distance(0.0))).await.unwrap();
    let again = memories.remember(&scope("alice"), memory(&id(2), "a", &at_distance(0.1))).await.unwrap();
    assert_eq!(again.memory_id, id(1));
    let recalled = memories.recall(&scope("alice"), &at_distance(0.0), &everything()).await.unwrap();
    assert_eq!(texts(&recalled), ["a"]);
}

#[tokio::test]
async fn an_index_with_another_schema_stops_the_start_and_names_the_difference() {
    let rows = [
        ("FT.CREATE agentmem:idx ON HASH PREFIX 1 agent:mem: SCHEMA text TEXT", "is on HASH instead of JSON"),
        ("FT.CREATE agentmem:idx ON JSON PREFIX 1 other: SCHEMA $.text AS text TEXT", "prefix `other:`"),
        (
            "FT.CREATE agentmem:idx ON JSON PREFIX 1 agent:mem: SCHEMA $.text AS text TEXT",
            "no attribute `user`",
        ),
    ];
    for (create, expected) in rows {
        let redis = PrivateRedis::start();
        redis.command(&create.split(' ').collect::<Vec<_>>());
        let error = Store::connect(&redis.url(), Keys::default()).await.err().unwrap().to_string();
        assert!(error.contains(expected) && error.contains("`agentmem:idx`"), "{error}");
    }
}
