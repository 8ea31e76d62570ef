//! A text that says something.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::input::{self, InvalidInput};

/// What is said, remembered or asked: trimmed, 1 to 65,536 bytes of UTF-8.
///
/// ```
/// use agent_memory::Text;
///
/// let text = Text::new("  Ada is allergic to peanuts. ")?;
/// assert_eq!(text.as_str(), "Ada is allergic to peanuts.");
/// assert!(Text::new(" \n ").is_err());
/// # Ok::<(), agent_memory::InvalidInput>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

impl Text {
    /// A checked text, trimmed. An error names the field `text`.
    ///
    /// # Errors
    /// A text without a visible character, or of more than 65,536 bytes.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidInput> {
        Self::named("text", text)
    }

    /// The same for a field of another name, which an error then tells.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn named(field: &'static str, text: impl AsRef<str>) -> Result<Self, InvalidInput> {
        input::required_text(field, text.as_ref()).map(|text| Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Text {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        Self::new(text)
    }
}

impl TryFrom<String> for Text {
    type Error = InvalidInput;

    fn try_from(text: String) -> Result<Self, InvalidInput> {
        Self::new(text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::TEXT_MAX_BYTES;

    #[test]
    fn a_text_is_trimmed_and_has_limits() {
        assert_eq!(Text::new("\n hello\t").unwrap().as_str(), "hello");
        let longest = "x".repeat(TEXT_MAX_BYTES);
        assert!(Text::new(format!("  {longest}  ")).is_ok());
        for (text, expected) in [("", "query is required"), (" \n ", "query is required")] {
            assert_eq!(Text::named("query", text).unwrap_err().to_string(), expected);
        }
        let too_long = Text::new(longest + "x").unwrap_err();
        assert_eq!(too_long.to_string(), "text is longer than 65536 bytes");
    }

    #[test]
    fn a_text_from_json_is_checked_too() {
        assert_eq!(serde_json::from_str::<Text>("\" a \"").unwrap().as_str(), "a");
        assert!(serde_json::from_str::<Text>("\" \"").is_err());
    }
}
