//! The sample memories with which a first look begins.

use crate::model::Kind;

/// The `source_thread` of a sample.
pub const SEED_THREAD: &str = "seed";

/// Facts and preferences that stay, and snapshots of past sessions that expire.
pub const SAMPLES: [(Kind, &str); 8] = [
    (Kind::Semantic, "User likes concise answers and dislikes filler phrases."),
    (Kind::Semantic, "User writes Python for a living and works on a logistics platform."),
    (Kind::Semantic, "User lives in Berlin, so times are in the Central European time zone."),
    (
        Kind::Semantic,
        "User dislikes dark mode and prefers a high-contrast light theme in editors and dashboards.",
    ),
    (Kind::Semantic, "User is allergic to peanuts; restaurant suggestions have to avoid them."),
    (
        Kind::Episodic,
        "Last week we drafted the postmortem of the order-routing outage in five sections; the first three are approved.",
    ),
    (
        Kind::Episodic,
        "Earlier we traced a flaky test in the inventory service to a race in a webhook handler.",
    ),
    (
        Kind::Episodic,
        "We talked about moving the analytics warehouse from Snowflake to BigQuery next quarter.",
    ),
];
