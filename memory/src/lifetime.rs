//! How long something is kept.

use serde::{Deserialize, Serialize};

use crate::input::InvalidInput;

/// Longest lifetime that can be given: ten years. A longer one is a mistake, and Redis has a limit of its own.
pub const LIFETIME_MAX_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// How long a memory is kept from now on.
///
/// ```
/// use agent_memory::Lifetime;
///
/// assert_eq!(Lifetime::from_ttl(None)?, Lifetime::OfKind);
/// assert_eq!(Lifetime::from_ttl(Some(0))?, Lifetime::Stays);
/// assert!(Lifetime::from_ttl(Some(u64::MAX)).is_err());
/// # Ok::<(), agent_memory::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "Option<u64>", try_from = "Option<u64>")]
pub enum Lifetime {
    /// That of its kind: see [`crate::settings::Settings::seconds_of`].
    #[default]
    OfKind,
    /// So many seconds.
    For(Seconds),
    /// For ever: it is pinned.
    Stays,
}

/// A number of seconds, 1 to [`LIFETIME_MAX_SECONDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u64", try_from = "u64")]
pub struct Seconds(u64);

impl Seconds {
    /// A checked number of seconds. An error names this field.
    ///
    /// # Errors
    /// Zero, or more than ten years.
    pub fn new(field: &'static str, seconds: u64) -> Result<Self, InvalidInput> {
        match seconds {
            1..=LIFETIME_MAX_SECONDS => Ok(Self(seconds)),
            _ => Err(InvalidInput::unfit(field, "a number of seconds from 1 to 315360000, ten years")),
        }
    }

    /// A number that is known to be right where the program is compiled.
    ///
    /// # Panics
    /// While compiling, where it is zero or more than ten years.
    #[must_use]
    pub(crate) const fn constant(seconds: u64) -> Self {
        assert!(seconds > 0 && seconds <= LIFETIME_MAX_SECONDS, "the seconds of a lifetime have limits");
        Self(seconds)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Lifetime {
    /// A lifetime as requests spell it: nothing is that of the kind, 0 stays. An error names the field `ttl_seconds`.
    ///
    /// # Errors
    /// More than ten years.
    pub fn from_ttl(ttl_seconds: Option<u64>) -> Result<Self, InvalidInput> {
        match ttl_seconds {
            None => Ok(Self::OfKind),
            Some(0) => Ok(Self::Stays),
            Some(seconds @ 1..=LIFETIME_MAX_SECONDS) => Ok(Self::For(Seconds(seconds))),
            Some(_) => {
                let expected = "from 0, which stays, to 315360000 seconds, ten years";
                Err(InvalidInput::unfit("ttl_seconds", expected))
            }
        }
    }
}

impl TryFrom<Option<u64>> for Lifetime {
    type Error = InvalidInput;

    fn try_from(ttl_seconds: Option<u64>) -> Result<Self, InvalidInput> {
        Self::from_ttl(ttl_seconds)
    }
}

impl From<Lifetime> for Option<u64> {
    fn from(lifetime: Lifetime) -> Self {
        match lifetime {
            Lifetime::OfKind => None,
            Lifetime::For(seconds) => Some(seconds.get()),
            Lifetime::Stays => Some(0),
        }
    }
}

impl TryFrom<u64> for Seconds {
    type Error = InvalidInput;

    fn try_from(seconds: u64) -> Result<Self, InvalidInput> {
        Self::new("seconds", seconds)
    }
}

impl From<Seconds> for u64 {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_limit_and_reads_back_as_it_was_given() {
        for ttl in [None, Some(0), Some(1), Some(LIFETIME_MAX_SECONDS)] {
            assert_eq!(Option::<u64>::from(Lifetime::from_ttl(ttl).unwrap()), ttl);
        }
        for ttl in [LIFETIME_MAX_SECONDS + 1, u64::MAX] {
            let error = Lifetime::from_ttl(Some(ttl)).unwrap_err();
            assert_eq!(error.field, "ttl_seconds");
        }
    }

    #[test]
    fn seconds_are_never_none() {
        assert!(Seconds::new("session_ttl_seconds", 0).is_err());
        assert_eq!(Seconds::new("session_ttl_seconds", 5).unwrap().get(), 5);
        assert!(serde_json::from_str::<Seconds>("0").is_err());
    }
}
