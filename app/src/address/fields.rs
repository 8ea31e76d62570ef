//! From the fields of a query to an address.

use agent_memory::{
    Threshold,
    evaluation::Setting,
    listing::{Order, SortBy},
    model::WriteKind,
};

use super::{
    Address, Asked, Became, QUERY_MAX_CHARS, changed, query::decode, setting_of, table::begins_descending,
};
use crate::view::{
    instant::{LAST_OF_DAY, unix_of_date},
    text::cut,
};

/// Reads a query. A field `at` is the address of the page whose form was sent; the other fields change it.
pub(super) fn address(query: &str) -> Address {
    let fields = Fields(decode(query).collect());
    let base = fields.text("at").map(|at| Fields(decode(at).collect()).onto(Address::default()));
    fields.onto(base.unwrap_or_default())
}

struct Fields(Vec<(String, String)>);

impl Fields {
    /// The last field of this name, empty or not.
    fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The last field of this name, if it says something.
    fn text(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    fn word<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.trim().parse().ok()
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(Into::into)
    }

    /// The address with what the fields say. Another user or namespace leaves behind what was the former one's.
    fn onto(&self, base: Address) -> Address {
        let named = Address::new(
            self.given("user").unwrap_or(&base.user),
            self.given("namespace").unwrap_or(&base.namespace),
        );
        let mut address =
            if named.has_scope_of(&base) { base } else { base.opened(&named.user, &named.namespace) };
        address.thread = self.owned("thread").or(address.thread);
        if let Some(threshold) = self.given("threshold") {
            let distance: Option<f64> =
                threshold.trim().parse().ok().filter(|distance: &f64| distance.is_finite());
            address.threshold =
                distance.map(|distance| Threshold::clamped_or(distance, Threshold::default()));
        }
        address.asked = self.asked().or(address.asked);
        if self.given("only").is_some() {
            address.only = self.word("only");
        }
        address.write = self.word::<WriteKind>("kind").unwrap_or(address.write);
        address.find_threads = self.given("threads").map_or(address.find_threads, Into::into);
        address.dropped = self.owned("dropped").or(address.dropped);
        address.memory = self.owned("memory").or(address.memory);
        address.done = self.word("done").or(address.done);
        address.review = self.given("review").map_or(address.review, |word| word == "1");
        address.decided = self.owned("decided").or(address.decided);
        address.scanned = self.owned("scanned").or(address.scanned);
        self.onto_bench(&mut address);
        address.unreadable = self.owned("unreadable").or(address.unreadable);
        address.forget = self.owned("forget").or(address.forget);
        self.onto_table(&mut address);
        address
    }

    /// The settings of the bench: each as a word, and the first one also by the fields of its form.
    fn onto_bench(&self, address: &mut Address) {
        address.bench = self.text("bench").map(setting_of).or(address.bench);
        address.against = self.text("against").map(setting_of).or(address.against);
        if let Some(setting) = address.bench {
            let said = ["k", "ranking", "vector", "text", "around"].into_iter();
            let said = said.filter(|_| self.given("k").is_some());
            let said = said.filter_map(|field| Some((field, self.text(field)?)));
            // Its threshold is that of the page, so that the same setting is the same address.
            let setting = Setting { threshold: Threshold::DEFAULT_RECALL, ..setting };
            address.bench =
                Some(said.fold(setting, |setting, (field, value)| changed(setting, field, value)));
        }
    }

    /// `q` and what became of it; or, from the form's button, the text in it as a probe.
    fn asked(&self) -> Option<Asked> {
        let probed = self.given("probe").and_then(|_| self.text("text")).map(str::trim);
        let (query, became) = match probed.filter(|text| !text.is_empty()) {
            Some(text) => (text, Became::Probe),
            None => (self.text("q")?, Became::from_word(self.given("became").unwrap_or_default())),
        };
        Some(Asked { query: cut(query, QUERY_MAX_CHARS), became })
    }

    fn onto_table(&self, address: &mut Address) {
        let table = &mut address.table;
        if let Some(sort) = self.word::<SortBy>("sort") {
            table.order = Order { by: sort, is_descending: begins_descending(sort) };
        }
        match self.given("order") {
            Some("asc") => table.order.is_descending = false,
            Some("desc") => table.order.is_descending = true,
            _ => {}
        }
        if self.given("show").is_some() {
            table.filter.kind = self.word("show");
        }
        if let Some(find) = self.given("find") {
            table.filter.words = find.trim().into();
        }
        if self.given("source").is_some() {
            table.filter.source_thread = self.text("source").map(|thread| thread.trim().into());
        }
        if self.given("standing").is_some() {
            table.filter.standing = self.word("standing").unwrap_or_default();
        }
        let ends = [
            ("since", &mut table.filter.created_from, 0.0),
            ("until", &mut table.filter.created_to, LAST_OF_DAY),
        ];
        for (name, time, of_day) in ends {
            if let Some(given) = self.given(name) {
                let told = given.trim().parse().ok().filter(|time: &f64| time.is_finite());
                *time = told.or_else(|| unix_of_date(given).map(|midnight| midnight + of_day));
            }
        }
        table.page = self.word("page").filter(|&page| page > 0).unwrap_or(table.page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_changes_the_address_of_its_page() {
        let at = "at=user%3Da%26namespace%3Dn%26thread%3Dt%26sort%3Dhits%26page%3D2";
        let address = Address::from_query(&format!("{at}&threshold=0.3"));
        assert_eq!((address.user.as_str(), address.thread.as_deref()), ("a", Some("t")));
        assert_eq!(address.threshold, Threshold::new(0.3).ok());
        assert_eq!((address.table.order.by, address.table.page), (SortBy::Hits, 2));
        let cleared = Address::from_query(&format!("{at}%26find%3Dx%26show%3Dsemantic&find=&show=&page=1"));
        assert_eq!(
            (cleared.table.filter.words.as_str(), cleared.table.filter.kind, cleared.table.page),
            ("", None, 1)
        );
    }

    #[test]
    fn a_day_is_meant_whole() {
        let filter = Address::from_query("since=2026-11-22&until=2026-11-22").table.filter;
        assert_eq!(
            (filter.created_from, filter.created_to),
            (Some(1_795_305_600.0), Some(1_795_391_999.999))
        );
        let filter = Address::from_query("since=yesterday&until=7.5").table.filter;
        assert_eq!((filter.created_from, filter.created_to), (None, Some(7.5)));
    }

    #[test]
    fn a_thread_is_left_behind_when_another_user_is_opened() {
        let at = "at=user%3Da%26namespace%3Dn%26thread%3Dt%26q%3Dsecret%26threshold%3D0.4";
        let same = Address::from_query(&format!("{at}&user=a&namespace=n"));
        assert_eq!(same.thread.as_deref(), Some("t"));
        let other = Address::from_query(&format!("{at}&user=b&namespace=n"));
        assert_eq!((other.thread, other.asked), (None, None));
        assert_eq!(other.threshold, Threshold::new(0.4).ok());
    }

    #[test]
    fn only_the_probe_button_makes_a_text_a_query() {
        let opened = Address::from_query("user=a&text=hello&kind=skip");
        assert_eq!((opened.asked, opened.write), (None, WriteKind::Skip));
        let probed = Address::from_query("user=a&text=+hello+&probe=1&q=old&became=goal");
        assert_eq!(probed.asked, Some(Asked { query: "hello".into(), became: Became::Probe }));
    }
}
