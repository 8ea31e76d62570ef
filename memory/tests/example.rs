//! The example of the README and of the crate's documentation runs.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../examples/quickstart.rs"]
#[allow(dead_code, reason = "the program's own `main`")]
mod quickstart;
mod support;

use support::PrivateRedis;

#[tokio::test]
async fn the_quickstart_remembers_a_fact_and_asks_for_it() {
    let redis = PrivateRedis::start();
    quickstart::remember_and_recall(&redis.url()).await.unwrap();
    let memories: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "agent:mem:*"])).unwrap();
    let [memory] = memories.as_slice() else { panic!("{memories:?}") };
    assert!(redis.text(&["JSON.GET", memory, "$.text"]).contains("allergic to peanuts"));
    let sessions: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "agent:session:*"])).unwrap();
    assert_eq!(redis.text(&["HGET", &sessions[0], "turn_count"]), "2");
}
