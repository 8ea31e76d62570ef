//! What the server tells of the bench, as markup: a histogram, the suggestion, two settings side by side, the saved queries.

use agent_memory::{
    MemoryRecord,
    evaluation::{
        BIN_WIDTH, Case, Change, Distances, Judgement, Moved, SavedQuery, Setting, Suggestion, WIDTH,
        compare, distances, figures, suggest,
    },
};

use crate::{
    address::{Address, Became},
    api::look::BenchSeen,
    view::{axis::place, html::escaped, text::excerpt},
};

use super::figures_markup;

/// Changed queries that are shown.
const CHANGES: usize = 20;

/// Characters of a text that stand for it.
const SHOWN: usize = 90;

/// All of the bench at a place: cases as numbers, what was said of the memories of what is asked, and the markup. `known` are memories
/// whose texts may be told.
#[must_use]
pub fn bench_seen(
    address: &Address,
    setting: &Setting,
    saved: &[SavedQuery],
    cases: &[Case],
    known: &[MemoryRecord],
) -> BenchSeen {
    let asked = address.asked.as_ref().map(|asked| asked.query.as_str());
    let judged = saved.iter().find(|saved| Some(saved.judged.query.as_str()) == asked);
    let of = |word: &'static str, ids: &[agent_memory::MemoryId]| {
        ids.iter().map(|id| format!("{word} {id}")).collect::<Vec<_>>()
    };
    let judged = judged.map(|saved| [of("good", &saved.judged.good), of("bad", &saved.judged.bad)].concat());
    let suggestion = suggest(cases, setting.weights, WIDTH);
    let markup = [
        suggestion.map(|suggestion| suggested(address, &suggestion)).unwrap_or_default(),
        address.against.map(|second| against(address, cases, setting, &second, known)).unwrap_or_default(),
        queries(address, saved),
    ];
    let numbers = cases.iter().map(flat).collect();
    (numbers, judged.unwrap_or_default(), histogram(&distances(cases)), markup.concat())
}

/// A case as numbers, see [`super::case_of`].
#[must_use]
pub fn flat(case: &Case) -> Vec<f64> {
    // Five digits tell shares apart and are a third as long.
    let short = |share: f64| (share * 1e5).round() / 1e5;
    let mut numbers = vec![case.out_of_reach as f64, case.bad_out_of_reach as f64];
    for row in &case.rows {
        let judgement = match row.judgement {
            None => 0.0,
            Some(Judgement::Good) => 1.0,
            Some(Judgement::Bad) => 2.0,
        };
        let flag = |flag| if flag { 1.0 } else { 0.0 };
        let distance = row.distance.map_or(-1.0, |distance| distance.max(0.0));
        numbers.extend([judgement, distance, flag(row.is_question), flag(row.is_worded)]);
        numbers.extend([row.vector, row.text, row.around].map(short));
    }
    numbers
}

/// Good rows upwards, bad ones downwards, each bin as high as it has rows beside the fullest one.
fn histogram(distances: &Distances) -> String {
    let bins = distances.histogram();
    let most = bins.good.iter().chain(&bins.bad).copied().max().unwrap_or_default().max(1);
    let mut bars = String::new();
    for (side, counts) in [("good", &bins.good), ("bad", &bins.bad)] {
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (x, height) = (place(at as f64 * BIN_WIDTH), 30 * count / most + 2);
            let y = if side == "good" { 34 - height } else { 36 };
            bars.push_str(&format!(
                r#"<rect class="bench__bar bench__bar--{side}" x="{x}" y="{y}" width="2.2%" height="{height}"/>"#
            ));
        }
    }
    let tick = |at: f64| format!(r#"<text class="axis__text" x="{}" y="84">{at}</text>"#, place(at));
    let ticks: String = [0.0, 0.5, 1.0, 1.5, 2.0].map(tick).concat();
    let middle = |distances: &[f64]| distances.get(distances.len() / 2).map(|middle| format!("{middle:.2}"));
    let said = |name: &str, distances: &[f64]| match middle(distances) {
        Some(middle) => format!("{} {name} rows, half of them up to {middle}", distances.len()),
        None => format!("no {name} rows"),
    };
    let label = format!(
        "Distances of judged rows: {}; {}",
        said("good", &distances.good),
        said("bad", &distances.bad)
    );
    format!(
        r#"<svg class="bench__bars" role="img" aria-label="{label}"><text class="axis__text bench__side" x="100%" y="12">good</text><text class="axis__text bench__side" x="100%" y="66">bad</text>{ticks}{bars}</svg>"#
    )
}

