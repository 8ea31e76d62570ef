//! Recall by distance, words and neighbouring turns, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Kind, Memory, MemoryFilter, Scope, Text, Threshold, TurnRequest,
    model::WriteKind,
    ranking::{Ranking, Reason},
    service::{NewText, Recalled},
    store::RecallOptions,
};
use support::{PrivateRedis, scope, with_model::memory};

fn hybrid(threshold: f64, k: usize) -> RecallOptions {
    let threshold = Threshold::new(threshold).unwrap();
    RecallOptions { k, threshold, ranking: Ranking::Hybrid, ..RecallOptions::default() }
}

async fn say(memory: &Memory, scope: &Scope, thread: &str, words: &str) {
    let turn = TurnRequest::new(scope.clone(), words).unwrap().on(thread.parse().unwrap());
    memory.turn(turn.remembered_as(WriteKind::Semantic)).await.unwrap();
}

async fn recall(memory: &Memory, scope: &Scope, words: &str, options: &RecallOptions) -> Recalled {
    memory.recall(scope, &Text::new(words).unwrap(), options).await.unwrap()
}

fn texts(found: &Recalled) -> Vec<&str> {
    found.memories.iter().map(|memory| memory.text.as_str()).collect()
}

#[tokio::test]
async fn a_name_that_no_vector_knows_is_found_by_its_letters() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let order = "Order QX-4471 was sent back by the customer.";
    for words in [
        "The order was late again, the customer wrote twice.",
        "Orders are shipped from the warehouse every morning.",
        order,
        "A customer asked where the order is.",
        "The order form has a new field for the customer.",
    ] {
        say(&memory, &ada, "t1", words).await;
    }
    let found = recall(&memory, &ada, "What became of QX-4471?", &hybrid(2.0, 1)).await;
    assert_eq!(texts(&found), [order]);
    let place = &found.ranked[0];
    assert_eq!((place.id == found.memories[0].id, place.text.rank), (true, Some(1)));
    assert!(place.score > found.ranked[1].score);
    assert!(found.memories[0].distance.is_some());
}

#[tokio::test]
async fn an_answer_is_found_by_the_question_that_stands_before_it() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    for (thread, words) in [
        ("t1", "Which instrument does your brother play in the orchestra?"),
        ("t1", "The oboe, since he was nine."),
        ("t2", "Dinner was pasta with sage."),
        ("t2", "She paints on Sundays."),
        ("t3", "The bus was late, since it snowed."),
    ] {
        say(&memory, &ada, thread, words).await;
    }
    let question = "What does the brother play in the orchestra?";
    let found = recall(&memory, &ada, question, &hybrid(2.0, 2)).await;
    assert_eq!(texts(&found)[1], "The oboe, since he was nine.");
    let answer = found.ranked.iter().find(|one| one.id == found.memories[1].id).unwrap();
    assert!(answer.around.share > 0.0 && answer.text.score.is_none(), "{answer:?}");
    // What is dropped says nothing about its neighbours any more.
    assert!(memory.forget(&ada, &found.memories[0].id).await.unwrap());
    let found = recall(&memory, &ada, question, &hybrid(2.0, 5)).await;
    let answer = found.ranked.iter().find(|one| one.id == answer.id).unwrap();
    assert_eq!(answer.around.score, None);
}

#[tokio::test]
async fn the_threshold_still_decides_unless_the_words_carry() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    say(
        &memory,
        &ada,
        "t1",
        "Yesterday the red kayak fell off the roof of the car when we came home from the lake.",
    )
    .await;
    say(&memory, &ada, "t1", "Lunch is at noon.").await;
    let near = recall(&memory, &ada, "Where is the red kayak?", &hybrid(0.55, 5)).await;
    assert_eq!(near.memories.len(), 1);
    let distance = near.memories[0].distance.unwrap();
    assert!(distance > 0.3, "{distance}");
    let carried = recall(&memory, &ada, "Where is the red kayak?", &hybrid(distance - 0.05, 5)).await;
    assert_eq!(carried.memories.len(), 1);
    let beyond = recall(&memory, &ada, "Where is the red kayak?", &hybrid(distance - 0.26, 5)).await;
    assert!(beyond.memories.is_empty());
    let without = recall(&memory, &ada, "How tall is the tower?", &hybrid(0.55, 5)).await;
    assert!(without.memories.is_empty(), "{:?}", texts(&without));
}

