//! The sample memories with which a first look begins.

use crate::model::Kind;

/// The `source_thread` of a sample.
pub const SEED_THREAD: &str = "seed";

/// Facts and preferences that stay, and snapshots of past sessions that expire.
pub const SAMPLES: [(Kind, &str); 8] = [
    (Kind::Semantic, "User prefers concise answers without filler phrases."),
    (Kind::Semantic, "User writes Python for a living and works on a logistics platform."),
    (Kind::Semantic, "User lives in Berlin, so times are in the Central European time zone."),
    (
        Kind::Semantic,
        "User dislikes dark mode and prefers a high-contrast light theme in editors and dashboards.",
    ),
    (Kind::Semantic, "User is allergic to peanuts; restaurant suggestions have to avoid them."),
    (
        Kind::Episodic,
        "In an earlier session the assistant helped the user draft a five-section postmortem (summary, impact, timeline, \
         root cause, prevention) for the order-routing outage; user approved the first three.",
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
