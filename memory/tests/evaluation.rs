//! Judgements, profiles, and measuring with them, on the real model and a real Redis.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Error, Kind, Memory, MemoryId, Scope, Text, Threshold, TurnRequest,
    evaluation::{
        Figures, JudgedQuery, Judgement, Profile, SavedQuery, Setting, TRIED_MAX, compare, figures, suggest,
    },
    model::WriteKind,
    ranking::{Ranking, Weights},
    service::NewText,
    store::RecallOptions,
};
use support::{PrivateRedis, scope, with_model::memory};

fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

async fn remember(memory: &Memory, scope: &Scope, words: &str) -> MemoryId {
    memory.remember(scope, NewText::new(Kind::Semantic, text(words))).await.unwrap().memory_id
}

const SAID: [&str; 12] = [
    "Order QX-4471 was sent back by the customer.",
    "The order was late again, the customer wrote twice.",
    "Which instrument does your brother play in the orchestra?",
    "The oboe, since he was nine.",
    "Dinner was pasta with sage.",
    "Ada is allergic to peanuts.",
    "She paints on Sundays.",
    "The bus was late, since it snowed.",
    "The build server compiles slowly on Mondays.",
    "Ada lives in Lisbon, near the harbour.",
    "The harbour restaurant serves peanuts with everything.",
    "Orders are shipped from the warehouse every morning.",
];

