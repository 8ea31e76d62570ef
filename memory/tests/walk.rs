//! The guided walk of the README, and turns in general, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod support;

use agent_memory::{
    Error, Look, LookRequest, Memory, MemoryRecord, Result, Scope, ThreadId, Threshold, TurnOutcome,
    TurnRequest,
    model::{TurnAction, WriteKind},
    service::ResetExtent,
    threshold::recalled,
};
use support::{PrivateRedis, thread, with_model::memory};

async fn seeded(redis: &PrivateRedis) -> Memory {
    let memory = memory(redis).await;
    assert_eq!(memory.seed_if_empty(&Scope::default()).await.unwrap(), 8);
    memory
}

async fn take(memory: &Memory, write: WriteKind, text: &str) -> TurnOutcome {
    memory.turn(TurnRequest::new(Scope::default(), text).remembered_as(write)).await.unwrap()
}

async fn look(memory: &Memory, scope: &Scope, thread_id: Option<&ThreadId>) -> Result<Look> {
    memory.look(scope, &LookRequest { thread_id: thread_id.cloned(), ..LookRequest::default() }).await
}

fn nearest(outcome: &TurnOutcome) -> &MemoryRecord {
    outcome.candidates.first().expect("a candidate")
}

/// Distances are those of the model: a threshold is tuned to them, so they may move a little and no more.
fn assert_about(record: &MemoryRecord, expected: f64) {
    let distance = record.distance.unwrap();
    println!("{distance:.4}  {}", record.text);
    assert!((distance - expected).abs() < 0.03, "{distance} instead of about {expected}: {}", record.text);
}

#[tokio::test]
async fn the_guided_walk_holds() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let default = Threshold::DEFAULT_RECALL;

    let theme = take(&memory, WriteKind::Episodic, "Remind me which theme I prefer in editors.").await;
    assert_about(nearest(&theme), 0.47);
    assert!(nearest(&theme).text.contains("dark mode") && nearest(&theme).kind == "semantic");
    assert!(!theme.recalled(default).is_empty());
    let first_id = theme.written.unwrap().memory_id;

    let question = "What did we discuss about the order-routing outage?";
    let outage = take(&memory, WriteKind::Skip, question).await;
    assert_about(nearest(&outage), 0.44);
    assert!(nearest(&outage).text.contains("postmortem") && nearest(&outage).kind == "episodic");
    assert_eq!(outage.written, None);

    let concise =
        take(&memory, WriteKind::Semantic, "I prefer concise answers without filler phrases.").await;
    let written = concise.written.clone().unwrap();
    let onto = concise.candidates.iter().find(|record| record.id == written.memory_id.as_str()).unwrap();
    assert_about(onto, 0.15);
    assert!((written.deduplicated_at.unwrap() - onto.distance.unwrap()).abs() < 1e-6);
    let key = format!("agent:mem:{}", written.memory_id);
    assert_eq!(redis.text(&["JSON.GET", &key, "$.hit_count"]), "[1]");

    let teal = take(&memory, WriteKind::Episodic, "My favorite color is teal.").await;
    assert!(teal.recalled(default).is_empty());
    assert!(nearest(&teal).distance.unwrap() > 0.8, "{:?}", nearest(&teal));
    let teal_written = teal.written.unwrap();
    assert_eq!(teal_written.deduplicated_at, None);
    assert_ne!(teal_written.memory_id, first_id);

    let bob = Scope::new("bob", "").unwrap();
    let of_bob = memory.turn(TurnRequest::new(bob, question).remembered_as(WriteKind::Skip)).await.unwrap();
    assert!(of_bob.candidates.is_empty());
    assert_ne!(of_bob.thread_id, teal.thread_id);

    // The slider: borderline memories leave at 0.30 and come back at 0.70.
    let count = |distance| recalled(&theme.candidates, Threshold::new(distance).unwrap(), 5).len();
    assert!(count(0.30) == 0 && count(0.55) >= 1 && count(0.70) >= count(0.55));
}

#[tokio::test]
async fn a_turn_appends_recalls_remembers_and_logs_and_never_recalls_itself() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let first = take(&memory, WriteKind::Episodic, "The deploy window is Tuesday at ten.").await;
    assert!(first.candidates.is_empty());
    let id = first.written.unwrap().memory_id;

    let seen = look(&memory, &Scope::default(), None).await.unwrap();
    assert_eq!(seen.thread_id.as_ref(), Some(&first.thread_id));
    let session = seen.session.unwrap();
    assert_eq!((session.turn_count, session.recent_turns[0].role.as_str()), (1, "user"));
    assert_eq!((seen.memories[0].id.as_str(), seen.memory_count), (id.as_str(), 1));
    assert_eq!(seen.memories[0].source_thread, first.thread_id.as_str());
    assert_eq!(seen.memories[0].ttl_seconds, Some(604_800));
    let events: Vec<(&str, &str)> =
        seen.events.iter().map(|event| (event.action.as_str(), event.detail.as_str())).collect();
    let wrote = format!("wrote {id} as episodic");
    assert_eq!(
        events,
        [("turn_appended:user", wrote.as_str()), ("thread_started", "user=default namespace=default")]
    );

    let second = take(&memory, WriteKind::Episodic, "The deploy window is Tuesday at ten.").await;
    assert_eq!(second.thread_id, first.thread_id);
    assert!(second.written.unwrap().deduplicated_at.unwrap() < 1e-3);
    assert_eq!(second.candidates[0].ttl_seconds, Some(604_800));
}

