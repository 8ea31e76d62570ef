//! The guided walk of the README, and turns in general, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod support;

use agent_memory::{
    Error, Look, LookRequest, Memory, MemoryRecord, Result, Scope, Text, ThreadId, Threshold, TurnOutcome,
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
    memory.turn(TurnRequest::new(Scope::default(), text).unwrap().remembered_as(write)).await.unwrap()
}

async fn look(memory: &Memory, scope: &Scope, thread_id: Option<&ThreadId>) -> Result<Look> {
    memory.look(scope, &LookRequest { thread_id: thread_id.cloned(), ..LookRequest::default() }).await
}

fn nearest(outcome: &TurnOutcome) -> &MemoryRecord {
    outcome.nearest.first().expect("a candidate")
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
    let onto = concise.nearest.iter().find(|record| record.id == written.memory_id).unwrap();
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
    let of_bob =
        memory.turn(TurnRequest::new(bob, question).unwrap().remembered_as(WriteKind::Skip)).await.unwrap();
    assert!(of_bob.nearest.is_empty());
    assert_ne!(of_bob.thread_id, teal.thread_id);

    // The slider: borderline memories leave at 0.30 and come back at 0.70.
    let count = |distance| recalled(&theme.nearest, Threshold::new(distance).unwrap(), 5).len();
    assert!(count(0.30) == 0 && count(0.55) >= 1 && count(0.70) >= count(0.55));
}

#[tokio::test]
async fn a_turn_appends_recalls_remembers_and_logs_and_never_recalls_itself() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let first = take(&memory, WriteKind::Episodic, "The deploy window is Tuesday at ten.").await;
    assert!(first.nearest.is_empty());
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
    assert_eq!(second.nearest[0].ttl_seconds, Some(604_800));
}

#[tokio::test]
async fn a_goal_is_set_and_logged_and_writes_no_memory() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let request = TurnRequest {
        action: TurnAction::Goal,
        ..TurnRequest::new(Scope::default(), "Ship the release").unwrap()
    };
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
    let hers = memory.start_thread(&alice, None, "").await.unwrap();
    let before = redis.text(&["DBSIZE"]);
    let refused = memory.turn(TurnRequest::new(bob.clone(), "mine now").unwrap().on(hers.clone())).await;
    assert!(matches!(refused, Err(Error::ThreadTaken { .. })), "{refused:?}");
    assert!(matches!(look(&memory, &bob, Some(&hers)).await, Err(Error::NotYours { .. })));
    assert_eq!(redis.text(&["DBSIZE"]), before);
    assert_eq!(look(&memory, &bob, None).await.unwrap().memory_count, 0);
}

#[tokio::test]
async fn a_probe_writes_nothing() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let before = redis.text(&["DBSIZE"]);
    let probe = memory
        .probe(&Scope::default(), &Text::new("Which theme do I like?").unwrap(), WriteKind::Skip)
        .await
        .unwrap();
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
    memory.turn(TurnRequest::new(bob.clone(), "Bob's own memory.").unwrap()).await.unwrap();

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
    let second = memory.start_thread(&Scope::default(), None, "").await.unwrap();
    assert_eq!(look(&memory, &Scope::default(), None).await.unwrap().thread_id, Some(second));
    let old = look(&memory, &Scope::default(), Some(&first)).await.unwrap();
    assert_eq!((old.session.unwrap().turn_count, old.events.len()), (1, 2));
}

#[tokio::test]
async fn an_unknown_thread_has_no_session_and_begins_with_its_first_turn() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    assert_eq!(look(&memory, &Scope::default(), Some(&thread(9))).await.unwrap().session, None);
    memory.turn(TurnRequest::new(Scope::default(), "Hello.").unwrap().on(thread(9))).await.unwrap();
    let seen = look(&memory, &Scope::default(), Some(&thread(9))).await.unwrap();
    assert_eq!(seen.session.unwrap().turn_count, 1);
}

