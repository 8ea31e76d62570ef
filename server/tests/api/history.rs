use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{check_problem, done, remember, start, support::Server};

const TUESDAY: &str = "The stand-up is on Tuesday at nine.";
const THURSDAY: &str = "The stand-up is on Thursday at nine.";

fn post(server: &Server, path: &str, body: &Value) -> Value {
    done(&server.call("POST", &format!("/api/v1/{path}?user=ada"), body), 200)
}

fn recalled(server: &Server) -> Value {
    post(server, "recall", &json!({ "text": "When is the stand-up?", "threshold": 0.8 }))
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|memory| memory["text"].as_str().unwrap()).collect()
}

#[test]
fn a_correction_supersedes_what_it_names_and_both_histories_tell() {
    let (_redis, server) = start();
    let tuesday = remember(&server, "ada", TUESDAY, "semantic");
    let body = json!({ "text": THURSDAY, "kind": "semantic", "supersedes": tuesday, "tags": ["work"] });
    let written = done(&server.call("POST", "/api/v1/memories?user=ada", &body), 201);
    let thursday = written["memory_id"].as_str().unwrap();
    assert_eq!(texts(&recalled(&server)["memories"]), [THURSDAY]);

    let list = |more: &str| done(&server.get(&format!("/api/v1/memories?user=ada{more}")), 200);
    assert_eq!((texts(&list("")["memories"]), &list("")["total"]), (vec![THURSDAY], &json!(1)));
    assert_eq!(list("")["memories"][0]["tags"], json!(["work"]));
    let superseded = list("&standing=superseded");
    assert_eq!(texts(&superseded["memories"]), [TUESDAY]);
    assert_eq!(superseded["memories"][0]["superseded_by"], thursday);
    assert_eq!(list("&standing=any")["total"], 2);
    check_problem(&server.get("/api/v1/memories?user=ada&standing=x"), 400, "standing", "superseded");

    let path = format!("/api/v1/memories/{tuesday}/history?user=ada");
    let history = done(&server.get(&path), 200);
    assert_eq!(
        (&history["changes"][0]["what"], &history["changes"][0]["by"]),
        (&json!("superseded"), &json!("api"))
    );
    assert_eq!(texts(&history["versions"]), [THURSDAY]);
    check_problem(&server.get(&path.replace("ada", "bob")), 404, "", "no such memory");

    let back = post(&server, &format!("memories/{tuesday}/revert"), &json!({}));
    assert_eq!((&back["text"], &back["superseded_by"]), (&json!(TUESDAY), &Value::Null));
    let both = recalled(&server);
    assert_eq!(texts(&both["memories"]), [THURSDAY, TUESDAY]);
    let disagreement = &both["disagreements"][0];
    assert_eq!((&disagreement["newer"], &disagreement["earlier"]), (&json!(thursday), &json!(tuesday)));
    assert_eq!(disagreement["differences"][0]["newer"], "Thursday");
    post(&server, &format!("memories/{tuesday}/supersede"), &json!({ "by": thursday }));
    assert_eq!(texts(&recalled(&server)["memories"]), [THURSDAY]);
    let wrong =
        |body: Value| server.call("POST", &format!("/api/v1/memories/{thursday}/supersede?user=ada"), &body);
    check_problem(&wrong(json!({ "by": tuesday })), 409, "", "superseded itself");
    check_problem(&wrong(json!({ "by": "gone" })), 404, "", "no such memory");
    let body = json!({ "text": "x", "supersedes": "gone" });
    check_problem(&server.call("POST", "/api/v1/memories?user=ada", &body), 404, "", "no memory `gone`");
    check_problem(&server.call("POST", "/api/v1/turn?user=ada", &body), 404, "", "no memory `gone`");
}

#[test]
fn a_turn_knows_what_it_supersedes_or_that_it_is_new() {
    let (_redis, server) = start();
    let first = post(&server, "turn", &json!({ "text": TUESDAY, "kind": "semantic" }));
    let again = post(&server, "turn", &json!({ "text": TUESDAY, "kind": "semantic", "force": "new" }));
    assert_eq!(again["written"]["deduped"], false);
    let id = &first["written"]["memory_id"];
    post(&server, "turn", &json!({ "text": THURSDAY, "kind": "semantic", "supersedes": id }));
    let found = recalled(&server);
    let left: BTreeSet<&str> = texts(&found["memories"]).into_iter().collect();
    assert_eq!((left.len(), left.contains(THURSDAY)), (2, true));
    let wrong = json!({ "text": "x", "force": "old" });
    check_problem(&server.call("POST", "/api/v1/turn?user=ada", &wrong), 400, "force", "new");
}

