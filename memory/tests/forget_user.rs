//! Forgetting a user, on a real Redis: all of it is gone, and nothing of anybody else.
#![cfg(feature = "redis")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use agent_memory::{
    Error, Kind, Memory, MemoryId, Receipt, Scope, Text, ThreadId, TurnRequest,
    keys::Keys,
    service::NewText,
    settings::Settings,
    store::{Answer, IdempotencyKey, Store, Users},
    users::{UNREACHED_NAMED, UserSummary},
};
use redis::Value;
use support::{NoModel, PrivateRedis};

/// In no key, name or text of anybody else.
const SECRET: &str = "peanuts";

async fn memory(redis: &PrivateRedis) -> Memory {
    Memory::connect(&redis.url(), Settings::default(), NoModel).await.unwrap()
}

fn scope(user: &str, namespace: &str) -> Scope {
    Scope::new(user, namespace).unwrap()
}

fn keys(redis: &PrivateRedis) -> Vec<String> {
    let mut keys: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*"])).unwrap();
    keys.sort();
    keys
}

/// All that lies in Redis, key by key, as text.
fn everything(redis: &PrivateRedis) -> BTreeMap<String, String> {
    let content = |key: &str| match redis.text(&["TYPE", key]).as_str() {
        "hash" => {
            let fields: BTreeMap<String, String> =
                redis::from_redis_value(redis.command(&["HGETALL", key])).unwrap();
            format!("{fields:?}")
        }
        "stream" => {
            let text = |value: &Value| match value {
                Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                value => format!("{value:?}"),
            };
            fn flat(value: &Value, text: &dyn Fn(&Value) -> String) -> String {
                match value {
                    Value::Array(parts) => parts.iter().map(|part| flat(part, text) + " ").collect(),
                    value => text(value),
                }
            }
            flat(&redis.command(&["XRANGE", key, "-", "+"]), &text)
        }
        "string" => redis.text(&["GET", key]),
        "list" => format!("{:?}", redis.command(&["LRANGE", key, "0", "-1"])),
        "ReJSON-RL" => redis.text(&["JSON.GET", key]),
        other => panic!("{key} is a {other}"),
    };
    keys(redis).into_iter().map(|key| (key.clone(), content(&key))).collect()
}