#[tokio::test]
async fn of_a_long_text_the_beginning_is_looked_at_and_sent() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    for number in 0..20 {
        let long = format!("Report {number} about QX-{number}. {}", "日本語 and more. ".repeat(3_000));
        memory.remember(&ada, NewText::new(Kind::Semantic, Text::new(long).unwrap())).await.unwrap();
    }
    let sent = || {
        let stats = redis.text(&["INFO", "stats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix("total_net_output_bytes:")).unwrap();
        line.trim().parse::<usize>().unwrap()
    };
    let before = sent();
    let found = recall(&memory, &ada, "What does QX-7 say?", &hybrid(2.0, 1)).await;
    let bytes = sent() - before;
    assert!(found.memories[0].text.starts_with("Report 7 about"), "{:.40}", found.memories[0].text);
    assert!(bytes < 20 * 16_384 + 10 * 65_536, "{bytes}");
}

#[tokio::test]
async fn nothing_of_another_scope_is_ranked_or_read() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    say(&memory, &scope("Ada"), "t1", "The red kayak lies in the shed.").await;
    say(&memory, &scope("bob"), "t2", "The red kayak lies in the garage.").await;
    say(&memory, &scope("ada"), "t3", "Lunch is at noon.").await;
    let found = recall(&memory, &scope("ada"), "Where is the red kayak?", &hybrid(2.0, 5)).await;
    assert_eq!((texts(&found), found.ranked.len()), (vec!["Lunch is at noon."], 1));
}

#[tokio::test]
async fn filters_hold_and_what_is_superseded_is_out() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let new = |kind, words: &str| NewText::new(kind, Text::new(words).unwrap());
    let old = memory.remember(&ada, new(Kind::Semantic, "The kayak is red.")).await.unwrap().memory_id;
    let blue = memory.remember(&ada, new(Kind::Semantic, "The kayak is blue.")).await.unwrap().memory_id;
    memory.remember(&ada, new(Kind::Episodic, "Ada bought a kayak.")).await.unwrap();
    assert!(memory.supersede(&ada, &old, &blue).await.unwrap());
    let semantic = RecallOptions { filter: MemoryFilter::of_kind(Some(Kind::Semantic)), ..hybrid(2.0, 5) };
    let found = recall(&memory, &ada, "Which kayak?", &semantic).await;
    assert_eq!(texts(&found), ["The kayak is blue."]);
}

#[tokio::test]
async fn redis_survives_every_mixture_of_stop_words() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    say(&memory, &ada, "t1", "The kayak is in the shed and it is red.").await;
    let words = ["is", "it", "the", "and", "kayak", "red", "in", "a"];
    for first in words {
        for second in words {
            for third in words {
                let question = format!("{first} {second} {third}");
                let found = recall(&memory, &ada, &question, &hybrid(2.0, 5)).await;
                assert_eq!(found.memories.len(), 1, "{question}");
            }
        }
    }
    for question in
        ["?", "-", "* | @user:{x}", "$user $namespace", "(", "\"", "日本 です", "c++ 1 x", "🙂", "%%%"]
    {
        let found = recall(&memory, &ada, question, &hybrid(2.0, 5)).await;
        assert_eq!(found.memories.len(), 1, "{question}");
    }
}

#[tokio::test]
async fn where_the_model_knows_none_of_the_words_the_words_themselves_decide() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let rows = [
        // A question that is one of the texts, one in other words, and what each is about.
        ("th", ["แมวของฉันชื่อมะลิ", "พ่อทำงานที่สนามบิน", "พรุ่งนี้ฝนจะตก", "ร้านปิดวันอาทิตย์"], "พ่อทำงานที่ไหน", 1),
        ("am", ["ድመቴ ሚሚ ትባላለች", "አባቴ አውሮፕላን ማረፊያ ይሰራል", "ነገ ይዘንባል", "ሱቁ እሁድ ዝግ ነው"], "አባቴ የት ይሰራል", 1),
    ];
    for (user, facts, question, about) in rows {
        let scope = scope(user);
        for fact in facts {
            let new = NewText::new(Kind::Semantic, Text::new(fact).unwrap());
            assert_eq!(memory.remember(&scope, new).await.unwrap().deduplicated_at, None, "{fact}");
        }
        for fact in facts {
            let found = recall(&memory, &scope, fact, &hybrid(2.0, 8)).await;
            assert_eq!((texts(&found)[0], found.memories.len()), (fact, facts.len()));
            assert!(found.memories.iter().all(|memory| memory.is_unread), "{user}: {fact}");
            assert_eq!(found.memories[0].distance, Some(0.0));
            assert!(found.memories[1..].iter().all(|memory| memory.distance > Some(0.1)), "{fact}");
            let only = recall(&memory, &scope, fact, &hybrid(0.55, 8)).await;
            assert_eq!(texts(&only), [fact]);
        }
        let found = recall(&memory, &scope, question, &hybrid(2.0, 1)).await;
        assert_eq!(texts(&found), [facts[about]], "{question}");
        let english = recall(&memory, &scope, "Where does father work?", &hybrid(0.55, 8)).await;
        assert!(english.memories.is_empty(), "{:?}", texts(&english));
        let asked = memory.long_term().ids(&scope, &MemoryFilter::default()).await.unwrap();
        let options = RecallOptions { explain: asked, ..hybrid(0.55, 8) };
        let found = recall(&memory, &scope, facts[0], &options).await;
        let beyond = found.explained.iter().filter(|one| one.reason == Reason::Beyond).count();
        assert_eq!(beyond, facts.len() - 1);
        let by_distance = RecallOptions { ranking: Ranking::Distance, ..hybrid(2.0, 8) };
        let found = recall(&memory, &scope, facts[0], &by_distance).await;
        assert!(found.memories.iter().all(|memory| memory.is_unread));
    }
}

