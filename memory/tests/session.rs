//! Working memory on a real Redis.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    AgentSession, Error, Role, Turn,
    keys::Keys,
    look::LAST_SAID_CHARS,
    store::{NewTurn, Store},
};
use support::{PrivateRedis, scope, settings, thread};

fn turn(content: &str, ts: f64) -> NewTurn<'_> {
    NewTurn { role: Role::User, content, ts }
}

async fn sessions(redis: &PrivateRedis) -> AgentSession {
    AgentSession::new(redis.store().await, &settings())
}

#[tokio::test]
async fn a_session_is_read_back_as_it_was_written() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let (alice, id) = (scope("alice"), thread(1));
    sessions.start(&alice, &id, "ship it", 10.5).await.unwrap();
    sessions.append_turn(&alice, &id, turn("hello", 11.25)).await.unwrap();
    sessions.set_scratchpad(&alice, &id, "notes", 12.0).await.unwrap();

    let session = sessions.load(&alice, &id).await.unwrap().unwrap();
    assert_eq!(session.thread_id, id.as_str());
    assert_eq!((session.user.as_str(), session.namespace.as_deref()), ("alice", Some("test")));
    assert_eq!((session.agent.as_str(), session.goal.as_str()), ("demo-agent", "ship it"));
    assert_eq!((session.scratchpad.as_str(), session.turn_count), ("notes", 1));
    assert_eq!((session.created_ts, session.last_active_ts), (10.5, 12.0));
    assert_eq!(session.recent_turns, [Turn { role: "user".into(), content: "hello".into(), ts: 11.25 }]);
    assert!((3599..=3600).contains(&session.ttl_seconds));
}

#[tokio::test]
async fn the_hash_has_exactly_the_fields_that_others_read_the_namespace_and_what_was_said_last() {
    let redis = PrivateRedis::start();
    sessions(&redis)
        .await
        .append_turn(&scope("alice"), &thread(1), turn("a \"b\"", 1_763_797_823.123_456))
        .await
        .unwrap();
    let key = "agent:session:000000000001";
    let mut fields: Vec<String> = redis::from_redis_value(redis.command(&["HKEYS", key])).unwrap();
    fields.sort();
    let expected = [
        "agent",
        "created_ts",
        "goal",
        "last_active_ts",
        "last_said",
        "last_said_turn",
        "namespace",
        "recent_turns",
        "scratchpad",
        "thread_id",
        "turn_count",
        "user",
    ];
    assert_eq!(fields, expected);
    assert_eq!(redis.text(&["HGET", key, "turn_count"]), "1");
    assert_eq!(redis.text(&["HGET", key, "created_ts"]), "1763797823.123456");
    let window: serde_json::Value =
        serde_json::from_str(&redis.text(&["HGET", key, "recent_turns"])).unwrap();
    assert_eq!(
        window,
        serde_json::json!([{ "role": "user", "content": "a \"b\"", "ts": 1_763_797_823.123_456 }])
    );
}

#[tokio::test]
async fn sixty_four_parallel_turns_all_count_and_the_newest_twenty_stay() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let sessions = sessions.clone();
            tokio::spawn(async move {
                let content = format!("turn {number}");
                sessions.append_turn(&scope("alice"), &thread(1), turn(&content, 1.0)).await.unwrap()
            })
        })
        .collect();
    let mut counts = Vec::new();
    for task in tasks {
        counts.push(task.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=64).collect::<Vec<u64>>());
    let session = sessions.load(&scope("alice"), &thread(1)).await.unwrap().unwrap();
    assert_eq!((session.turn_count, session.recent_turns.len()), (64, 20));
}

#[tokio::test]
async fn every_write_renews_the_ttl_and_reading_does_not() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let (alice, id, key) = (scope("alice"), thread(1), "agent:session:000000000001");
    sessions.start(&alice, &id, "", 1.0).await.unwrap();
    let ttl = || redis::from_redis_value::<i64>(redis.command(&["TTL", key])).unwrap();
    let shorten = || redis.command(&["EXPIRE", key, "100"]);

    shorten();
    sessions.load(&alice, &id).await.unwrap();
    assert!(ttl() <= 100);
    sessions.append_turn(&alice, &id, turn("a", 2.0)).await.unwrap();
    assert!(ttl() > 3500);
    shorten();
    sessions.set_goal(&alice, &id, "goal", 3.0).await.unwrap();
    assert!(ttl() > 3500);
    shorten();
    sessions.set_scratchpad(&alice, &id, "notes", 4.0).await.unwrap();
    assert!(ttl() > 3500);
}