#[tokio::test]
async fn a_case_recalls_what_a_recall_does_by_any_setting() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    for (number, words) in SAID.iter().enumerate() {
        let turn =
            TurnRequest::new(ada.clone(), words).unwrap().on(format!("t{}", number / 4).parse().unwrap());
        memory.turn(turn.remembered_as(WriteKind::Semantic)).await.unwrap();
    }
    let questions = ["What became of order QX-4471?", "What does the brother play?", "peanuts", "the", "Ada"];
    let judged = questions.map(|words| JudgedQuery { query: text(words), good: Vec::new(), bad: Vec::new() });
    let cases = memory.cases(&ada, &judged).await.unwrap();
    let weights = [Weights::default(), Weights { text: 0.2, around: 3.0, ..Weights::default() }];
    for (case, question) in cases.iter().zip(questions) {
        assert!(case.rows.len() >= 10, "{}", case.rows.len());
        for ranking in Ranking::ALL {
            for (threshold, k) in [(0.3, 5), (0.55, 1), (0.8, 3), (0.9, 50), (2.0, 4)] {
                for weights in weights {
                    let threshold = Threshold::new(threshold).unwrap();
                    let setting = Setting { threshold, k, ranking: *ranking, weights };
                    let options = RecallOptions {
                        threshold,
                        k,
                        ranking: *ranking,
                        weights,
                        ..RecallOptions::default()
                    };
                    let found = memory.recall(&ada, &text(question), &options).await.unwrap();
                    let expected: Vec<&MemoryId> = found.memories.iter().map(|memory| &memory.id).collect();
                    let recalled: Vec<&MemoryId> =
                        case.recalled(&setting).iter().map(|row| &row.id).collect();
                    assert_eq!(recalled, expected, "{question} {setting:?}");
                }
            }
        }
    }
    // A turn ranks by these weights too.
    let turn = async |weights| {
        let turn = TurnRequest::new(ada.clone(), "What does the brother play?").unwrap();
        let turn =
            TurnRequest { ranking: Ranking::Hybrid, weights, k: 12, ..turn.remembered_as(WriteKind::Skip) };
        let nearest = memory.turn(turn).await.unwrap().nearest;
        nearest.into_iter().map(|memory| memory.id).collect::<Vec<_>>()
    };
    let setting = Setting { threshold: Threshold::new(2.0).unwrap(), k: 12, ..Setting::default() };
    for weights in weights {
        let expected = cases[1].recalled(&Setting { weights, ..setting });
        assert_eq!(turn(weights).await, expected.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn judgements_are_kept_measured_and_taken_back() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (ada, bob) = (scope("ada"), scope("bob"));
    let allergy = remember(&memory, &ada, "Ada is allergic to peanuts.").await;
    let menu = remember(&memory, &ada, "The harbour restaurant serves peanuts with everything.").await;
    let build = remember(&memory, &ada, "The build server compiles slowly on Mondays.").await;
    let question = text("What must Ada not eat?");
    let id = memory.judge(&ada, &question, &allergy, Some(Judgement::Good)).await.unwrap();
    for (memory_id, judgement) in
        [(&menu, Judgement::Good), (&build, Judgement::Bad), (&menu, Judgement::Bad)]
    {
        assert_eq!(memory.judge(&ada, &question, memory_id, Some(judgement)).await.unwrap(), id);
    }
    let saved = memory.judged_queries(&ada).await.unwrap();
    let [SavedQuery { judged, .. }] = &saved[..] else { panic!("{saved:?}") };
    let mut bad = vec![menu.clone(), build.clone()];
    bad.sort();
    assert_eq!(judged, &JudgedQuery { query: question.clone(), good: vec![allergy.clone()], bad });

    let judged = vec![judged.clone()];
    let cases = memory.cases(&ada, &judged).await.unwrap();
    let setting = Setting { threshold: Threshold::new(2.0).unwrap(), ..Setting::default() };
    let told = figures(&cases, &setting);
    assert_eq!((told.good, told.bad, told.missed), (1, 2, 0));
    let suggestion = suggest(&cases, Weights::default(), 0.1).unwrap();
    assert_eq!((suggestion.f1, suggestion.figures.rows), (1.0, 1));
    assert_eq!(compare(&cases, &setting, &suggestion.setting)[0].lost.len(), 2);

    // What is gone or superseded counts no longer.
    memory.forget(&ada, &build).await.unwrap();
    memory.supersede(&ada, &menu, &allergy).await.unwrap();
    let cases = memory.cases(&ada, &judged).await.unwrap();
    assert_eq!((cases[0].judgements(), figures(&cases, &setting).bad), (1, 0));

    // Nobody judges or sees what is another's.
    assert!(memory.judged_queries(&bob).await.unwrap().is_empty());
    let refused = memory.judge(&bob, &question, &allergy, Some(Judgement::Bad)).await.unwrap_err();
    assert!(matches!(refused, Error::NoSuchMemory { memory_id } if memory_id == allergy));
    assert!(!memory.forget_query(&bob, &id).await.unwrap());
    // Taking back what nobody said saves nothing.
    memory.judge(&bob, &question, &allergy, None).await.unwrap();
    let hashes = || redis.text(&["EVAL", "return #redis.call('KEYS', '*judgements*')", "0"]);
    assert_eq!(hashes(), "1");
    memory.judge(&ada, &question, &allergy, None).await.unwrap();
    assert!(memory.judged_queries(&ada).await.unwrap()[0].judged.good.is_empty());
    assert!(memory.forget_query(&ada, &id).await.unwrap());
    assert_eq!(hashes(), "0");
}

#[tokio::test]
async fn lines_name_memories_by_id_or_text() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let allergy = remember(&memory, &ada, "Ada is allergic to peanuts.").await;
    let lines = [
        format!(r#"{{"query": "allergies?", "good": ["{allergy}"]}}"#),
        String::new(),
        r#"{"query": "food?", "bad": ["Ada is allergic to peanuts."]}"#.into(),
        r#"{"query": "food?", "good": ["Ada is allergic to peanuts"]}"#.into(),
        r#"{"query": "food?", "god": []}"#.into(),
        r#"{"query": "food?"}"#.into(),
        r#"{"query": " ", "good": ["x"]}"#.into(),
        "no JSON".into(),
    ];
    let report = memory.save_queries(&ada, &lines.join("\n")).await.unwrap();
    assert_eq!((report.lines, report.saved, report.failed), (7, 2, 5));
    let told: Vec<String> =
        report.problems.iter().map(|problem| format!("{}: {}", problem.line, problem.problem)).collect();
    for (at, words) in [
        (0, "4: this user and namespace have no memory `Ada is allergic to peanuts`"),
        (1, "5: unknown field `god`"),
        (2, "6: good has to be at least one memory"),
        (3, "7: query is required"),
        (4, "8: expected"),
    ] {
        assert!(told[at].starts_with(words), "`{words}` is not in {told:?}");
    }
    let saved = memory.judged_queries(&ada).await.unwrap();
    let judged = |query: &str| saved.iter().find(|saved| saved.judged.query.as_str() == query).unwrap();
    assert_eq!(judged("allergies?").judged.good, std::slice::from_ref(&allergy));
    assert_eq!(judged("food?").judged.bad, [allergy]);
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let id = remember(&memory, &ada, "Ada is allergic to peanuts.").await;
    let key = format!("agentmem:idx:judgements:{}", ada.tag());
    let fill = |count: &str, family: &str| {
        let script = "for n = 1, ARGV[1] do redis.call('HSET', KEYS[1], ARGV[2] .. n, '{}') end";
        redis.command(&["EVAL", script, "1", &key, count, family]);
    };
    memory.judge(&ada, &text("first"), &id, Some(Judgement::Good)).await.unwrap();
    fill("499", "query:");
    let refused = memory.judge(&ada, &text("second"), &id, Some(Judgement::Good)).await.unwrap_err();
    assert!(refused.to_string().contains("there are 500"), "{refused}");
    memory.judge(&ada, &text("first"), &id, Some(Judgement::Bad)).await.unwrap();

    let wide = Profile { threshold: Some(Threshold::new(0.9).unwrap()), ..Profile::default() };
    fill("99", "profile:");
    memory.set_profile(Some(&ada), "wide", wide).await.unwrap();
    assert!(memory.set_profile(Some(&ada), "wider", wide).await.unwrap_err().to_string().contains("100"));
    memory.set_profile(Some(&ada), "wide", Profile { k: Some(3), ..wide }).await.unwrap();
    assert_eq!(memory.profile(&ada, "wide").await.unwrap().unwrap().k, Some(3));

    for k in 1..=50 {
        let setting = Setting { k, ..Setting::default() };
        memory.note_tried(&ada, &setting, &Figures::default()).await.unwrap();
        memory.note_tried(&ada, &setting, &Figures::default()).await.unwrap();
    }
    memory.note_tried(&ada, &Setting::default(), &Figures { rows: 7, ..Figures::default() }).await.unwrap();
    let tried = memory.tried(&ada).await.unwrap();
    assert_eq!(
        (tried.len(), tried[0].figures.rows, tried[1].setting.k, tried[49].setting.k),
        (TRIED_MAX, 7, 50, 2)
    );
    assert!(tried[0].ts >= tried[1].ts && tried[0].ts > 1e9);
}

#[tokio::test]
async fn a_profile_of_ones_own_hides_the_shared_one() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (ada, bob) = (scope("ada"), scope("bob"));
    let of = |k| Profile { k: Some(k), ..Profile::default() };
    memory.set_profile(None, "wide", of(1)).await.unwrap();
    memory.set_profile(Some(&ada), " wide ", of(2)).await.unwrap();
    assert_eq!(memory.profile(&ada, "wide").await.unwrap(), Some(of(2)));
    assert_eq!(memory.profile(&bob, "wide").await.unwrap(), Some(of(1)));
    let (own, shared) = memory.profiles(&ada).await.unwrap();
    assert_eq!((own["wide"], shared["wide"]), (of(2), of(1)));
    assert!(memory.delete_profile(Some(&ada), "wide").await.unwrap());
    assert!(!memory.delete_profile(Some(&ada), "wide").await.unwrap());
    assert_eq!(memory.profile(&ada, "wide").await.unwrap(), Some(of(1)));
    assert!(memory.delete_profile(None, "wide").await.unwrap());
    assert_eq!(memory.profile(&ada, "wide").await.unwrap(), None);
    for name in ["", "a\nb"] {
        assert!(memory.set_profile(Some(&ada), name, of(1)).await.is_err());
    }
    assert!(memory.set_profile(None, "none", of(0)).await.is_err());
}
