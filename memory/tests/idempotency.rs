//! Answers kept for repeated requests, on a real Redis.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Memory,
    embedder::EmbedFuture,
    embedding::Embedding,
    settings::Settings,
    store::{Answer, Claim, Idempotency},
};
use support::PrivateRedis;

/// Nothing here embeds.
struct NoText;

impl agent_memory::Embedder for NoText {
    fn embed<'a>(&'a self, _: &'a str) -> EmbedFuture<'a, Embedding> {
        Box::pin(async { Ok(support::at_distance(0.0)) })
    }
}

async fn kept(redis: &PrivateRedis) -> Idempotency {
    Memory::connect(&redis.url(), Settings::default(), NoText).await.unwrap().idempotency()
}

#[tokio::test]
async fn the_first_answer_is_given_again_and_another_request_is_told_apart() {
    let redis = PrivateRedis::start();
    let kept = kept(&redis).await;
    let Claim::Ours { token } = kept.claim("d", "f").await.unwrap() else { panic!("it was claimed") };
    assert_eq!(kept.claim("d", "f").await.unwrap(), Claim::Running);
    assert_eq!(kept.claim("d", "other").await.unwrap(), Claim::Taken);
    let answer = Answer { status: 201, content_type: "application/json".into(), body: "{}".into() };
    kept.keep("d", &token, &answer).await.unwrap();
    assert_eq!(kept.claim("d", "f").await.unwrap(), Claim::Done(answer));
    let ttl: i64 = redis.text(&["TTL", "agentmem:idx:idempotency:d"]).parse().unwrap();
    assert!((86_000..=86_400).contains(&ttl));
}

#[tokio::test]
async fn a_claim_that_was_given_up_runs_again_and_a_late_run_changes_nothing() {
    let redis = PrivateRedis::start();
    let kept = kept(&redis).await;
    let Claim::Ours { token } = kept.claim("d", "f").await.unwrap() else { panic!("it was claimed") };
    kept.give_up("d", &token).await.unwrap();
    let Claim::Ours { token: second } = kept.claim("d", "f").await.unwrap() else { panic!("not given up") };
    kept.give_up("d", &token).await.unwrap();
    assert_eq!(kept.claim("d", "f").await.unwrap(), Claim::Running);
    assert_ne!(token, second);
    let ttl: i64 = redis.text(&["PTTL", "agentmem:idx:idempotency:d"]).parse().unwrap();
    assert!((1..=60_000).contains(&ttl));
}

#[tokio::test]
async fn of_many_at_once_one_runs() {
    let redis = PrivateRedis::start();
    let kept = kept(&redis).await;
    let claims = (0..32).map(|_| {
        let kept = kept.clone();
        tokio::spawn(async move { kept.claim("d", "f").await.unwrap() })
    });
    let mut ours = 0;
    for claim in claims.collect::<Vec<_>>() {
        ours += usize::from(matches!(claim.await.unwrap(), Claim::Ours { .. }));
    }
    assert_eq!(ours, 1);
}
