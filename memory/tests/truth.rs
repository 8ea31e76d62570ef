//! Nothing is dropped in favour of an older text: corrections, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod support;

use agent_memory::{
    Kind, Memory, MemoryFilter, Scope, Text, Threshold, TurnRequest, comparison::DifferenceKind,
    embedder::Purpose, look::Preview, model::WriteKind, service::NewText, store::RecallOptions,
    turn::Written,
};
use support::{PrivateRedis, scope, with_model::memory};

async fn remember(memory: &Memory, scope: &Scope, text: &str) -> Written {
    memory.remember(scope, NewText::new(Kind::Semantic, Text::new(text).unwrap())).await.unwrap()
}

async fn count(memory: &Memory, scope: &Scope) -> usize {
    memory.long_term().ids(scope, &MemoryFilter::default()).await.unwrap().len()
}

/// What was known, and what somebody said later.
const CORRECTIONS: [(&str, &str); 16] = [
    ("The user likes coriander.", "The user does not like coriander."),
    ("The patient takes 5 mg of the drug a day.", "The patient takes 10 mg of the drug a day."),
    ("The stand-up is on Tuesday at nine.", "The stand-up is on Thursday at nine."),
    ("The stand-up is on Tuesday at nine.", "The stand-up is on Tuesday at ten."),
    ("Dark mode is enabled for this project.", "Dark mode is disabled for this project."),
    ("Mira manages Jonas.", "Jonas manages Mira."),
    ("The service runs on version 2.3.1.", "The service runs on version 2.4.0."),
    ("The user lives in Lisbon.", "The user lives in Porto."),
    ("Deploy only before the review.", "Deploy only after the review."),
    ("The offset is 5 degrees.", "The offset is -5 degrees."),
    ("The rollout was great \u{1F600}", "The rollout was great \u{1F622}"),
    ("The commit is 9f3ab21c.", "The commit is 9f3ab21d."),
    ("The user can eat peanuts.", "The user can no longer eat peanuts."),
    ("Always ask before you send mail.", "Never ask before you send mail."),
    ("The room is 12 m long.", "The room is 12 ft long."),
    ("The contract ends on 3 March 2027.", "The contract ends on 30 March 2027."),
];

#[tokio::test]
async fn a_correction_is_never_dropped_for_what_it_corrects() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for (number, (earlier, newer)) in CORRECTIONS.into_iter().enumerate() {
        let scope = Scope::new(format!("user {number}"), "").unwrap();
        let first = remember(&memory, &scope, earlier).await;
        let text = Text::new(newer).unwrap();
        let foreseen = memory.probe(&scope, &text, WriteKind::Semantic).await.unwrap().preview;
        let second = remember(&memory, &scope, newer).await;
        println!("{:?}  {newer}", second.revises.as_ref().map(|revised| &revised.differences.list[0].kind));
        assert_eq!((second.deduplicated_at, count(&memory, &scope).await), (None, 2), "{newer}");
        match (&second.revises, foreseen) {
            (Some(revised), Preview::Revision { revises, .. }) => {
                assert_eq!((&revised.memory_id, revised), (&first.memory_id, &revises));
                assert!(!revised.differences.list.is_empty(), "{newer}");
            }
            // Too far from each other to be compared at all.
            (None, Preview::New { .. }) => {}
            (done, foreseen) => panic!("{foreseen:?} was foreseen and {done:?} came: {newer}"),
        }
    }
}

#[tokio::test]
async fn a_revision_tells_which_words_differ_and_its_document_which_memory_it_revises() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scope = Scope::default();
    let first = remember(&memory, &scope, "The stand-up is on Tuesday at nine.").await;
    let second = remember(&memory, &scope, "The stand-up is on Thursday at nine.").await;
    let revised = second.revises.unwrap();
    let [difference] = revised.differences.list.as_slice() else { panic!("{revised:?}") };
    assert_eq!(difference.kind, DifferenceKind::Date);
    assert_eq!((difference.earlier.text.as_str(), difference.newer.text.as_str()), ("Tuesday", "Thursday"));
    let key = format!("agent:mem:{}", second.memory_id);
    assert_eq!(redis.text(&["JSON.GET", &key, "$.revises"]), format!("[\"{}\"]", first.memory_id));
    let before = redis.text(&["JSON.GET", &format!("agent:mem:{}", first.memory_id), "$.hit_count"]);
    assert_eq!(before, "[0]");
}

