//! A memory that is set aside, and brought back, on a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Kind, LookRequest, Memory, MemoryId, Scope, Text, Threshold, TurnRequest,
    look::Preview,
    model::WriteKind,
    service::NewText,
    store::{ASIDE_SECONDS, Change, RecallOptions},
};
use support::{PrivateRedis, scope, with_model::memory};

const TEXT: &str = "The deploy window is Tuesday at ten.";

fn text() -> Text {
    Text::new(TEXT).unwrap()
}

async fn remembered(memory: &Memory, kind: Kind) -> (MemoryId, String) {
    let id = memory.remember(&scope("alice"), NewText::new(kind, text())).await.unwrap().memory_id;
    let key = format!("agent:mem:{id}");
    (id, key)
}

fn number(redis: &PrivateRedis, words: &[&str]) -> i64 {
    redis.text(words).parse().unwrap()
}

fn aside_key(id: &MemoryId) -> String {
    format!("agentmem:idx:aside:{id}")
}

#[tokio::test]
async fn what_is_set_aside_is_seen_nowhere_at_once() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let alice = scope("alice");
    let (id, key) = remembered(&memory, Kind::Semantic).await;
    assert!(memory.set_aside(&alice, &id).await.unwrap());

    assert_eq!(redis.text(&["EXISTS", &key]), "0");
    let request = LookRequest { query: Some(text()), write: WriteKind::Semantic, ..LookRequest::default() };
    let seen = memory.look(&alice, &request).await.unwrap();
    assert_eq!((seen.memories.len(), seen.memory_count, seen.match_count), (0, 0, 0));
    let probe = seen.probe.unwrap();
    assert!(probe.candidates.is_empty());
    assert_eq!(probe.preview, Preview::New { kind: Kind::Semantic, ttl_seconds: None });
    let anything = RecallOptions { threshold: Threshold::new(2.0).unwrap(), ..RecallOptions::default() };
    assert!(memory.recall(&alice, &text(), &anything).await.unwrap().memories.is_empty());
    let turn = TurnRequest::new(alice.clone(), TEXT).unwrap().remembered_as(WriteKind::Semantic);
    let outcome = memory.turn(turn).await.unwrap();
    assert!(outcome.nearest.is_empty());
    let written = outcome.written.unwrap();
    assert_eq!(written.deduplicated_at, None);
    assert_ne!(written.memory_id, id);
    assert!(!memory.forget(&alice, &id).await.unwrap());
}

#[tokio::test]
async fn what_is_brought_back_is_as_it_was_to_the_letter() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let alice = scope("alice");
    for (kind, lifetime) in [(Kind::Episodic, Some("1234")), (Kind::Semantic, None)] {
        let (id, key) = remembered(&memory, kind).await;
        redis.command(&["JSON.NUMINCRBY", &key, "$.hit_count", "41"]);
        redis.command(&["JSON.SET", &key, "$.extra", r#"{"of":["another","program"],"x":2.696566e-33}"#]);
        if let Some(seconds) = lifetime {
            redis.command(&["EXPIRE", &key, seconds]);
        }
        let (document, expires) = (redis.text(&["JSON.GET", &key]), number(&redis, &["PEXPIRETIME", &key]));
        assert_eq!(expires == -1, lifetime.is_none());

        assert!(memory.set_aside(&alice, &id).await.unwrap());
        assert!(memory.bring_back(&alice, &id).await.unwrap());
        assert_eq!(redis.text(&["JSON.GET", &key]), document);
        assert!((number(&redis, &["PEXPIRETIME", &key]) - expires).abs() <= 1000);
        let left: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*aside*"])).unwrap();
        assert!(left.is_empty(), "{left:?}");

        let seen = memory.recall(&alice, &text(), &RecallOptions::default()).await.unwrap().memories;
        let found = seen.iter().find(|record| record.id == id.as_str()).unwrap();
        assert_eq!((found.hit_count, found.ttl_seconds), (41, lifetime.map(|text| text.parse().unwrap())));
        let again = memory.remember(&alice, NewText::new(kind, text())).await.unwrap();
        assert_eq!((again.memory_id, again.deduplicated_at.is_some()), (id, true));
    }
}

#[tokio::test]
async fn another_scope_can_do_neither() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let others = [scope("bob"), scope("Alice"), Scope::new("alice", "other").unwrap()];
    let (id, key) = remembered(&memory, Kind::Episodic).await;
    for other in &others {
        assert!(!memory.set_aside(other, &id).await.unwrap(), "{other:?}");
    }
    assert_eq!(redis.text(&["EXISTS", &key]), "1");
    assert!(memory.set_aside(&scope("alice"), &id).await.unwrap());
    for other in &others {
        assert!(!memory.bring_back(other, &id).await.unwrap(), "{other:?}");
    }
    assert_eq!(redis.text(&["EXISTS", &key]), "0");
    assert!(memory.bring_back(&scope("alice"), &id).await.unwrap());
}

