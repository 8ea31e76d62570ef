//! Instants in UTC, by integer arithmetic: the same on both sides, whatever the clock or locale.

/// A Unix time in calendar fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Calendar {
    year: i64,
    month: i64,
    day: i64,
    second_of_day: i64,
}

/// `2026-11-22T08:03:12Z`, for `<time datetime>`.
#[must_use]
pub fn iso(unix_seconds: f64) -> String {
    format!("{}T{}Z", date(unix_seconds), clock(unix_seconds))
}

/// `2026-11-22`.
#[must_use]
pub fn date(unix_seconds: f64) -> String {
    let Calendar { year, month, day, .. } = calendar(unix_seconds);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `08:03:12`.
#[must_use]
pub fn clock(unix_seconds: f64) -> String {
    let second = calendar(unix_seconds).second_of_day;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// The second of a day after its midnight with which it ends.
pub const LAST_OF_DAY: f64 = 86_399.999;

/// Midnight of a date such as `2026-11-22`, as a date field writes it.
#[must_use]
pub fn unix_of_date(date: &str) -> Option<f64> {
    let mut parts = date.trim().splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Checked by the way back: the 31st of April is none.
    let unix = (days(year, month, day)? * 86_400) as f64;
    (self::date(unix) == format!("{year:04}-{month:02}-{day:02}")).then_some(unix)
}

/// A date to days since 1970, in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468)
}

/// Days to a date by Howard Hinnant's `civil_from_days`, in years that begin in March.
fn calendar(unix_seconds: f64) -> Calendar {
    const SECONDS_OF_DAY: i64 = 86_400;
    const DAYS_OF_ERA: i64 = 146_097;
    // Year 9999: beyond it, and for NaN, another program wrote nonsense; a date is shown all the same.
    let seconds = unix_seconds.clamp(0.0, 253_402_300_799.0).floor() as i64;
    let days = seconds / SECONDS_OF_DAY + 719_468;
    let (era, day_of_era) = (days / DAYS_OF_ERA, days % DAYS_OF_ERA);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    Calendar {
        year: era * 400 + year_of_era + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * march_month + 2) / 5 + 1,
        second_of_day: seconds % SECONDS_OF_DAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_utc() {
        let rows = [
            (0.0, "1970-01-01T00:00:00Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"),
            (1_709_251_199.9, "2024-02-29T23:59:59Z"),
            (1_795_334_592.25, "2026-11-22T08:03:12Z"),
            (4_107_542_400.0, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, expected) in rows {
            assert_eq!(iso(seconds), expected);
        }
    }

    #[test]
    fn a_date_is_read_as_it_is_told() {
        for unix in [0.0, 951_782_400.0, 1_709_164_800.0, 1_795_305_600.0, 4_107_542_400.0] {
            assert_eq!(unix_of_date(&date(unix)), Some(unix));
        }
        for date in ["", "2026", "2026-04-31", "2026-13-01", "1969-12-31", "2026-02-29", "soon"] {
            assert_eq!(unix_of_date(date), None, "{date}");
        }
    }

    #[test]
    fn nonsense_is_a_date_all_the_same() {
        assert_eq!(iso(f64::NAN), "1970-01-01T00:00:00Z");
        assert_eq!(iso(-5.0), "1970-01-01T00:00:00Z");
        assert_eq!(date(f64::INFINITY), "9999-12-31");
    }
}
