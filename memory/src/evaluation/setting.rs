//! What can be tuned.

use serde::{Deserialize, Serialize};

use super::Figures;
use crate::{
    input::InvalidInput,
    ranking::{Ranking, Weights},
    threshold::{CANDIDATE_K, RECALL_K, Threshold},
};

/// Most rows that a setting recalls: as many as candidates are looked for, so that what is measured is what is recalled.
pub const K_MAX: usize = CANDIDATE_K;

/// Most that one of the three parts of a hybrid ranking weighs.
pub const WEIGHT_MAX: f64 = 10.0;

/// Most profiles of a scope, and most that all scopes share.
pub const PROFILES_MAX: usize = 100;

/// Settings tried that a scope keeps, the latest ones.
pub const TRIED_MAX: usize = 50;

/// How to recall.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Up to which cosine distance.
    pub threshold: Threshold,
    /// At most how many rows, 1 to [`K_MAX`].
    pub k: usize,
    /// By distance alone, or with words and neighbouring turns.
    pub ranking: Ranking,
    /// How much each part of a hybrid ranking counts, 0 to [`WEIGHT_MAX`] each and not all 0.
    pub weights: Weights,
}

impl Default for Setting {
    /// What `/api/v1/recall` does where nothing is said.
    fn default() -> Self {
        Self {
            threshold: Threshold::DEFAULT_RECALL,
            k: RECALL_K,
            ranking: Ranking::Hybrid,
            weights: Weights::default(),
        }
    }
}

impl Setting {
    /// A checked setting.
    ///
    /// # Errors
    /// A count or weights beyond their limits, by the name of their field.
    pub fn checked(self) -> Result<Self, InvalidInput> {
        Profile::from(self).checked().map(|_| self)
    }

    /// As flags of `agent-memory recall`, `eval` and `profiles set`.
    #[must_use]
    pub fn as_flags(&self) -> String {
        let Self { threshold, k, ranking, weights } = self;
        let flags = format!("--threshold {threshold} -k {k} --ranking {ranking}");
        if *weights == Weights::default() || *ranking == Ranking::Distance {
            return flags;
        }
        format!("{flags} --weights {},{},{}", weights.vector, weights.text, weights.around)
    }
}

/// Some of a setting, kept under a name: what it does not say is left to the flags of the server.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Up to which cosine distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// At most how many rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<usize>,
    /// By distance alone, or with words and neighbouring turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<Ranking>,
    /// How much each part of a hybrid ranking counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
}

impl From<Setting> for Profile {
    fn from(setting: Setting) -> Self {
        let Setting { threshold, k, ranking, weights } = setting;
        Self { threshold: Some(threshold), k: Some(k), ranking: Some(ranking), weights: Some(weights) }
    }
}

impl Profile {
    /// A checked profile.
    ///
    /// # Errors
    /// A count or weights beyond their limits, by the name of their field.
    pub fn checked(self) -> Result<Self, InvalidInput> {
        if self.k.is_some_and(|k| !(1..=K_MAX).contains(&k)) {
            return Err(InvalidInput::unfit("k", "a whole number from 1 to 50"));
        }
        if let Some(Weights { vector, text, around }) = self.weights {
            let is_within = |weight: &f64| (0.0..=WEIGHT_MAX).contains(weight);
            let all = [vector, text, around];
            if !all.iter().all(is_within) || all.iter().all(|weight| *weight == 0.0) {
                return Err(InvalidInput::unfit("weights", "three numbers from 0 to 10, not all of them 0"));
            }
        }
        Ok(self)
    }

    /// What this one says, and for the rest what another one says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            threshold: self.threshold.or(other.threshold),
            k: self.k.or(other.k),
            ranking: self.ranking.or(other.ranking),
            weights: self.weights.or(other.weights),
        }
    }

    /// What it says, and for the rest what a setting says.
    #[must_use]
    pub fn onto(self, setting: Setting) -> Setting {
        Setting {
            threshold: self.threshold.unwrap_or(setting.threshold),
            k: self.k.unwrap_or(setting.k),
            ranking: self.ranking.unwrap_or(setting.ranking),
            weights: self.weights.unwrap_or(setting.weights),
        }
    }
}

/// A setting that was measured, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// When, in Unix seconds.
    pub ts: f64,
    /// The setting.
    pub setting: Setting,
    /// What it recalled then.
    pub figures: Figures,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_first_wins_and_the_rest_is_left_to_the_next() {
        let said = Profile { k: Some(3), ..Profile::default() };
        let named = Profile { k: Some(9), ranking: Some(Ranking::Distance), ..Profile::default() };
        let setting = said.or(named).onto(Setting::default());
        assert_eq!(
            (setting.k, setting.ranking, setting.threshold),
            (3, Ranking::Distance, Threshold::DEFAULT_RECALL)
        );
        assert_eq!(Profile::default().onto(setting), setting);
        assert_eq!(Profile::from(setting).onto(Setting::default()), setting);
    }

    #[test]
    fn what_is_beyond_its_limits_is_refused_by_its_name() {
        let weights = |vector, text, around| Setting {
            weights: Weights { vector, text, around },
            ..Setting::default()
        };
        let rows = [
            (Setting { k: 0, ..Setting::default() }, "k"),
            (Setting { k: 51, ..Setting::default() }, "k"),
            (weights(0.0, 0.0, 0.0), "weights"),
            (weights(1.0, -0.1, 1.0), "weights"),
            (weights(1.0, 1.0, f64::NAN), "weights"),
            (weights(11.0, 1.0, 1.0), "weights"),
        ];
        for (setting, field) in rows {
            assert_eq!(setting.checked().unwrap_err().field, field, "{setting:?}");
        }
        assert!(weights(0.0, 10.0, 0.0).checked().is_ok());
    }

    #[test]
    fn a_setting_is_told_as_flags() {
        let setting = Setting::default();
        assert_eq!(setting.as_flags(), "--threshold 0.55 -k 5 --ranking hybrid");
        let weights = Weights { text: 0.5, ..Weights::default() };
        let weighed = Setting { weights, ..setting };
        assert_eq!(weighed.as_flags(), "--threshold 0.55 -k 5 --ranking hybrid --weights 1,0.5,1");
    }

    #[test]
    fn a_profile_says_no_more_than_it_was_told() {
        let profile: Profile = serde_json::from_str(r#"{"threshold":0.6}"#).unwrap();
        assert_eq!(profile, Profile { threshold: Some(Threshold::new(0.6).unwrap()), ..Profile::default() });
        assert_eq!(serde_json::to_string(&profile).unwrap(), r#"{"threshold":0.6}"#);
    }
}
