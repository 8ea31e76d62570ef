//! The part of the memories table that an address shows.

use agent_memory::{Kind, look::SortBy};

/// The part of the memories table, and its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// By what it is sorted.
    pub sort: SortBy,
    /// Whether the largest, newest or last come first.
    pub is_descending: bool,
    /// Only memories of this kind.
    pub kind: Option<Kind>,
    /// Only memories with these words; empty for all.
    pub find: String,
    /// The page, counted from 1.
    pub page: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { sort: SortBy::Created, is_descending: true, kind: None, find: String::new(), page: 1 }
    }
}

impl Table {
    /// The table sorted by a column: first the way in which one mostly wants it, a second time the other way round.
    #[must_use]
    pub fn sorted_by(&self, sort: SortBy) -> Self {
        let is_descending = if self.sort == sort { !self.is_descending } else { begins_descending(sort) };
        Self { sort, is_descending, page: 1, ..self.clone() }
    }

    /// Another page of the same.
    #[must_use]
    pub fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// Only what matches.
    #[must_use]
    pub fn filtered(&self, kind: Option<Kind>, find: String) -> Self {
        Self { kind, find, page: 1, ..self.clone() }
    }

    /// Whether anything is filtered out.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.kind.is_some() || !self.find.is_empty()
    }

    /// As fields of a URL; what is as it would be anyway is left out.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let usual = Self::default();
        let mut pairs = Vec::new();
        let mut add = |name, is_told: bool, value: &dyn Fn() -> String| {
            if is_told {
                pairs.push((name, value()));
            }
        };
        add("sort", self.sort != usual.sort, &|| self.sort.to_string());
        add("order", self.is_descending != begins_descending(self.sort), &|| {
            order(self.is_descending).into()
        });
        add("show", self.kind.is_some(), &|| self.kind.map(|kind| kind.to_string()).unwrap_or_default());
        add("find", !self.find.is_empty(), &|| self.find.clone());
        add("page", self.page != 1, &|| self.page.to_string());
        pairs
    }
}

/// Newest, most used and longest living first; words from A, distances from the nearest.
pub(super) fn begins_descending(sort: SortBy) -> bool {
    matches!(sort, SortBy::Created | SortBy::Hits)
}

fn order(is_descending: bool) -> &'static str {
    if is_descending { "desc" } else { "asc" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_round() {
        let table = Table { page: 3, ..Table::default() }.sorted_by(SortBy::Text);
        assert_eq!((table.sort, table.is_descending, table.page), (SortBy::Text, false, 1));
        assert!(table.sorted_by(SortBy::Text).is_descending);
        assert!(table.sorted_by(SortBy::Hits).is_descending);
        assert!(!Table::default().sorted_by(SortBy::Created).is_descending);
    }
}
