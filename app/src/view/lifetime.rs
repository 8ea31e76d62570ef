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
}
