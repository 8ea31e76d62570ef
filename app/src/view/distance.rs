//! Cosine distances: three decimals, because the model's noise begins at the fourth.

use agent_memory::Threshold;

/// A distance, such as `0.573`.
#[must_use]
pub fn distance(value: f64) -> String {
    // The same text may be a hair below zero away, and nobody should read `-0.000`.
    let value = if value < 0.0 { 0.0 } else { value };
    format!("{value:.3}")
}

/// How far a distance is over the threshold, such as `0.023 over`. It never rounds to `0.000 over`.
#[must_use]
pub fn over(threshold: Threshold, value: f64) -> String {
    let margin = distance(threshold.margin(value));
    if margin == "0.000" { "less than 0.001 over".into() } else { format!("{margin} over") }
}

/// A threshold as a form field shows it: two decimals, or more where it has more.
#[must_use]
pub fn threshold_value(threshold: Threshold) -> String {
    let short = format!("{:.2}", threshold.distance());
    let is_exact = short.parse() == Ok(threshold.distance());
    if is_exact { short } else { threshold.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_have_three_decimals() {
        for (value, expected) in [(0.0, "0.000"), (-1e-8, "0.000"), (0.5734, "0.573"), (1.99951, "2.000")] {
            assert_eq!(distance(value), expected);
        }
    }

    #[test]
    fn what_is_over_is_never_told_as_zero() {
        let threshold = Threshold::DEFAULT_RECALL;
        let rows = [(0.573, "0.023 over"), (0.5503, "less than 0.001 over"), (2.0, "1.450 over")];
        for (value, expected) in rows {
            assert_eq!(over(threshold, value), expected);
        }
    }

    #[test]
    fn thresholds_have_two_decimals_unless_they_need_more() {
        for (value, expected) in [(0.55, "0.55"), (0.3, "0.30"), (2.0, "2.00"), (0.123, "0.123")] {
            assert_eq!(threshold_value(Threshold::new(value).unwrap()), expected);
        }
    }
}