#[tokio::test]
async fn a_goal_is_set_and_logged_and_writes_no_memory() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let request =
        TurnRequest { action: TurnAction::Goal, ..TurnRequest::new(Scope::default(), "Ship the release") };
    let outcome = memory.turn(request).await.unwrap();
    assert_eq!((outcome.written.as_ref(), outcome.timings.write_ms), (None, 0.0));
    let seen = look(&memory, &Scope::default(), None).await.unwrap();
    assert_eq!(seen.session.unwrap().goal, "Ship the release");
    assert_eq!(seen.events[0].action, "goal_set");
    assert_eq!(seen.memory_count, 8);
}

#[tokio::test]
async fn a_turn_on_somebody_elses_thread_changes_nothing_at_all() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let alice = Scope::new("alice", "work").unwrap();
    let bob = Scope::new("bob", "work").unwrap();
    let hers = memory.new_thread(&alice).await.unwrap();
    let before = redis.text(&["DBSIZE"]);
    let refused = memory.turn(TurnRequest::new(bob.clone(), "mine now").on(hers.clone())).await;
    assert!(matches!(refused, Err(Error::NotYours { .. })), "{refused:?}");
    assert!(matches!(look(&memory, &bob, Some(&hers)).await, Err(Error::NotYours { .. })));
    assert_eq!(redis.text(&["DBSIZE"]), before);
    assert_eq!(look(&memory, &bob, None).await.unwrap().memory_count, 0);
}

#[tokio::test]
async fn a_bad_text_changes_nothing() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for text in ["", " \n ", &"x".repeat(65_537)] {
        let refused = memory.turn(TurnRequest::new(Scope::default(), text)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[tokio::test]
async fn a_probe_writes_nothing() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let before = redis.text(&["DBSIZE"]);
    let probe = memory.probe(&Scope::default(), "Which theme do I like?", WriteKind::Skip).await.unwrap();
    assert_eq!(probe.candidates.len(), 8);
    assert!(probe.candidates.iter().any(|record| record.ttl_seconds.is_some()));
    assert_eq!(redis.text(&["DBSIZE"]), before);
}

#[tokio::test]
async fn samples_come_once_and_a_reset_of_ones_own_leaves_others_alone() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    assert_eq!(memory.seed_if_empty(&Scope::default()).await.unwrap(), 0);
    let bob = Scope::new("bob", "work").unwrap();
    memory.turn(TurnRequest::new(bob.clone(), "Bob's own memory.")).await.unwrap();

    assert_eq!(memory.reset(&Scope::default(), ResetExtent::Own).await.unwrap(), 8);
    assert_eq!(look(&memory, &bob, None).await.unwrap().memory_count, 1);
    assert_eq!(memory.reset(&bob, ResetExtent::Everything).await.unwrap(), 8);
    assert_eq!(look(&memory, &Scope::default(), None).await.unwrap().memory_count, 0);
    assert_eq!(look(&memory, &bob, None).await.unwrap().memory_count, 8);
}

#[tokio::test]
async fn a_new_thread_is_current_and_leaves_the_old_ones_log_alone() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let first = take(&memory, WriteKind::Skip, "On the first thread.").await.thread_id;
    let second = memory.new_thread(&Scope::default()).await.unwrap();
    assert_eq!(look(&memory, &Scope::default(), None).await.unwrap().thread_id, Some(second));
    let old = look(&memory, &Scope::default(), Some(&first)).await.unwrap();
    assert_eq!((old.session.unwrap().turn_count, old.events.len()), (1, 2));
}

#[tokio::test]
async fn an_unknown_thread_has_no_session_and_begins_with_its_first_turn() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    assert_eq!(look(&memory, &Scope::default(), Some(&thread(9))).await.unwrap().session, None);
    memory.turn(TurnRequest::new(Scope::default(), "Hello.").on(thread(9))).await.unwrap();
    let seen = look(&memory, &Scope::default(), Some(&thread(9))).await.unwrap();
    assert_eq!(seen.session.unwrap().turn_count, 1);
}

#[tokio::test]
async fn sixty_four_parallel_turns_on_one_thread_all_count() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let turns: Vec<_> = (0..64)
        .map(|_| {
            let memory = memory.clone();
            let request = TurnRequest::new(Scope::default(), "The same thing again.").on(thread(1));
            tokio::spawn(async move { memory.turn(request).await.unwrap() })
        })
        .collect();
    for turn in turns {
        turn.await.unwrap();
    }
    let seen = look(&memory, &Scope::default(), Some(&thread(1))).await.unwrap();
    assert_eq!(seen.session.unwrap().turn_count, 64);
    assert_eq!((seen.memory_count, seen.memories[0].hit_count), (1, 63));
}

#[tokio::test]
async fn when_redis_goes_calls_fail_as_retryable_and_when_it_comes_back_they_succeed() {
    let mut redis = PrivateRedis::start_with(&["--appendonly", "yes"]);
    let memory = seeded(&redis).await;
    redis.crash();
    let gone = memory.turn(TurnRequest::new(Scope::default(), "Are you there?")).await;
    assert!(gone.is_err_and(|error| error.is_retryable()));
    assert!(look(&memory, &Scope::default(), None).await.is_err_and(|error| error.is_retryable()));

    redis.restart(&["--appendonly", "yes"]);
    while memory.ping().await.is_err() {}
    let outcome = take(&memory, WriteKind::Episodic, "You are back.").await;
    assert_eq!(outcome.candidates.len(), 8);
}

#[tokio::test]
async fn an_empty_redis_after_flushall_is_served_again() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    redis.command(&["FLUSHALL"]);
    redis.command(&["SCRIPT", "FLUSH"]);
    let outcome = take(&memory, WriteKind::Episodic, "Start over.").await;
    assert!(outcome.candidates.is_empty() && outcome.written.is_some());
    assert_eq!(look(&memory, &Scope::default(), None).await.unwrap().memory_count, 1);
}
