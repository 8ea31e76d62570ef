//! Settings of a recall as words of the address: `5,hybrid,1,1,1`, and for a second one its threshold behind that.

use agent_memory::{
    Threshold,
    evaluation::{K_MAX, Setting},
    ranking::{Ranking, Weights},
};

/// A setting as a word.
#[must_use]
pub fn setting_word(setting: &Setting, with_threshold: bool) -> String {
    let Setting { threshold, k, ranking, weights: Weights { vector, text, around } } = setting;
    let word = format!("{k},{ranking},{vector},{text},{around}");
    if with_threshold { format!("{word},{threshold}") } else { word }
}

/// The setting that a word tells; what it does not tell, or tells wrongly, is as usual.
#[must_use]
pub fn setting_of(word: &str) -> Setting {
    let fields = ["k", "ranking", "vector", "text", "around", "threshold"].into_iter();
    fields
        .zip(word.split(','))
        .fold(Setting::default(), |setting, (field, value)| changed(setting, field, value))
}

/// A setting with another value in one field; what is no such value changes nothing.
#[must_use]
pub fn changed(mut setting: Setting, field: &str, value: &str) -> Setting {
    let before = setting;
    let number = || value.trim().parse().unwrap_or(f64::NAN);
    match field {
        "k" => setting.k = value.trim().parse().unwrap_or(setting.k).clamp(1, K_MAX),
        "ranking" if value == Ranking::Distance.as_str() => setting.ranking = Ranking::Distance,
        "ranking" => setting.ranking = Ranking::Hybrid,
        "vector" => setting.weights.vector = number(),
        "text" => setting.weights.text = number(),
        "around" => setting.weights.around = number(),
        "threshold" => setting.threshold = Threshold::parse_or(value, setting.threshold),
        _ => {}
    }
    setting.checked().unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_reads_back_from_its_word() {
        for word in ["5,hybrid,1,1,1,0.55", "50,distance,0,0.25,10,2"] {
            assert_eq!(setting_word(&setting_of(word), true), word);
        }
        assert_eq!(setting_word(&setting_of("7"), false), "7,hybrid,1,1,1");
        for nonsense in ["", "1", "0,odd,x,-1,11,near", ",,,,,"] {
            assert!(setting_of(nonsense).checked().is_ok(), "{nonsense}");
        }
    }

    #[test]
    fn one_weight_has_to_be_left() {
        let alone = setting_of("5,hybrid,0,1,0");
        assert_eq!(changed(alone, "text", "0"), alone);
        assert_eq!(changed(alone, "colour", "red"), alone);
    }
}
