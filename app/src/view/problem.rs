//! Errors in words: what happened, and what to do next.

use crate::api::ApiError;

/// What the person at the page reads about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What happened.
    pub what: String,
    /// What to do next.
    pub next: &'static str,
}

/// An error in words.
#[must_use]
pub fn problem(error: &ApiError) -> Problem {
    let (what, next) = match error {
        ApiError::Invalid { field, problem } => {
            let label = field_label(field);
            return Problem {
                what: format!("{label} {problem}."),
                next: "Correct it and send again; nothing was changed.",
            };
        }
        ApiError::NoSuchThread => {
            ("This user and namespace have no such thread.", "Open the current thread, or begin a new one.")
        }
        ApiError::Gone => {
            ("The memory is gone, or another one took its place.", "The page shows what there is now.")
        }
        ApiError::Busy => ("The server is busy.", "Nothing was changed; try again in a moment."),
        ApiError::Disconnected => (
            "Disconnected: the server does not reach Redis.",
            "It reconnects by itself; try again in a moment.",
        ),
        ApiError::Unreachable => {
            ("Disconnected: the server does not answer.", "See that it runs, then try again.")
        }
        ApiError::Failed => ("The server could not do this.", "Its log tells the cause."),
    };
    Problem { what: what.into(), next }
}

/// A field as its label on the page calls it.
fn field_label(field: &str) -> &str {
    match field {
        "text" => "The text",
        "user" => "The user",
        "namespace" => "The namespace",
        "kind" => "The kind",
        "role" => "The role",
        "thread_id" => "The thread",
        "memory_id" => "The memory",
        "scratchpad" => "The scratchpad",
        "words" => "The text to look for",
        "find_threads" => "The text to look for",
        "query" => "The text",
        "extent" => "The choice",
        "ids" => "The selection",
        "memory" => "The memory",
        "days" => "The number of days",
        "until" => "The last day",
        "tags" => "A label",
        "name" => "The name",
        "decision" => "The decision",
        "form" => "The form",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_named_as_on_the_page() {
        let error = ApiError::Invalid { field: "text".into(), problem: "is required".into() };
        assert_eq!(problem(&error).what, "The text is required.");
    }

    #[test]
    fn an_outage_says_disconnected() {
        for error in [ApiError::Disconnected, ApiError::Unreachable] {
            assert!(problem(&error).what.starts_with("Disconnected"));
        }
    }
}
