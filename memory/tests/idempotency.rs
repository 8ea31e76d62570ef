//! Writes that are done once, however often they are sent, on a real Redis.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Error, Kind, Memory, Scope, Text, TurnRequest,
    service::NewText,
    settings::Settings,
    store::{Answer, IdempotencyKey, Known},
};
use support::{NoModel, PrivateRedis, thread};

async fn memory(redis: &PrivateRedis) -> Memory {
    Memory::connect(&redis.url(), Settings::default(), NoModel).await.unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey::new("d", "f")
}

fn turn(text: &str) -> TurnRequest {
    TurnRequest::new(Scope::default(), text).unwrap()
}

#[tokio::test]
async fn the_first_answer_is_given_again_and_another_request_is_told_apart() {
    let redis = PrivateRedis::start();
    let kept = memory(&redis).await.idempotency();
    assert_eq!(kept.look_up(&key()).await.unwrap(), Known::Nothing);
    let answer = Answer { status: 201, content_type: "application/json".into(), body: "{}".into() };
    kept.keep(&key(), &answer).await.unwrap();
    assert_eq!(kept.look_up(&key()).await.unwrap(), Known::Answered(answer));
    let other = IdempotencyKey::new("d", "other");
    assert_eq!(kept.look_up(&other).await.unwrap(), Known::Taken);
    // Nor does another request take the place of the first.
    kept.keep(&other, &Answer { status: 200, content_type: String::new(), body: String::new() })
        .await
        .unwrap();
    assert_eq!(kept.look_up(&other).await.unwrap(), Known::Taken);
    let ttl: i64 = redis.text(&["TTL", "agentmem:idx:idempotency:d"]).parse().unwrap();
    assert!((86_000..=86_400).contains(&ttl));
}

#[tokio::test]
async fn a_repeated_turn_is_taken_once_even_where_nobody_kept_its_answer() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let first_key = key();
    let first = memory.once(first_key.clone()).turn(turn("Once.")).await.unwrap();
    let second_key = key();
    let again = memory.once(second_key.clone()).turn(turn("Once.")).await.unwrap();
    assert_eq!((again.thread_id.clone(), again.written.clone()), (first.thread_id.clone(), first.written));
    assert!(!first_key.was_repeated() && second_key.was_repeated());
    // What it wrote the first time is not recalled by the second.
    assert!(again.nearest.is_empty(), "{:?}", again.nearest);
    let session = format!("agent:session:{}", first.thread_id);
    assert_eq!(redis.text(&["HGET", &session, "turn_count"]), "1");
    assert_eq!(redis.text(&["XLEN", &format!("agent:events:{}", first.thread_id)]), "2");

    let taken = memory.once(IdempotencyKey::new("d", "other")).turn(turn("Another.")).await;
    assert!(matches!(taken, Err(Error::KeyReused)), "{taken:?}");
}

#[tokio::test]
async fn each_text_of_a_repeated_batch_is_written_once() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let texts: Vec<NewText> =
        (0..5).map(|number| NewText::new(Kind::Semantic, Text::new(format!("{number}")).unwrap())).collect();
    // The first run broke off after three of them.
    let begun = memory.once(key()).remember_many(&Scope::default(), &texts[..3]).await.unwrap();
    let whole = memory.once(key()).remember_many(&Scope::default(), &texts).await.unwrap();
    assert_eq!(whole[..3], begun[..]);
    let ids =
        memory.long_term().ids(&Scope::default(), &agent_memory::MemoryFilter::default()).await.unwrap();
    let hits: i64 = ids
        .iter()
        .map(|id| redis.text(&["JSON.GET", &format!("agent:mem:{id}"), "$.hit_count"]))
        .map(|hits| hits.trim_matches(['[', ']']).parse::<i64>().unwrap())
        .sum();
    assert_eq!(hits + i64::try_from(ids.len()).unwrap(), 5);
}

#[tokio::test]
async fn of_many_at_once_one_is_carried_out() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let memory = memory.once(key());
            tokio::spawn(async move { memory.turn(turn("Same.").on(thread(1))).await.unwrap().written })
        })
        .collect();
    let mut written = Vec::new();
    for call in calls {
        written.push(call.await.unwrap());
    }
    assert!(written.iter().all(|one| *one == written[0]));
    assert_eq!(redis.text(&["HGET", "agent:session:000000000001", "turn_count"]), "1");
}
