//! What holds for any two texts.

use super::{Reading, Verdict, compare};

fn class(one: &str, two: &str) -> &'static str {
    match compare(one, two, Reading::Whole) {
        Verdict::Same => "same",
        Verdict::Revision(_) => "revision",
        Verdict::Other => "other",
    }
}

#[track_caller]
fn check(one: &str, two: &str, expected: &str) {
    assert_eq!(class(one, two), expected, "{one:?} / {two:?}: {:?}", compare(one, two, Reading::Whole));
}

#[test]
fn the_walk_s_pair_is_one_memory() {
    check(
        "User prefers concise answers without filler phrases.",
        "I prefer concise answers without filler phrases.",
        "same",
    );
}

#[test]
fn samples_said_in_the_first_person_are_the_samples() {
    let rows = [
        (
            "User writes Python for a living and works on a logistics platform.",
            "I write Python for a living and work on a logistics platform.",
        ),
        (
            "User lives in Berlin, so times are in the Central European time zone.",
            "I live in Berlin so times are in the Central European timezone",
        ),
        (
            "User dislikes dark mode and prefers a high-contrast light theme in editors and dashboards.",
            "I don't like dark mode and prefer a high contrast light theme in editors and dashboards.",
        ),
        (
            "User is allergic to peanuts; restaurant suggestions have to avoid them.",
            "I'm allergic to peanuts, so restaurant suggestions must avoid them.",
        ),
        (
            "Earlier we traced a flaky test in the inventory service to a race in a webhook handler.",
            "We traced a flaky test in the inventory service to a race in a webhook handler earlier.",
        ),
        (
            "We talked about moving the analytics warehouse from Snowflake to BigQuery next quarter.",
            "We discussed moving the analytics warehouse from Snowflake to BigQuery next quarter.",
        ),
    ];
    for (one, two) in rows {
        check(one, two, "same");
    }
}

#[test]
fn another_value_is_a_revision() {
    let rows = [
        ("The user likes cilantro.", "The user does not like cilantro."),
        ("The user takes 5 mg of ramipril.", "The user takes 10 mg of ramipril."),
        ("The meeting is on Tuesday.", "The meeting is on Thursday."),
        ("The feature flag is enabled.", "The feature flag is disabled."),
        ("Anna manages Bob.", "Bob manages Anna."),
        ("The offset is -5.", "The offset is 5."),
        ("The user moved to the US.", "The user moved to the us."),
        ("The user lives in Berlin.", "The user lives in Munich."),
        ("会议在星期一", "会议在星期三"),
        ("ฉันแพ้ถั่วลิสง", "ฉันไม่แพ้ถั่วลิสง"),
    ];
    for (one, two) in rows {
        check(one, two, "revision");
        check(two, one, "revision");
    }
}
