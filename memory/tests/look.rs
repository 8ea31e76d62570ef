//! One look at a scope, probes with their preview, and traced turns, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use agent_memory::{
    Error, Kind, Look, LookRequest, Memory, MemoryRecord, Scope, Text, Threshold, TurnOutcome, TurnRequest,
    embedder::Purpose,
    listing::{Listing, Order, SortBy},
    look::Preview,
    model::{TurnAction, WriteKind},
    settings::Settings,
    store::NewMemory,
};
use support::{
    PrivateRedis, scope, thread,
    with_model::{embedder, memory},
};

const QUERY: &str = "Which theme do I prefer in editors?";

async fn seeded(redis: &PrivateRedis) -> Memory {
    let memory = memory(redis).await;
    assert_eq!(memory.seed_if_empty(&Scope::default()).await.unwrap(), 8);
    memory
}

fn asking(query: &str) -> LookRequest {
    LookRequest { query: Some(Text::new(query).unwrap()), ..LookRequest::default() }
}

async fn look(memory: &Memory, request: &LookRequest) -> Look {
    memory.look(&Scope::default(), request).await.unwrap()
}

fn ids(memories: &[MemoryRecord]) -> Vec<&str> {
    memories.iter().map(|memory| memory.id.as_str()).collect()
}

/// All there is in Redis: key to content, and to the second in which it goes.
fn everything(redis: &PrivateRedis) -> BTreeMap<String, (String, String)> {
    let keys: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*"])).unwrap();
    keys.into_iter()
        .map(|key| {
            let content = redis.command(&["DUMP", &key]);
            let expires = redis.text(&["PEXPIRETIME", &key]);
            (key, (format!("{content:?}"), expires))
        })
        .collect()
}

#[tokio::test]
async fn a_look_with_a_query_writes_nothing() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    memory.turn(TurnRequest::new(Scope::default(), QUERY).unwrap()).await.unwrap();
    let before = everything(&redis);
    assert_eq!(before.len(), 11);
    for write in WriteKind::ALL {
        look(&memory, &LookRequest { write: *write, ..asking(QUERY) }).await;
        memory.probe(&Scope::default(), &Text::new(QUERY).unwrap(), *write).await.unwrap();
    }
    assert_eq!(everything(&redis), before);
}

#[tokio::test]
async fn every_row_has_the_distance_of_the_candidate_even_beyond_the_candidates() {
    let redis = PrivateRedis::start();
    let settings = Settings { dedup_threshold: Threshold::new(0.0).unwrap(), ..support::settings() };
    let memory = Memory::connect(&redis.url(), settings, embedder()).await.unwrap();
    for number in 0..60 {
        let text = format!(
            "Note {number}: {}",
            ["tea", "rain", "trains", "chess", "paint"][number % 5].repeat(number + 1)
        );
        let (vector, id) = (
            memory.embed(&Text::new(&text).unwrap(), Purpose::Query).await.unwrap(),
            agent_memory::MemoryId::new(&text[..8]).unwrap(),
        );
        let new = NewMemory {
            kind: Kind::Semantic,
            lifetime: agent_memory::Lifetime::from_ttl(Some(5_000)).unwrap(),
            ..support::memory(&id, &text, &vector)
        };
        memory.long_term().remember(&Scope::default(), new).await.unwrap();
    }
    let table = Listing { limit: 200, ..Listing::default() };
    let seen = look(&memory, &LookRequest { table, ..asking(QUERY) }).await;
    let query = memory.embed(&Text::new(QUERY).unwrap(), Purpose::Query).await.unwrap();
    let candidates = seen.probe.unwrap().candidates;
    assert_eq!(candidates.len(), 50);
    assert!(seen.memories.len() > 50, "{}", seen.memories.len());
    assert_eq!(seen.memories.len() as u64, seen.memory_count);
    for row in &seen.memories {
        let distance = row.distance.unwrap();
        let exact = query
            .cosine_distance(&memory.embed(&Text::new(&row.text).unwrap(), Purpose::Query).await.unwrap());
        assert!((distance - exact).abs() < 1e-5, "{distance} instead of {exact}");
        if let Some(candidate) = candidates.iter().find(|candidate| candidate.id == row.id) {
            assert!((candidate.distance.unwrap() - distance).abs() < 1e-6);
            // They are read one after the other: a second may pass.
            let lives = [candidate.ttl_seconds.unwrap(), row.ttl_seconds.unwrap()];
            assert!(lives[0].abs_diff(lives[1]) <= 1, "{lives:?}");
        }
    }
    let farthest_candidate = candidates.last().unwrap().distance.unwrap();
    let beyond = seen.memories.iter().filter(|row| row.distance.unwrap() > farthest_candidate).count();
    assert_eq!(beyond, seen.memories.len() - 50);
}

