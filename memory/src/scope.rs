//! Whose memory it is: user and namespace, and the ids within.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::input::{self, InvalidInput, Problem};

/// The user or namespace that stands in for a missing one.
pub const DEFAULT_NAME: &str = "default";

/// A user and a namespace; neither is ever empty.
///
/// Every read and write of long-term memory happens inside one scope, compared exactly: upper and lower case differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawScope")]
pub struct Scope {
    user: String,
    namespace: String,
}

#[derive(Deserialize)]
struct RawScope {
    user: String,
    namespace: String,
}

impl TryFrom<RawScope> for Scope {
    type Error = InvalidInput;

    fn try_from(raw: RawScope) -> Result<Self, InvalidInput> {
        Self::new(raw.user, raw.namespace)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self { user: DEFAULT_NAME.into(), namespace: DEFAULT_NAME.into() }
    }
}

impl Scope {
    /// A scope of two checked names, trimmed; a blank one becomes `default`.
    ///
    /// # Errors
    /// A name of more than 128 characters or with a control character inside.
    pub fn new(user: impl AsRef<str>, namespace: impl AsRef<str>) -> Result<Self, InvalidInput> {
        Ok(Self {
            user: name_or_default("user", user.as_ref())?,
            namespace: name_or_default("namespace", namespace.as_ref())?,
        })
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether a record with this user and namespace belongs to the scope.
    #[must_use]
    pub fn owns(&self, user: &str, namespace: &str) -> bool {
        self.user == user && self.namespace == namespace
    }
}

#[cfg(feature = "redis")]
impl Scope {
    /// A digest of user and namespace: 16 lowercase hex characters of SHA-256.
    #[must_use]
    pub fn tag(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        // With its length, so that no two scopes look the same.
        hasher.update((self.user.len() as u64).to_le_bytes());
        hasher.update(&self.user);
        hasher.update(&self.namespace);
        hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn name_or_default(field: &'static str, value: &str) -> Result<String, InvalidInput> {
    // Only spaces are trimmed, so that a control character at an end is refused rather than dropped.
    let trimmed = value.trim_matches(' ');
    if trimmed.is_empty() {
        return Ok(DEFAULT_NAME.into());
    }
    input::name(field, trimmed)?;
    Ok(trimmed.into())
}

/// Makes a checked id type: 1 to 128 characters, none of them a control character.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        ///
        /// What is read from Redis is kept as another program wrote it, unchecked; what comes from outside goes through
        /// [`Self::new`].
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A checked id, trimmed.
            ///
            /// # Errors
            /// An id that is empty, has more than 128 characters, or a control character inside.
            pub fn new(id: impl AsRef<str>) -> Result<Self, InvalidInput> {
                let id = id.as_ref().trim_matches(' ');
                input::name($field, id)?;
                Ok(Self(id.into()))
            }

            /// An id of 48 bits from the caller's random source: 12 lowercase hex characters.
            #[must_use]
            pub fn from_random_bits(bits: u64) -> Self {
                Self(format!("{:012x}", bits & 0xffff_ffff_ffff))
            }

            /// An id of 48 bits of the system's random source: 12 lowercase hex characters.
            ///
            /// # Errors
            /// [`crate::Error::Random`] where the system has none to give.
            #[cfg(feature = "redis")]
            pub fn random() -> crate::Result<Self> {
                let bits = getrandom::u64().map_err(|error| crate::Error::Random { source: Box::new(error) })?;
                Ok(Self::from_random_bits(bits))
            }

            /// An id as it stands in Redis.
            #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "the stores read ids"))]
            pub(crate) fn read(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidInput;

            fn from_str(id: &str) -> Result<Self, InvalidInput> {
                Self::new(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidInput;

            fn try_from(id: String) -> Result<Self, InvalidInput> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id! {
    /// One conversation of an agent.
    ThreadId, "thread_id"
}

#[cfg(feature = "redis")]
impl ThreadId {
    /// The scope's own thread of this name, `{tag}name`: another scope's thread of the same name is another one. The tag is a
    /// digest of user and namespace, in braces, so that all that carries it lies in one slot of a Redis Cluster.
    ///
    /// # Errors
    /// A name that is empty, too long with its tag (128 characters), or has a control character.
    pub fn scoped(scope: &Scope, name: &str) -> Result<Self, InvalidInput> {
        input::name("thread_id", name)?;
        Self::new(format!("{{{}}}{name}", scope.tag()))
    }
}

id! {
    /// One long-term memory.
    MemoryId, "memory_id"
}

impl MemoryId {
    /// The id of a memory that may be another program's, which know no limits: what is listed can be named. Taken as it is.
    ///
    /// # Errors
    /// More than 1,024 bytes: no key of ours or theirs is that long.
    pub fn existing(id: impl Into<String>) -> Result<Self, InvalidInput> {
        const MOST: usize = 1024;
        let id = id.into();
        if id.len() > MOST {
            return Err(InvalidInput::new("memory_id", Problem::TooLong { limit: MOST, unit: "bytes" }));
        }
        Ok(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_name_becomes_default() {
        let scope = Scope::new("", "  ").unwrap();
        assert_eq!(scope, Scope::default());
        assert_eq!((scope.user(), scope.namespace()), ("default", "default"));
    }

    #[test]
    fn ownership_is_exact() {
        let scope = Scope::new("Alice", "work").unwrap();
        assert!(scope.owns("Alice", "work"));
        assert!(!scope.owns("alice", "work"));
        assert!(!scope.owns("Alice", "Work"));
    }

    #[test]
    fn control_characters_are_refused_even_at_the_ends() {
        for user in ["a\0", "\nalice", "alice\t", "al\rice"] {
            assert!(Scope::new(user, "work").is_err(), "{user:?}");
        }
    }

    #[test]
    fn random_ids_are_twelve_lowercase_hex_characters() {
        assert_eq!(ThreadId::from_random_bits(0xAB).as_str(), "0000000000ab");
        assert_eq!(MemoryId::from_random_bits(u64::MAX).as_str(), "ffffffffffff");
    }

    #[test]
    #[cfg(feature = "redis")]
    fn each_scope_has_its_own_thread_of_a_name() {
        let thread = |user: &str, namespace: &str| {
            ThreadId::scoped(&Scope::new(user, namespace).unwrap(), "main").unwrap().to_string()
        };
        assert_eq!(thread("ada", "work").len(), "{0123456789abcdef}main".len());
        assert!(thread("ada", "work").starts_with('{') && thread("ada", "work").ends_with("}main"));
        assert_ne!(thread("ada", "work"), thread("bob", "work"));
        assert_ne!(thread("ad", "awork"), thread("ada", "work"));
        assert!(ThreadId::scoped(&Scope::default(), "").is_err());
        assert!(ThreadId::scoped(&Scope::default(), &"x".repeat(111)).is_err());
    }

    #[test]
    fn a_scope_cannot_be_read_from_bad_json() {
        assert!(serde_json::from_str::<Scope>(r#"{"user":"a\u0000","namespace":"b"}"#).is_err());
    }
}