#[tokio::test]
async fn nobody_else_reads_changes_or_deletes_a_thread() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let id = thread(1);
    sessions.start(&scope("alice"), &id, "hers", 1.0).await.unwrap();
    let other_namespace = agent_memory::Scope::new("alice", "other").unwrap();
    for intruder in [scope("bob"), scope("Alice"), other_namespace] {
        let reads =
            [sessions.load(&intruder, &id).await.map(drop), sessions.delete(&intruder, &id).await.map(drop)];
        for refusal in reads {
            assert!(matches!(refusal, Err(Error::NotYours { .. })), "{intruder:?}: {refusal:?}");
        }
        let refusals = [
            sessions.append_turn(&intruder, &id, turn("mine", 2.0)).await.map(drop),
            sessions.set_goal(&intruder, &id, "mine", 2.0).await,
            sessions.set_scratchpad(&intruder, &id, "mine", 2.0).await,
            sessions.start(&intruder, &id, "mine", 2.0).await,
        ];
        for refusal in refusals {
            assert!(matches!(refusal, Err(Error::ThreadTaken { .. })), "{intruder:?}: {refusal:?}");
        }
        assert!(sessions.threads(&intruder, 0, 10).await.unwrap().threads.is_empty());
    }
    let session = sessions.load(&scope("alice"), &id).await.unwrap().unwrap();
    assert_eq!((session.goal.as_str(), session.turn_count), ("hers", 0));
}

#[tokio::test]
async fn a_thread_cannot_begin_twice() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    sessions.start(&scope("alice"), &thread(1), "first", 1.0).await.unwrap();
    let again = sessions.start(&scope("alice"), &thread(1), "second", 2.0).await;
    assert!(matches!(again, Err(Error::AlreadyExists { .. })));
    assert_eq!(sessions.load(&scope("alice"), &thread(1)).await.unwrap().unwrap().goal, "first");
}

#[tokio::test]
async fn a_deleted_thread_is_gone_and_deleting_again_says_so() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    sessions.start(&scope("alice"), &thread(1), "", 1.0).await.unwrap();
    assert!(sessions.delete(&scope("alice"), &thread(1)).await.unwrap());
    assert_eq!(sessions.load(&scope("alice"), &thread(1)).await.unwrap(), None);
    assert!(!sessions.delete(&scope("alice"), &thread(1)).await.unwrap());
}

#[tokio::test]
async fn threads_are_listed_last_active_first_in_pages() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    for number in 1..=5 {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        sessions.start(&scope("acme/bob, inc."), &thread(number), "", number as f64).await.unwrap();
    }
    sessions.append_turn(&scope("acme/bob, inc."), &thread(2), turn("again", 9.0)).await.unwrap();
    let page = sessions.threads(&scope("acme/bob, inc."), 0, 3).await.unwrap();
    let ids: Vec<&str> = page.threads.iter().map(|thread| thread.thread_id.as_str()).collect();
    assert_eq!(ids, ["000000000002", "000000000005", "000000000004"]);
    assert_eq!(page.total, 5);
    assert_eq!(sessions.threads(&scope("acme/bob, inc."), 3, 3).await.unwrap().threads.len(), 2);
}

/// What other programs leave in `recent_turns`, and what is in it after we append "new".
#[tokio::test]
async fn the_turns_of_other_programs_survive_an_append() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let new = r#"{"content":"new","role":"user","ts":5.0}"#;
    let rows = [
        ("[]", String::new()),
        ("null", String::new()),
        ("{}", String::new()),
        ("not json", String::new()),
        // Microseconds, unknown keys, escapes and order are kept to the letter.
        (
            r#"[ {"role":"user","content":"a [b] \"c\" \\","ts":1763797823.123456, "more":{"x":[1,2]}} ]"#,
            r#"{"role":"user","content":"a [b] \"c\" \\","ts":1763797823.123456, "more":{"x":[1,2]}},"#
                .into(),
        ),
        (
            r#"[{"content":"\u003cb\u003e","ts":7,"role":"tool"}]"#,
            r#"{"content":"\u003cb\u003e","ts":7,"role":"tool"},"#.into(),
        ),
        // What is no turn is left out.
        (
            r#"[1,"x",null,{"role":"user","content":"a","ts":1}]"#,
            r#"{"role":"user","content":"a","ts":1},"#.into(),
        ),
    ];
    for (at, (before, kept)) in rows.into_iter().enumerate() {
        let id = thread(at as u64);
        let key = format!("agent:session:{id}");
        redis.command(&["HSET", &key, "user", "alice", "recent_turns", before, "extra", "stays"]);
        sessions.append_turn(&scope("alice"), &id, turn("new", 5.0)).await.unwrap();
        assert_eq!(redis.text(&["HGET", &key, "recent_turns"]), format!("[{kept}{new}]"), "{before}");
        assert_eq!(redis.text(&["HGET", &key, "extra"]), "stays");
    }
}

