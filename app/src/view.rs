//! Values to words: pure functions, the same on both sides. No clock, no locale.

pub mod distance;
pub mod instant;
pub mod last_turn;
pub mod lifetime;
pub mod problem;
pub mod text;
pub mod verdict;
