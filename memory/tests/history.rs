//! What a memory was is never lost at once: histories, superseding, review, bulk changes, and taking them back.
#![cfg(all(feature = "redis", feature = "onnx"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use agent_memory::{
    Kind, Lifetime, LookRequest, Memory, MemoryFilter, MemoryId, Scope, Text, Threshold,
    filter::Standing,
    history::{Deed, disagreements},
    look::Preview,
    review::{Decision, PairKind},
    service::{ManyChange, ManyEdit, NewText, Selection, TextEdit},
    store::RecallOptions,
    turn::Relation,
};
use support::{PrivateRedis, scope, with_model::memory};

fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

fn new(words: &str) -> NewText {
    NewText::new(Kind::Semantic, text(words))
}

async fn remember(memory: &Memory, scope: &Scope, words: &str) -> MemoryId {
    memory.remember(scope, new(words)).await.unwrap().memory_id
}

async fn recalled(memory: &Memory, scope: &Scope, words: &str) -> Vec<String> {
    let options =
        RecallOptions { k: 20, threshold: Threshold::new(0.6).unwrap(), ..RecallOptions::default() };
    let found = memory.recall(scope, &text(words), &options).await.unwrap().memories;
    found.into_iter().map(|memory| memory.text).collect()
}

async fn listed(memory: &Memory, scope: &Scope, standing: Standing) -> usize {
    memory.long_term().ids(scope, &MemoryFilter { standing, ..MemoryFilter::default() }).await.unwrap().len()
}

async fn waiting(memory: &Memory, scope: &Scope) -> u64 {
    memory.look(scope, &LookRequest::default()).await.unwrap().review_count
}

const TUESDAY: &str = "The stand-up is on Tuesday at nine.";
const THURSDAY: &str = "The stand-up is on Thursday at nine.";

#[tokio::test]
async fn each_change_keeps_what_it_replaced_and_can_be_taken_back() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await.by("cli");
    let ada = scope("ada");
    let id = remember(&memory, &ada, TUESDAY).await;
    let edit = TextEdit {
        text: Some(text("Ada plays the cello.")),
        kind: Some(Kind::Episodic),
        tags: Some(vec!["music".into()]),
        ..TextEdit::default()
    };
    let edited = memory.edit(&ada, &id, &edit).await.unwrap().unwrap();
    assert_eq!((edited.tags.as_slice(), edited.ttl_seconds), (&["music".to_string()][..], Some(604_800)));

    let history = memory.history(&ada, &id).await.unwrap().unwrap();
    let [change] = history.changes.as_slice() else { panic!("{:?}", history.changes) };
    assert_eq!(
        (change.deed(), change.by.as_str(), change.text.as_deref()),
        (Some(Deed::Edit), "cli", Some(TUESDAY))
    );
    assert_eq!((change.kind.as_deref(), change.expires_at_ms), (Some("semantic"), Some(-1)));

    let back = memory.revert(&ada, &id, None).await.unwrap().unwrap();
    assert_eq!((back.text.as_str(), back.kind.as_str(), back.ttl_seconds), (TUESDAY, "semantic", None));
    assert_eq!(recalled(&memory, &ada, "When is the stand-up?").await, [TUESDAY]);
    // Taking back is a change too.
    let again = memory.revert(&ada, &id, None).await.unwrap().unwrap();
    assert_eq!((again.text.as_str(), again.kind.as_str()), ("Ada plays the cello.", "episodic"));
    let history = memory.history(&ada, &id).await.unwrap().unwrap();
    let deeds: Vec<_> = history.changes.iter().map(|change| change.deed().unwrap()).collect();
    assert_eq!(deeds, [Deed::Edit, Deed::Revert, Deed::Revert]);

    assert!(memory.revert(&ada, &id, Some(1.0)).await.is_err());
    assert_eq!(memory.history(&scope("Ada"), &id).await.unwrap(), None);
    assert_eq!(memory.revert(&scope("Ada"), &id, None).await.unwrap(), None);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_trace_and_a_history_is_bounded() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let id = remember(&memory, &ada, TUESDAY).await;
    let key = format!("agent:mem:{id}");
    let same = TextEdit {
        text: Some(text(TUESDAY)),
        kind: Some(Kind::Semantic),
        tags: Some(Vec::new()),
        ..TextEdit::default()
    };
    memory.edit(&ada, &id, &same).await.unwrap().unwrap();
    assert_eq!(redis.text(&["JSON.GET", &key, "$.history"]), "[]");
    for number in 0..25 {
        let tags = Some(vec![number.to_string()]);
        memory.edit(&ada, &id, &TextEdit { tags, ..TextEdit::default() }).await.unwrap().unwrap();
    }
    let history = memory.history(&ada, &id).await.unwrap().unwrap();
    assert_eq!(history.changes.len(), 20);
    assert_eq!(history.changes[19].tags, Some(vec!["23".to_string()]));
    // Long texts take more than their share of entries away.
    for number in 0..4 {
        let words = format!("{number} {}", "long ".repeat(12_000));
        let edit = TextEdit { text: Some(text(&words)), ..TextEdit::default() };
        memory.edit(&ada, &id, &edit).await.unwrap().unwrap();
    }
    let history = memory.history(&ada, &id).await.unwrap().unwrap();
    let bytes: usize =
        history.changes.iter().filter_map(|change| change.text.as_ref()).map(String::len).sum();
    assert!(bytes <= 128 * 1024 && history.changes.len() >= 2, "{bytes}");
}

