//! The part of the memories table that an address shows.

use agent_memory::{
    MemoryFilter,
    filter::Standing,
    listing::{Order, SortBy},
};

/// The part of the memories table, and its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// In which order.
    pub order: Order,
    /// Only these memories.
    pub filter: MemoryFilter,
    /// The page, counted from 1.
    pub page: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { order: Order::NEWEST, filter: MemoryFilter::default(), page: 1 }
    }
}

impl Table {
    /// The table sorted by a column: first the way in which one mostly wants it, a second time the other way round.
    #[must_use]
    pub fn sorted_by(&self, sort: SortBy) -> Self {
        let is_descending =
            if self.order.by == sort { !self.order.is_descending } else { begins_descending(sort) };
        Self { order: Order { by: sort, is_descending }, page: 1, ..self.clone() }
    }

    /// Another page of the same.
    #[must_use]
    pub fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// Only what matches, from its first page on.
    #[must_use]
    pub fn filtered(&self, change: impl FnOnce(&mut MemoryFilter)) -> Self {
        let mut table = Self { page: 1, ..self.clone() };
        change(&mut table.filter);
        table
    }

    /// Whether anything is filtered out.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filter != MemoryFilter::default()
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
        let (order, filter) = (self.order, &self.filter);
        let seconds = |time: Option<f64>| time.map(|time| time.to_string()).unwrap_or_default();
        add("sort", order.by != usual.order.by, &|| order.by.to_string());
        add("order", order.is_descending != begins_descending(order.by), &|| {
            order_word(order.is_descending).into()
        });
        add("show", filter.kind.is_some(), &|| filter.kind.map(|kind| kind.to_string()).unwrap_or_default());
        add("find", !filter.words.is_empty(), &|| filter.words.clone());
        add("source", filter.source_thread.is_some(), &|| filter.source_thread.clone().unwrap_or_default());
        add("since", filter.created_from.is_some(), &|| seconds(filter.created_from));
        add("until", filter.created_to.is_some(), &|| seconds(filter.created_to));
        add("standing", filter.standing != Standing::Current, &|| filter.standing.to_string());
        add("page", self.page != 1, &|| self.page.to_string());
        pairs
    }
}

/// Newest, most used and longest living first; words from A, distances from the nearest.
pub(super) fn begins_descending(sort: SortBy) -> bool {
    matches!(sort, SortBy::Created | SortBy::Hits)
}

fn order_word(is_descending: bool) -> &'static str {
    if is_descending { "desc" } else { "asc" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_round() {
        let table = Table { page: 3, ..Table::default() }.sorted_by(SortBy::Text);
        assert_eq!((table.order.by, table.order.is_descending, table.page), (SortBy::Text, false, 1));
        assert!(table.sorted_by(SortBy::Text).order.is_descending);
        assert!(table.sorted_by(SortBy::Hits).order.is_descending);
        assert!(!Table::default().sorted_by(SortBy::Created).order.is_descending);
    }
}