#[tokio::test]
async fn a_query_is_compared_with_one_kind_where_one_is_chosen() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    for (recall_kind, expected) in [(None, 8), (Some(Kind::Semantic), 5), (Some(Kind::Episodic), 3)] {
        let probe = look(&memory, &LookRequest { recall_kind, ..asking(QUERY) }).await.probe.unwrap();
        assert_eq!(probe.candidates.len(), expected);
        assert!(
            probe.candidates.iter().all(|memory| recall_kind.is_none_or(|kind| memory.kind == kind.as_str()))
        );
        assert!(probe.candidates.is_sorted_by_key(|memory| memory.distance.unwrap()));
    }
}

/// What a turn did, told as its preview.
fn told(redis: &PrivateRedis, outcome: &TurnOutcome) -> Preview {
    let Some(written) = &outcome.written else { return Preview::Skipped };
    let key = format!("agent:mem:{}", written.memory_id);
    let milliseconds: i64 = redis.text(&["PTTL", &key]).parse().unwrap();
    let ttl_seconds = u64::try_from(milliseconds).ok().map(|left| left.div_ceil(1000));
    match written.deduplicated_at {
        None if written.revises.is_some() => {
            let revises = written.revises.clone().unwrap();
            let earlier = format!("agent:mem:{}", revises.memory_id);
            let text: Vec<String> =
                serde_json::from_str(&redis.text(&["JSON.GET", &earlier, "$.text"])).unwrap();
            Preview::Revision { kind: written.kind, ttl_seconds, revises, text: text[0].clone() }
        }
        None => Preview::New { kind: written.kind, ttl_seconds },
        Some(distance) => {
            let text: Vec<String> = serde_json::from_str(&redis.text(&["JSON.GET", &key, "$.text"])).unwrap();
            Preview::Duplicate {
                onto: written.memory_id.clone(),
                text: text[0].clone(),
                distance,
                ttl_seconds,
            }
        }
    }
}

fn assert_same(foreseen: &Preview, told: &Preview) {
    let about = |one: &Option<u64>, other: &Option<u64>| match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(*other) <= 2,
        (one, other) => one == other,
    };
    let is_same = match (foreseen, told) {
        (Preview::Skipped, Preview::Skipped) => true,
        (Preview::New { kind, ttl_seconds }, Preview::New { kind: other_kind, ttl_seconds: other_ttl }) => {
            kind == other_kind && about(ttl_seconds, other_ttl)
        }
        (
            Preview::Duplicate { onto, text, distance, ttl_seconds },
            Preview::Duplicate {
                onto: other,
                text: other_text,
                distance: other_distance,
                ttl_seconds: other_ttl,
            },
        ) => {
            (onto, text) == (other, other_text)
                && (distance - other_distance).abs() < 1e-6
                && about(ttl_seconds, other_ttl)
        }
        (
            Preview::Revision { kind, ttl_seconds, revises, text },
            Preview::Revision { kind: other_kind, ttl_seconds: other_ttl, revises: other, text: other_text },
        ) => {
            (kind, &revises.memory_id, &revises.differences, text)
                == (other_kind, &other.memory_id, &other.differences, other_text)
                && about(ttl_seconds, other_ttl)
        }
        _ => false,
    };
    assert!(is_same, "{foreseen:?} was foreseen and {told:?} came");
}

#[tokio::test]
async fn the_preview_says_what_the_turn_then_does() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let concise = "I prefer concise answers without filler phrases.";
    let teal = "My favorite color is teal.";
    let key = |outcome: &TurnOutcome| format!("agent:mem:{}", outcome.written.as_ref().unwrap().memory_id);
    let mut last = None;
    // The change, if any, is made to the memory of the turn before.
    let rows: [(&str, WriteKind, &[&str]); 9] = [
        (concise, WriteKind::Skip, &[]),
        (concise, WriteKind::Semantic, &[]),
        (concise, WriteKind::Episodic, &[]),
        (concise, WriteKind::Episodic, &["EXPIRE", "100"]),
        (concise, WriteKind::Episodic, &["EXPIRE", "1000000"]),
        (concise, WriteKind::Episodic, &["PERSIST"]),
        (teal, WriteKind::Semantic, &[]),
        (teal, WriteKind::Semantic, &["EXPIRE", "100"]),
        (teal, WriteKind::Episodic, &[]),
    ];
    for (text, write, change) in rows {
        if let ([name, rest @ ..], Some(last)) = (change, &last) {
            redis.command(&[&[*name, key(last).as_str()], rest].concat());
        }
        let foreseen = look(&memory, &LookRequest { write, ..asking(text) }).await.probe.unwrap();
        let probed = memory.probe(&Scope::default(), &Text::new(text).unwrap(), write).await.unwrap();
        assert_same(&foreseen.preview, &probed.preview);
        let request = TurnRequest { k: 50, write, ..TurnRequest::new(Scope::default(), text).unwrap() };
        let outcome = memory.turn(request).await.unwrap();
        assert_same(&foreseen.preview, &told(&redis, &outcome));
        assert_eq!(ids(&foreseen.candidates), ids(&outcome.nearest));
        last = Some(outcome);
    }
}

