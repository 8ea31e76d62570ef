//! What was done just now, so that the page can offer to take it back.

use std::{fmt, str::FromStr};

/// Something that was done to one memory or to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What.
    pub deed: Deed,
    /// To how many memories.
    pub count: usize,
    /// What takes it back: the name of a change of many, or for an edit its time as the history tells it.
    pub undo: String,
}

/// What can be done to memories in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// One memory was edited.
    Edit,
    /// Drop them.
    Drop,
    /// Let them stay for ever.
    Pin,
    /// Make them semantic.
    Semantic,
    /// Make them episodic.
    Episodic,
}

impl Deed {
    /// What can be done to many at once, in the order of the buttons.
    pub const OF_MANY: [Self; 4] = [Self::Drop, Self::Pin, Self::Semantic, Self::Episodic];

    /// The word that stands for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Drop => "drop",
            Self::Pin => "pin",
            Self::Semantic => "semantic",
            Self::Episodic => "episodic",
        }
    }
}

impl FromStr for Deed {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let known = [Self::Edit].into_iter().chain(Self::OF_MANY);
        known.into_iter().find(|deed| deed.as_str() == word).ok_or(())
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.deed.as_str(), self.count, self.undo)
    }
}

impl FromStr for Done {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let mut parts = word.splitn(3, '-');
        let mut part = || parts.next().ok_or(());
        let (deed, count) = (part()?.parse()?, part()?.parse().map_err(|_| ())?);
        Ok(Self { deed, count, undo: part()?.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_was_not_done() {
        for word in ["", "drop", "drop-1", "drop-x-y", "sing-1-y"] {
            assert_eq!(word.parse::<Done>(), Err(()), "{word}");
        }
    }
}