#[tokio::test]
async fn what_another_program_calls_history_stays_as_it_is() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let id = remember(&memory, &ada, TUESDAY).await;
    let key = format!("agent:mem:{id}");
    redis.command(&["JSON.SET", &key, "$.history", r#""theirs""#]);
    let edit = TextEdit { text: Some(text(THURSDAY)), ..TextEdit::default() };
    assert_eq!(memory.edit(&ada, &id, &edit).await.unwrap().unwrap().text, THURSDAY);
    assert_eq!(redis.text(&["JSON.GET", &key, "$.history"]), r#"["theirs"]"#);
    redis.command(&["JSON.SET", &key, "$.history", r#"[{"mine":1.5,"deep":[{}]}]"#]);
    memory.edit(&ada, &id, &TextEdit { text: Some(text(TUESDAY)), ..TextEdit::default() }).await.unwrap();
    let kept = redis.text(&["JSON.GET", &key, "$.history[0]"]);
    assert_eq!(kept, r#"[{"mine":1.5,"deep":[{}]}]"#);
    assert_eq!(
        memory.history(&ada, &id).await.unwrap().unwrap().changes.last().unwrap().text.as_deref(),
        Some(THURSDAY)
    );
}

#[tokio::test]
async fn the_wording_that_a_merge_does_not_keep_is_in_the_history() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let id = remember(&memory, &ada, "User prefers concise answers without filler phrases.").await;
    let again = "I prefer concise answers without filler phrases.";
    assert!(memory.remember(&ada, new(again)).await.unwrap().deduplicated_at.is_some());
    memory.remember(&ada, new("User prefers concise answers without filler phrases.")).await.unwrap();
    let history = memory.history(&ada, &id).await.unwrap().unwrap();
    assert_eq!(history.memory.hit_count, 2);
    let merged: Vec<_> =
        history.changes.iter().map(|change| (change.deed(), change.text.as_deref())).collect();
    assert_eq!(merged, [(Some(Deed::Merge), Some(again))]);
}

#[tokio::test]
async fn what_is_superseded_is_out_of_recall_and_lists_and_comes_back() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let tuesday = remember(&memory, &ada, TUESDAY).await;
    let relation = Relation::superseding(tuesday.clone());
    let thursday = memory.remember(&ada, NewText { relation, ..new(THURSDAY) }).await.unwrap().memory_id;
    assert_eq!(recalled(&memory, &ada, "When is the stand-up?").await, [THURSDAY]);
    assert_eq!(listed(&memory, &ada, Standing::Current).await, 1);
    assert_eq!(listed(&memory, &ada, Standing::Superseded).await, 1);
    assert_eq!(listed(&memory, &ada, Standing::Any).await, 2);
    assert_eq!(waiting(&memory, &ada).await, 0);
    let look = memory.look(&ada, &LookRequest::default()).await.unwrap();
    assert_eq!((look.memories.len(), look.memory_count), (1, 1));

    // Saying the former thing again is news, and no hit on what no longer holds.
    let again = memory.remember(&ada, new(TUESDAY)).await.unwrap();
    assert_eq!(
        (again.deduplicated_at, again.revises.map(|revised| revised.memory_id)),
        (None, Some(thursday.clone()))
    );
    assert!(memory.forget(&ada, &again.memory_id).await.unwrap());

    let history = memory.history(&ada, &tuesday).await.unwrap().unwrap();
    assert_eq!(history.memory.superseded_by, Some(thursday.clone()));
    assert_eq!(history.versions.iter().map(|version| version.text.as_str()).collect::<Vec<_>>(), [THURSDAY]);
    let newer = memory.history(&ada, &thursday).await.unwrap().unwrap();
    assert_eq!(newer.versions[0].id, tuesday);

    let back = memory.revert(&ada, &tuesday, None).await.unwrap().unwrap();
    assert_eq!(back.superseded_by, None);
    assert_eq!(recalled(&memory, &ada, "When is the stand-up?").await, [THURSDAY, TUESDAY]);
    let gone = memory.revert(&ada, &tuesday, None).await.unwrap().unwrap();
    assert_eq!(gone.superseded_by, Some(thursday));
}

#[tokio::test]
async fn an_index_that_another_program_made_anew_hides_what_is_superseded_all_the_same() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let old = remember(&memory, &ada, TUESDAY).await;
    memory.remember(&ada, NewText { relation: Relation::superseding(old), ..new(THURSDAY) }).await.unwrap();
    redis.command(&["FT.DROPINDEX", "agentmem:idx"]);
    let mut create = vec!["FT.CREATE", "agentmem:idx", "ON", "JSON", "PREFIX", "1", "agent:mem:", "SCHEMA"];
    for (path, name, kind) in [
        ("$.text", "text", "TEXT"),
        ("$.user", "user", "TAG"),
        ("$.namespace", "namespace", "TAG"),
        ("$.kind", "kind", "TAG"),
        ("$.source_thread", "source_thread", "TAG"),
        ("$.created_ts", "created_ts", "NUMERIC"),
        ("$.hit_count", "hit_count", "NUMERIC"),
    ] {
        create.extend([path, "AS", name, kind]);
        if kind == "NUMERIC" {
            create.push("SORTABLE");
        }
    }
    create.extend(["$.embedding", "AS", "embedding", "VECTOR", "HNSW", "6", "TYPE", "FLOAT32", "DIM", "384"]);
    create.extend(["DISTANCE_METRIC", "COSINE"]);
    redis.command(&create);
    let question = "When is the stand-up?";
    while recalled(&memory, &ada, question).await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(recalled(&memory, &ada, question).await, [THURSDAY]);
    let look = memory.look(&ada, &LookRequest::default()).await.unwrap();
    assert_eq!(look.memories.iter().map(|memory| memory.text.as_str()).collect::<Vec<_>>(), [THURSDAY]);
    // Looking at it has mended it.
    while !format!("{:?}", redis.command(&["FT.INFO", "agentmem:idx"])).contains("superseded_by") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_should_supersede_nothing_of_ones_own_writes_nothing() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let (ada, bob) = (scope("ada"), scope("bob"));
    let theirs = remember(&memory, &bob, TUESDAY).await;
    let relation = Relation::superseding(theirs.clone());
    let refused = memory.remember(&ada, NewText { relation, ..new(THURSDAY) }).await.unwrap_err();
    assert!(matches!(refused, agent_memory::Error::NoSuchMemory { .. }), "{refused}");
    assert_eq!(listed(&memory, &ada, Standing::Any).await, 0);
    assert_eq!(recalled(&memory, &bob, "When is the stand-up?").await, [TUESDAY]);
    let own = remember(&memory, &ada, THURSDAY).await;
    assert!(!memory.supersede(&ada, &theirs, &own).await.unwrap());
    assert!(!memory.supersede(&ada, &own, &own).await.unwrap());
}

#[tokio::test]
async fn what_is_forced_to_be_new_is_new() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let first = remember(&memory, &ada, TUESDAY).await;
    let relation = Relation { is_new: true, ..Relation::default() };
    let second = memory.remember(&ada, NewText { relation, ..new(TUESDAY) }).await.unwrap();
    assert_eq!((second.deduplicated_at, second.revises), (None, None));
    assert_ne!(second.memory_id, first);
}

#[tokio::test]
async fn conflicts_wait_until_somebody_decides_and_each_decision_can_be_undone() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let (older, newer) = (remember(&memory, &ada, TUESDAY).await, remember(&memory, &ada, THURSDAY).await);
    let question = "When is the stand-up?";
    let both = [THURSDAY, TUESDAY].map(str::to_owned);
    let inbox = memory.inbox(&ada, 10).await.unwrap();
    let [pair] = inbox.pairs.as_slice() else { panic!("{inbox:?}") };
    assert_eq!(
        (inbox.total, pair.kind, &pair.older.id, &pair.newer.id),
        (1, PairKind::Conflict, &older, &newer)
    );
    assert_eq!(pair.differences.list[0].newer.text, "Thursday");
    assert_eq!(memory.inbox(&scope("Ada"), 10).await.unwrap().total, 0);

    let after = [
        (Decision::NewerWins, vec![THURSDAY]),
        (Decision::OlderWins, vec![TUESDAY]),
        (Decision::KeepBoth, vec![]),
        (Decision::NoConflict, vec![]),
    ];
    for (decision, expected) in after {
        let decided = memory.decide(&ada, &older, &newer, decision, None).await.unwrap().unwrap();
        assert_eq!(waiting(&memory, &ada).await, 0, "{decision}");
        let left = recalled(&memory, &ada, question).await;
        match expected.as_slice() {
            [] => assert_eq!(left.len(), 2, "{decision}"),
            expected => assert_eq!(left, expected, "{decision}"),
        }
        assert!(memory.undo_decision(&ada, &decided).await.unwrap(), "{decision}");
        assert_eq!(waiting(&memory, &ada).await, 1, "{decision}");
        assert_eq!(recalled(&memory, &ada, question).await, both, "{decision}");
    }

    let words = "The stand-up is on Thursday at nine; it used to be on Tuesday.";
    assert!(memory.decide(&ada, &older, &newer, Decision::Merge, None).await.is_err());
    let decided =
        memory.decide(&ada, &older, &newer, Decision::Merge, Some(text(words))).await.unwrap().unwrap();
    assert_eq!(recalled(&memory, &ada, question).await, [words]);
    assert_eq!(
        memory.history(&ada, decided.merged.as_ref().unwrap()).await.unwrap().unwrap().versions.len(),
        2
    );
    assert!(memory.undo_decision(&ada, &decided).await.unwrap());
    assert_eq!(recalled(&memory, &ada, question).await, both);
    assert_eq!(waiting(&memory, &ada).await, 1);

    // Whoever is gone waits for nothing.
    assert!(memory.set_aside(&ada, &older).await.unwrap());
    assert_eq!(waiting(&memory, &ada).await, 0);
    assert!(memory.bring_back(&ada, &older).await.unwrap());
    assert_eq!(waiting(&memory, &ada).await, 1);
}