#[tokio::test]
async fn the_preview_finds_a_duplicate_behind_rows_of_a_scope_that_differs_in_case_alone() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let text = "The deploy window is Tuesday at ten.";
    let vector = memory.embed(&Text::new(text).unwrap(), Purpose::Query).await.unwrap();
    let shouted = vec!["ALICE", "Alice", "aLICE", "alICE", "aliCE", "alicE"];
    for (number, user) in (1..).zip(shouted.into_iter().chain(["alice"])) {
        let id = agent_memory::MemoryId::from_random_bits(number);
        memory.long_term().remember(&scope(user), support::memory(&id, text, &vector)).await.unwrap();
    }
    let probe = memory.probe(&scope("alice"), &Text::new(text).unwrap(), WriteKind::Episodic).await.unwrap();
    assert_eq!(ids(&probe.candidates), ["000000000007"]);
    let outcome = memory.turn(TurnRequest::new(scope("alice"), text).unwrap()).await.unwrap();
    assert_same(&probe.preview, &told(&redis, &outcome));
}

#[tokio::test]
async fn a_look_tells_lifetimes_the_version_and_the_index() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let request = LookRequest {
        table: Listing { order: Order { by: SortBy::Lifetime, is_descending: true }, ..Listing::default() },
        ..asking(QUERY)
    };
    let seen = look(&memory, &request).await;
    for record in seen.memories.iter().chain(&seen.probe.unwrap().candidates) {
        let expected = (record.kind == "episodic").then_some(604_800);
        assert_eq!(record.ttl_seconds, expected, "{record:?}");
    }
    let info = redis.text(&["INFO", "server"]);
    assert!(!seen.redis_version.is_empty());
    assert!(info.contains(&format!("redis_version:{}\r\n", seen.redis_version)));
    assert_eq!((seen.index.num_docs, seen.index.indexing_failures), (8, 0));
    assert_eq!(seen.index.index_name, "agentmem:idx");
}

#[tokio::test]
async fn an_empty_store_an_unknown_and_an_expired_thread_are_looked_at_without_error() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for request in [LookRequest::default(), asking(QUERY)] {
        let empty = look(&memory, &request).await;
        assert_eq!((empty.thread_id, empty.session, empty.events.len()), (None, None, 0));
        assert_eq!((empty.memories.len(), empty.memory_count, empty.match_count), (0, 0, 0));
        assert_eq!((empty.threads.len(), empty.thread_count), (0, 0));
    }
    let probe = look(&memory, &asking(QUERY)).await.probe.unwrap();
    assert!(matches!(probe.preview, Preview::New { kind: Kind::Episodic, ttl_seconds: Some(604_800) }));

    memory.turn(TurnRequest::new(Scope::default(), "Hello.").unwrap().on(thread(1))).await.unwrap();
    redis.command(&["DEL", "agent:session:000000000001"]);
    let request = LookRequest { thread_id: Some(thread(1)), ..LookRequest::default() };
    let expired = look(&memory, &request).await;
    assert_eq!((expired.thread_id, expired.session), (Some(thread(1)), None));
    assert_eq!(expired.events[0].action, "turn_appended:user");
    assert_eq!(look(&memory, &LookRequest::default()).await.thread_id, None);
}

#[tokio::test]
async fn somebody_elses_thread_is_not_shown() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let hers = memory.start_thread(&scope("alice"), None, "").await.unwrap();
    let request = LookRequest { thread_id: Some(hers.clone()), ..LookRequest::default() };
    for intruder in [scope("bob"), scope("Alice"), Scope::new("alice", "other").unwrap()] {
        let refused = memory.look(&intruder, &request).await;
        assert!(matches!(refused, Err(Error::NotYours { .. })), "{refused:?}");
        let own = memory.look(&intruder, &LookRequest::default()).await.unwrap();
        assert_eq!((own.thread_id, own.thread_count), (None, 0));
    }
    let seen = memory.look(&scope("alice"), &LookRequest::default()).await.unwrap();
    assert_eq!((seen.thread_id, seen.thread_count), (Some(hers), 1));
}

