//! The bench in words and numbers. What the server alone tells is in `told`.

use agent_memory::{
    MemoryId,
    evaluation::{Case, Figures, Judgement, Row},
};

#[cfg(feature = "ssr")]
pub(crate) use self::stages::stages;
#[cfg(any(feature = "ssr", test))]
pub use self::told::{bench_seen, flat};

#[cfg(feature = "ssr")]
mod stages;
#[cfg(any(feature = "ssr", test))]
mod told;

/// Numbers of a row, see [`case_of`].
const NUMBERS: usize = 7;

/// A case out of the numbers as which it travels: good and bad ones out of reach, then for each row what was said of it (0 nothing, 1
/// good, 2 bad), its distance (-1 for none), whether it asks something itself, whether it is worded, and its three shares. Without names: figures need
/// none, and a type of its own would be some kB of the front end.
#[must_use]
pub fn case_of(numbers: &[f64]) -> Case {
    let (beyond, rows) = numbers.split_at(numbers.len().min(2));
    let count = |at: usize| beyond.get(at).copied().unwrap_or_default() as usize;
    let row = |row: &[f64]| Row {
        id: MemoryId::default(),
        judgement: match row[0] as u8 {
            1 => Some(Judgement::Good),
            2 => Some(Judgement::Bad),
            _ => None,
        },
        distance: Some(row[1]).filter(|distance| *distance >= 0.0),
        is_question: row[2] > 0.0,
        is_worded: row[3] > 0.0,
        vector: row[4],
        text: row[5],
        around: row[6],
    };
    Case {
        query: String::new(),
        rows: rows.chunks_exact(NUMBERS).map(row).collect(),
        out_of_reach: count(0),
        bad_out_of_reach: count(1),
    }
}

/// A share, such as `0.82`; a dash where there is none.
#[must_use]
pub fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{share:.2}"))
}

/// Figures as markup, each with its name.
#[must_use]
pub fn figures_markup(figures: &Figures, k: usize) -> String {
    let Figures { queries, empty, rows, .. } = figures;
    let all = [
        (format!("recall@{k}"), share(figures.recall())),
        ("precision".into(), share(figures.precision())),
        ("F1".into(), share(figures.f1())),
        ("empty answers".into(), format!("{empty} of {queries}")),
        ("rows not judged".into(), format!("{} of {rows}", figures.unjudged())),
    ];
    let mut markup = String::new();
    for (name, value) in all {
        markup.push_str(&format!("<span class=\"bench__figure\"><strong>{value}</strong> {name}</span> "));
    }
    markup
}

#[cfg(test)]
mod tests {
    use agent_memory::{
        Text,
        evaluation::{Found, JudgedQuery, Setting, figures},
    };

    use super::*;

    #[test]
    fn a_case_has_the_same_figures_after_its_journey() {
        let id = |id: &str| id.parse::<MemoryId>().unwrap();
        let judged = JudgedQuery {
            query: Text::new("q").unwrap(),
            good: vec![id("a"), id("gone")],
            bad: vec![id("b")],
        };
        let mut found: Vec<Found> = [("a", 0.2), ("b", 0.5), ("c", 0.7)]
            .map(|(name, distance)| Found::near(id(name), distance))
            .into();
        found[2].is_worded = true;
        let case = Case::new(&judged, found);
        let numbers = flat(&case);
        assert_eq!(numbers.len(), 2 + 3 * NUMBERS);
        let (there, here) =
            (figures(&[case_of(&numbers)], &Setting::default()), figures(&[case], &Setting::default()));
        assert_eq!(there, here);
        assert_eq!((here.rows, here.missed), (3, 1));
        let told = figures_markup(&here, 5);
        assert!(
            told.contains("<strong>0.50</strong> recall@5") && told.contains("1 of 3</strong> rows not"),
            "{told}"
        );
        assert_eq!(case_of(&[]).rows.len(), 0);
    }
}
