//! Limits on what comes from outside, checked once at the border.

use std::fmt;

/// Most bytes of UTF-8 in a turn, a goal, a scratchpad or a memory.
pub const TEXT_MAX_BYTES: usize = 65_536;

/// Most characters in a user, namespace, thread id, memory id or agent name.
pub const NAME_MAX_CHARS: usize = 128;

/// What is wrong with a value, and with which field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct InvalidInput {
    /// The field as the caller knows it, such as `user` or `text`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// The ways in which a value can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Required, and empty.
    Empty,
    /// Longer than the limit, told in its unit.
    TooLong {
        /// The limit.
        limit: usize,
        /// `bytes` or `characters`.
        unit: &'static str,
    },
    /// Has a control character, which no Redis Search tag can tell apart reliably.
    ControlCharacter,
    /// None of the words that are accepted here.
    Unknown {
        /// The accepted words, in the order in which a person would list them.
        accepted: &'static [&'static str],
    },
    /// Not a vector of finite numbers with a direction, or not as many as the model has.
    NotAnEmbedding,
    /// Not what is expected here, told in words: `a whole number from 1 to 100`.
    Unfit {
        /// What would be accepted.
        expected: &'static str,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "is required"),
            Self::TooLong { limit, unit } => write!(f, "is longer than {limit} {unit}"),
            Self::ControlCharacter => write!(f, "has a control character"),
            Self::Unknown { accepted } => {
                write!(f, "is unknown, expected {}", accepted.join(" or "))
            }
            Self::NotAnEmbedding => {
                write!(f, "is not a vector of the model's number of finite numbers with a length above zero")
            }
            Self::Unfit { expected } => write!(f, "has to be {expected}"),
        }
    }
}

impl InvalidInput {
    /// A value of this field that is not what is expected, told in words.
    #[must_use]
    pub fn unfit(field: &'static str, expected: &'static str) -> Self {
        Self::new(field, Problem::Unfit { expected })
    }

    pub(crate) fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }
}

/// Checks a user, namespace or id: 1 to 128 characters, none of them a control character.
pub fn name(field: &'static str, value: &str) -> Result<(), InvalidInput> {
    let problem = if value.is_empty() {
        Problem::Empty
    } else if value.chars().count() > NAME_MAX_CHARS {
        Problem::TooLong { limit: NAME_MAX_CHARS, unit: "characters" }
    } else if value.chars().any(char::is_control) {
        Problem::ControlCharacter
    } else {
        return Ok(());
    };
    Err(InvalidInput::new(field, problem))
}

/// Most labels of a memory.
pub const TAGS_MAX: usize = 32;

/// Checks labels: at most 32, each as [`name`].
pub fn tags(tags: &[String]) -> Result<(), InvalidInput> {
    if tags.len() > TAGS_MAX {
        return Err(InvalidInput::new("tags", Problem::TooLong { limit: TAGS_MAX, unit: "labels" }));
    }
    tags.iter().try_for_each(|tag| name("tags", tag))
}

/// Checks the length of a text: at most 65,536 bytes. An empty text is fine.
pub fn text(field: &'static str, value: &str) -> Result<(), InvalidInput> {
    if value.len() > TEXT_MAX_BYTES {
        return Err(InvalidInput::new(field, Problem::TooLong { limit: TEXT_MAX_BYTES, unit: "bytes" }));
    }
    Ok(())
}

/// Trims a text that must say something, and checks its length.
pub fn required_text<'a>(field: &'static str, value: &'a str) -> Result<&'a str, InvalidInput> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(InvalidInput::new(field, Problem::Empty));
    }
    text(field, trimmed)?;
    Ok(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_to_128_printable_characters() {
        let longest = "é".repeat(NAME_MAX_CHARS);
        for accepted in ["a", "acme/bob", "two words", "日本", longest.as_str()] {
            assert_eq!(name("user", accepted), Ok(()), "{accepted:?}");
        }
        let too_long = "é".repeat(NAME_MAX_CHARS + 1);
        for refused in ["", "a\nb", "a\0b", "a\tb", "\u{7f}", too_long.as_str()] {
            assert!(name("user", refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn the_message_names_the_field_and_the_limit() {
        let error = text("text", &"x".repeat(TEXT_MAX_BYTES + 1)).unwrap_err();
        assert_eq!(error.to_string(), "text is longer than 65536 bytes");
        assert_eq!(required_text("text", " \n ").unwrap_err().to_string(), "text is required");
    }
}
