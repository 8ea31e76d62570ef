//! How well a setting recalls, measured on queries whose rows somebody judged. No IO: the page does all of this while a slider is
//! dragged, the server and the command line do the same.
//!
//! - [`JudgedQuery`]: a text, and which memories are good and which are bad for it
//! - [`Setting`], [`Profile`]: threshold, count, ranking and weights; all of them, or some under a name
//! - [`Case`]: a judged query with its candidates, all that it takes to rank and filter again
//! - [`figures`]: recall@k, precision and empty answers over all cases
//! - [`distances`]: where good and bad rows lie
//! - [`suggest`]: the setting with the best balance, and how sure that is
//! - [`compare`]: which rows a second setting gains and loses
//!
//! **Judged and unjudged rows.** A row that nobody judged is neither good nor bad: it counts neither in recall nor in precision, takes its
//! place among the `k` all the same, and is told in [`Figures::unjudged`]. Where many rows are unjudged, precision is that of the
//! judged ones alone: judge what a new setting brings up before believing it. All figures are pooled over the rows of all queries,
//! so a query with many judgements weighs more than one with few, and one without a good row still counts what it recalls wrongly.
//!
//! ```
//! use agent_memory::{
//!     MemoryId, Text,
//!     evaluation::{Case, Found, JudgedQuery, Setting, figures},
//! };
//!
//! let judged = JudgedQuery {
//!     query: Text::new("food allergies")?,
//!     good: vec![MemoryId::new("peanuts")?],
//!     bad: vec![MemoryId::new("compiler")?],
//! };
//! let found = [("peanuts", 0.4), ("compiler", 0.9)];
//! let found = found.map(|(id, distance)| Ok(Found::near(MemoryId::new(id)?, distance)));
//! let found = found.into_iter().collect::<Result<Vec<_>, agent_memory::InvalidInput>>()?;
//! let told = figures(&[Case::new(&judged, found)], &Setting::default());
//! assert_eq!((told.recall(), told.precision(), told.empty), (Some(1.0), Some(1.0), 0));
//! # Ok::<(), agent_memory::InvalidInput>(())
//! ```

mod case;
mod comparison;
mod distances;
mod figures;
mod judged;
#[cfg(test)]
mod properties;
mod setting;
mod suggestion;

#[cfg(feature = "redis")]
pub(crate) use self::judged::check_query;
pub use self::{
    case::{Case, Found, Row},
    comparison::{Change, Moved, compare},
    distances::{BIN_WIDTH, BINS, Distances, Histogram, distances},
    figures::{Figures, figures},
    judged::{JUDGEMENTS_MAX, JudgedQuery, Judgement, QUERIES_MAX, QUERY_MAX_BYTES, SavedQuery},
    setting::{K_MAX, PROFILES_MAX, Profile, Setting, TRIED_MAX, Tried, WEIGHT_MAX},
    suggestion::{Interval, QUERIES_LEAST, RESAMPLES, Suggestion, WIDTH, suggest},
};