#[tokio::test]
async fn recall_tells_which_versions_disagree_until_somebody_decides() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    for day in ["Monday", "Tuesday", "Friday"] {
        remember(&memory, &ada, &format!("The stand-up is on {day} at nine.")).await;
    }
    let options = RecallOptions::default();
    let found = memory.recall(&ada, &text("When is the stand-up?"), &options).await.unwrap().memories;
    let told: Vec<_> = disagreements(&found)
        .into_iter()
        .map(|one| (one.differences.list[0].earlier.text.clone(), one.differences.list[0].newer.text.clone()))
        .collect();
    let pair = |earlier: &str| (earlier.to_owned(), "Friday".to_owned());
    assert_eq!(told, [pair("Tuesday"), pair("Monday")]);
    // The one in the middle goes, and the others still belong together.
    assert!(memory.forget(&ada, &found[1].id).await.unwrap());
    let found = memory.recall(&ada, &text("When is the stand-up?"), &options).await.unwrap().memories;
    assert_eq!(disagreements(&found).len(), 1);
    let decided = memory.decide(&ada, &found[1].id, &found[0].id, Decision::NewerWins, None).await.unwrap();
    assert!(decided.is_some());
    let found = memory.recall(&ada, &text("When is the stand-up?"), &options).await.unwrap().memories;
    assert!(disagreements(&found).is_empty());
}

