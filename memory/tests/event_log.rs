//! The event log on a real Redis.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{AgentEventLog, store::NewEvent};
use futures::StreamExt;
use support::{PrivateRedis, scope, settings, thread};

async fn log(redis: &PrivateRedis) -> AgentEventLog {
    AgentEventLog::new(redis.store().await, &settings())
}

fn event(action: &str) -> NewEvent {
    NewEvent { action: action.into(), detail: "d".into(), ts: 1_763_797_823.123_456 }
}

#[tokio::test]
async fn events_are_read_newest_first() {
    let redis = PrivateRedis::start();
    let log = log(&redis).await;
    let (alice, id) = (scope("alice"), thread(1));
    let mut ids = Vec::new();
    for action in ["one", "two", "three"] {
        ids.push(log.record(&alice, &id, &event(action)).await.unwrap());
    }
    let recent = log.recent(&alice, &id, 2).await.unwrap();
    let actions: Vec<&str> = recent.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["three", "two"]);
    assert_eq!((recent[0].event_id.as_str(), recent[0].detail.as_str()), (ids[2].as_str(), "d"));
    assert_eq!((recent[0].thread_id.as_str(), recent[0].ts), (id.as_str(), 1_763_797_823.123_456));
}

#[tokio::test]
async fn the_log_is_bounded_and_expires() {
    let redis = PrivateRedis::start();
    let log = log(&redis).await;
    for _ in 0..1300 {
        log.record(&scope("alice"), &thread(1), &event("a")).await.unwrap();
    }
    let length: usize = redis.text(&["XLEN", "agent:events:000000000001"]).parse().unwrap();
    assert!((1000..1200).contains(&length), "{length}");
    let ttl: i64 = redis.text(&["TTL", "agent:events:000000000001"]).parse().unwrap();
    assert!(ttl > 600_000, "{ttl}");
}

#[tokio::test]
async fn entries_of_other_programs_are_read_by_name_in_any_order() {
    let redis = PrivateRedis::start();
    let log = log(&redis).await;
    redis.command(&["XADD", "agent:events:000000000001", "*", "ts", "17", "more", "x", "action", "goal_set"]);
    let recent = log.recent(&scope("alice"), &thread(1), 5).await.unwrap();
    assert_eq!((recent[0].action.as_str(), recent[0].detail.as_str(), recent[0].ts), ("goal_set", "", 17.0));
}

#[tokio::test]
async fn another_scope_does_not_see_what_we_recorded() {
    let redis = PrivateRedis::start();
    let log = log(&redis).await;
    log.record(&scope("alice"), &thread(1), &event("hers")).await.unwrap();
    assert!(log.recent(&scope("bob"), &thread(1), 5).await.unwrap().is_empty());
}

#[tokio::test]
async fn following_gives_what_was_missed_and_then_what_comes() {
    let redis = PrivateRedis::start();
    let log = log(&redis).await;
    let (alice, id) = (scope("alice"), thread(1));
    let first = log.record(&alice, &id, &event("first")).await.unwrap();
    log.record(&alice, &id, &event("missed")).await.unwrap();

    let mut followed = Box::pin(log.follow(&alice, &id, &first).await.unwrap());
    assert_eq!(followed.next().await.unwrap().unwrap().action, "missed");
    log.record(&alice, &id, &event("live")).await.unwrap();
    assert_eq!(followed.next().await.unwrap().unwrap().action, "live");

    let mut from_now = Box::pin(log.follow(&alice, &id, "$").await.unwrap());
    log.record(&alice, &id, &event("later")).await.unwrap();
    assert_eq!(from_now.next().await.unwrap().unwrap().action, "later");
}

#[tokio::test]
async fn following_ends_with_an_error_when_redis_goes() {
    let mut redis = PrivateRedis::start();
    let log = log(&redis).await;
    let mut followed = Box::pin(log.follow(&scope("alice"), &thread(1), "0").await.unwrap());
    redis.crash();
    assert!(followed.next().await.unwrap().unwrap_err().is_retryable());
}
