//! What would become of a text that is sent, in words.

use agent_memory::look::Preview;

use super::{distance::distance, lifetime::memory_lifetime, text::excerpt};

/// Most characters of the memory that a text would be deduplicated onto.
const TEXT_CHARS: usize = 80;

/// In words, such as `would become a new episodic memory that lives 7 d`.
#[must_use]
pub fn preview_text(preview: &Preview) -> String {
    match preview {
        Preview::Skipped => "would write nothing to long-term memory".into(),
        Preview::New { kind, ttl_seconds } => {
            format!("would become a new {kind} memory that {}", lives(*ttl_seconds))
        }
        Preview::Revision { kind, ttl_seconds, revises, text } => {
            format!(
                "would become a new {kind} memory that {}, another version of {} {} at {}; both stay",
                lives(*ttl_seconds),
                revises.memory_id,
                quoted(text),
                distance(revises.distance),
            )
        }
        Preview::Duplicate { onto, text, distance: at, ttl_seconds } => {
            format!(
                "would be deduplicated onto {onto} {} at {}, which then {}",
                quoted(text),
                distance(*at),
                lives(*ttl_seconds)
            )
        }
    }
}

/// What a new text of a memory would be to the others, in words.
#[must_use]
pub fn edit_preview_text(preview: &Preview) -> String {
    match preview {
        Preview::Skipped | Preview::New { .. } => "No other memory says this or contradicts it.".into(),
        Preview::Revision { revises, text, .. } => {
            format!(
                "Disagrees with {} {}: both stay until somebody decides.",
                revises.memory_id,
                quoted(text)
            )
        }
        Preview::Duplicate { onto, text, .. } => {
            format!("Says the same as {onto} {}: both stay.", quoted(text))
        }
    }
}

/// The beginning of a memory's text, in quotation marks.
fn quoted(text: &str) -> String {
    match excerpt(text, TEXT_CHARS) {
        Some(beginning) => format!("“{beginning}”"),
        None => format!("“{text}”"),
    }
}

fn lives(ttl_seconds: Option<u64>) -> String {
    match ttl_seconds {
        None => memory_lifetime(None),
        Some(_) => format!("lives {}", memory_lifetime(ttl_seconds)),
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::{Kind, MemoryId, comparison::Differences, turn::Revised};

    use super::*;

    #[test]
    fn each_outcome_is_told_with_its_lifetime() {
        let duplicate = |ttl_seconds| Preview::Duplicate {
            onto: MemoryId::from_random_bits(1),
            text: "User prefers tea.".into(),
            distance: 0.1491,
            ttl_seconds,
        };
        let rows = [
            (Preview::Skipped, "would write nothing to long-term memory"),
            (
                Preview::New { kind: Kind::Episodic, ttl_seconds: Some(604_800) },
                "would become a new episodic memory that lives 7 d",
            ),
            (
                Preview::New { kind: Kind::Semantic, ttl_seconds: None },
                "would become a new semantic memory that stays",
            ),
            (
                duplicate(None),
                "would be deduplicated onto 000000000001 “User prefers tea.” at 0.149, which then stays",
            ),
            (
                duplicate(Some(60)),
                "would be deduplicated onto 000000000001 “User prefers tea.” at 0.149, which then lives 1 min",
            ),
        ];
        let revises = Revised {
            memory_id: MemoryId::from_random_bits(1),
            distance: 0.1,
            differences: Differences::default(),
        };
        let text = "The dose is 5 mg.".into();
        let revision = Preview::Revision { kind: Kind::Semantic, ttl_seconds: None, revises, text };
        assert_eq!(
            preview_text(&revision),
            "would become a new semantic memory that stays, another version of 000000000001 “The dose is 5 mg.” at 0.100; both stay"
        );
        for (preview, expected) in rows {
            assert_eq!(preview_text(&preview), expected);
        }
    }
}