#[tokio::test]
async fn doing_either_twice_does_nothing_the_second_time() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let alice = scope("alice");
    let (id, key) = remembered(&memory, Kind::Episodic).await;
    assert!(!memory.bring_back(&alice, &id).await.unwrap());
    assert!(memory.set_aside(&alice, &id).await.unwrap());
    assert!(!memory.set_aside(&alice, &id).await.unwrap());
    assert!(memory.bring_back(&alice, &id).await.unwrap());
    assert!(!memory.bring_back(&alice, &id).await.unwrap());
    assert_eq!(redis.text(&["EXISTS", &key]), "1");
    // After a drop for good there is nothing to bring back.
    assert!(memory.forget(&alice, &id).await.unwrap());
    assert!(!memory.bring_back(&alice, &id).await.unwrap());
}

#[tokio::test]
async fn a_memory_that_took_the_id_meanwhile_stays_as_it_is() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (id, key) = remembered(&memory, Kind::Episodic).await;
    assert!(memory.set_aside(&scope("alice"), &id).await.unwrap());
    let taken = r#"{"id":"x","user":"alice","namespace":"test","text":"another"}"#;
    redis.command(&["JSON.SET", &key, "$", taken]);
    assert!(!memory.bring_back(&scope("alice"), &id).await.unwrap());
    assert_eq!(redis.text(&["JSON.GET", &key]), taken);
    assert_eq!(redis.text(&["TTL", &key]), "-1");
    // The one aside is not lost by that.
    redis.command(&["DEL", &key]);
    assert!(memory.bring_back(&scope("alice"), &id).await.unwrap());
}

#[tokio::test]
async fn what_is_aside_goes_after_ten_minutes_and_never_outlives_its_own_time() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let alice = scope("alice");
    let (id, key) = remembered(&memory, Kind::Episodic).await;
    assert!(memory.set_aside(&alice, &id).await.unwrap());
    let aside: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*aside*"])).unwrap();
    assert!(aside.contains(&aside_key(&id)), "{aside:?}");
    let longest = i64::try_from(ASIDE_SECONDS).unwrap() * 1000;
    for key in &aside {
        let left = number(&redis, &["PTTL", key]);
        assert!(left > longest - 2000 && left <= longest, "{key}: {left}");
    }
    redis.command(&["DEL", &aside_key(&id)]);
    assert!(!memory.bring_back(&alice, &id).await.unwrap());

    // One whose own time ends while it is aside.
    let (id, _) = remembered(&memory, Kind::Episodic).await;
    assert!(memory.set_aside(&alice, &id).await.unwrap());
    redis.command(&["HSET", &format!("{}:ends", aside_key(&id)), "ends", "1000"]);
    assert!(!memory.bring_back(&alice, &id).await.unwrap());
    assert_eq!(redis.text(&["EXISTS", &key]), "0");
}

#[tokio::test]
async fn pages_that_watch_are_told_of_both() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (id, _) = remembered(&memory, Kind::Semantic).await;
    let watch = memory.watch_changes();
    let mut changes = watch.subscribe();
    while changes.recv().await.unwrap() != Change::Everything {}
    let expected = Change::Memory(id.as_str().into());
    assert!(memory.set_aside(&scope("alice"), &id).await.unwrap());
    while changes.recv().await.unwrap() != expected {}
    assert!(memory.bring_back(&scope("alice"), &id).await.unwrap());
    while changes.recv().await.unwrap() != expected {}
}
