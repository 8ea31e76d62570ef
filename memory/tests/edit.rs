//! Reading, changing, filtering and dropping memories on a real Redis, with vectors of known distances.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Lifetime, Listing, LongTermMemory, MemoryFilter, MemoryId,
    listing::Start,
    model::Kind,
    store::{MemoryEdit, NewMemory, RecallOptions},
    threshold::Threshold,
};
use support::{PrivateRedis, at_distance, memory, scope, settings, texts};

const KEY: &str = "agent:mem:000000000001";

async fn memories(redis: &PrivateRedis) -> LongTermMemory {
    LongTermMemory::new(redis.store().await, &settings())
}

fn id(number: u64) -> MemoryId {
    MemoryId::from_random_bits(number)
}

fn everything() -> MemoryFilter {
    MemoryFilter::default()
}

fn within(threshold: f64, k: usize, filter: &MemoryFilter) -> RecallOptions {
    RecallOptions {
        k,
        threshold: Threshold::new(threshold).unwrap(),
        filter: filter.clone(),
        ..RecallOptions::default()
    }
}

fn ttl(redis: &PrivateRedis) -> i64 {
    redis.text(&["TTL", KEY]).parse().unwrap()
}

#[tokio::test]
async fn a_memory_is_read_exactly_and_only_by_its_owner() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    memories.remember(&scope("alice"), memory(&id(1), "likes tea", &at_distance(0.0))).await.unwrap();
    let read = memories.get(&scope("alice"), &id(1)).await.unwrap().unwrap();
    assert_eq!((read.text.as_str(), read.created_ts), ("likes tea", 1_763_797_823.123_456));
    assert_eq!(read.ttl_seconds, Some(604_800));
    assert_eq!(memories.get(&scope("Alice"), &id(1)).await.unwrap(), None);
    assert_eq!(memories.get(&scope("alice"), &id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    memories.remember(&alice, memory(&id(1), "likes tea", &at_distance(0.0))).await.unwrap();
    redis.command(&["JSON.SET", KEY, "$.theirs", r#"{"kept":[1,null]}"#]);
    redis.command(&["JSON.SET", KEY, "$.hit_count", "7"]);

    let far = at_distance(0.9);
    let edit = MemoryEdit { text: Some(("likes coffee", &far)), ..MemoryEdit::default() };
    assert!(memories.edit(&alice, &id(1), edit).await.unwrap());
    let read = memories.get(&alice, &id(1)).await.unwrap().unwrap();
    assert_eq!((read.text.as_str(), read.hit_count, read.kind.as_str()), ("likes coffee", 7, "episodic"));
    assert_eq!(read.created_ts, 1_763_797_823.123_456);
    assert!(redis.text(&["JSON.GET", KEY, "$.theirs"]).contains(r#"{"kept":[1,null]}"#));
    assert!(ttl(&redis) > 600_000);
    // The new vector is the one that recall finds.
    let near = memories.recall(&alice, &far, &within(0.01, 5, &everything())).await.unwrap();
    assert_eq!(texts(&near), ["likes coffee"]);
}

#[tokio::test]
async fn kind_and_lifetime_go_together_unless_both_are_given() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    memories.remember(&alice, memory(&id(1), "a", &at_distance(0.0))).await.unwrap();
    let rows = [
        (Some(Kind::Semantic), None, -1..=-1),
        (None, Some(10_000), 1..=10_000),
        (Some(Kind::Episodic), None, 600_000..=604_800),
        (Some(Kind::Semantic), Some(5_000), 1..=5_000),
        (None, None, 1..=5_000),
        (None, Some(0), -1..=-1),
    ];
    for (kind, ttl_seconds, expected) in rows {
        let edit =
            MemoryEdit { kind, lifetime: Lifetime::from_ttl(ttl_seconds).unwrap(), ..MemoryEdit::default() };
        assert!(memories.edit(&alice, &id(1), edit).await.unwrap());
        assert!(expected.contains(&ttl(&redis)), "{edit:?}: {}", ttl(&redis));
    }
    assert_eq!(redis.text(&["JSON.GET", KEY, "$.kind"]), r#"["semantic"]"#);
}

#[tokio::test]
async fn nobody_edits_or_drops_anothers_memory() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    memories.remember(&scope("alice"), memory(&id(1), "a", &at_distance(0.0))).await.unwrap();
    redis.command(&["SET", "agent:mem:000000000002", "no JSON"]);
    let before = redis.text(&["JSON.GET", KEY]);
    let edit = MemoryEdit { kind: Some(Kind::Semantic), ..MemoryEdit::default() };
    for (user, id) in [("bob", id(1)), ("Alice", id(1)), ("alice", id(2)), ("alice", id(3))] {
        assert!(!memories.edit(&scope(user), &id, edit).await.unwrap(), "{user} {id}");
    }
    let ids = [id(1)];
    assert_eq!(memories.forget_many(&scope("bob"), &ids).await.unwrap(), 0);
    assert_eq!(redis.text(&["JSON.GET", KEY]), before);
    assert_eq!(memories.forget_many(&scope("alice"), &ids).await.unwrap(), 1);
}

/// Six memories of alice: the even ones semantic, the last two from `t9` and `T9`, each a second after the other.
async fn six(redis: &PrivateRedis) -> LongTermMemory {
    let memories = memories(redis).await;
    for number in 1..=6_u8 {
        let (id, text, created_ts) = (id(u64::from(number)), format!("m{number}"), 100.0 + f64::from(number));
        // 20 degrees apart: those of a kind are 40, too far to be taken for the same.
        let vector = at_distance(1.0 - (f32::from(number - 1) * 20.0).to_radians().cos());
        let kind = if number % 2 == 0 { Kind::Semantic } else { Kind::Episodic };
        let source_thread = match number {
            5 => "t9",
            6 => "T9",
            _ => "t1",
        };
        let new = NewMemory { kind, source_thread, created_ts, ..memory(&id, &text, &vector) };
        memories.remember(&scope("alice"), new).await.unwrap();
    }
    memories.remember(&scope("ALICE"), memory(&id(7), "hers", &at_distance(0.15))).await.unwrap();
    memories
}

#[tokio::test]
async fn recall_listing_and_collecting_keep_to_the_filter() {
    let redis = PrivateRedis::start();
    let memories = six(&redis).await;
    let alice = scope("alice");
    let rows = [
        (everything(), "m1 m2 m3 m4 m5 m6"),
        (MemoryFilter { kind: Some(Kind::Semantic), ..everything() }, "m2 m4 m6"),
        (MemoryFilter { source_thread: Some("t9".into()), ..everything() }, "m5"),
        (MemoryFilter { created_from: Some(105.0), ..everything() }, "m5 m6"),
        (MemoryFilter { created_to: Some(102.0), ..everything() }, "m1 m2"),
        (MemoryFilter { created_from: Some(102.5), created_to: Some(103.5), ..everything() }, "m3"),
        (MemoryFilter { source_thread: Some("*".into()), ..everything() }, ""),
        (MemoryFilter { words: "M3".into(), ..everything() }, "m3"),
        (MemoryFilter { words: "m".into(), created_from: Some(105.0), ..everything() }, "m5 m6"),
    ];
    for (filter, expected) in rows {
        let expected: Vec<&str> = expected.split_whitespace().collect();
        let recalled = memories.recall(&alice, &at_distance(0.0), &within(2.0, 50, &filter)).await.unwrap();
        assert_eq!(texts(&recalled), expected, "{filter:?}");
        let listing = Listing { filter: filter.clone(), limit: 50, ..Listing::default() };
        let page = memories.list(&alice, &listing).await.unwrap();
        assert_eq!(page.total, expected.len() as u64, "{filter:?}");
        let newest_first: Vec<&str> = expected.iter().rev().copied().collect();
        assert_eq!(texts(&page.memories), newest_first, "{filter:?}");
        assert_eq!(memories.ids(&alice, &filter).await.unwrap().len(), expected.len(), "{filter:?}");
    }
    let one = memories.recall(&alice, &at_distance(0.0), &within(0.31, 1, &everything())).await.unwrap();
    assert_eq!(texts(&one), ["m1"]);
}

#[tokio::test]
async fn pages_neither_repeat_nor_miss_a_memory_while_others_come_and_go() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let alice = scope("alice");
    // Ties, times that differ by a microsecond, and documents without a time.
    for number in 0..25_u32 {
        let created = match number {
            0..5 => r#","created_ts":500"#.to_string(),
            5..10 => format!(r#","created_ts":1763797823.12345{number}"#),
            10..20 => format!(r#","created_ts":{}"#, 1000 + number),
            _ => String::new(),
        };
        let document = format!(r#"{{"user":"alice","namespace":"test","text":"{number}"{created}}}"#);
        redis.command(&["JSON.SET", &format!("agent:mem:{number}"), "$", &document]);
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let start = cursor.map_or(Start::Offset(0), Start::Cursor);
        let page = memories.list(&alice, &Listing { start, limit: 4, ..Listing::default() }).await.unwrap();
        seen.extend(page.memories.into_iter().map(|memory| memory.text));
        // A newer one must not shift the rows.
        let newer = r#"{"user":"alice","namespace":"test","text":"new","created_ts":9e9}"#;
        redis.command(&["JSON.SET", &format!("agent:mem:new{}", seen.len()), "$", newer]);
        let Some(next) = page.next else { break };
        cursor = Some(next.to_string().parse().unwrap());
    }
    seen.sort_by_key(|text| text.parse::<u32>().unwrap());
    assert_eq!(seen, (0..25).map(|number: u32| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_memories_than_one_answer_holds_are_collected() {
    let redis = PrivateRedis::start();
    let memories = memories(&redis).await;
    let fill = "for i = 1, 2500 do redis.call('JSON.SET', 'agent:mem:' .. i, '$', \
                '{\"user\":\"alice\",\"namespace\":\"test\",\"text\":\"a\",\"created_ts\":1}') end";
    redis.command(&["EVAL", fill, "0"]);
    let ids = memories.ids(&scope("alice"), &everything()).await.unwrap();
    assert_eq!(ids.len(), 2500);
    assert_eq!(memories.forget_many(&scope("alice"), &ids).await.unwrap(), 2500);
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}