#[test]
fn a_forgotten_memory_comes_back_unless_it_was_forgotten_for_good() {
    let (redis, server) = start();
    let id = remember(&server, "ada", TUESDAY, "semantic");
    let path = format!("/api/v1/memories/{id}?user=ada");
    assert_eq!(done(&server.call("DELETE", &path, &Value::Null), 200)["deleted"], true);
    let history = done(&server.get(&format!("/api/v1/memories/{id}/history?user=ada")), 200);
    assert_eq!(history["changes"][0]["what"], "drop");
    assert!(history["aside_seconds"].as_u64().unwrap() > 500);
    post(&server, &format!("memories/{id}/revert"), &json!({}));
    assert_eq!(done(&server.get(&path), 200)["text"], TUESDAY);
    let for_good = format!("{path}&for_good=true");
    assert_eq!(done(&server.call("DELETE", &for_good, &Value::Null), 200)["deleted"], true);
    assert_eq!(redis.text(&["DBSIZE"]), "0");
}

#[test]
fn what_is_listed_can_be_read_and_forgotten_whatever_its_id() {
    let (redis, server) = start();
    let id = remember(&server, "ada", TUESDAY, "semantic");
    let document = redis.text(&["JSON.GET", &format!("agent:mem:{id}")]);
    for odd in ["a\nb", "a/b:c d", "?#%", &"y".repeat(130)] {
        redis.command(&["JSON.SET", &format!("agent:mem:{odd}"), "$", &document]);
        let in_path: String = odd.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/v1/memories/{in_path}?user=ada");
        assert_eq!(done(&server.get(&path), 200)["id"], odd);
        assert_eq!(done(&server.call("DELETE", &path, &Value::Null), 200)["deleted"], true, "{odd:?}");
    }
}

#[test]
fn a_conflict_waits_in_the_inbox_is_decided_and_the_decision_undone() {
    let (_redis, server) = start();
    let older = remember(&server, "ada", TUESDAY, "semantic");
    let newer = remember(&server, "ada", THURSDAY, "semantic");
    let inbox = || done(&server.get("/api/v1/review?user=ada"), 200);
    let pair = &inbox()["pairs"][0];
    assert_eq!(
        (&pair["kind"], &pair["by"], &pair["older"]["id"]),
        (&json!("conflict"), &json!("api"), &json!(older))
    );
    assert_eq!(pair["differences"][0]["earlier"], "Tuesday");
    let decide = |decision: &str| json!({ "older": older, "newer": newer, "decision": decision });
    for decision in ["newer_wins", "older_wins", "keep_both", "no_conflict"] {
        let decided = post(&server, "review/decide", &decide(decision));
        assert_eq!(inbox()["total"], 0, "{decision}");
        assert_eq!(post(&server, "review/undo", &decided)["undone"], true, "{decision}");
        assert_eq!(inbox()["total"], 1, "{decision}");
    }
    let refused = |body: &Value| server.call("POST", "/api/v1/review/decide?user=ada", body);
    check_problem(&refused(&decide("merge")), 400, "text", "merge");
    check_problem(&refused(&decide("perhaps")), 400, "decision", "newer_wins");
    let other = json!({ "older": older, "newer": "gone", "decision": "newer_wins" });
    check_problem(&refused(&other), 404, "", "no such pair");
    let mut merge = decide("merge");
    merge["text"] = json!("The stand-up moved from Tuesday to Thursday.");
    let decided = post(&server, "review/decide", &merge);
    assert_eq!(texts(&recalled(&server)["memories"]), ["The stand-up moved from Tuesday to Thursday."]);
    assert_eq!(post(&server, "review/undo", &decided)["undone"], true);
    assert_eq!(texts(&recalled(&server)["memories"]), [THURSDAY, TUESDAY]);

    let scan = post(&server, "review/scan", &json!({}));
    assert_eq!((&scan["total"], &scan["found"], &scan["next"]), (&json!(2), &json!(0), &Value::Null));
}