#[tokio::test]
async fn a_scan_finds_what_nobody_noticed_goes_on_where_it_was_and_changes_nothing() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let forced =
        |words: &str| NewText { relation: Relation { is_new: true, ..Relation::default() }, ..new(words) };
    let texts = [TUESDAY, THURSDAY, TUESDAY, "Ada is allergic to peanuts.", "The warehouse moves in May."];
    memory.remember_many(&ada, &texts.map(forced)).await.unwrap();
    let before = redis.text(&["DBSIZE"]);
    let (mut after, mut scanned, mut found) = (None, 0, 0);
    loop {
        let progress = memory.scan(&ada, after.as_ref(), 2).await.unwrap();
        scanned += progress.scanned;
        found += progress.found;
        assert_eq!(progress.total, 5);
        after = progress.next;
        if after.is_none() {
            break;
        }
    }
    // Two Tuesdays with each other, and the Thursday with both.
    assert_eq!((scanned, found, waiting(&memory, &ada).await), (5, 3, 3));
    assert_eq!(memory.scan(&ada, None, 100).await.unwrap().found, 0);
    let inbox = memory.inbox(&ada, 10).await.unwrap();
    assert_eq!(inbox.pairs.iter().filter(|pair| pair.kind == PairKind::Same).count(), 1);
    assert_eq!(listed(&memory, &ada, Standing::Current).await, 5);
    assert_eq!(redis.text(&["DBSIZE"]).parse::<u32>().unwrap(), before.parse::<u32>().unwrap() + 1);
    // What is decided is not found again.
    for pair in &inbox.pairs {
        memory.decide(&ada, &pair.older.id, &pair.newer.id, Decision::KeepBoth, None).await.unwrap().unwrap();
    }
    assert_eq!((memory.scan(&ada, None, 100).await.unwrap().found, waiting(&memory, &ada).await), (0, 0));
}

