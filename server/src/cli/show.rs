//! Tables for people, JSON for programs; both on standard output, where nothing else is written.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde::Serialize;

use super::Failure;

/// Longest text in a cell; the JSON form has all of it.
const CELL_MAX_CHARS: usize = 100;

/// Prints a line; a reader that went away is no failure worth telling.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    written.map_err(|source| Failure::Io { what: "cannot write to standard output".into(), source })
}

/// Prints a value as one JSON document.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Told(error.to_string()))?;
    line(&text)
}

/// Prints rows under a head, or what to say where there are none.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>, none: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return line(none);
    }
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    line(&table.to_string())
}

/// A time as a person reads it: UTC, to the second.
pub(super) fn time(unix_seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let seconds = unix_seconds as i64;
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// What is left of a life.
pub(super) fn ttl(seconds: Option<u64>) -> String {
    match seconds {
        None => "stays".into(),
        Some(seconds) if seconds >= 2 * 86_400 => format!("{} d", seconds / 86_400),
        Some(seconds) if seconds >= 2 * 3600 => format!("{} h", seconds / 3600),
        Some(seconds) if seconds >= 120 => format!("{} min", seconds / 60),
        Some(seconds) => format!("{seconds} s"),
    }
}

/// One line without control characters, which could steer a terminal, and not too long.
pub(super) fn plain(text: &str) -> String {
    let one_line: String =
        text.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }).collect();
    match one_line.char_indices().nth(CELL_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

/// Days since 1970 as a date, by the era method (howardhinnant.github.io/date_algorithms.html).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_utc() {
        let rows = [
            (0.0, "1970-01-01 00:00:00"),
            (951_782_400.0, "2000-02-29 00:00:00"),
            (1_763_797_823.9, "2025-11-22 07:50:23"),
            (-1.0, "1969-12-31 23:59:59"),
        ];
        for (unix_seconds, expected) in rows {
            assert_eq!(time(unix_seconds), expected);
        }
    }

    #[test]
    fn a_cell_is_one_short_line_that_steers_no_terminal() {
        assert_eq!(plain("a\nb\u{1b}[2Jc"), "a b [2Jc");
        assert_eq!(plain(&"é".repeat(200)).chars().count(), CELL_MAX_CHARS + 1);
    }
}