#[tokio::test]
async fn a_turn_is_one_round_trip_and_tells_candidates_only_where_asked() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    take(&memory, WriteKind::Episodic, "The first turn has sizes looked up beside it.").await;
    let reads = || {
        let stats = redis.text(&["INFO", "stats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix("total_reads_processed:")).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    // Two readings differ by what reading itself takes.
    let own = reads();
    let own = reads() - own;
    let texts = [
        "Which theme do I like?",
        "The violin lesson moved to the afternoon.",
        "Invoices are due within thirty days.",
        "Our fence was painted green in May.",
        "The marathon starts at the old bridge.",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let before = reads();
        let request = TurnRequest {
            candidates: if number == 0 { 50 } else { 0 },
            ..TurnRequest::new(Scope::default(), text).unwrap()
        };
        let outcome = memory.turn(request).await.unwrap();
        assert_eq!(reads() - before - own, 1, "turn {number}");
        assert_eq!(outcome.candidates.len(), if number == 0 { 9 } else { 0 });
        assert_eq!(outcome.nearest.len(), 5);
    }
    // Said again to the letter it is one as well; where words differ, they are compared between two.
    for (text, trips) in [(texts[1], 1), ("The violin lesson moved to the evening.", 2)] {
        let before = reads();
        memory.turn(TurnRequest::new(Scope::default(), text).unwrap()).await.unwrap();
        assert_eq!(reads() - before - own, trips, "{text}");
    }
}

#[tokio::test]
async fn first_turns_at_once_begin_one_thread() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scope = Scope::new("first", "turns").unwrap();
    let turns: Vec<_> = (0..32)
        .map(|number| {
            let (memory, request) =
                (memory.clone(), TurnRequest::new(scope.clone(), format!("Turn {number}.")));
            tokio::spawn(async move { memory.turn(request.unwrap()).await.unwrap().thread_id })
        })
        .collect();
    let mut threads = std::collections::BTreeSet::new();
    for turn in turns {
        threads.insert(turn.await.unwrap());
    }
    assert_eq!(threads.len(), 1);
    let seen = look(&memory, &scope, None).await.unwrap();
    assert_eq!((seen.thread_count, seen.session.unwrap().turn_count), (1, 32));
    assert!(seen.memories.iter().all(|memory| threads.iter().any(|id| *id == memory.source_thread.as_str())));
}

#[tokio::test]
async fn what_redis_refuses_leaves_nothing_of_a_turn() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let take = |text: &str| memory.turn(TurnRequest::new(Scope::default(), text).unwrap().on(thread(1)));
    // The event log is no stream.
    redis.command(&["RPUSH", "agent:events:000000000001", "x"]);
    let refused = take("Not even in part.").await.unwrap_err().to_string();
    assert!(refused.contains("agent:events:000000000001") && refused.contains("list"), "{refused}");
    assert_eq!(redis.text(&["DBSIZE"]), "1");
    redis.command(&["DEL", "agent:events:000000000001"]);

    take("Now it is whole.").await.unwrap();
    let keys = redis.text(&["DBSIZE"]);
    redis.command(&["CONFIG", "SET", "maxmemory", "1"]);
    assert!(take("Redis is full.").await.is_err());
    redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(redis.text(&["DBSIZE"]), keys);
    assert_eq!(redis.text(&["HGET", "agent:session:000000000001", "turn_count"]), "1");
    assert_eq!(redis.text(&["XLEN", "agent:events:000000000001"]), "1");
}

#[tokio::test]
async fn sixty_four_parallel_turns_on_one_thread_all_count() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let turns: Vec<_> = (0..64)
        .map(|_| {
            let memory = memory.clone();
            let request = TurnRequest::new(Scope::default(), "The same thing again.").unwrap().on(thread(1));
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
    let gone = memory.turn(TurnRequest::new(Scope::default(), "Are you there?").unwrap()).await;
    assert!(gone.is_err_and(|error| error.is_retryable()));
    assert!(look(&memory, &Scope::default(), None).await.is_err_and(|error| error.is_retryable()));

    redis.restart(&["--appendonly", "yes"]);
    while memory.ping().await.is_err() {}
    // All eight samples are there to be recalled, whatever of the index Redis still had to build.
    let request = TurnRequest { k: 50, ..TurnRequest::new(Scope::default(), "You are back.").unwrap() };
    assert_eq!(memory.turn(request).await.unwrap().nearest.len(), 8);
}

#[tokio::test]
async fn an_empty_redis_after_flushall_is_served_again() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    redis.command(&["FLUSHALL"]);
    redis.command(&["SCRIPT", "FLUSH"]);
    let outcome = take(&memory, WriteKind::Episodic, "Start over.").await;
    assert!(outcome.nearest.is_empty() && outcome.written.is_some());
    assert_eq!(look(&memory, &Scope::default(), None).await.unwrap().memory_count, 1);
}