#[tokio::test]
async fn a_pair_that_was_written_within_a_moment_is_found_once() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    for number in 0..4 {
        let ada = scope(&format!("ada {number}"));
        memory.remember_many(&ada, &[new(TUESDAY), new(THURSDAY)]).await.unwrap();
        assert_eq!(waiting(&memory, &ada).await, 1);
        assert_eq!((memory.scan(&ada, None, 10).await.unwrap().found, waiting(&memory, &ada).await), (0, 1));
        let pair = memory.inbox(&ada, 1).await.unwrap().pairs.remove(0);
        let (older, newer) = (pair.older.id, pair.newer.id);
        memory.decide(&ada, &older, &newer, Decision::KeepBoth, None).await.unwrap().unwrap();
        assert_eq!((memory.scan(&ada, None, 10).await.unwrap().found, waiting(&memory, &ada).await), (0, 0));
    }
}

#[tokio::test]
async fn an_edit_shows_beforehand_what_it_would_disagree_with_and_notes_it() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let id = remember(&memory, &ada, TUESDAY).await;
    let other = remember(&memory, &ada, "Ada is allergic to peanuts.").await;
    match memory.preview_edit(&ada, &other, &text(THURSDAY)).await.unwrap().unwrap() {
        Preview::Revision { revises, .. } => assert_eq!(revises.memory_id, id),
        preview => panic!("{preview:?}"),
    }
    // Itself apart.
    let own = memory.preview_edit(&ada, &id, &text(THURSDAY)).await.unwrap().unwrap();
    assert!(matches!(own, Preview::New { .. }), "{own:?}");
    assert_eq!(waiting(&memory, &ada).await, 0);
    memory.edit(&ada, &other, &TextEdit { text: Some(text(THURSDAY)), ..TextEdit::default() }).await.unwrap();
    assert_eq!(waiting(&memory, &ada).await, 1);
    assert_eq!(memory.preview_edit(&scope("bob"), &id, &text(THURSDAY)).await.unwrap(), None);
}

