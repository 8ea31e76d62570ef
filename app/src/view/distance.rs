//! Cosine distances and other decimals: three places, because the model's noise begins at the fourth.
//!
//! Numbers are written and read by hand: the standard library's ways bring 25 kB of tables and code into the browser.

use agent_memory::Threshold;

/// A number with a fixed count of decimals, such as `0.573`.
#[must_use]
pub fn decimal(value: f64, places: u32) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let scale = 10_u64.pow(places);
    let scaled = (value.abs() * scale as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    match usize::try_from(places) {
        Ok(width @ 1..) => format!("{sign}{}.{:0width$}", scaled / scale, scaled % scale),
        _ => format!("{sign}{scaled}"),
    }
}

/// A distance, such as `0.573`.
#[must_use]
pub fn distance(value: f64) -> String {
    decimal(value, 3)
}

/// How far a distance is over the threshold, such as `0.023 over`. It never rounds to `0.000 over`.
#[must_use]
pub fn over(threshold: Threshold, value: f64) -> String {
    let margin = distance(threshold.margin(value));
    if margin == "0.000" { "less than 0.001 over".into() } else { format!("{margin} over") }
}

/// A threshold as fields and URLs show it: two decimals, or up to six where it has more.
#[must_use]
pub fn threshold_value(threshold: Threshold) -> String {
    const SHORTEST: usize = "0.00".len();
    let mut value = decimal(threshold.distance(), 6);
    while value.len() > SHORTEST && value.ends_with('0') {
        value.pop();
    }
    value
}

/// Reads a threshold as people and [`threshold_value`] write it: digits with at most one point. Beyond 2 it is 2.
#[must_use]
pub fn read_threshold(text: &str) -> Option<Threshold> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    let digits = whole.bytes().chain(fraction.bytes());
    if !has_digits || !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'));
    let scale = fraction.bytes().fold(1.0, |scale, _| scale * 10.0);
    Threshold::new(value / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_have_three_decimals() {
        let rows =
            [(0.0, "0.000"), (0.5734, "0.573"), (1.99951, "2.000"), (-0.02, "-0.020"), (f64::NAN, "–")];
        for (value, expected) in rows {
            assert_eq!(distance(value), expected);
        }
        assert_eq!(decimal(12.5, 0), "13");
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
            assert_eq!(Threshold::new(value).map(threshold_value).as_deref(), Some(expected));
        }
    }

    #[test]
    fn thresholds_are_read_as_people_write_them() {
        let rows = [
            ("0.55", Some(0.55)),
            (" 1 ", Some(1.0)),
            (".5", Some(0.5)),
            ("1.", Some(1.0)),
            ("7", Some(2.0)),
            ("0.123456", Some(0.123456)),
            ("", None),
            (".", None),
            ("-1", None),
            ("1e-1", None),
            ("NaN", None),
            ("0.5.5", None),
        ];
        for (text, expected) in rows {
            assert_eq!(read_threshold(text).map(Threshold::distance), expected, "{text:?}");
        }
        for hundredth in 0..=200 {
            let threshold = Threshold::new(f64::from(hundredth) / 100.0);
            assert_eq!(threshold.map(threshold_value).as_deref().and_then(read_threshold), threshold);
        }
    }
}
