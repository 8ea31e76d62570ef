//! The memories table in words: its caption, its columns, its pages.

use agent_memory::listing::{PAGE_USUAL, SortBy};

use super::text::memories;
use crate::address::{Address, Table};

/// The columns that the table can be sorted by, in their order.
pub const COLUMNS: [(SortBy, &str); 7] = [
    (SortBy::Kind, "Kind"),
    (SortBy::Text, "Text"),
    (SortBy::Distance, "Distance"),
    (SortBy::Hits, "Hits"),
    (SortBy::Lifetime, "TTL"),
    (SortBy::Source, "Source thread"),
    (SortBy::Created, "Created"),
];

/// Whose memories, how many, how many match, and in which order.
#[must_use]
pub fn caption(here: &Address, memory_count: u64, match_count: u64) -> String {
    let mut caption = format!("{} of {}", memories(memory_count), here.whose());
    if here.table.is_filtered() {
        caption.push_str(&format!(", {match_count} match"));
    }
    format!("{caption}, {}", order(&here.table))
}

/// The order in words.
fn order(table: &Table) -> &'static str {
    match (table.order.by, table.order.is_descending) {
        (SortBy::Created, true) => "newest first",
        (SortBy::Created, false) => "oldest first",
        (SortBy::Hits, true) => "most hits first",
        (SortBy::Hits, false) => "fewest hits first",
        (SortBy::Kind, false) => "episodic first",
        (SortBy::Kind, true) => "semantic first",
        (SortBy::Text, false) => "by text, from A",
        (SortBy::Text, true) => "by text, from Z",
        (SortBy::Source, false) => "by thread, from 0",
        (SortBy::Source, true) => "by thread, from Z",
        (SortBy::Lifetime, false) => "shortest life first",
        (SortBy::Lifetime, true) => "longest life first",
        (SortBy::Distance, false) => "nearest first",
        (SortBy::Distance, true) => "farthest first",
    }
}

/// What a page shows, such as `26–50 of 132`; `None` where nothing matches.
#[must_use]
pub fn page_text(page: usize, shown: usize, match_count: u64) -> Option<String> {
    let before = (page - 1) * PAGE_USUAL;
    match shown {
        0 if match_count == 0 => None,
        0 => Some(format!("nothing on page {page} of {}", last_page(match_count))),
        1 => Some(format!("{} of {match_count}", before + 1)),
        _ => Some(format!("{}–{} of {match_count}", before + 1, before + shown)),
    }
}

/// The last page there is.
#[must_use]
pub fn last_page(match_count: u64) -> usize {
    usize::try_from(match_count).unwrap_or(usize::MAX).div_ceil(PAGE_USUAL).max(1)
}

/// The rows of a table that holds still although it should show others by now: those it shows, without the ones
/// whose Drop was pressed, once they are gone.
#[must_use]
pub fn held_rows(shown: &[String], now: &[String], pressed: &[String]) -> Vec<String> {
    let stays = |id: &&String| now.contains(id) || !pressed.contains(id);
    shown.iter().filter(stays).cloned().collect()
}

/// How many rows a table that holds still lacks, in words; `None` where it lacks none.
#[must_use]
pub fn waiting_text(shown: &[String], now: &[String]) -> Option<String> {
    match now.iter().filter(|id| !shown.contains(id)).count() {
        0 => None,
        1 => Some("1 more, once the row is left".into()),
        count => Some(format!("{count} more, once the row is left")),
    }
}

#[cfg(test)]
mod tests {
    use agent_memory::Kind;

    use super::*;

    #[test]
    fn the_caption_tells_whose_how_many_and_in_which_order() {
        let here = Address::new("ada", "work");
        assert_eq!(caption(&here, 8, 8), "8 memories of ada in work, newest first");
        let filtered = here.with_table(here.table.filtered(|filter| filter.kind = Some(Kind::Semantic)));
        assert_eq!(caption(&filtered, 8, 1), "8 memories of ada in work, 1 match, newest first");
    }

    #[test]
    fn a_table_that_holds_still_loses_only_what_is_dropped_here() {
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (shown, now) = (ids(&["a", "b", "c"]), ids(&["new", "a"]));
        assert_eq!(held_rows(&shown, &now, &ids(&["b"])), ids(&["a", "c"]));
        assert_eq!(held_rows(&shown, &now, &ids(&["a"])), shown);
        assert_eq!(held_rows(&shown, &now, &[]), shown);
        assert_eq!(waiting_text(&shown, &now).as_deref(), Some("1 more, once the row is left"));
        assert_eq!(waiting_text(&shown, &shown), None);
    }

    #[test]
    fn pages_are_told_from_one() {
        let rows = [
            (1, 25, 132, Some("1–25 of 132")),
            (6, 7, 132, Some("126–132 of 132")),
            (2, 1, 26, Some("26 of 26")),
            (1, 0, 0, None),
            (9, 0, 26, Some("nothing on page 9 of 2")),
        ];
        for (page, shown, count, expected) in rows {
            assert_eq!(page_text(page, shown, count).as_deref(), expected);
        }
        assert_eq!((last_page(0), last_page(25), last_page(26)), (1, 1, 2));
    }
}