fn link(address: &Address, said: &str) -> String {
    let href = escaped(&address.href()).replace('"', "&quot;");
    format!(r#"<a class="button button--small" href="{href}">{said}</a>"#)
}

fn suggested(address: &Address, suggestion: &Suggestion) -> String {
    let Suggestion { setting, figures, f1_interval, threshold_interval, judgements, more_judgements, .. } =
        suggestion;
    let there = Address { threshold: Some(setting.threshold), bench: Some(*setting), ..address.clone() };
    let more = match more_judgements {
        None => "Judge more queries to know how sure that is.".into(),
        Some(0) => "More judgements would hardly change it.".into(),
        Some(more) => format!("About {more} more judgements would narrow F1 to a range of {WIDTH}."),
    };
    format!(
        r#"<section class="bench__part" aria-labelledby="bench-suggested"><h3 class="panel__subheading" id="bench-suggested">Suggested</h3><p class="bench__figures">{}</p><p><code class="bench__flags">{}</code> {}</p><p class="bench__note">Made of {judgements} judgements: F1 {:.2} to {:.2}, threshold {:.2} to {:.2}. {more}</p></section>"#,
        figures_markup(figures, setting.k),
        setting.as_flags(),
        link(&there, "Use this"),
        f1_interval.low,
        f1_interval.high,
        threshold_interval.low,
        threshold_interval.high,
    )
}

fn against(
    address: &Address,
    cases: &[Case],
    first: &Setting,
    second: &Setting,
    known: &[MemoryRecord],
) -> String {
    let changes = compare(cases, first, second);
    let rows: String = changes.iter().take(CHANGES).map(|change| changed(change, known)).collect();
    let count = changes.len();
    let told = match count {
        0 => "Both recall the same rows.".into(),
        1 => "One query recalls other rows:".into(),
        _ => format!("{count} queries recall other rows:"),
    };
    let swapped = Address {
        threshold: Some(second.threshold),
        bench: Some(*second),
        against: Some(*first),
        ..address.clone()
    };
    format!(
        r#"<section class="bench__part" aria-labelledby="bench-against"><h3 class="panel__subheading" id="bench-against">Compared with</h3><p><code class="bench__flags">{}</code> {} {}</p><p class="bench__figures">{}</p><p class="bench__note">{told}</p><ul class="bench__list">{rows}</ul></section>"#,
        second.as_flags(),
        link(&swapped, "Swap"),
        link(&Address { against: None, ..address.clone() }, "Stop comparing"),
        figures_markup(&figures(cases, second), second.k),
    )
}

fn changed(change: &Change, known: &[MemoryRecord]) -> String {
    let moved = |class: &str, word: &str, moved: &[Moved]| {
        let row = |moved: &Moved| {
            let text = known.iter().find(|memory| memory.id == moved.id).map(|memory| memory.text.as_str());
            let verdict = moved.judgement.map_or("not judged", Judgement::as_str);
            let said = shortened(text.unwrap_or(moved.id.as_str()));
            format!(r#"<li class="bench__{class}">{word} ({verdict}): <span dir="auto">{said}</span></li>"#)
        };
        moved.iter().map(row).collect::<String>()
    };
    format!(
        r#"<li><span dir="auto">{}</span><ul class="bench__list">{}{}</ul></li>"#,
        shortened(&change.query),
        moved("gained", "gained", &change.gained),
        moved("lost", "lost", &change.lost),
    )
}

fn shortened(text: &str) -> String {
    escaped(&excerpt(text, SHOWN).unwrap_or_else(|| text.into()))
}

fn queries(address: &Address, saved: &[SavedQuery]) -> String {
    if saved.is_empty() {
        return r#"<p class="panel__empty">No saved queries. Probe a text, then say of each row whether it is a good answer.</p>"#.into();
    }
    let row = |saved: &SavedQuery| {
        let query = saved.judged.query.as_str();
        let there = address.after(address.thread.clone(), query, Became::Probe);
        let name = shortened(query).replace('"', "&quot;");
        format!(
            r#"<li><a dir="auto" href="{}">{}</a> <span class="bench__note">{} good, {} bad</span> <button class="button button--small" type="submit" name="deed" value="forget {}" aria-label="Forget the query {name}">Forget</button></li>"#,
            escaped(&there.href()).replace('"', "&quot;"),
            shortened(query),
            saved.judged.good.len(),
            saved.judged.bad.len(),
            saved.id,
        )
    };
    format!(
        r#"<section class="bench__part" aria-labelledby="bench-queries"><h3 class="panel__subheading" id="bench-queries">Saved queries ({})</h3><ul class="bench__list bench__list--queries">{}</ul></section>"#,
        saved.len(),
        saved.iter().map(row).collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use agent_memory::{
        Text, Threshold,
        evaluation::{Found, JudgedQuery},
    };

    use super::*;

    fn saved(query: &str, good: &str, bad: &str) -> SavedQuery {
        let ids = |ids: &str| ids.split_whitespace().map(|id| id.parse().unwrap()).collect();
        let judged = JudgedQuery { query: Text::new(query).unwrap(), good: ids(good), bad: ids(bad) };
        SavedQuery { id: "0123456789ab".into(), judged_ts: 1.0, judged }
    }

    #[test]
    fn the_bench_tells_what_is_best_and_what_differs_and_no_markup_of_others() {
        let saved = [saved("<b>tea</b>", "a", "b")];
        let found = [("a", 0.2), ("b", 0.5)].map(|(id, distance)| Found::near(id.parse().unwrap(), distance));
        let cases = [Case::new(&saved[0].judged, found.into())];
        let second = Setting { threshold: Threshold::new(0.3).unwrap(), ..Setting::default() };
        let address =
            Address { bench: Some(Setting::default()), against: Some(second), ..Address::default() };
        let address = address.after(None, "<b>tea</b>", Became::Probe);
        let known =
            [MemoryRecord { id: "b".parse().unwrap(), text: "<i>coffee</i>".into(), ..Default::default() }];
        let (numbers, judged, bars, markup) =
            bench_seen(&address, &Setting::default(), &saved, &cases, &known);
        assert_eq!((numbers.len(), judged), (1, vec!["good a".to_string(), "bad b".into()]));
        assert!(
            bars.contains("1 good rows, half of them up to 0.20") && bars.matches("<rect").count() == 2,
            "{bars}"
        );
        for words in [
            "--threshold 0.35 -k 1 --ranking distance",
            "One query recalls other rows:",
            "lost (bad): <span dir=\"auto\">&lt;i>coffee&lt;/i></span>",
            "1 good, 1 bad",
            "value=\"forget 0123456789ab\"",
        ] {
            assert!(markup.contains(words), "`{words}` is not in {markup}");
        }
        assert!(!markup.contains("<b>") && !markup.contains("<i>"), "{markup}");
    }
}
