//! The examples run; one of them is that of the README and of the crate's documentation.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../examples/agent_loop.rs"]
#[allow(dead_code, reason = "the program's own `main`")]
mod agent_loop;
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

#[tokio::test]
async fn the_agent_loop_answers_from_memory_and_forgets_what_was_for_today() {
    let redis = PrivateRedis::start();
    let said = agent_loop::converse(&redis.url()).await.unwrap();
    assert!(said[1].contains("allergic to peanuts"), "{said:?}");
    assert!(said[5].contains("four guests"), "{said:?}");
    assert!(said[6].starts_with("1 episode dropped") && said[6].contains("Lisbon"), "{said:?}");
}