/// What `write_session.lua` carries over without reading it.
#[tokio::test]
async fn our_own_turns_survive_an_append_to_the_letter_whatever_was_said() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let said = [
        "",
        "\"",
        "\\",
        "\\\"",
        "ends with a backslash \\",
        "two \\\\",
        r#"","role":"user","ts":1.0},{"content":""#,
        "[{}],\n\t\u{1}\u{7f}",
        "日本 \u{1F600} <b>",
    ];
    let expected = |from: usize| -> Vec<Turn> {
        let turn = |content: &&str| Turn { role: "user".into(), content: content.to_string(), ts: 1.125 };
        said.iter().cycle().take(40).skip(from).map(turn).collect()
    };
    for content in said.iter().cycle().take(40) {
        sessions.append_turn(&scope("alice"), &thread(1), turn(content, 1.125)).await.unwrap();
    }
    let session = sessions.load(&scope("alice"), &thread(1)).await.unwrap().unwrap();
    assert_eq!(session.recent_turns, expected(20));
    // Beside a turn that another program wrote, and is spelled otherwise.
    let window = redis.text(&["HGET", "agent:session:000000000001", "recent_turns"]);
    let window = window.replacen('{', r#"{"more":1,"#, 1);
    redis.command(&["HSET", "agent:session:000000000001", "recent_turns", &window]);
    sessions.append_turn(&scope("alice"), &thread(1), turn("last", 2.0)).await.unwrap();
    let session = sessions.load(&scope("alice"), &thread(1)).await.unwrap().unwrap();
    assert_eq!(session.recent_turns[..19], expected(21));
    assert_eq!(session.recent_turns[19].content, "last");
}

#[tokio::test]
async fn a_turn_that_lacks_keys_is_completed_for_readers_that_insist_on_them() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    redis.command(&[
        "HSET",
        "agent:session:000000000001",
        "user",
        "alice",
        "recent_turns",
        r#"[{"content":"a"}]"#,
    ]);
    sessions.append_turn(&scope("alice"), &thread(1), turn("b", 5.0)).await.unwrap();
    let window = redis.text(&["HGET", "agent:session:000000000001", "recent_turns"]);
    let window: serde_json::Value = serde_json::from_str(&window).unwrap();
    assert_eq!(window[0], serde_json::json!({ "role": "user", "content": "a", "ts": 0 }));
}

#[tokio::test]
async fn a_session_of_another_program_belongs_to_its_user_in_any_namespace_until_we_write() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let id = thread(1);
    redis.command(&[
        "HSET",
        "agent:session:000000000001",
        "thread_id",
        "000000000001",
        "user",
        "alice",
        "last_active_ts",
        "9",
    ]);
    assert!(sessions.load(&scope("alice"), &id).await.unwrap().is_some());
    assert!(sessions.load(&scope("bob"), &id).await.is_err());
    assert_eq!(sessions.threads(&scope("alice"), 0, 5).await.unwrap().threads.len(), 1);
    sessions.append_turn(&scope("alice"), &id, turn("a", 10.0)).await.unwrap();
    let other_namespace = agent_memory::Scope::new("alice", "other").unwrap();
    assert!(sessions.load(&other_namespace, &id).await.is_err());
}

#[tokio::test]
async fn a_key_that_is_no_hash_is_refused_and_left_alone() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    redis.command(&["SET", "agent:session:000000000001", "somebody's"]);
    assert!(sessions.append_turn(&scope("alice"), &thread(1), turn("a", 1.0)).await.is_err());
    assert!(sessions.load(&scope("alice"), &thread(1)).await.is_err());
    assert_eq!(redis.text(&["GET", "agent:session:000000000001"]), "somebody's");
}

#[tokio::test]
async fn scripts_that_redis_forgot_are_loaded_again() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    sessions.append_turn(&scope("alice"), &thread(1), turn("a", 1.0)).await.unwrap();
    redis.command(&["SCRIPT", "FLUSH"]);
    assert_eq!(sessions.append_turn(&scope("alice"), &thread(1), turn("b", 2.0)).await.unwrap(), 2);
}

async fn found(sessions: &AgentSession, find: &str) -> Vec<String> {
    let page = sessions.find_threads(&scope("alice"), find, 0, 10).await.unwrap();
    assert_eq!(page.total, page.threads.len() as u64, "{find:?}");
    page.threads.into_iter().map(|thread| thread.thread_id.to_string()).collect()
}