/// What lies in Redis and has any of these words in its name or content.
fn mentions(redis: &PrivateRedis, words: &[&str]) -> Vec<String> {
    let all = everything(redis).into_iter();
    let found =
        all.filter(|(key, content)| words.iter().any(|word| key.contains(word) || content.contains(word)));
    found.map(|(key, content)| format!("{key}: {content}")).collect()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

async fn remember(memory: &Memory, scope: &Scope, words: &str) -> MemoryId {
    memory.remember(scope, NewText::new(Kind::Semantic, text(words))).await.unwrap().memory_id
}

/// A turn, which is a memory, a thread and two events.
async fn turn(memory: &Memory, scope: &Scope, thread: &str, words: &str) {
    let request = TurnRequest::new(scope.clone(), words).unwrap();
    memory.turn(request.on(ThreadId::new(thread).unwrap())).await.unwrap();
}

/// Everything that a user can have in a namespace; returns what a receipt says of it.
async fn fill(redis: &PrivateRedis, memory: &Memory, user: &str, namespace: &str, secret: &str) -> Receipt {
    let own = scope(user, namespace);
    let key = |rest: &str| format!("{rest}{user}-{namespace}");
    turn(memory, &own, &key("t-"), &format!("A turn about {secret} of {user} in {namespace}.")).await;
    remember(memory, &own, &format!("A fact about {secret} of {user} in {namespace}.")).await;
    let dropped = remember(memory, &own, &format!("Dropped: {secret}, {user}, {namespace}.")).await;
    assert!(memory.set_aside(&own, &dropped).await.unwrap());
    let old = remember(memory, &own, &format!("An old fact: {secret}, {user}, {namespace}")).await;
    redis.command(&["JSON.SET", &format!("agent:mem:{old}"), "$.superseded_by", "\"another\""]);
    for (id, field) in [("v-", r#""embedding":[1,"2"],"created_ts":1"#), ("c-", r#""created_ts":"now""#)] {
        let document = format!(r#"{{"user":"{user}","namespace":"{namespace}","text":"{secret}",{field}}}"#);
        redis.command(&["JSON.SET", &key(&format!("agent:mem:{id}")), "$", &document]);
    }
    let once = memory.once(IdempotencyKey::new(&key("write-"), "f"));
    once.append_turn(&own, &ThreadId::new(key("t-")).unwrap(), agent_memory::Role::User, &text(secret))
        .await
        .unwrap();
    let answer = Answer { status: 200, content_type: "text/plain".into(), body: secret.into() };
    memory.idempotency().keep(&IdempotencyKey::new(&key("answer-"), "f").of(&own), &answer).await.unwrap();
    for (family, field) in
        [("review", "pair:1:ab"), ("review", "pair:1:cd"), ("judgements", "query:1"), ("undo", "ids")]
    {
        let key = format!("agentmem:idx:{family}:{}", own.tag());
        redis.command(&["HSET", &key, "user", user, "namespace", namespace, field, secret]);
    }
    Receipt {
        user: user.into(),
        namespace: Some(namespace.into()),
        memories: 2,
        superseded: 1,
        unreadable: 2,
        set_aside: 1,
        threads: 1,
        events: 2,
        answers: 2,
        reviews: 2,
        judgements: 1,
        undo: 1,
        ..Receipt::default()
    }
}

fn sum(receipts: &[Receipt]) -> Receipt {
    let mut sum = Receipt { user: receipts[0].user.clone(), ..Receipt::default() };
    for one in receipts {
        sum.memories += one.memories;
        sum.superseded += one.superseded;
        sum.unreadable += one.unreadable;
        sum.set_aside += one.set_aside;
        sum.threads += one.threads;
        sum.events += one.events;
        sum.answers += one.answers;
        sum.reviews += one.reviews;
        sum.judgements += one.judgements;
        sum.undo += one.undo;
    }
    sum
}

#[tokio::test]
async fn nothing_of_a_user_is_left_and_all_of_the_others_is() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    fill(&redis, &memory, "Lovelace", "work", "walnuts").await;
    fill(&redis, &memory, "bob", "work", "cashews").await;
    let before = everything(&redis);
    let work = fill(&redis, &memory, "lovelace", "work", SECRET).await;
    let home = fill(&redis, &memory, "lovelace", "home", SECRET).await;
    // Another program's session tells no namespace.
    redis.command(&["HSET", "agent:session:theirs", "user", "lovelace", "recent_turns", SECRET]);
    let mut expected = sum(&[work, home]);
    expected.threads += 1;
    let all = everything(&redis);

    let dry = memory.forget_user("lovelace", None, true).await.unwrap();
    assert_eq!(dry, Receipt { dry_run: true, ..expected.clone() });
    assert_eq!(everything(&redis), all);

    assert_eq!(memory.forget_user(" lovelace ", None, false).await.unwrap(), expected);
    assert_eq!(mentions(&redis, &["lovelace", SECRET]), [""; 0]);
    assert_eq!(everything(&redis), before);

    let again = memory.forget_user("lovelace", None, false).await.unwrap();
    assert_eq!(again, Receipt { user: "lovelace".into(), ..Receipt::default() });
    assert_eq!((again.total(), everything(&redis) == before), (0, true));
}

#[tokio::test]
async fn the_other_namespaces_of_a_user_stay() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    fill(&redis, &memory, "ada", "Work", "walnuts").await;
    fill(&redis, &memory, "ada", "home", "cashews").await;
    // Without a namespace no memory is in one that is named.
    redis.command(&["JSON.SET", "agent:mem:nowhere", "$", r#"{"user":"ada","text":"of no namespace"}"#]);
    let before = everything(&redis);
    let mut expected = fill(&redis, &memory, "ada", "work", SECRET).await;
    redis.command(&["HSET", "agent:session:theirs", "user", "ada", "recent_turns", SECRET]);
    expected.threads += 1;
    assert_eq!(memory.forget_user("ada", Some("work"), false).await.unwrap(), expected);
    assert_eq!(mentions(&redis, &[SECRET]), [""; 0]);
    assert_eq!(everything(&redis), before);
    // In all namespaces it is theirs all the same.
    assert_eq!(memory.forget_user("ada", None, false).await.unwrap().unreadable, 5);
    assert_eq!(keys(&redis), [""; 0]);
}

/// An entry as another program writes it.
fn entry(redis: &PrivateRedis, thread: &str, action: &str, detail: &str) {
    let key = format!("agent:events:{thread}");
    redis.command(&["XADD", &key, "*", "action", action, "detail", detail, "ts", "1.5"]);
}

#[tokio::test]
async fn a_log_that_two_shared_keeps_the_entries_of_the_other() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (ada, bob) = (scope("ada", "work"), scope("bob", "work"));
    let thread = ThreadId::new("shared").unwrap();
    memory.append_turn(&ada, &thread, agent_memory::Role::User, &text("Mine.")).await.unwrap();
    redis.command(&["DEL", "agent:session:shared"]);
    memory.append_turn(&bob, &thread, agent_memory::Role::User, &text("His.")).await.unwrap();
    // Now it is bob's thread, and so are the entries that name nobody.
    entry(&redis, "shared", "turn_appended:user", "of nobody");
    assert_eq!(redis.text(&["XLEN", "agent:events:shared"]), "3");
    let receipt = memory.forget_user("ada", None, false).await.unwrap();
    assert_eq!((receipt.events, receipt.total(), receipt.ownerless), (1, 1, 0));
    assert_eq!(redis.text(&["XLEN", "agent:events:shared"]), "2");
    assert_eq!(memory.events().recent(&bob, &thread, 9).await.unwrap().len(), 2);
    assert_eq!(memory.forget_user("bob", Some("home"), false).await.unwrap().total(), 0);
    let receipt = memory.forget_user("bob", Some("work"), false).await.unwrap();
    assert_eq!((receipt.events, receipt.threads, receipt.total()), (2, 1, 3));
    assert_eq!(keys(&redis), [""; 0]);
}

#[tokio::test]
async fn entries_that_name_nobody_are_those_of_the_thread_or_of_whom_began_it() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for (thread, detail) in [
        ("hers", "user=ada namespace=work"),
        ("his", "user=bob namespace=work"),
        ("doubtful", "user=ada namespace=x namespace=work"),
        ("unknown", ""),
        ("living", "user=bob namespace=work"),
    ] {
        entry(&redis, thread, "thread_started", detail);
        entry(&redis, thread, "turn_appended:user", "wrote something");
    }
    // Somebody else went on with hers.
    entry(&redis, "hers", "thread_started", "user=bob namespace=work");
    redis.command(&["HSET", "agent:session:living", "user", "ada"]);
    redis.command(&["HSET", "agent:session:of-the-default-user", "goal", "none"]);
    for dry_run in [true, false] {
        let receipt = memory.forget_user("ada", Some("work"), dry_run).await.unwrap();
        assert_eq!((receipt.events, receipt.threads, receipt.ownerless), (4, 1, 4), "{receipt:?}");
    }
    let left = ["doubtful", "hers", "his", "unknown"].map(|thread| format!("agent:events:{thread}"));
    assert_eq!(keys(&redis)[..4], left);
    assert_eq!(redis.text(&["XLEN", "agent:events:hers"]), "1");
    assert_eq!(memory.forget_user("default", None, false).await.unwrap().threads, 1);
}

#[tokio::test]
async fn long_logs_and_many_keys_are_forgotten_portion_by_portion() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut all = redis::pipe();
    for number in 0..9000 {
        // Every third entry is somebody else's, and those that name nobody are hers: she began the thread.
        let add = all.cmd("XADD").arg("agent:events:long").arg("*");
        match number % 3 {
            _ if number == 0 => add.arg(&["action", "thread_started", "detail", "user=ada namespace=work"]),
            0 => add.arg(&["action", "a", "user", "bob", "namespace", "work"]),
            1 => add.arg(&["action", "a"]),
            _ => add.arg(&["action", "a", "user", "ada", "namespace", "work"]),
        };
    }
    for number in 0..2500 {
        let user = if number % 5 == 0 { "bob" } else { "ada" };
        let document = format!(r#"{{"user":"{user}","namespace":"work","text":"t{number}"}}"#);
        all.cmd("JSON.SET").arg(format!("agent:mem:{number}")).arg("$").arg(document);
        let add = all.cmd("XADD").arg(format!("agent:events:{number}")).arg("*");
        add.arg(&["action", "a", "user", user, "namespace", "work"]);
    }
    all.query::<()>(&mut connection).unwrap();
    let dry = memory.forget_user("ada", None, true).await.unwrap();
    let receipt = memory.forget_user("ada", None, false).await.unwrap();
    assert_eq!((receipt.events, receipt.unreadable, receipt.ownerless), (6001 + 2000, 2000, 0));
    assert_eq!(Receipt { dry_run: false, ..dry }, receipt);
    assert_eq!(redis.text(&["XLEN", "agent:events:long"]), "2999");
    assert_eq!(redis.text(&["DBSIZE"]), "1001");
    assert_eq!(memory.forget_user("bob", None, false).await.unwrap().total(), 2999 + 500 + 500);
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[tokio::test]
async fn what_cannot_be_reached_is_counted_and_named() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let id = remember(&memory, &scope("ada", "work"), "Hers.").await;
    for key in ["agent:session:x", "agent:events:x", "agentmem:idx:review:x", "agentmem:idx:aside:x"] {
        redis.command(&["RPUSH", key, "of another type"]);
    }
    for number in 0..30 {
        redis.command(&["SET", &format!("agent:mem:{number}"), "of another type"]);
    }
    redis.command(&["JSON.SET", "agent:mem:list", "$", r#"["ada"]"#]);
    redis.command(&["HSET", "agentmem:idx:idempotency:old", "fingerprint", "f"]);
    let receipt = memory.forget_user("ada", None, false).await.unwrap();
    assert_eq!((receipt.memories, receipt.total(), receipt.ownerless, receipt.unreached), (1, 1, 2, 34));
    assert_eq!(receipt.unreached_keys.len(), UNREACHED_NAMED);
    assert_eq!(receipt.unreached_keys[..2], ["agent:events:x", "agent:session:x"]);
    assert_eq!(redis.text(&["EXISTS", &format!("agent:mem:{id}")]), "0");
    assert_eq!(redis.text(&["DBSIZE"]), "36");
}

#[tokio::test]
async fn what_may_not_be_deleted_is_named_and_forgotten_later() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada", "work");
    let id = remember(&memory, &ada, "Hers.").await;
    redis.command(&["ACL", "SETUSER", "default", "-unlink"]);
    let receipt = memory.forget_user("ada", None, false).await.unwrap();
    let key = format!("agent:mem:{id}");
    assert_eq!((receipt.total(), receipt.unreached, receipt.unreached_keys), (0, 1, vec![key]));
    redis.command(&["ACL", "SETUSER", "default", "+unlink"]);
    assert_eq!(memory.forget_user("ada", None, false).await.unwrap().total(), 1);
}

#[tokio::test]
async fn a_family_below_the_prefix_of_another_one_is_left_to_itself() {
    let redis = PrivateRedis::start();
    let keys = Keys { session_prefix: "[a]*:".into(), memory_prefix: "[a]*:mem:".into(), ..Keys::default() };
    let settings = Settings { keys: keys.clone(), ..Settings::default() };
    let memory = Memory::connect(&redis.url(), settings, NoModel).await.unwrap();
    turn(&memory, &scope("ada", "work"), "t1", "A turn.").await;
    redis.command(&["HSET", "a:t2", "user", "ada"]);
    let receipt = Users::new(Store::connect(&redis.url(), keys).await.unwrap());
    let receipt = receipt.forget("ada", None, false).await.unwrap();
    assert_eq!((receipt.memories, receipt.threads, receipt.unreached), (1, 1, 0), "{receipt:?}");
    assert_eq!(self::keys(&redis), ["a:t2"]);
}

#[tokio::test]
async fn names_are_checked_before_anything_is_looked_at() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    remember(&memory, &Scope::default(), "Of nobody in particular.").await;
    for (user, namespace) in
        [("", None), ("  ", None), ("a\0", None), ("default", Some("")), ("default", Some("\n"))]
    {
        let refused = memory.forget_user(user, namespace, false).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    assert_eq!(redis.text(&["DBSIZE"]), "1");
}

#[tokio::test]
async fn users_are_listed_with_what_they_have() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    assert_eq!(memory.users().await.unwrap(), []);
    turn(&memory, &scope("ada", "work"), "t1", "One.").await;
    remember(&memory, &scope("ada", "work"), "Two.").await;
    remember(&memory, &scope("Ada", "work"), "Hers.").await;
    remember(&memory, &scope("ada", "Work"), "Elsewhere.").await;
    turn(&memory, &scope("a,d a", "x|y"), "t2", "Another.").await;
    redis.command(&["HSET", "agent:session:t3", "user", "ada"]);
    redis.command(&["HSET", "agent:session:t4", "goal", "of the default user"]);
    let row = |user: &str, namespace: Option<&str>, memories, threads| UserSummary {
        user: user.into(),
        namespace: namespace.map(Into::into),
        memories,
        threads,
    };
    let expected = [
        row("Ada", Some("work"), 1, 0),
        row("a,d a", Some("x|y"), 1, 1),
        row("ada", None, 0, 1),
        row("ada", Some("Work"), 1, 0),
        row("ada", Some("work"), 2, 1),
        row("default", None, 0, 1),
    ];
    assert_eq!(memory.users().await.unwrap(), expected);
    for summary in expected.iter().filter(|summary| summary.user != "default") {
        memory.forget_user(&summary.user, None, false).await.unwrap();
    }
    assert_eq!(memory.users().await.unwrap(), expected[5..]);
}