#[tokio::test]
async fn many_are_changed_or_dropped_after_a_dry_run_and_all_of_it_comes_back() {
    let redis = PrivateRedis::start();
    let memory = memory(&redis).await;
    let ada = scope("ada");
    let names = ["cello", "bread", "chess", "rowing"];
    let mut keys = Vec::new();
    for name in names {
        let id = remember(&memory, &ada, &format!("Ada likes {name} very much.")).await;
        keys.push(format!("agent:mem:{id}"));
    }
    remember(&memory, &scope("bob"), "Bob likes chess.").await;
    let documents = || keys.iter().map(|key| redis.text(&["JSON.GET", key])).collect::<Vec<_>>();
    let before = documents();
    let all = Selection::Where(MemoryFilter::everything());
    let dry = memory.change_many(&ada, &all, &ManyChange::Drop, true).await.unwrap();
    assert_eq!((dry.matched, dry.changed, dry.undo, dry.ids.len()), (4, 0, None, 4));

    let dropped = memory.change_many(&ada, &all, &ManyChange::Drop, false).await.unwrap();
    assert_eq!((dropped.changed, listed(&memory, &ada, Standing::Any).await), (4, 0));
    let undo = dropped.undo.unwrap();
    assert_eq!(memory.undo_many(&scope("bob"), &undo).await.unwrap(), None);
    assert_eq!(memory.undo_many(&ada, &undo).await.unwrap(), Some(4));
    assert_eq!(documents(), before);
    assert_eq!(memory.undo_many(&ada, &undo).await.unwrap(), None);

    let some = Selection::Ids(dry.ids[..2].iter().cloned().chain([MemoryId::random().unwrap()]).collect());
    let edit =
        ManyEdit { kind: Some(Kind::Episodic), lifetime: Lifetime::Stays, tags: Some(vec!["hobby".into()]) };
    let changed = memory.change_many(&ada, &some, &ManyChange::Edit(edit), false).await.unwrap();
    assert_eq!((changed.matched, changed.changed), (2, 2));
    let episodic = MemoryFilter::of_kind(Some(Kind::Episodic));
    assert_eq!(memory.long_term().ids(&ada, &episodic).await.unwrap().len(), 2);
    assert_eq!(memory.undo_many(&ada, &changed.undo.unwrap()).await.unwrap(), Some(2));
    assert!(memory.long_term().ids(&ada, &episodic).await.unwrap().is_empty());

    // What somebody changed again meanwhile stays as it is; the other one comes back.
    let tags = |word: &str| ManyEdit { tags: Some(vec![word.into()]), ..ManyEdit::default() };
    let both = memory.change_many(&ada, &some, &ManyChange::Edit(tags("first")), false).await.unwrap();
    let one = Selection::Ids(dry.ids[..1].to_vec());
    memory.change_many(&ada, &one, &ManyChange::Edit(tags("second")), false).await.unwrap();
    assert_eq!(memory.undo_many(&ada, &both.undo.unwrap()).await.unwrap(), Some(1));
    let labels = async |id| memory.long_term().get(&ada, id).await.unwrap().unwrap().tags;
    assert_eq!(labels(&dry.ids[0]).await, ["second"]);
    assert!(labels(&dry.ids[1]).await.is_empty());

    let gone = memory.change_many(&ada, &all, &ManyChange::DropForGood, false).await.unwrap();
    assert_eq!((gone.changed, gone.undo), (4, None));
    let left: Vec<String> = redis::from_redis_value(redis.command(&["KEYS", "*aside*"])).unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(listed(&memory, &scope("bob"), Standing::Any).await, 1);
}
