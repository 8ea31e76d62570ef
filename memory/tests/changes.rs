//! The watch over changes, on a real Redis.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::store::{Change, Changes};
use support::PrivateRedis;
use tokio::sync::broadcast::Receiver;

async fn next_named(changes: &mut Receiver<Change>) -> Change {
    loop {
        match changes.recv().await.unwrap() {
            Change::Everything => {}
            change => return change,
        }
    }
}

async fn everything(changes: &mut Receiver<Change>) {
    while changes.recv().await.unwrap() != Change::Everything {}
}

#[tokio::test]
async fn writes_expiry_and_deletion_by_any_program_are_told() {
    let redis = PrivateRedis::start();
    let changes = Changes::watch(redis.store().await);
    let mut receiver = changes.subscribe();
    everything(&mut receiver).await;

    redis.command(&["HSET", "agent:session:t1", "goal", "x"]);
    assert_eq!(next_named(&mut receiver).await, Change::Session("t1".into()));
    redis.command(&["JSON.SET", "agent:mem:m1", "$", r#"{"hit_count":0}"#]);
    assert_eq!(next_named(&mut receiver).await, Change::Memory("m1".into()));
    redis.command(&["JSON.NUMINCRBY", "agent:mem:m1", "$.hit_count", "1"]);
    assert_eq!(next_named(&mut receiver).await, Change::Memory("m1".into()));
    redis.command(&["XADD", "agent:events:t1", "*", "action", "a"]);
    assert_eq!(next_named(&mut receiver).await, Change::Events("t1".into()));
    redis.command(&["PEXPIRE", "agent:mem:m1", "1"]);
    assert_eq!(next_named(&mut receiver).await, Change::Memory("m1".into()));
    redis.command(&["DEL", "agent:session:t1"]);
    let mut rest = vec![next_named(&mut receiver).await, next_named(&mut receiver).await];
    rest.sort_by_key(|change| matches!(change, Change::Session(_)));
    assert_eq!(rest, [Change::Memory("m1".into()), Change::Session("t1".into())]);
    redis.command(&["FLUSHALL"]);
    everything(&mut receiver).await;
}

#[tokio::test]
async fn after_a_break_everything_counts_as_changed_and_the_watch_goes_on() {
    let mut redis = PrivateRedis::start();
    let changes = Changes::watch(redis.store().await);
    let mut receiver = changes.subscribe();
    everything(&mut receiver).await;
    redis.restart(&["--save", ""]);
    everything(&mut receiver).await;
    redis.command(&["HSET", "agent:session:t2", "goal", "x"]);
    assert_eq!(next_named(&mut receiver).await, Change::Session("t2".into()));
}