#[tokio::test]
async fn a_piece_of_a_sentence_without_spaces_is_found_among_many() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scope = scope("zh");
    let fact = "我的妹妹住在柏林，她喜欢喝咖啡。";
    let fillers = (0..120).map(|number| format!("第{number}天的天气很好，我们去公园散步。"));
    let texts_of = [fact.to_string()].into_iter().chain(fillers);
    let new: Vec<_> = texts_of.map(|text| NewText::new(Kind::Semantic, Text::new(text).unwrap())).collect();
    memory.remember_many(&scope, &new).await.unwrap();
    for question in ["谁住在柏林？", "妹妹喜欢喝什么？", "咖啡"] {
        let found = recall(&memory, &scope, question, &hybrid(2.0, 1)).await;
        assert_eq!(texts(&found), [fact], "{question}");
    }
}

#[tokio::test]
async fn scopes_and_threads_that_differ_in_case_alone_crowd_nobody_out() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let many = (0..120).map(|number| {
        NewText::new(
            Kind::Semantic,
            Text::new(format!("The red kayak number {number} is in shed {number}.")).unwrap(),
        )
    });
    memory.remember_many(&scope("Ada"), &many.collect::<Vec<_>>()).await.unwrap();
    say(&memory, &scope("ada"), "t1", "My red kayak lies in the shed behind the house.").await;
    let found = recall(&memory, &scope("ada"), "Where is the red kayak?", &hybrid(2.0, 5)).await;
    assert_eq!(texts(&found), ["My red kayak lies in the shed behind the house."]);
    let filter = MemoryFilter { source_thread: Some("T1".into()), ..MemoryFilter::default() };
    let other = RecallOptions { filter, ..hybrid(2.0, 5) };
    assert!(recall(&memory, &scope("ada"), "Where is the red kayak?", &other).await.memories.is_empty());
}

#[tokio::test]
async fn turns_of_a_thread_that_began_anew_are_no_neighbours_of_those_before() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    say(&memory, &ada, "t1", "Which instrument does your brother play in the orchestra?").await;
    // It expires, and its memories stay.
    redis.command(&["DEL", "agent:session:t1"]);
    // Searches tell times to 10 ms.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    say(&memory, &ada, "t1", "Dinner was pasta with sage.").await;
    say(&memory, &ada, "t1", "She paints on Sundays.").await;
    let options = RecallOptions { expand: 2, ..hybrid(2.0, 1) };
    let found = recall(&memory, &ada, "What does the brother play in the orchestra?", &options).await;
    assert!(texts(&found)[0].starts_with("Which instrument"));
    assert!(found.around.is_empty(), "{:?}", found.around);
    let dinner = found.ranked.iter().filter(|one| one.around.score.is_some()).count();
    assert_eq!(dinner, 1);
    let found = recall(&memory, &ada, "What did we have for dinner?", &options).await;
    let around: Vec<&str> = found.around.iter().map(|memory| memory.text.as_str()).collect();
    assert_eq!(around, ["She paints on Sundays."]);
}

#[tokio::test]
async fn a_filter_may_name_thousands_of_ids() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let new = NewText::new(Kind::Semantic, Text::new("The red kayak lies in the shed.").unwrap());
    let id = memory.remember(&ada, new).await.unwrap().memory_id;
    let mut ids: Vec<_> = (0..9000).map(agent_memory::MemoryId::from_random_bits).collect();
    ids.insert(0, id.clone());
    let filter = MemoryFilter { ids: Some(ids), ..MemoryFilter::default() };
    for ranking in Ranking::ALL {
        let options = RecallOptions { filter: filter.clone(), ranking: *ranking, ..hybrid(2.0, 5) };
        assert_eq!(recall(&memory, &ada, "red kayak", &options).await.memories.len(), 1);
    }
    assert_eq!(memory.long_term().ids(&ada, &filter).await.unwrap(), [id]);
    assert!(memory.long_term().ids(&scope("bob"), &filter).await.unwrap().is_empty());
}
