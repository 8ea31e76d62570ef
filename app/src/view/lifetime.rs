//! How long something still lives.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds in the two largest units, such as `6 d 23 h`, `59 min` or `42 s`.
#[must_use]
pub fn lifetime(seconds: u64) -> String {
    match seconds {
        DAY.. => two(seconds, (DAY, "d"), (HOUR, "h")),
        HOUR.. => two(seconds, (HOUR, "h"), (MINUTE, "min")),
        MINUTE.. => format!("{} min", seconds / MINUTE),
        _ => format!("{seconds} s"),
    }
}

/// The lifetime of a memory; `None` is one that stays.
#[must_use]
pub fn memory_lifetime(seconds: Option<u64>) -> String {
    seconds.map_or_else(|| "stays".into(), lifetime)
}

/// How long ago something was, such as `3 s ago`; `just now` within the second, and where clocks disagree.
#[must_use]
pub fn ago(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN gives 0")]
    match seconds as u64 {
        0 => "just now".into(),
        whole => format!("{} ago", lifetime(whole)),
    }
}

/// What is left of a life after some seconds; never 0 while it is shown, since it is read again when it ends.
#[must_use]
pub fn left(ttl_seconds: u64, elapsed_seconds: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN gives 0")]
    ttl_seconds.saturating_sub(elapsed_seconds as u64)
}

fn two(seconds: u64, (large, large_name): (u64, &str), (small, small_name): (u64, &str)) -> String {
    let (whole, rest) = (seconds / large, seconds % large / small);
    if rest == 0 {
        format!("{whole} {large_name}")
    } else {
        format!("{whole} {large_name} {rest} {small_name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_units_are_told() {
        let rows = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (3900, "1 h 5 min"),
            (86_400, "1 d"),
            (604_799, "6 d 23 h"),
            (604_800, "7 d"),
        ];
        for (seconds, expected) in rows {
            assert_eq!(lifetime(seconds), expected, "{seconds}");
        }
        assert_eq!(memory_lifetime(None), "stays");
    }

    #[test]
    fn time_goes_by_without_a_clock_that_runs_backwards() {
        for (seconds, expected) in
            [(-3.0, "just now"), (0.9, "just now"), (3.7, "3 s ago"), (7300.0, "2 h 1 min ago")]
        {
            assert_eq!(ago(seconds), expected, "{seconds}");
        }
        assert_eq!((left(60, 0.5), left(60, 12.3), left(5, 9.0)), (60, 48, 0));
    }
}