#[test]
fn an_edit_can_be_previewed() {
    let (_redis, server) = start();
    let tuesday = remember(&server, "ada", TUESDAY, "semantic");
    let other = remember(&server, "ada", "Ada is allergic to peanuts.", "semantic");
    let preview = |text: &str| post(&server, &format!("memories/{other}/preview"), &json!({ "text": text }));
    assert_eq!(preview(THURSDAY)["revises"]["memory_id"], tuesday);
    assert_eq!(preview(TUESDAY)["duplicate_of"], tuesday);
    let nothing = preview("Ada is allergic to walnuts.");
    assert_eq!((&nothing["revises"], &nothing["duplicate_of"]), (&Value::Null, &Value::Null));
}

#[test]
fn many_are_changed_dropped_and_brought_back() {
    let (_redis, server) = start();
    for text in ["Ada plays the violin.", "The build takes nine minutes.", "The warehouse moves in May."] {
        remember(&server, "ada", text, "semantic");
    }
    let total =
        |more: &str| done(&server.get(&format!("/api/v1/memories?user=ada{more}")), 200)["total"].clone();
    let set = json!({ "kind": "episodic", "ttl_seconds": 0, "tags": ["old"] });
    let dry = post(&server, "memories/change", &json!({ "all": true, "set": set, "dry_run": true }));
    assert_eq!((&dry["matched"], &dry["changed"], &dry["undo"]), (&json!(3), &json!(0), &Value::Null));
    let some = json!({ "ids": [dry["ids"][0], "gone"], "set": set, "dry_run": false });
    let changed = post(&server, "memories/change", &some);
    assert_eq!((&changed["matched"], &changed["changed"]), (&json!(1), &json!(1)));
    assert_eq!(total("&kind=episodic"), 1);
    assert_eq!(post(&server, "memories/undo", &json!({ "undo": changed["undo"] }))["undone"], 1);
    assert_eq!(total("&kind=episodic"), 0);

    let dropped = post(&server, "memories/drop", &json!({ "words": "the", "dry_run": false }));
    assert_eq!((&dropped["deleted"], total("")), (&json!(3), json!(0)));
    assert_eq!(post(&server, "memories/undo", &json!({ "undo": dropped["undo"] }))["undone"], 3);
    assert_eq!(total(""), 3);
    let again = json!({ "undo": dropped["undo"] });
    check_problem(&server.call("POST", "/api/v1/memories/undo?user=ada", &again), 404, "", "no such change");

    let change = |body: Value| server.call("POST", "/api/v1/memories/change?user=ada", &body);
    check_problem(
        &change(json!({ "all": true, "set": {}, "dry_run": true })),
        400,
        "set",
        "nothing to change",
    );
    check_problem(&change(json!({ "set": set, "dry_run": true })), 400, "", "name `ids`");
    check_problem(
        &change(json!({ "set": set, "where": { "words": "  " }, "dry_run": true })),
        400,
        "",
        "name `ids`",
    );
    let both = json!({ "ids": ["a"], "all": true, "set": set, "dry_run": true });
    check_problem(&change(both), 400, "ids", "contradicts");
    let unknown = json!({ "where": { "knd": "x" }, "set": set, "dry_run": true });
    check_problem(&change(unknown), 400, "where.knd", "unknown field");
}

#[test]
fn what_the_index_cannot_read_is_told_and_can_be_forgotten() {
    let (redis, server) = start();
    let id = remember(&server, "ada", TUESDAY, "semantic");
    let key = |id: &str| format!("agent:mem:{id}");
    let document = redis.text(&["JSON.GET", &key(&id)]);
    for (broken, path, value) in
        [("long", "$.embedding", "[1,2,3]"), ("iso", "$.created_ts", r#""2026-01-01""#)]
    {
        redis.command(&["JSON.SET", &key(broken), "$", &document]);
        redis.command(&["JSON.SET", &key(broken), path, value]);
    }
    redis.command(&["SET", &key("no document"), "x"]);
    let all = |user: &str| {
        let list = done(&server.get(&format!("/api/v1/review/unreadable?user={user}")), 200);
        assert_eq!(list["next"], Value::Null);
        list["memories"].as_array().unwrap().clone()
    };
    let problems: BTreeSet<String> =
        all("ada").iter().map(|one| one["problem"].as_str().unwrap().into()).collect();
    let expected = ["its embedding has 3 numbers instead of 384", "`created_ts` is not a number"];
    assert_eq!(problems, expected.map(String::from).into());
    assert!(all("Ada").is_empty());
    for broken in ["long", "iso"] {
        let path = format!("/api/v1/memories/{broken}?user=ada");
        assert_eq!(done(&server.call("DELETE", &path, &Value::Null), 200)["deleted"], true, "{broken}");
    }
    assert!(all("ada").is_empty());
}