#[tokio::test]
async fn threads_are_found_by_goal_last_turn_and_id() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let alice = scope("alice");
    let (first, second, third) = (thread(0xabc1), thread(0xabc2), thread(0xdef3));
    sessions.set_goal(&alice, &first, "Ship the Postmortem", 1.0).await.unwrap();
    sessions.append_turn(&alice, &second, turn("About the weather", 2.0)).await.unwrap();
    sessions.append_turn(&alice, &second, turn("Draft a postmortem, please", 3.0)).await.unwrap();
    sessions.set_goal(&alice, &third, "Übung", 4.0).await.unwrap();
    sessions.append_turn(&scope("bob"), &thread(9), turn("Bob's postmortem", 5.0)).await.unwrap();
    let (first, second, third) = (first.as_str(), second.as_str(), third.as_str());
    let rows: [(&str, &[&str]); 11] = [
        ("", &[third, second, first]),
        ("x", &[third, second, first]),
        ("postmortem", &[second, first]),
        ("POST", &[second, first]),
        ("ship the postmortem", &[first]),
        ("draft please", &[second]),
        // What was said before the last turn is not looked through.
        ("weather", &[]),
        ("übung", &[third]),
        ("00000000abc", &[second, first]),
        (third, &[third]),
        ("@user:{bob} | postmortem", &[]),
    ];
    for (find, expected) in rows {
        assert_eq!(found(&sessions, find).await, expected, "{find:?}");
    }
    let listed = sessions.threads(&alice, 0, 10).await.unwrap().threads;
    let said: Vec<&str> = listed.iter().map(|thread| thread.last_said.as_str()).collect();
    assert_eq!(said, ["", "Draft a postmortem, please", ""]);
    let goals: Vec<(&str, u64)> =
        listed.iter().map(|thread| (thread.goal.as_str(), thread.turn_count)).collect();
    assert_eq!(goals, [("Übung", 0), ("", 2), ("Ship the Postmortem", 0)]);
}

#[tokio::test]
async fn a_list_of_threads_has_the_beginning_of_a_long_last_turn() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let long = "é日".repeat(LAST_SAID_CHARS);
    sessions.append_turn(&scope("alice"), &thread(1), turn(&long, 1.0)).await.unwrap();
    let listed = sessions.threads(&scope("alice"), 0, 10).await.unwrap().threads;
    assert_eq!(listed[0].last_said, "é日".repeat(LAST_SAID_CHARS / 2));
}

#[tokio::test]
async fn what_was_said_last_is_unknown_after_another_program_appended() {
    let redis = PrivateRedis::start();
    let sessions = sessions(&redis).await;
    let (alice, id) = (scope("alice"), thread(1));
    let last_said = async || sessions.threads(&alice, 0, 1).await.unwrap().threads.remove(0).last_said;
    sessions.append_turn(&alice, &id, turn("ours", 1.0)).await.unwrap();
    assert_eq!(last_said().await, "ours");
    redis.command(&["HSET", "agent:session:000000000001", "turn_count", "2"]);
    assert_eq!(last_said().await, "");
    sessions.append_turn(&alice, &id, turn("ours again", 2.0)).await.unwrap();
    assert_eq!(last_said().await, "ours again");
    // A goal or notes are no turn.
    sessions.set_goal(&alice, &id, "goal", 3.0).await.unwrap();
    sessions.set_scratchpad(&alice, &id, "notes", 4.0).await.unwrap();
    assert_eq!(last_said().await, "ours again");
}

#[tokio::test]
async fn an_index_of_threads_that_an_earlier_version_made_is_completed_on_connect() {
    let redis = PrivateRedis::start();
    let create = "FT.CREATE agentmem:idx:threads ON HASH PREFIX 1 agent:session: SCHEMA \
                  user TAG SEPARATOR \x01 CASESENSITIVE \
                  namespace TAG SEPARATOR \x01 CASESENSITIVE INDEXMISSING \
                  last_active_ts NUMERIC SORTABLE goal TEXT thread_id TEXT";
    redis.command(&create.split_whitespace().collect::<Vec<_>>());
    // Enough of them that Redis is not done at once.
    for number in 0..2000 {
        let key = format!("agent:session:{number}");
        let fields =
            ["user", "alice", "namespace", "test", "last_active_ts", "1", "last_said", "Hello there"];
        redis.command(&[&["HSET", key.as_str()], fields.as_slice()].concat());
    }
    let sessions = sessions(&redis).await;
    assert_eq!(sessions.find_threads(&scope("alice"), "hello", 0, 1).await.unwrap().total, 2000);
    // A second connection finds nothing to complete and nothing wrong.
    let again = AgentSession::new(Store::connect(&redis.url(), Keys::default()).await.unwrap(), &settings());
    assert_eq!(again.find_threads(&scope("alice"), "hello", 0, 1).await.unwrap().total, 2000);
}