#[tokio::test]
async fn of_several_versions_the_newest_is_recalled_first_also_where_the_middle_one_is_gone() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scope = Scope::default();
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday"];
    let mut ids = Vec::new();
    for day in days {
        ids.push(remember(&memory, &scope, &format!("The stand-up is on {day} at nine.")).await.memory_id);
    }
    remember(&memory, &scope, "The cat sleeps on the sofa.").await;
    let question = Text::new("When is the stand-up, on Monday?").unwrap();
    let recalled = async || {
        let options = RecallOptions { threshold: Threshold::new(1.0).unwrap(), ..RecallOptions::default() };
        let found = memory.recall(&scope, &question, &options).await.unwrap().memories;
        let days = found.iter().filter_map(|found| days.into_iter().find(|day| found.text.contains(day)));
        days.collect::<Vec<_>>()
    };
    assert_eq!(recalled().await, ["Thursday", "Wednesday", "Tuesday", "Monday"]);
    memory.forget(&scope, &ids[1]).await.unwrap();
    memory.forget(&scope, &ids[0]).await.unwrap();
    assert_eq!(recalled().await, ["Thursday", "Wednesday"]);
    let turn = TurnRequest::new(scope.clone(), question.as_str()).unwrap().remembered_as(WriteKind::Skip);
    let outcome = memory.turn(turn).await.unwrap();
    let told = outcome.recalled(Threshold::new(1.0).unwrap());
    assert!(told[0].text.contains("Thursday") && told[0].revises.is_some(), "{told:?}");
}

#[tokio::test]
async fn what_says_the_same_is_still_one_memory_with_hits() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let scope = Scope::default();
    let first = remember(&memory, &scope, "User prefers concise answers without filler phrases.").await;
    for again in [
        "I prefer concise answers without filler phrases.",
        "User prefers concise answers without filler phrases",
        "  The user prefers concise answers, without filler phrases. ",
    ] {
        let written = remember(&memory, &scope, again).await;
        assert_eq!(written.memory_id, first.memory_id, "{again}");
    }
    assert_eq!(count(&memory, &scope).await, 1);
}

#[tokio::test]
async fn texts_that_the_model_does_not_read_whole_are_kept_apart() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let head = "The minutes of the meeting follow, as they were taken down by the secretary. ".repeat(40);
    let long = [format!("{head} The budget is approved."), format!("{head} The budget is refused.")];
    // The model knows none of these words, so to it they are all the same.
    let amharic = ["ውሻዬ ቡኒ ነው።", "እህቴ ሐኪም ናት።", "ነገ ስብሰባ አለ።"].map(String::from);
    for (user, texts) in [("long", long.as_slice()), ("amharic", amharic.as_slice())] {
        let scope = Scope::new(user, "").unwrap();
        for text in texts {
            assert_eq!(remember(&memory, &scope, text).await.deduplicated_at, None, "{user}");
        }
        // Said again to the letter, each is known.
        for text in texts {
            assert!(remember(&memory, &scope, text).await.deduplicated_at.is_some(), "{user}");
        }
        assert_eq!(count(&memory, &scope).await, texts.len());
    }
}

#[tokio::test]
async fn parallel_corrections_of_one_fact_are_all_kept_and_repetitions_are_hits() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let calls: Vec<_> = (0..24)
        .map(|number| {
            let memory = memory.clone();
            tokio::spawn(async move {
                remember(&memory, &Scope::default(), &format!("The gate code is 40{}.", number % 6)).await
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(count(&memory, &Scope::default()).await, 6);
    let ids = memory.long_term().ids(&Scope::default(), &MemoryFilter::default()).await.unwrap();
    for id in ids {
        assert_eq!(redis.text(&["JSON.GET", &format!("agent:mem:{id}"), "$.hit_count"]), "[3]");
    }
}

#[tokio::test]
async fn of_a_long_text_it_is_told_how_much_of_it_the_model_read() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let short = "The launch is on the third of March.";
    assert_eq!(remember(&memory, &ada, short).await.truncated_after, None);
    let sentence = "Présent were the usual people. ";
    let long = format!("{}{short}", sentence.repeat(60));
    let read = remember(&memory, &ada, &long).await.truncated_after.unwrap();
    assert!((sentence.chars().count() * 20..sentence.chars().count() * 50).contains(&read), "{read}");
    // Not one character of what lies behind has a part in the vector.
    let beginning: String = long.chars().take(read).collect();
    let embed = async |text: &str| memory.embed(&Text::new(text).unwrap(), Purpose::Passage).await.unwrap();
    assert!(embed(&beginning).await.cosine_distance(&embed(&long).await) < 1e-6);
    // 254 words of one piece are all that fits.
    assert_eq!(remember(&memory, &ada, &"tea ".repeat(254)).await.truncated_after, None);
    assert_eq!(remember(&memory, &ada, &"tea ".repeat(255)).await.truncated_after, Some(254 * 4 - 1));
    let turn = TurnRequest::new(ada, long).unwrap().remembered_as(WriteKind::Episodic);
    assert_eq!(memory.turn(turn).await.unwrap().written.unwrap().truncated_after, Some(read));
}
