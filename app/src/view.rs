//! Values to words: pure functions, the same on both sides. No clock, no locale.

pub mod axis;
pub mod bench;
#[cfg(feature = "ssr")]
pub mod compared;
pub mod connection;
pub mod distance;
pub mod explain;
pub mod html;
pub mod instant;
pub mod last_turn;
pub mod lifetime;
#[cfg(feature = "ssr")]
pub mod past;
pub mod picks;
pub mod preview;
pub mod problem;
pub mod review;
pub mod table;
pub mod text;
pub mod verdict;