#[tokio::test]
async fn what_is_looked_for_among_threads_does_not_change_which_one_is_current() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for (number, text) in [(1, "About the outage."), (2, "About tea.")] {
        let request = TurnRequest::new(Scope::default(), text)
            .unwrap()
            .on(thread(number))
            .remembered_as(WriteKind::Skip);
        memory.turn(request).await.unwrap();
    }
    let seen = look(&memory, &LookRequest { find_threads: "outage".into(), ..LookRequest::default() }).await;
    assert_eq!(seen.thread_id, Some(thread(2)));
    assert_eq!((seen.threads[0].thread_id.as_str(), seen.thread_count), ("000000000001", 1));
    assert_eq!(seen.threads[0].last_said, "About the outage.");
}

/// Runs lines in the real `redis-cli` and returns what it prints.
fn redis_cli(redis: &PrivateRedis, lines: &[String]) -> String {
    let mut cli = Command::new("bash")
        .arg(support::workspace().join("scripts/redis-cli.sh"))
        .args(["-p", &redis.port().to_string()])
        .env("AGENT_MEMORY_PARTS", support::parts())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = cli.stdin.take().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = cli.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn every_line_of_a_traced_turn_works_in_redis_cli() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let text = "Say \"hi\" \\ to Jörg's 日本 team,\nplease: $5 {now} *";
    let rows: [(TurnAction, WriteKind, &[&str]); 3] = [
        (TurnAction::Turn, WriteKind::Episodic, &["recall", "write"]),
        (TurnAction::Turn, WriteKind::Skip, &["recall", "write"]),
        (TurnAction::Goal, WriteKind::Episodic, &["recall", "write"]),
    ];
    for (action, write, first) in rows {
        let request = TurnRequest {
            action,
            write,
            is_traced: true,
            ..TurnRequest::new(Scope::default(), text).unwrap()
        };
        let outcome = memory.turn(request).await.unwrap();
        let purposes: Vec<&str> = outcome.steps.iter().map(|step| step.purpose.as_str()).collect();
        assert_eq!(purposes, first);
        for step in &outcome.steps {
            assert!(step.took_ms >= 0.0 && step.took_ms < 10_000.0, "{step:?}");
            let printed = redis_cli(&redis, &step.lines);
            for error in ["ERR", "NOSCRIPT", "WRONGTYPE", "Invalid argument", "Syntax error"] {
                assert!(!printed.contains(error), "{}: {printed}", step.purpose);
            }
            assert!(printed.lines().count() >= step.lines.len(), "{}: {printed}", step.purpose);
        }
    }
    // The lines did again what the turns did.
    let session = look(&memory, &LookRequest::default()).await.session.unwrap();
    assert_eq!((session.turn_count, session.goal.as_str()), (4, text));
    assert!(session.recent_turns.iter().all(|turn| turn.content == text));
}

#[tokio::test]
async fn the_traced_recall_finds_the_same_memories_in_redis_cli() {
    let redis = PrivateRedis::start();
    let memory = seeded(&redis).await;
    let request = TurnRequest {
        is_traced: true,
        write: WriteKind::Skip,
        k: 50,
        ..TurnRequest::new(Scope::default(), QUERY).unwrap()
    };
    let outcome = memory.turn(request).await.unwrap();
    let probe = memory.probe(&Scope::default(), &Text::new(QUERY).unwrap(), WriteKind::Skip).await.unwrap();
    for (steps, candidates) in [(&outcome.steps, &outcome.nearest), (&probe.steps, &probe.candidates)] {
        let step = steps.iter().find(|step| step.purpose == "recall").unwrap();
        let [line] = step.lines.as_slice() else { panic!("{step:?}") };
        assert!(line.starts_with("FT.SEARCH agentmem:idx "), "{line}");
        let printed = redis_cli(&redis, std::slice::from_ref(line));
        let found: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("agent:mem:")).collect();
        assert_eq!(found, ids(candidates));
        assert_eq!(found.len(), 8);
    }
}

#[tokio::test]
async fn a_turn_that_is_not_traced_tells_no_steps() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let outcome = memory.turn(TurnRequest::new(Scope::default(), QUERY).unwrap()).await.unwrap();
    assert!(outcome.steps.is_empty());
    let timings = outcome.timings;
    for ms in [timings.embed_ms, timings.recall_ms, timings.write_ms] {
        assert!(ms >= 0.0 && ms <= timings.total_ms, "{timings:?}");
    }
}
